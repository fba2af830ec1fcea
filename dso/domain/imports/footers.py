"""What programs print below a list: when and by whom, that it ends, how many records it has, which page it is.

Told by words of the eight languages the headers are known in: a sentence that holds one of them is no footer for that.
All words have to fit, but for those beside "printed" or "generated" with a moment, or with who did it. "Page 2 of 3" is
none either, nor is "Export aborted on 28/11/2026": what ends there is not whole.
"""

import re
from collections.abc import Sequence

from dso.domain.imports.words import folded

#: Characters of a footer.
_LONGEST = 200
#: Cells that may be filled: two sentences, or a word and its value.
_MOST_CELLS = 2
_WORD = re.compile(r"[^\W_]+")
_RULE = re.compile(r"[-\u2010-\u2015\u2212=_*~+|\u2500\u2501\u2550\s]+")
#: A cell of this many of them is a line drawn across the list.
_SHORTEST_RULE = 3

_SMALL = frozenset(
    """of the this a by was has been at on de du d la le l les des ce cette der die das dieser dieses am um vom del el
    los las este esta il lo dell della delle dei di i van het een w z do da dos das o os e and et und y en s""".split()
)
#: What a footer is the footer of.
_OBJECTS = frozenset(
    """report reports list listing file document statement data export print printout table extract query
    rapport liste fichier etat edition releve requete tableau
    bericht liste listing datei dokument auswertung aufstellung ausdruck ausdrucks berichts auszug auszugs tabelle
    informe lista listado fichero archivo reporte documento extracto consulta
    report elenco lista documento stampa tabulato estratto
    rapport lijst bestand overzicht afdruk
    raport raportu lista listy plik pliku zestawienie zestawienia wydruk wydruku dokumentu tabeli
    relatorio ficheiro arquivo listagem extrato""".split()
)
_ENDS = frozenset("end eof fin ende final fine einde koniec fim".split())
_WHOLE_ENDS = frozenset("listenende berichtsende berichtende dateiende dokumentende datenende eof".split())
#: Marks around a word that stands for a whole sentence: "*** Ende ***", "- Fin -", "[END]".
_DECORATED = re.compile(r"\s*[-\u2010-\u2015*=_~#<\[(]{1,200}.*[-\u2010-\u2015*=_~#>\])]{1,200}\s*", re.DOTALL)

#: That a list was printed, generated or exported, and the day or hour of that.
_DONE = frozenset(
    """printed generated exported created produced extracted run ran print export extraction printout
    imprime imprimee edite editee genere generee exporte exportee cree creee extrait impression edition generation
    exportation gedruckt ausgedruckt erstellt erzeugt exportiert generiert ausgegeben druckdatum druck exportdatum
    erstellungsdatum erstelldatum ausdruck
    impreso impresa generado generada exportado exportada emitido creado impresion generacion exportacion
    stampato stampata generato generata esportato esportata creato stampa generazione esportazione
    afgedrukt gedrukt gegenereerd geexporteerd aangemaakt afdrukdatum printdatum exportdatum geprint
    wydrukowano wydrukowane wygenerowano wygenerowany wygenerowane wyeksportowano utworzono wydruk wydruku eksportu
    impressa gerado gerada exportado impressao geracao exportacao impresso""".split()
)
_WHEN = frozenset("date time datum data fecha heure hour zeit uhrzeit hora ora tijd godzina le".split())
#: What may stand before it.
_BEFORE_DONE = _DONE | _WHEN | _OBJECTS | _SMALL | _ENDS
#: What the name of a program or of a person follows.
_BY = frozenset("by with par avec von mit durch por con da door met przez pelo pela com".split())
_MOMENT = re.compile(
    r"\b\d{1,2}([./-])\d{1,2}\1\d{2,4}\b|\b\d{4}([./-])\d{1,2}\2\d{1,2}(?!\d)|\b(?:19|20)\d{6}\b"
    r"|\b\d{1,2}[:h]\d{2}\b|\b\d{1,2}\.? (?:de )?[^\W\d_]{3,12}\.? (?:de )?\d{4}\b"
    r"|\b[^\W\d_]{3,12}\.? \d{1,2}, ?\d{4}\b"
)

