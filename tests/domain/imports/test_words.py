"""Words of eight languages."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dso.domain.codes import ContactRole, ItemType
from dso.domain.imports.erp_types import agrees, by_sign, named, proposals, signed
from dso.domain.imports.words import contact_role, due_by_term, side, yes_no


@pytest.mark.parametrize(
    "cell", ["1", "yes", "YES", "true", "x", "X", "oui", "Oui", "ja", "si", "sí", "sì", "tak", "sim", "Y", " O "]
)
def test_words_for_yes(cell: str) -> None:
    assert yes_no(cell) is True


@pytest.mark.parametrize("cell", ["0", "no", "false", "", "  ", "non", "NON", "nein", "nee", "nie", "não", "N"])
def test_words_for_no_and_a_blank(cell: str) -> None:
    assert yes_no(cell) is False


@pytest.mark.parametrize("cell", ["maybe", "2", "yesno"])
def test_other_words_are_neither(cell: str) -> None:
    assert yes_no(cell) is None


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("D", 1),
        ("S", 1),
        ("+", 1),
        ("Debit", 1),
        ("Débit", 1),
        ("Soll", 1),
        ("C", -1),
        ("H", -1),
        ("-", -1),
        ("Crédit", -1),
        ("Haben", -1),
        ("?", None),
    ],
)
def test_the_side_of_an_amount(cell: str, expected: int | None) -> None:
    assert side(cell) == expected


@pytest.mark.parametrize(
    ("cell", "role"),
    [
        ("Comptable", ContactRole.ACCOUNTANT),
        ("Acheteur", ContactRole.BUYER),
        ("Directeur", ContactRole.DIRECTOR),
        ("Directrice générale", ContactRole.DIRECTOR),
        ("Buchhaltung", ContactRole.ACCOUNTANT),
        ("accountant", ContactRole.ACCOUNTANT),
        ("company", ContactRole.COMPANY),
        ("Astronaut", ContactRole.OTHER),
        ("", ContactRole.OTHER),
    ],
)
def test_what_a_contact_does(cell: str, role: ContactRole) -> None:
    assert contact_role(cell) is role


@pytest.mark.parametrize(
    ("term", "due"),
    [
        ("30", date(2026, 2, 14)),
        ("30 jours", date(2026, 2, 14)),
        ("Net 30", date(2026, 2, 14)),
        ("30 days net", date(2026, 2, 14)),
        ("30 Tage netto", date(2026, 2, 14)),
        ("45 jours fin de mois", date(2026, 3, 31)),
        ("30 days EOM", date(2026, 2, 28)),
        ("60 días", date(2026, 3, 16)),
        ("Z030", None),
        ("ZB01A", None),
        ("2/10 net 30", None),
        ("à réception", None),
        ("", None),
        ("30 jours le 10", None),
    ],
)
def test_the_due_day_a_payment_term_gives(term: str, due: date | None) -> None:
    assert due_by_term(date(2026, 1, 15), term) == due


@given(st.text(max_size=30))
def test_no_text_breaks_a_payment_term(term: str) -> None:
    due = due_by_term(date(2026, 1, 15), term)
    assert due is None or due >= date(2026, 1, 15)


FAC, AVO, RGL, ODI, TRT, DPA = ItemType


@pytest.mark.parametrize(
    "codes",
    [
        {"FC": FAC, "AV": AVO, "RG": RGL, "OD": ODI, "LCR": TRT, "AC": DPA},
        {"RV": FAC, "DG": AVO, "DZ": RGL, "AB": ODI, "DW": TRT, "DA": DPA},
        {"Invoice": FAC, "Credit Memo": AVO, "Payment": RGL, "Journal Entry": ODI, "Deposit Request": DPA},
        {"FAC": FAC, "avo": AVO, "Rechnung": FAC, "Gutschrift": AVO, "Fattura": FAC, "Korekta": AVO, "Règlement": RGL},
    ],
)
def test_the_usual_types_are_proposed(codes: dict[str, ItemType]) -> None:
    assert proposals(list(codes), {}) == codes


def test_a_kept_match_wins_over_the_proposal() -> None:
    assert proposals(["FC"], {"FC": ODI}) == {"FC": ODI}


def test_a_new_code_of_the_family_in_use_is_known_and_one_from_elsewhere_is_not() -> None:
    known = {"FC": FAC, "RG": RGL}
    assert proposals(["AV", "DZ", "XX"], known) == {"AV": AVO}


def test_an_unknown_code_is_left_for_a_person() -> None:
    assert proposals(["ZZ"], {}) == {}


def test_internal_codes_by_name() -> None:
    assert named("fac") is FAC
    assert named("FC") is None


def test_a_row_without_a_type_is_an_invoice_or_a_payment() -> None:
    assert by_sign(5) is FAC
    assert by_sign(-5) is RGL


@given(st.sampled_from(list(ItemType)), st.integers(-(10**15), 10**15))
def test_an_unsigned_amount_gets_a_sign_that_agrees(kind: ItemType, amount: int) -> None:
    assert agrees(kind, signed(kind, amount))


def test_signs_against_the_type() -> None:
    assert not agrees(FAC, -1)
    assert not agrees(AVO, 1)
    assert agrees(ODI, 1)
    assert agrees(ODI, -1)
