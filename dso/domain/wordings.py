"""The product's own words in messages, statements and letters, in the languages of the shipped templates.

A message follows the language of its template (4.1), not the viewer's, so these words are no part of the catalogue
of the pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dso.domain.codes import ItemType


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; those with %(name)s are filled in."""

    language: str
    account: str
    number: str
    order: str
    kind: str
    issued: str
    due: str
    late: str
    days: str
    amount: str
    open: str
    penalties: str
    status: str
    total: str
    total_undisputed: str
    total_disputed: str
    disputed: str
    partly_disputed: str
    promised: str
    pay_to: str
    conjunction: str
    open_page: str
    answer: str
    link_gone: str
    statement: str
    statement_as_of: str
    statement_file: str
    letter_file: str
    your_account: str
    nothing_open: str
    down_payments: str
    down_payments_note: str
    page: str
    phone: str
    mobile: str
    email: str
    legal_id: str
    vat_number: str
    holder: str
    bank: str
    iban: str
    bic: str
    subject: str
    types: Mapping[ItemType, str]


_ENGLISH = Words(
    language="en",
    account="Account",
    number="Number",
    order="Your order",
    kind="Type",
    issued="Issued",
    due="Due",
    late="Days late",
    days="%(n)s d",
    amount="Amount",
    open="Open",
    penalties="Late penalties",
    status="Remark",
    total="Total",
    total_undisputed="Total without disputed amounts",
    total_disputed="of which disputed",
    disputed="in dispute",
    partly_disputed="%(amount)s in dispute",
    promised="promised for %(day)s",
    pay_to="%(numbers)s: please pay to %(name)s",
    conjunction=" and ",
    open_page="See the details and answer",
    answer="See the details and answer",
    link_gone="[link]",
    statement="Statement of account",
    statement_as_of="Position as of %(day)s",
    statement_file="statement",
    letter_file="letter",
    your_account="Your account",
    nothing_open="Nothing is open on this account.",
    down_payments="Down-payment requests",
    down_payments_note="For information, not part of the total",
    page="Page %(page)s of %(pages)s",
    phone="Phone",
    mobile="Mobile",
    email="E-mail",
    legal_id="Legal id",
    vat_number="VAT",
    holder="Account holder",
    bank="Bank",
    iban="IBAN",
    bic="BIC",
    subject="Subject",
    types={
        ItemType.INVOICE: "Invoice",
        ItemType.CREDIT_NOTE: "Credit note",
        ItemType.PAYMENT: "Payment received",
        ItemType.MISCELLANEOUS: "Entry",
        ItemType.DRAFT: "Draft",
        ItemType.DOWN_PAYMENT: "Down-payment request",
    },
)

_FRENCH = Words(
    language="fr",
    account="Compte",
    number="Numéro",
    order="Votre commande",
    kind="Type",
    issued="Émise le",
    due="Échéance",
    late="Retard",
    days="%(n)s j",
    amount="Montant",
    open="Restant dû",
    penalties="Pénalités",
    status="Remarque",
    total="Total",
    total_undisputed="Total hors montants en litige",
    total_disputed="dont en litige",
    disputed="en litige",
    partly_disputed="%(amount)s en litige",
    promised="promis pour le %(day)s",
    pay_to="%(numbers)s : à régler à %(name)s",
    conjunction=" et ",
    open_page="Voir le détail et répondre",
    answer="Voir le détail et répondre",
    link_gone="[lien]",
    statement="Relevé de compte",
    statement_as_of="Situation au %(day)s",
    statement_file="releve",
    letter_file="courrier",
    your_account="Votre compte",
    nothing_open="Aucune pièce n’est ouverte sur ce compte.",
    down_payments="Demandes d’acompte",
    down_payments_note="Pour information, hors total",
    page="Page %(page)s sur %(pages)s",
    phone="Tél.",
    mobile="Mobile",
    email="E-mail",
    legal_id="Identifiant",
    vat_number="TVA",
    holder="Titulaire",
    bank="Banque",
    iban="IBAN",
    bic="BIC",
    subject="Objet",
    types={
        ItemType.INVOICE: "Facture",
        ItemType.CREDIT_NOTE: "Avoir",
        ItemType.PAYMENT: "Règlement reçu",
        ItemType.MISCELLANEOUS: "Écriture",
        ItemType.DRAFT: "Traite",
        ItemType.DOWN_PAYMENT: "Demande d’acompte",
    },
)

_GERMAN = Words(
    language="de",
    account="Konto",
    number="Nummer",
    order="Ihre Bestellung",
    kind="Art",
    issued="Datum",
    due="Fällig",
    late="Verzug",
    days="%(n)s T.",
    amount="Betrag",
    open="Offen",
    penalties="Verzugskosten",
    status="Hinweis",
    total="Summe",
    total_undisputed="Summe ohne strittige Beträge",
    total_disputed="davon strittig",
    disputed="strittig",
    partly_disputed="%(amount)s strittig",
    promised="zugesagt für %(day)s",
    pay_to="%(numbers)s: bitte zahlen an %(name)s",
    conjunction=" und ",
    open_page="Einzelheiten ansehen und antworten",
    answer="Einzelheiten ansehen und antworten",
    link_gone="[Link]",
    statement="Kontoauszug",
    statement_as_of="Stand %(day)s",
    statement_file="kontoauszug",
    letter_file="brief",
    your_account="Ihr Konto",
    nothing_open="Auf diesem Konto ist nichts offen.",
    down_payments="Anzahlungsanforderungen",
    down_payments_note="Zur Information, nicht in der Summe enthalten",
    page="Seite %(page)s von %(pages)s",
    phone="Tel.",
    mobile="Mobil",
    email="E-Mail",
    legal_id="Registernummer",
    vat_number="USt-IdNr.",
    holder="Kontoinhaber",
    bank="Bank",
    iban="IBAN",
    bic="BIC",
    subject="Betreff",
    types={
        ItemType.INVOICE: "Rechnung",
        ItemType.CREDIT_NOTE: "Gutschrift",
        ItemType.PAYMENT: "Zahlungseingang",
        ItemType.MISCELLANEOUS: "Buchung",
        ItemType.DRAFT: "Wechsel",
        ItemType.DOWN_PAYMENT: "Anzahlungsanforderung",
    },
)

_ALL = {words.language: words for words in (_ENGLISH, _FRENCH, _GERMAN)}


def words(language: str) -> Words:
    """The words of a language or of its main language; English for a template in any other language."""
    return _ALL.get(language.replace("_", "-").partition("-")[0].lower(), _ENGLISH)


#: Countries that write days as month/day/year.
_MONTH_FIRST = frozenset({"US", "PH", "PR", "GU", "AS", "VI", "MP"})


def regional(language: str, country: str) -> str:
    """The locale for days and amounts: plain English is British unless the reader's country writes months first."""
    plain = language.replace("_", "-")
    if plain.lower() != "en":
        return plain
    return "en-US" if country.upper() in _MONTH_FIRST else "en-GB"