#: What is counted: in the plural, since "Invoice 12" is an invoice, and "12 invoices" is none.
_COUNTED = frozenset(
    """records rows lines entries items invoices documents postings transactions customers results
    enregistrements lignes ecritures pieces factures documents resultats elements mouvements clients
    datensatze zeilen eintrage positionen posten belege rechnungen buchungen satze kunden
    registros lineas filas facturas documentos elementos apuntes clientes resultados
    record registrazioni righe fatture documenti voci elementi clienti risultati
    regels rijen facturen documenten klanten boekingen
    rekordow rekordy wierszy wiersze pozycji pozycje faktur dokumentow linii
    registos linhas faturas itens""".split()
)
#: Of one there is no plural, but then the number comes first.
_SINGLE = frozenset(
    "record row line enregistrement ligne datensatz zeile registro linea fila riga regel rij wiersz linha".split()
)
_RECORDS = _COUNTED | _SINGLE
_QUANTITY = frozenset(
    """number count total nombre nbre nb anzahl gesamt insgesamt gesamtanzahl gesamtzahl numero cantidad totale
    aantal totaal liczba ilosc razem quantidade""".split()
)
_AROUND = _SMALL | _OBJECTS | _QUANTITY | frozenset(
    """in all exported printed listed selected affected found shown displayed written read
    exportes exportees imprimes imprimees listes listees trouves trouvees affiches affichees lues dans
    exportiert exportierte exportierten gedruckt ausgegeben ausgewahlt gefunden gelesen
    exportados exportadas listados listadas encontrados encontradas
    esportati esportate trovati trovate stampati stampate
    geexporteerd gevonden afgedrukt wyeksportowano znaleziono wydrukowano""".split()
)  # fmt: skip
_NUMBER = re.compile(r"\d[\d .,'\u2019]*")
_FIRST_COUNTED = re.compile(rf"({_NUMBER.pattern})\s*\(?\s*([^\W\d_]+)")
_LAST_COUNTED = re.compile(rf"([^\W\d_]+)\s*[:=]\s*({_NUMBER.pattern})")

#: Some of more: rows, files or parts.
_OF_ALL = re.compile(rf"({_NUMBER.pattern})(?:out of|of|de|du|von|di|van|z|sur|aus)\s*({_NUMBER.pattern})")
_RANGE = re.compile(rf"({_NUMBER.pattern})[-\u2010-\u2015/|]\s*({_NUMBER.pattern})")
#: Beginnings of words that say that something is missing. Names of companies and programs stand in footers too: neither
#: "Limited" nor "Limitada" nor "Suite" is one.
_MISSING = re.compile(
    r"\b(?:"
    + "|".join(
        r"""abort cancel interr[ou] truncat stopped time(?:d\s)?out incomplet unfinished partial partly fail
        err(?:or|eur) err(?:i|o|os)\b limited\sto limit(?:e|es|ado|ato)?\b continu
        avort annul echec echou partiel tronqu
        abgebroch abbruch unterbroch fehl(?:er|ges) unvollst teilw gekurzt gestoppt begrenzt fortsetz
        fallid fallo\b parcial truncad fallit parzial troncat segue\b
        afgebrok onderbrok geannul fout(?:en)?\b mislukt onvolledig gedeelte ingekort vervolg
        przerwan anulow bled niekompletn niepeln czesciow obciet ograniczon nieudan falh""".split()
    )
    + ")"
)

_WHICH_PAGE = (
    r"\b(?:parts?|teil|partie|parte|deel|czesc|pages?|seite|blatt|pagina|pag|strona|str|folio|hoja|foglio)\b\.?\s*:?\s*"
    r"(\d{1,6})"
)
_PAGE_ALONE = re.compile(_WHICH_PAGE)
_PAGE = re.compile(_WHICH_PAGE + r"\s*(?:of|de|du|von|di|van|z|sur|aus|/|\|)\s*(\d{1,6})\b")


