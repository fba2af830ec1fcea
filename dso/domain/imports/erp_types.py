"""What the document types of ERPs mean: the internal codes, families of ERP codes, and words."""

from collections.abc import Mapping

from dso.domain.codes import CREDIT_TYPES, DEBIT_TYPES, ItemType
from dso.domain.imports.words import folded

_FAC, _AVO, _RGL = ItemType.INVOICE, ItemType.CREDIT_NOTE, ItemType.PAYMENT
_ODI, _TRT, _DPA = ItemType.MISCELLANEOUS, ItemType.DRAFT, ItemType.DOWN_PAYMENT

_INTERNAL = {kind.value: kind for kind in ItemType}
#: Codes that mean something only beside others of their family: AC in France is not AC elsewhere.
_FAMILIES: tuple[Mapping[str, ItemType], ...] = (
    {"FC": _FAC, "FA": _FAC, "AV": _AVO, "RG": _RGL, "OD": _ODI, "LCR": _TRT, "AC": _DPA},
    {"RV": _FAC, "DR": _FAC, "DG": _AVO, "DZ": _RGL, "AB": _ODI, "DW": _TRT, "DA": _DPA},
)
_WORDS = {
    _FAC: "invoice|sales invoice|customer invoice|inv|facture|facture client|rechnung|ausgangsrechnung|factura|factura de venta|"
    "fattura|factuur|verkoopfactuur|faktura|faktura vat|fatura",
    _AVO: "credit memo|credit note|creditnote|sales credit|crn|avoir|avoir client|note de credit|gutschrift|abono|nota de credito|"
    "nota de abono|factura rectificativa|nota di credito|nota di accredito|creditnota|creditfactuur|korekta|faktura korygujaca|nota kredytowa",
    _RGL: "payment|customer payment|unapplied payment|unallocated payment|receipt|reglement|paiement|encaissement|zahlung|"
    "zahlungseingang|pago|cobro|pagamento|incasso|betaling|ontvangst|platnosc|wplata|recebimento",
    _ODI: "journal entry|general journal|journal|miscellaneous|miscellaneous entry|operation diverse|od diverse|ecriture diverse|"
    "buchung|sonstige buchung|asiento|asiento diario|operacion diversa|registrazione|scrittura|memoriaal|memoriaalboeking|"
    "polecenie ksiegowania|lancamento|lancamento diverso",
    _TRT: "draft|bill of exchange|traite|effet|effet de commerce|wechsel|letra|letra de cambio|efecto|cambiale|tratta|riba|wissel|weksel",
    _DPA: "deposit request|down payment request|down payment|prepayment request|advance request|demande d'acompte|acompte|"
    "facture d'acompte|anzahlung|anzahlungsanforderung|anticipo|solicitud de anticipo|acconto|richiesta di acconto|aanbetaling|"
    "zaliczka|adiantamento|pedido de adiantamento",
}
_WORD_OF = {word: kind for kind, words in _WORDS.items() for word in words.split("|")}


def proposals(found: Mapping[str, int] | list[str], known: Mapping[str, ItemType]) -> dict[str, ItemType]:
    """The match of each ERP type found: what is kept, else what its word or its family says; unknown ones are left out.

    While an entity has no match yet, every family is open. Later a code is read by a family only when one of that
    family is matched already: a code from nowhere is for a person to match.
    """
    answer = {}
    for code in found:
        kind = known.get(code) or _by_word(code) or _by_family(code, known)
        if kind is not None:
            answer[code] = kind
    return answer


def _by_word(code: str) -> ItemType | None:
    return _INTERNAL.get(code.strip().upper()) or _WORD_OF.get(folded(code))


def _by_family(code: str, known: Mapping[str, ItemType]) -> ItemType | None:
    short = code.strip().upper()
    matched = {each.strip().upper() for each in known} - _INTERNAL.keys()
    for family in _FAMILIES:
        if short in family and (not matched or matched & family.keys()):
            return family[short]
    return None


def named(text: str) -> ItemType | None:
    """An internal type by its code, as a person writes it after `=` in `--type FC=FAC`."""
    return _INTERNAL.get(text.strip().upper())


def by_sign(amount: int) -> ItemType:
    """The type of a row without one: a debit is an invoice, a credit a payment."""
    return _RGL if amount < 0 else _FAC


def agrees(kind: ItemType, amount: int) -> bool:
    """Whether the sign of an amount is the one its type has."""
    if amount > 0:
        return kind not in CREDIT_TYPES
    return amount == 0 or kind not in DEBIT_TYPES


def opposed(amount: int, part: int) -> bool:
    """Whether one is a debit and the other a credit."""
    return amount < 0 < part or part < 0 < amount


def signed(kind: ItemType, amount: int) -> int:
    """An unsigned amount with the sign of its type."""
    if kind in CREDIT_TYPES:
        return -abs(amount)
    return abs(amount) if kind in DEBIT_TYPES else amount
