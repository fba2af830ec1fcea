"""Values for every row: what can never be read is known before any row is."""

from typing import Any

import pytest

from dso.domain.codes import FieldType, ImportKind
from dso.domain.imports import rejects
from dso.domain.imports.constants import WrongConstant, why_not
from dso.domain.imports.customs import CustomField
from dso.domain.imports.item_rows import FIELD_OF, ItemRules
from dso.domain.imports.item_stage import Account, Context
from dso.domain.imports.mapping import FileMapping
from dso.domain.imports.profile import Formats
from tests.factories import TODAY

K = ImportKind
WRONG = [
    ("currency", "DOLLARS", rejects.UNKNOWN_CURRENCY),
    ("issued_on", "31/12/2026", rejects.UNREADABLE_DATE),
    ("due_on", "soon", rejects.UNREADABLE_DATE),
    ("due_on", "2126-12-31", rejects.IMPLAUSIBLE_DATE),
    ("amount", "12 3x4", rejects.UNREADABLE_AMOUNT),
    ("remaining", "1" * 20, rejects.TOO_LARGE),
    ("ignored", "perhaps", rejects.UNREADABLE_YESNO),
    ("sign", "left", rejects.UNREADABLE_SIGN),
]
RIGHT = [
    ("currency", "usd"), ("currency", "Euro"), ("issued_on", "2026-10-31"), ("issued_on", "31.10.2026"),
    ("amount", "1234.50"), ("ignored", "oui"), ("sign", "D"), ("project", "Line 7"), ("due_on", " "),
]  # fmt: skip


@pytest.mark.parametrize(("target", "value", "reason"), WRONG)
def test_what_no_row_could_go_in_with_is_known_by_itself(target: str, value: str, reason: str) -> None:
    found = why_not(K.ITEMS, target, value)
    assert found is not None and found[0] == reason


@pytest.mark.parametrize(("target", "value"), RIGHT)
def test_what_can_be_read_is_left_to_the_rows(target: str, value: str) -> None:
    assert why_not(K.ITEMS, target, value) is None


@pytest.mark.parametrize(("target", "value"), [*((target, value) for target, value, _reason in WRONG), *RIGHT])
def test_it_says_what_the_rows_would_say(target: str, value: str) -> None:
    plain = {"customer": "C1", "number": "F1", "issued_on": "2026-10-01", "due_on": "2026-11-01", "amount": "10"}
    cells = {**plain, target: value}
    mapping = FileMapping(columns={name: name for name in plain if name != target}, constants={target: value})
    context = Context("EUR", TODAY, {"C1": Account(1, 1, "30 days")}, {}, {}, {})
    _row, reject = ItemRules(mapping, Formats({}, {}), context).typed(2, cells)
    found = why_not(K.ITEMS, target, value)
    assert (reject.reason if reject else None) == (found[0] if found else None)
    assert target in FIELD_OF


@pytest.mark.parametrize(
    ("kind", "target", "value"),
    [(K.CUSTOMERS, "blocked", "maybe"), (K.CUSTOMERS, "credit_limit", "much"), (K.USERS, "role", "wizard"),
     (K.RATES, "on", "yesterday"), (K.RATES, "reference", "gold")],
)  # fmt: skip
def test_files_of_every_kind_are_looked_at(kind: ImportKind, target: str, value: str) -> None:
    assert why_not(kind, target, value) is not None


@pytest.mark.parametrize(
    ("value", "more", "is_wrong"),
    [
        ("many", {"type": FieldType.NUMBER}, True),
        ("12.5", {"type": FieldType.NUMBER}, False),
        ("Blue", {"type": FieldType.LIST, "choices": ("Red",)}, True),
        ("anything", {}, False),
    ],
)
def test_a_field_of_one_s_own_takes_what_its_definition_takes(value: str, more: Any, is_wrong: bool) -> None:
    assert (why_not(K.ITEMS, "custom:x", value, CustomField("x", **more)) is not None) is is_wrong


def test_the_refusal_names_the_field_the_value_and_how_to_write_it() -> None:
    wrong = WrongConstant("due_on", "due_on", " 31/12/2026 ", (rejects.UNREADABLE_DATE, {}))
    assert str(wrong) == (
        '"31/12/2026" cannot stand in every row as due_on: this cannot be read as a date; write it as 2026-12-31.'
    )
