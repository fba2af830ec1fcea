"""A whole entity out and in again: export, an empty entity, import, export, the same bytes, whatever the values."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from dso.db import db
from dso.domain.codes import Channel, ClearedBy, ColleagueRole, ContactRole, FieldType, ImportKind, ItemType, Role
from dso.domain.errors import Refused
from dso.domain.money import decimals
from dso.models import (
    Contact,
    Customer,
    CustomerColleague,
    CustomField,
    Entity,
    Group,
    Message,
    OtherGuarantee,
    PaymentCentre,
    User,
    customer_groups,
)
from dso.services import dump, imports
from dso.services.imports import ImportOptions
from tests.conftest import NOW, TODAY
from tests.counting import statements
from tests.factories import a_contact, a_customer, a_scenario, a_user, an_entity, an_item

_numbers = count(1)
KINDS = (ImportKind.CUSTOMERS, ImportKind.CONTACTS, ImportKind.ITEMS)
NASTY = ["=1+1", "'=x", "'t Hooft", "0042", "'0042", "-5", "+33 1", "@x", '"', 'a"b', "a;b,c|d\te", "a\r\nb\nc",
         "x\u00a0y", "😀", "  ", "null", "yes", "1.234", "\u2028x", "''-1", "a, b", "=\"\"", "x\ry"]  # fmt: skip
text = st.one_of(st.sampled_from(NASTY), st.text("ab'\"=-+;,\n é7\u00a0", max_size=8))
word = text.map(str.strip).filter(bool)
name = word.map(lambda each: " ".join(each.split())).filter(bool)
day = st.dates(date(2020, 1, 1), date(2030, 1, 1))
units = st.integers(-(10**9), 10**9)
customer = st.fixed_dictionaries({
    "code": word, "unique_id": st.none() | word, "business_name": word, "comment": text, "phone": text, "city": text,
    "legal_id": text, "blocked": st.booleans(), "blocked_on": st.none() | day, "interactive": st.booleans(),
    "paused": st.booleans(), "draft": st.booleans(), "penalties": st.booleans(),
    "credit_limit": st.none() | units, "insurer_guarantee": st.none() | units,
    "guarantee_currency": st.sampled_from(["", "JPY", "KWD", "CLF"]), "archived_at": st.sampled_from([None, NOW]),
    "information": st.sampled_from([{}, {"a": {"b": "=1"}}]), "custom": st.sampled_from([{}, {
        "t": "=1", "n": "1234.567", "d": "2026-01-02", "y": True, "l": "A,b", "k": "https://x.example/?a=1"},
        {"n": "-5.50", "y": False, "t": "'x"}]),
    "groups": st.lists(st.tuples(name, st.booleans()), max_size=3, unique_by=lambda pair: pair[0]),
    "colleagues": st.sampled_from([None, "hand", "import"]),
    "centre": st.sampled_from(["", "Head, office", "=Office"]), "pilot": st.booleans(),
    "guarantees": st.lists(st.tuples(name, units, st.none() | day), max_size=2),
    "contacts": st.lists(st.tuples(word, text, st.sampled_from(["", "a@x.example"]), st.booleans()), max_size=3),
})  # fmt: skip
item = st.fixed_dictionaries({
    "customer": st.integers(0, 9), "number": word, "unique_id": st.none() | word, "type": st.sampled_from(ItemType),
    "erp_type": text, "issued_on": day, "days": st.integers(-5, 90), "amount": st.integers(0, 10**9),
    "paid": st.integers(0, 10**9), "cleared": st.none() | day, "cleared_by": st.sampled_from(ClearedBy),
    "currency": st.sampled_from(["EUR", "JPY", "KWD", "CLF"]), "project": text, "order_number": text,
    "ignored": st.booleans(), "expected": st.none() | day, "taxed": st.booleans(), "document_url": text,
    "custom": st.sampled_from([{}, {"n": "0.001", "t": "1.234", "d": "2026-12-31", "y": True, "l": "B"}]),
})  # fmt: skip


@pytest.fixture
def people(session: Session) -> list[User]:
    """An administrator and a colleague; the custom fields of every type exist."""
    types = {"t": FieldType.TEXT, "n": FieldType.NUMBER, "d": FieldType.DATE, "y": FieldType.YESNO,
             "l": FieldType.LIST, "k": FieldType.LINK}  # fmt: skip
    session.add_all(
        CustomField(subject=subject, code=code, label=code, type=kind, choices=["A,b", "B"], position=place)
        for subject in ("customer", "item")
        for place, (code, kind) in enumerate(types.items())
    )
    return [a_user(role=Role.ADMIN), a_user(email="sales@acme.example", role=Role.SALES)]


def _money(amount: int | None, currency: str) -> Decimal | None:
    """So many of the smallest coins of a currency."""
    return None if amount is None else Decimal(amount).scaleb(-decimals(currency))


def _fill(entity: Entity, customers: list[dict[str, Any]], items: list[dict[str, Any]], colleague: User) -> None:
    """A ledger of these values."""
    made: list[Customer] = []
    names: dict[str, Any] = {}
    scenario = a_scenario(entity=entity, name="Gentle")
    for place, values in enumerate(customers):
        one = _a_customer(entity, values, made[0] if values["pilot"] and made else None)
        one.scenario_id = scenario.id if place % 2 else None
        one.collector_id = colleague.id if place % 3 else None
        made.append(one)
        _hang_on(entity, one, values, colleague, names)
    for values in items:
        _an_item(made[values["customer"] % len(made)], values)
    db.session.flush()


def _a_customer(entity: Entity, values: dict[str, Any], pilot: Customer | None) -> Customer:
    apart = ("groups", "colleagues", "centre", "pilot", "guarantees", "contacts")
    plain = {field: value for field, value in values.items() if field not in apart}
    secured = plain["guarantee_currency"] or entity.currency
    plain["credit_limit"] = _money(plain["credit_limit"], entity.currency)
    plain["insurer_guarantee"] = _money(plain["insurer_guarantee"], secured)
    return a_customer(**plain, entity=entity, collected_by_id=pilot.id if pilot else None)


def _hang_on(entity: Entity, one: Customer, values: dict[str, Any], colleague: User, known: dict[str, Any]) -> None:
    for group, by_hand in values["groups"]:
        if group not in known:
            known[group] = Group(entity_id=entity.id, name=group)
            db.session.add(known[group])
            db.session.flush()
        row = {"customer_id": one.id, "group_id": known[group].id, "by_import": "0" if by_hand else "1"}
        db.session.execute(insert(customer_groups), row)
    if values["colleagues"]:
        link = CustomerColleague(customer_id=one.id, user_id=colleague.id, role=ColleagueRole.SALES)
        link.by_import = values["colleagues"] == "import"
        db.session.add(link)
    for kind, amount, until in values["guarantees"]:
        secured = _money(amount, one.guarantee_currency or entity.currency)
        db.session.add(OtherGuarantee(customer_id=one.id, kind=kind, amount=secured, expires_on=until))
    for place, (last, first, email, bounced) in enumerate(values["contacts"]):
        a_contact(one, last_name=last, first_name=first, email=email, bounced=bounced, for_collection=place == 1,
                  role=ContactRole.BUYER)  # fmt: skip
    if values["centre"]:
        one.payment_centre = _centre(entity, one, values["centre"])


def _centre(entity: Entity, one: Customer, called: str) -> PaymentCentre:
    query = select(PaymentCentre).where(PaymentCentre.entity_id == entity.id, PaymentCentre.name == called)
    found: PaymentCentre | None = db.session.scalar(query)
    if found is None:
        contact = db.session.scalar(select(Contact.id).where(Contact.customer_id == one.id).limit(1))
        found = PaymentCentre(entity_id=entity.id, name=called, contact_id=contact)
    return found


def _an_item(owner: Customer, values: dict[str, Any]) -> None:
    currency, issued = values["currency"], values["issued_on"]
    credit = values["type"] in (ItemType.CREDIT_NOTE, ItemType.PAYMENT)
    amount, paid = (_money(values[each] * (-1 if credit else 1), currency) for each in ("amount", "paid"))
    cleared = values["cleared"] or (None if paid else issued)
    an_item(
        owner, amount or Decimal(0), number=values["number"], unique_id=values["unique_id"], type=values["type"],
        erp_type=values["erp_type"], issued_on=issued, due_on=issued + timedelta(days=values["days"]),
        remaining=paid, cleared_on=cleared, cleared_by=values["cleared_by"] if cleared else None, currency=currency,
        amount_excl_tax=amount if values["taxed"] else None, remaining_excl_tax=Decimal(0) if values["taxed"] else None,
        project=values["project"], order_number=values["order_number"], document_url=values["document_url"],
        ignored=values["ignored"], custom=values["custom"],
        expected_clearing_on=None if cleared else values["expected"],
    )  # fmt: skip


def _unique(customers: list[dict[str, Any]], items: list[dict[str, Any]]) -> tuple[list[Any], list[Any]]:
    """Without what no ledger holds: two records of one identity."""

    def key(each: dict[str, Any], *fields: str) -> Any:
        return (each["unique_id"],) if each["unique_id"] is not None else ("", *(each[field] for field in fields))

    kept = {key(each, "code"): each for each in customers}
    few = {key(each, "number", "issued_on"): each for each in items}
    return list(kept.values()), list(few.values())


def _read_back(entity: Entity, folder: Path, actor: User) -> None:
    a_scenario(entity=entity, name="Gentle")
    for kind in KINDS:
        path = folder / f"{kind.value}.csv"
        if len(path.read_text("utf-8").splitlines()) > 1:
            report = imports.run_import(entity, kind, path, ImportOptions(), actor=actor, today=TODAY, now=NOW)
            assert not report.rejects and not report.remarks, (report.rejects, report.remarks)


def _written(entity: Entity, actor: User, tmp_path: Path) -> tuple[Path, dict[str, bytes]]:
    folder = tmp_path / f"dump{next(_numbers)}"
    dump.write(entity, actor, folder)
    return folder, {each.name: each.read_bytes() for each in folder.iterdir() if each.stem in KINDS}


@settings(
    max_examples=12, suppress_health_check=list(HealthCheck), deadline=None, phases=[Phase.explicit, Phase.generate]
)
@given(st.lists(customer, min_size=1, max_size=5), st.lists(item, max_size=8))
def test_whatever_goes_out_comes_back_byte_for_byte(
    people: list[User], tmp_path: Path, customers: list[dict[str, Any]], items: list[dict[str, Any]]
) -> None:
    first, second = (an_entity(first_import_on=None, ledger_at=None) for _ in range(2))
    _fill(first, *_unique(customers, items), people[1])
    folder, before = _written(first, people[0], tmp_path)
    _read_back(second, folder, people[0])
    assert _written(second, people[0], tmp_path)[1] == before


def _rows(folder: Path, kind: str) -> list[dict[str, str]]:
    with (folder / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_equal_ledgers_give_equal_bytes_in_whatever_order_they_were_made(people: list[User], tmp_path: Path) -> None:
    found = []
    for codes in ("Zé", "é", "a", "B"), ("a", "é", "B", "Zé"):
        entity = an_entity()
        for code in codes:
            an_item(a_customer(entity=entity, code=code, business_name=code), number=f"F{code}")
        found.append(_written(entity, people[0], tmp_path)[1])
    assert found[0] == found[1]


def test_a_folder_that_holds_something_is_refused_and_left_alone(people: list[User], tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine.txt").write_text("mine")
    for place in ("there", "there/mine.txt", "nowhere/new"):
        with pytest.raises(Refused):
            dump.write(an_entity(), people[0], tmp_path / place)
    assert [each.name for each in tmp_path.rglob("*")] == ["there", "mine.txt"]


def test_an_empty_folder_is_filled(people: list[User], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    dump.write(an_entity(), people[0], tmp_path / "empty")
    assert (tmp_path / "empty" / "items.csv").is_file()


def test_a_broken_export_leaves_nothing(people: list[User], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_anything: object) -> int:
        raise OSError("no space left")

    monkeypatch.setattr(dump, "_scenarios", full)
    with pytest.raises(OSError, match="no space"):
        dump.write(an_entity(), people[0], tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_who_sees_some_customers_writes_those_only(people: list[User], tmp_path: Path) -> None:
    entity = an_entity()
    for code, collector in ("C1", people[1].id), ("C2", None):
        one = a_customer(entity=entity, code=code, collector_id=collector)
        an_item(one, number=f"F{code}")
        a_contact(one)
    folder, _bytes = _written(entity, people[1], tmp_path)
    named = [row.get("customer", row.get("code")) for kind in KINDS for row in _rows(folder, kind.value)]
    assert named == ["C1", "C1", "C1"]
    assert [row["email"] for row in _rows(folder, "users")] == ["sales@acme.example"]


def test_what_was_done_is_written_too(session: Session, people: list[User], tmp_path: Path) -> None:
    entity = an_entity()
    one = a_customer(entity=entity, code="C1")
    session.add(Message(entity_id=entity.id, customer_id=one.id, channel=Channel.EMAIL, recipient="a@x.example",
                        subject="=Reminder", queued_at=NOW))  # fmt: skip
    folder, _bytes = _written(entity, people[0], tmp_path)
    assert [(row["customer"], row["subject"]) for row in _rows(folder, "messages")] == [("C1", "'=Reminder")]
    assert {"qualifications.csv", "actions.csv", "users.csv", "groups.csv", "scenarios"} <= {
        each.name for each in folder.iterdir()
    }


def test_a_ledger_of_any_length_is_written_in_a_known_number_of_statements(people: list[User], tmp_path: Path) -> None:
    counts = []
    for size in (1, 2, 30):
        entity = an_entity()
        for _each in range(size):
            an_item(a_customer(entity=entity))
        with statements() as sent:
            dump.write(entity, people[0], tmp_path / f"of{size}")
        counts.append(len(sent))
    assert counts[1] == counts[2]


def test_a_dump_taken_in_again_changes_nothing(people: list[User], tmp_path: Path) -> None:
    entity = an_entity()
    one = a_customer(entity=entity, code="C1", unique_id="U1", collected_by_id=None)
    for unique_id in (None, "X1"):
        an_item(one, number="F1", unique_id=unique_id, ignored=True)
    a_contact(one, email="a@x.example")
    folder, _bytes = _written(entity, people[0], tmp_path)
    for kind in KINDS:
        path = folder / f"{kind.value}.csv"
        report = imports.run_import(entity, kind, path, ImportOptions(), actor=people[0], today=TODAY, now=NOW)
        assert report.count("unchanged") == report.rows > 0


def test_a_dump_brings_a_changed_ledger_back(people: list[User], tmp_path: Path) -> None:
    entity = an_entity()
    one = a_customer(entity=entity, code="C1", comment="", credit_limit=None)
    kept = an_item(one, number="F1", cleared_on=TODAY, cleared_by=ClearedBy.HAND)
    folder, before = _written(entity, people[0], tmp_path)
    one.comment, one.credit_limit, one.paused, kept.ignored = "new", Decimal(5), True, True
    kept.cleared_by, kept.cleared_amount = ClearedBy.FILE, Decimal(1)
    _read_back(entity, folder, people[0])
    assert _written(entity, people[0], tmp_path)[1] == before


def test_a_contact_that_serves_two_payment_centres_still_does(people: list[User], tmp_path: Path) -> None:
    first, second = (an_entity(first_import_on=None, ledger_at=None) for _ in range(2))
    for place, name in enumerate(("B, south", "A")):
        one = a_customer(entity=first, code=f"C{place}")
        if not place:
            served = a_contact(one, email="pay@x.example").id
        one.payment_centre = PaymentCentre(entity_id=first.id, name=name, contact_id=served)
    folder, before = _written(first, people[0], tmp_path)
    _read_back(second, folder, people[0])
    assert _rows(folder, "contacts")[0]["payment_centre"] == 'A, "B, south"'
    assert _written(second, people[0], tmp_path)[1] == before


def test_a_colleague_an_import_set_is_replaced_by_the_next_after_a_dump_too(people: list[User], tmp_path: Path) -> None:
    first, second = (an_entity(first_import_on=None, ledger_at=None) for _ in range(2))
    other = a_user(email="new@acme.example", role=Role.SALES)
    one = a_customer(entity=first, code="C1")
    db.session.add(
        CustomerColleague(customer_id=one.id, user_id=people[1].id, role=ColleagueRole.SALES, by_import=True)
    )
    folder, _bytes = _written(first, people[0], tmp_path)
    _read_back(second, folder, people[0])
    path = tmp_path / "clients.csv"
    path.write_text("code;business name;client_commercial_email\nC1;Alpha;new@acme.example\n")
    options = ImportOptions(replace_colleagues=True)
    imports.run_import(second, ImportKind.CUSTOMERS, path, options, actor=people[0], today=TODAY, now=NOW)
    mine = select(CustomerColleague.user_id).join(Customer, Customer.id == CustomerColleague.customer_id)
    assert db.session.scalars(mine.where(Customer.entity_id == second.id)).all() == [other.id]