def is_rule(cells: Sequence[str]) -> bool:
    """Whether the filled cells of a row are a line drawn across the list: only dashes, stars or the like."""
    return any(len(cell) >= _SHORTEST_RULE for cell in cells) and all(map(_RULE.fullmatch, cells))


def is_footer(cells: Sequence[str]) -> bool:
    """Whether the filled cells of a row say what programs print below a list, and nothing else."""
    text = " ".join(cells)
    if not 0 < len(cells) <= _MOST_CELLS or len(text) > _LONGEST:
        return False
    text = folded(text)
    pages = _PAGE.findall(text)
    if any(int(page) != int(last) for page, last in pages) or _is_cut(text):
        return False
    rest = _PAGE.sub(" ", text)
    if _PAGE_ALONE.search(rest):
        # Of how many it does not say.
        return False
    words = _WORD.findall(rest)
    if pages and not _WORD.search(_MOMENT.sub(" ", rest)):
        return True
    return _is_end(rest, words) or _is_done(rest, words) or _is_count(rest, words)


def counted(cells: Sequence[str]) -> int:
    """How many records a footer says there are; 0 where it says nothing of it."""
    text = _MOMENT.sub(" ", _PAGE.sub(" ", folded(" ".join(cells))))
    if not _is_count(text, _WORD.findall(text)):
        return 0
    said = [*_FIRST_COUNTED.findall(text), *((number, word) for word, number in _LAST_COUNTED.findall(text))]
    return max((int(_digits(number) or 0) for number, word in said if word in _RECORDS), default=0)


def _is_cut(text: str) -> bool:
    """Whether it says that the list is not whole: broken off, or some of more."""
    parts = _OF_ALL.findall(_MOMENT.sub(" ", text))
    return _MISSING.search(text) is not None or any(_digits(some) != _digits(all_) for some, all_ in parts)


def _digits(number: str) -> str:
    return "".join(filter(str.isdecimal, number)).lstrip("0")


def _is_end(text: str, words: Sequence[str]) -> bool:
    """End of the report."""
    ends = [word for word in words if word in _ENDS or word in _WHOLE_ENDS]
    if not ends or any(word not in ends and word not in _OBJECTS and word not in _SMALL for word in words):
        return False
    named = any(word in _OBJECTS or word in _WHOLE_ENDS for word in words)
    return named or _DECORATED.fullmatch(text) is not None


def _is_done(text: str, words: Sequence[str]) -> bool:
    """Printed on that day, at that hour, or generated by somebody."""
    for place, word in enumerate(words):
        if word in _DONE:
            following = words[place + 1 : place + 3]
            said = len(following) > 1 and following[0] in _BY
            if said or _MOMENT.search(text):
                return True
        if word not in _BEFORE_DONE:
            return False
    return False


def _is_count(text: str, words: Sequence[str]) -> bool:
    """So many records."""
    named = [word for word in words if not word.isdecimal()]
    if len(named) == len(words) or not all(word in _RECORDS or word in _AROUND for word in named):
        return False
    if _is_some(text):
        return False
    first, last = _FIRST_COUNTED.search(text), _LAST_COUNTED.search(text)
    if first is not None and first[2] in _RECORDS:
        return True
    in_plural = any(word in _COUNTED for word in named)
    return in_plural and (any(word in _QUANTITY for word in named) or (last is not None and last[1] in _COUNTED))


def _is_some(text: str) -> bool:
    """Whether they are some of more: lines 1-500, 500/1200, 1200 records found and 500 records read."""
    counts: dict[str, str] = {}
    parts = _RANGE.findall(_MOMENT.sub(" ", text))
    differ = any(
        _digits(count) != _digits(counts.setdefault(word, count)) for count, word in _FIRST_COUNTED.findall(text)
    )
    return differ or any(_digits(some) != _digits(all_) for some, all_ in parts)
