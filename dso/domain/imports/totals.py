"""The rows of totals in which many exports of open items end: none is an item, and nobody has to be told who it is of.

What could be an item is never taken for totals: such a row has neither number nor unique identifier nor any date, and
names no customer.
"""

import re
import unicodedata
from collections.abc import Container, Mapping, Sequence

from dso.domain.codes import ImportKind
from dso.domain.imports.currencies import currency_code
from dso.domain.imports.fields import FIELDS, Cell
from dso.domain.imports.mapping import FileMapping
from dso.domain.imports.words import folded

#: What says whose an item is.
CUSTOMER = ("customer", "customer_unique_id")
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
_LETTERS = re.compile(r"[^\W\d_]+")
#: What is left of an amount without its currency and its blanks.
_NUMBER = re.compile(r"[(+\-\u2212\u2013]?[\d.,'\u2019]*\d[\d.,'\u2019]*[)+\-\u2212\u2013]?")
#: Currencies that amounts are written with and that are no codes.
_SIGNS = frozenset("kr fr rs kc ft lei zl euro euros".split())
#: Characters of a cell that may be words of totals; longer ones are something else.
_LONGEST = 60


def is_word(cell: str) -> bool:
    """Whether a cell says that its row is one of totals, and nothing else: "Total", "* Summe EUR:", "Total général"."""
    if len(cell) > _LONGEST:
        return False
    words = _WORD.findall(folded(cell))
    others = [word for word in words if word not in _TOTALS]
    return len(others) < len(words) and all(word in _BESIDE or currency_code(word) for word in others)


def is_number(cell: str) -> bool:
    """Whether a cell holds an amount, however it is written: "3 900,00 €", "(12.50)", "USD 1,234"."""
    plain = folded(cell)
    for word in _LETTERS.findall(plain):
        if word not in _SIGNS and currency_code(word) is None:
            return False
    left = (char for char in plain if not (char.isalpha() or char.isspace() or unicodedata.category(char) == "Sc"))
    return _NUMBER.fullmatch("".join(left)) is not None


def places_of(kind: ImportKind, places: Mapping[str, int], *cells: Cell) -> set[int]:
    """The columns of all fields that are read in one of these ways."""
    fields = FIELDS[kind]
    return {place for target, place in places.items() if target in fields and fields[target].cell in cells}


class TotalsRow:
    """What tells a row of totals at the end of one file of items."""

    def __init__(self, mapping: FileMapping, headers: Sequence[str], customers: Container[str] = ()) -> None:
        """`customers`: their codes, since a customer may be called Total."""
        places = mapping.places(headers)
        self._customers = customers
        self._of_customer = [places[target] for target in CUSTOMER if target in places]
        self._of_item = [places[target] for target in _NAMES if target in places]
        self._identifier, self._currency = places.get("unique_id"), places.get("currency")
        #: Where a row without a word of totals may hold anything, and where only amounts.
        self._sums = places_of(ImportKind.ITEMS, places, Cell.AMOUNT, Cell.CURRENCY)
        self._amounts = places_of(ImportKind.ITEMS, places, Cell.AMOUNT)
        #: A credit may lack its number: where all rows have one date said for them, only a word tells.
        self._by_word = "issued_on" in mapping.constants

    def is_one(self, row: Sequence[str]) -> bool:
        """Whether a row at the end is one of totals; what the mapping says of all rows alike tells nothing."""
        if not any(cell.strip() for cell in row):
            return False
        for place in self._of_item:
            cell = row[place].strip() if place < len(row) else ""
            if cell and (place == self._identifier or not is_word(cell)):
                return False
        for cell in (row[place].strip() for place in self._of_customer if place < len(row)):
            # Some programs mark totals with asterisks alone.
            if cell in self._customers or (_WORD.search(cell) and not is_word(cell)):
                return False
        amounts = [row[place] for place in self._amounts if place < len(row) and _WORD.search(row[place])]
        if not all(is_number(cell) or is_word(cell) for cell in amounts):
            return False
        return self.has_word(row) or (bool(amounts) and self._is_bare(row))

    def has_word(self, row: Sequence[str]) -> bool:
        """Whether a word says that it is one."""
        if self._by_word:
            # A free text may be about a balance.
            return any(is_word(row[place]) for place in self._naming if place < len(row))
        return any(map(is_word, row))

    def _is_bare(self, row: Sequence[str]) -> bool:
        """Whether nothing but sums stands there.

        The other cells must be there, and be empty: what ends before them does not say that it has none.
        """
        bare = all(place in self._sums for place, cell in enumerate(row) if _WORD.search(cell))
        return bare and not self._by_word and len(row) > max(self._naming, default=len(row))

    @property
    def _naming(self) -> list[int]:
        return [*self._of_customer, *self._of_item]

    def currency(self, row: Sequence[str]) -> str:
        """The currency it is the sum of; "" where no column says."""
        cell = row[self._currency].strip() if self._currency is not None and self._currency < len(row) else ""
        return currency_code(cell) or folded(cell)
