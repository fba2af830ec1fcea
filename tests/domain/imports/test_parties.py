"""Rows of customers and contacts files, and what they change of known records."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dso.domain.codes import ContactRole, FieldType, ImportKind
from dso.domain.imports.customs import CustomField
from dso.domain.imports.fields import FIELDS
from dso.domain.imports.mapping import FileMapping, Policy
from dso.domain.imports.parties import Lookups, PartyRow, PartyRules, changes, merged
from dso.domain.imports.profile import Formats
from dso.domain.imports.rejects import Reject
from dso.emails import is_address

CUSTOMERS, CONTACTS = ImportKind.CUSTOMERS, ImportKind.CONTACTS
LOOKUPS = Lookups(
    is_address=is_address,
    countries={"france": "FR", "fr": "FR"},
    users={"ann@acme.example": 7},
    scenarios={"standard": 3},
    customers={"C1": 1, "U1": 2, "shared": None},
    custom_fields={
        "size": CustomField("size", FieldType.LIST, ("Small", "Large")),
        "n": CustomField("n", FieldType.NUMBER),
        "d": CustomField("d", FieldType.DATE),
        "y": CustomField("y", FieldType.YESNO),
    },
)


def _rules(kind: ImportKind, *targets: str, ticks: tuple[str, ...] = (), **options: Any) -> PartyRules:
    required = [field.name for field in FIELDS[kind].values() if field.required]
    columns = {name: name for name in (*required, *targets)}
    return PartyRules(kind, FileMapping(columns=columns, **options), Formats({}, {}, frozenset(ticks)), LOOKUPS, "EUR")


def _read(rules: PartyRules, **cells: str) -> PartyRow:
    base = {"code": "C1", "business_name": "Acme", "customer": "C1", "last_name": "Hébert"}
    row = rules.read(5, {**base, **cells})
    assert isinstance(row, PartyRow), row
    return row


def _no(rules: PartyRules, **cells: str) -> str:
    base = {"code": "C1", "business_name": "Acme", "customer": "C1", "last_name": "Hébert"}
    reject = rules.read(5, {**base, **cells})
    assert isinstance(reject, Reject)
    return f"{reject.line} {reject.column}: {reject}"


def test_cells_are_read_by_their_kind() -> None:
    rules = _rules(CUSTOMERS, "credit_limit", "blocked", "blocked_on", "country", "language", "groups", "collector",
                   "scenario", "collected_by", "guarantee_currency", "custom:size", "custom:n", "email",
                   "city")  # fmt: skip
    row = _read(
        rules, credit_limit="1234.505", blocked="oui", blocked_on="2026-01-02", country="France", language="FR_be",
        groups="Nord, Sud,,Nord", collector="Ann@acme.example", scenario="STANDARD", collected_by="U1",
        guarantee_currency="usd", email="a@b.example", city=" Lyon ", **{"custom:size": "large", "custom:n": "1.50"},
    )  # fmt: skip
    assert row.values == {
        "code": "C1", "business_name": "Acme", "credit_limit": Decimal("1234.51"), "blocked": True,
        "blocked_on": date(2026, 1, 2), "country": "FR", "language": "fr-be", "groups": ("Nord", "Sud"),
        "collector": 7, "scenario": 3, "collected_by": 2,
        "guarantee_currency": "USD", "custom:size": "Large", "custom:n": "1.5", "email": "a@b.example", "city": "Lyon",
    }  # fmt: skip
    assert rules.rounded == 1


@pytest.mark.parametrize(
    ("target", "cell", "sentence"),
    [
        ("code", "", "5 code: Code is missing"),
        ("business_name", " ", "5 business_name: Business name is missing"),
        ("credit_limit", "abc", "5 credit_limit: this is not an amount"),
        ("blocked_on", "abc", "5 blocked_on: this is not a date"),
        ("blocked", "maybe", "5 blocked: this is neither yes nor no"),
        ("guarantee_currency", "zzz", "5 guarantee_currency: this is not a currency"),
        ("unique_id", "", "5 unique_id: the unique identifier is empty"),
        ("code", "x" * 101, "5 code: this is longer than 100 characters"),
    ],
)
def test_what_cannot_be_read_rejects_the_row(target: str, cell: str, sentence: str) -> None:
    assert _no(_rules(CUSTOMERS, target), **{target: cell}) == sentence


@pytest.mark.parametrize(
    ("target", "cell"),
    [
        ("country", "391"),
        ("language", "français!"),
        ("email", "n/a"),
        ("collector", "x@y.z"),
        ("scenario", "?"),
        ("collected_by", "C9"),
        ("custom:size", "medium"),
        ("custom:n", "many"),
        ("custom:d", "31/31/2026"),
        ("custom:y", "maybe"),
        ("credit_limit", "$500"),
        ("insurer_guarantee", "500 USD"),
    ],
)
def test_what_can_be_left_out_is_left_out_with_a_remark(target: str, cell: str) -> None:
    rules = _rules(CUSTOMERS, target)
    assert target not in _read(rules, **{target: cell}).values
    assert len(rules.remarks.listed) == 1


def test_what_is_left_out_is_told_with_its_reason() -> None:
    rules = _rules(CUSTOMERS, "custom:n", "credit_limit")
    row = _read(rules, **{"custom:n": "many", "credit_limit": "$500"})
    assert row.values.keys() == {"code", "business_name"}
    assert {(each.column, each.value, str(each)) for each in rules.remarks.listed} == {
        ("custom:n", "many", "not a number: left out"),
        ("credit_limit", "$500", "the amount is in $, not in EUR: left out"),
    }


@pytest.mark.parametrize("target", ["insurer_guarantee", "temporary_guarantee"])
def test_the_sign_of_a_guarantee_is_held_against_the_currency_of_the_guarantee(target: str) -> None:
    rules = _rules(CUSTOMERS, target, "guarantee_currency", "credit_limit")
    row = _read(rules, **{target: "$500", "guarantee_currency": "USD", "credit_limit": "500 €"})
    assert (row.values[target], row.values["credit_limit"]) == (Decimal(500), Decimal(500))
    assert target not in _read(rules, **{target: "500 €", "guarantee_currency": "USD"}).values
    assert target not in _read(rules, **{target: "$500"}).values


@pytest.mark.parametrize(("target", "most"), [("city", 200), ("custom:own", 2_000)])
def test_long_texts_are_shortened_with_a_remark(target: str, most: int) -> None:
    rules = _rules(CUSTOMERS, target)
    assert _read(rules, **{target: "x" * (most + 1)}).text(target) == "x" * most
    assert [str(each) for each in rules.remarks.listed] == [f"shortened to {most} characters"]
    assert rules.remarks.listed[0].value == "x" * 80


@pytest.mark.parametrize("target", ["city", "custom:own", "custom:n", "groups", "language"])
def test_a_text_that_fits_no_field_keeps_its_row_out(target: str) -> None:
    words = "this text of 1000000 characters is too long for any field"
    assert _no(_rules(CUSTOMERS, target), **{target: "x" * 1_000_000}) == f"5 {target}: {words}"


def test_a_blank_is_no_only_in_a_column_of_marks() -> None:
    assert _read(_rules(CUSTOMERS, "blocked", ticks=("blocked",)), blocked="").values["blocked"] is False
    assert _read(_rules(CUSTOMERS, "blocked"), blocked="").values["blocked"] is None


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("C9", "5 customer: there is no customer with the code C9"),
        ("shared", "5 customer: two customers have the code shared"),
    ],
)
def test_a_contact_of_no_customer_is_rejected(code: str, sentence: str) -> None:
    assert _no(_rules(CONTACTS), customer=code) == sentence


def test_a_contact_is_read_with_its_role() -> None:
    row = _read(
        _rules(CONTACTS, "role", "for_collection", "email"), role="Comptable", for_collection="1", email="z@c.example"
    )
    assert (row.values["customer"], row.values["role"], row.values["for_collection"]) == (
        1,
        ContactRole.ACCOUNTANT,
        True,
    )


def test_a_contact_whose_address_is_none_is_rejected() -> None:
    for email in ("zoé at home", "a..b@x.test"):
        assert _no(_rules(CONTACTS, "email"), email=email) == "5 email: this is not an e-mail address"
    assert _read(_rules(CONTACTS, "email"), email="a@x.test").values["email"] == "a@x.test"


def test_the_overwrite_policies() -> None:
    mapping = FileMapping(policies={"b": Policy.IF_EMPTY, "c": Policy.NEVER})
    now = {"a": "1", "b": "1", "c": ""}
    assert changes(now, {"a": "2", "b": "2", "c": "2"}, mapping) == {"a": ("1", "2")}
    assert changes({"b": ""}, {"b": "2"}, mapping) == {"b": ("", "2")}


def test_an_empty_cell_leaves_the_old_value_unless_empty_clears() -> None:
    now = {"a": "1", "limit": Decimal(5), "blocked": True}
    empty = dict.fromkeys(now)
    assert changes(now, empty, FileMapping()) == {}
    assert changes(now, empty, FileMapping(empty_clears=True)) == {
        "a": ("1", ""),
        "limit": (Decimal(5), None),
        "blocked": (True, False),
    }


@pytest.mark.parametrize(
    ("old", "left"), [(ContactRole.BUYER, ContactRole.OTHER), ({"a": 1}, {}), ((1, 2), ()), (Decimal(0), None)]
)
def test_what_an_empty_cell_leaves_is_what_nobody_filled(old: Any, left: Any) -> None:
    mapping = FileMapping(empty_clears=True)
    assert changes({"a": old}, {"a": None}, mapping) == {"a": (old, left)}
    assert type(changes({"a": old}, {"a": None}, mapping)["a"][1]) is type(left)
    assert changes({"a": left}, {"a": None}, mapping) == {}


def test_an_amount_of_zero_is_not_empty() -> None:
    mapping = FileMapping(policies={"credit_limit": Policy.IF_EMPTY})
    assert changes({"credit_limit": Decimal(0)}, {"credit_limit": Decimal(5)}, mapping) == {}


def test_two_rows_for_one_contact_are_merged_and_the_later_filled_cell_wins() -> None:
    rows = [
        PartyRow(2, {"phone": "1", "mobile": "2", "for_collection": True}),
        PartyRow(3, {"phone": "3", "mobile": None, "for_collection": False}),
    ]
    assert merged(rows) == PartyRow(2, {"phone": "3", "mobile": "2", "for_collection": True})


@given(
    st.dictionaries(st.sampled_from(["a", "b"]), st.one_of(st.none(), st.text(max_size=3))),
    st.dictionaries(st.sampled_from(["a", "b"]), st.text(max_size=3)),
    st.booleans(),
)
def test_doing_it_again_changes_nothing(wanted: dict[str, Any], now: dict[str, Any], clears: bool) -> None:
    mapping = FileMapping(empty_clears=clears)
    after = {**now, **{name: new for name, (_old, new) in changes(now, wanted, mapping).items()}}
    assert not changes(after, wanted, mapping)
