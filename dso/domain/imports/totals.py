"""The row of totals in which many exports of open items end: it is no item, and nobody has to be told who it is of.

Only the last row of a file is looked at, so that it costs nothing by the row. What could be an item is never taken for
totals: such a row has neither number nor unique identifier nor any date, and names no customer.
"""

import re
from collections.abc import Container, Iterator, Sequence

from dso.domain.codes import ImportKind
from dso.domain.imports import rejects
from dso.domain.imports.currencies import currency_code
from dso.domain.imports.fields import FIELDS, Cell
from dso.domain.imports.mapping import FileMapping
from dso.domain.imports.tables import Chunk, Chunked
from dso.domain.imports.words import folded

_CUSTOMER = ("customer", "customer_unique_id")
#: What an item is told by, or what it would be dated by.
_NAMES = (
    "number", "unique_id", "issued_on", "due_on", "cleared_on", "ordered_on", "expected_clearing_on", "order_number",
    "order_reference",
)  # fmt: skip
#: One of these says that a row is one of totals: English, French, German, Spanish, Italian, Dutch, Polish, Portuguese.
_TOTALS = frozenset(
    """total totals sum sums subtotal subtotals balance σ
    totaux somme sommes solde
    summe summen gesamt gesamtsumme gesamtbetrag gesamtsaldo endsumme endbetrag zwischensumme insgesamt
    totalbetrag saldo
    totales suma sumas
    totale totali somma somme
    totaal totalen eindtotaal totaalbedrag subtotaal som eindsaldo
    razem suma sumy ogolem lacznie
    totais soma somatorio""".split()
)
#: These may stand beside it, as the code of a currency may.
_BESIDE = frozenset(
    """grand overall general final amount of the all in open outstanding due items invoices customers receivables
    generaux montant sous encours du de des la les tous toutes en clients factures pieces ttc ht restant a payer
    allgemein offen offene offener offenen posten betrag der aller alle kunden debitoren rechnungen forderungen
    brutto netto
    importe pendiente del los las todos todas facturas clientes
    generale complessivo complessiva importo aperto aperti aperte di dei delle tutti tutte fatture clienti
    generaal algemeen bedrag openstaand openstaande klanten debiteuren facturen van het
    koncowa calkowita calosc kwota naleznosci naleznosc faktury klienci do zaplaty w
    geral valor pendente dos das faturas em aberto""".split()
)
_WORD = re.compile(r"[^\W_]+")
#: Characters of a cell that may be words of totals; longer ones are something else.
_LONGEST = 60


def is_word(cell: str) -> bool:
    """Whether a cell says that its row is one of totals, and nothing else: "Total", "* Summe EUR:", "Total général"."""
    if len(cell) > _LONGEST:
        return False
    words = _WORD.findall(folded(cell))
    others = [word for word in words if word not in _TOTALS]
    return len(others) < len(words) and all(word in _BESIDE or currency_code(word) for word in others)


def _is_sum(target: str) -> bool:
    field = FIELDS[ImportKind.ITEMS].get(target)
    return field is not None and field.cell in (Cell.AMOUNT, Cell.CURRENCY)


class TotalsRow:
    """The row of totals of one file of items, if it ends in one."""

    def __init__(
        self, mapping: FileMapping, headers: Sequence[str], customers: Container[str] = (), *, sought: bool = True
    ) -> None:
        """`customers`: their codes, since a customer may be called Total; `sought`: whether it may have such a row."""
        places = mapping.places(headers)
        self._headers, self._customers = headers, customers
        self._of_customer = [places[target] for target in _CUSTOMER if target in places]
        self._of_item = [places[target] for target in _NAMES if target in places]
        self._identifier = places.get("unique_id")
        #: Where a row without a word of totals may hold anything.
        self._sums = {place for target, place in places.items() if _is_sum(target)}
        #: A credit may lack its number: where all rows have one date said for them, only a word tells.
        self._by_word = "issued_on" in mapping.constants
        self._sought = sought and not mapping.dump
        #: Line, column and word of the row left out.
        self._found: tuple[int, str, str] | None = None

    def left_out(self, rows: Chunked) -> Iterator[Chunk]:
        """The chunks of a file without its row of totals: each is held back until it is known whether it is the last.

        A row the file breaks off in is none, nor is the only row of a file: that would make it a file of no items.
        """
        self._found, held, above = None, None, False
        for chunk in rows.chunks():
            if held is not None:
                above = True
                yield held
            held = chunk
        if held is None:
            return
        cells, lines = held
        if (above or len(cells) > 1) and lines[-1] != rows.broken and self.is_one(cells[-1]):
            self._found = lines[-1], *self._told_by(cells[-1])
            cells, lines = cells[:-1], lines[:-1]
        if cells:
            yield cells, lines

    def is_one(self, row: Sequence[str]) -> bool:
        """Whether the last row of a file is one of totals; what the mapping says of all rows alike tells nothing."""
        if not self._sought or not any(cell.strip() for cell in row):
            return False
        for place in self._of_item:
            cell = row[place].strip() if place < len(row) else ""
            if cell and (place == self._identifier or not is_word(cell)):
                return False
        for cell in (row[place].strip() for place in self._of_customer if place < len(row)):
            # Some programs mark totals with asterisks alone.
            if cell in self._customers or (_WORD.search(cell) and not is_word(cell)):
                return False
        return self._says_so(row)

    def _says_so(self, row: Sequence[str]) -> bool:
        """Whether a word tells, or that nothing but sums stands there."""
        places = [*self._of_customer, *self._of_item]
        if self._by_word:
            # A free text may be about a balance.
            return any(is_word(row[place]) for place in places if place < len(row))
        # Without a word the cells must be there, and be empty: what ends before them does not say that it has none.
        bare = all(place in self._sums for place, cell in enumerate(row) if _WORD.search(cell))
        return any(map(is_word, row)) or (bare and len(row) > max(places, default=len(row)))

    def _told_by(self, row: Sequence[str]) -> tuple[str, str]:
        """Column and content of the word, or of the first cell that is filled."""
        filled = [(place, cell) for place, cell in enumerate(row) if cell.strip()]
        place, cell = next((each for each in filled if is_word(each[1])), filled[0])
        return self._headers[place] if place < len(self._headers) else "", cell.strip()[: rejects.MOST_SHOWN]

    def remark(self, remarks: rejects.Remarks) -> None:
        """Say so of the row left out, if there was one."""
        if self._found is not None:
            remarks.add(*self._found, rejects.TOTALS)
