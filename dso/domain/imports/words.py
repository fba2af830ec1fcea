"""Words in cells: yes and no, debit and credit, what a contact does, how many days a payment term gives."""

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

from dso.domain.codes import ContactRole


@lru_cache(4096)
def folded(text: str) -> str:
    """A text without case, accents and edges, to compare words by."""
    plain = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "l").replace("ß", "ss"))
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold().strip()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_YES = _words("1 yes y true t x on oui o vrai ja j wahr si s vero verdadero sim verdadeiro tak prawda waar +")
_NO = _words("0 no n false f off non faux nein falsch nee onwaar falso nao nie falsz -")
_DEBIT = _words("d s + debit dr deb soll debe dare debet debito winien wn debit/soll deudor")
_CREDIT = _words("c h - credit cr cre haben haber avere a credito kredit ma k acreedor")

_ROLES = {
    ContactRole.ACCOUNTANT: "accountant accounting accounts comptable comptabilite buchhalter buchhalterin buchhaltung contable "
    "contabilidad contabile contabilita boekhouder boekhouding ksiegowy ksiegowa ksiegowosc contabilista ap",
    ContactRole.BUYER: "buyer purchasing purchaser acheteur acheteuse achats einkaufer einkauferin einkauf comprador compradora compras "
    "acquirente acquisti inkoper inkoop kupiec zakupy",
    ContactRole.DIRECTOR: "director manager ceo cfo owner directeur directrice gerant gerante dirigeant pdg daf geschaftsfuhrer "
    "geschaftsfuhrerin leiter direktor director directora gerente direttore direttrice amministratore bestuurder dyrektor prezes diretor diretora",
    ContactRole.COMPANY: "company societe firma empresa azienda bedrijf",
}
_ROLE_OF = {word: role for role, words in _ROLES.items() for word in words.split()}


def yes_no(cell: str) -> bool | None:
    """Yes, no (a blank cell is no), or None when the word is neither."""
    word = folded(cell)
    if not word or word in _NO:
        return False
    return True if word in _YES else None


def side(cell: str) -> int | None:
    """1 for debit, -1 for credit, None when the word is neither."""
    word = folded(cell).rstrip(".")
    if word in _DEBIT:
        return 1
    return -1 if word in _CREDIT else None


def contact_role(cell: str) -> ContactRole:
    """What a contact does; "other" for words not known."""
    words = re.split(r"[^\w]+", folded(cell))
    return next((_ROLE_OF[word] for word in words if word in _ROLE_OF), ContactRole.OTHER)


_DAYS = r"(?:days?|d|jours?|jrs?|j|tage?n?|t|dias?|giorni|gg|dagen|dni|dn)(?!\w)\.?"
_NET = r"(?:net(?:to)?|a|in|within|innerhalb|zahlbar)?\.?"
_TERM = re.compile(rf"{_NET}\s*(\d{{1,3}})\s*(?:{_DAYS})?\s*(?:net(?:to|s)?)?\s*(.*)")
_MONTH_END = re.compile(
    r"(?:,|-|\+|/)?\s*(?:(?:after |from |des |de |del |da |ab |nach |le |au )*(?:end of (?:the )?month|eom|month end|fin de mois|fdm|fin mois|"
    r"fin de mes|fine mese|fm|dffm|monatsende|ende des monats|einde maand|koniec miesiaca|konca miesiaca|fim do mes))"
)


def due_by_term(issued_on: date, term: str) -> date | None:
    """The due day a payment term in days gives, at the end of that month where it says so; None when it gives none."""
    found = _TERM.fullmatch(folded(term))
    if found is None:
        return None
    due_on = issued_on + timedelta(days=int(found[1]))
    if not found[2].strip(" ."):
        return due_on
    if not _MONTH_END.fullmatch(found[2].strip(" .")):
        return None
    return due_on.replace(day=monthrange(due_on.year, due_on.month)[1])
