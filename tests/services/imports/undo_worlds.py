"""Any ledger, any further file, and everything a database holds before and after: for what undo promises of all."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import insert, select

from dso.db import Base, db
from dso.domain.codes import ClearedBy, FieldType, ImportKind, ItemType, StatusType
from dso.models import Customer, CustomField, Entity, Group, Item, Rate, User, customer_groups
from dso.services import actions, items, statuses
from dso.services.imports import ImportReport
from dso.services.statuses import Tagging
from tests.factories import NOW, TODAY, a_contact, a_customer, a_scenario, a_status, an_item
from tests.services.imports.helpers import STOCK, Importer

#: Tables that tell what was done and when: an undo adds to them. Mappings are decisions, not data of the file.
TELLING = {
    "events", "event_items", "import_runs", "import_befores", "import_mappings", "item_changes", "rejected_rows"
}  # fmt: skip
#: Set anew by whatever is written and read by nobody's export; a session that was ended stays ended.
_ANEW = {"updated_at", "fingerprint", "session_key"}
#: What the plan makes anew has other numbers, not another sense.
_NUMBERS = {
    "other_guarantees": {"id"}, "actions": {"id", "occurrence", "created_at"}, "customer_states": {"next_action_id"},
    "action_items": {"action_id"},
}  # fmt: skip

_cents = st.integers(1, 9).map(lambda n: Decimal(n) * 100)
_names = st.sampled_from(["Uno", "Due", "Tre"])
_groups = st.sampled_from(["", "a", "a,b", "c"])
_city = st.sampled_from(["", "Lyon", "Nice"])
_flag = st.sampled_from(["", "0", "1"])
_customer: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries({
    "name": _names, "city": _city, "groups": _groups, "by_hand": st.booleans(), "limit": st.none() | _cents,
    "contacts": st.lists(st.sampled_from(["ann@x.example", "bob@x.example"]), unique=True), "pilot": st.booleans(),
})  # fmt: skip
_item: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries({
    "number": st.integers(0, 5), "customer": st.integers(0, 3), "amount": _cents, "paid": st.sampled_from([0, 50]),
    "credit": st.booleans(), "late": st.integers(-20, 40), "currency": st.sampled_from(["EUR", "EUR", "USD"]),
    "cleared": st.sampled_from([None, None, None, *ClearedBy]), "ignored": st.sampled_from([False, False, True]),
    "expected": st.sampled_from([None, None, TODAY + timedelta(days=9)]), "colour": st.sampled_from(["", "red"]),
    "status": st.sampled_from([None, None, None, StatusType.DISPUTE, StatusType.PROMISE]),
})  # fmt: skip


def _number(each: Any) -> Any:
    return each["number"]


#: What a database holds at first.
worlds = st.fixed_dictionaries({
    "customers": st.lists(_customer, min_size=1, max_size=3),
    "items": st.lists(_item, max_size=5, unique_by=_number),
    "rates": st.dictionaries(st.integers(0, 3), st.sampled_from(["1.1", "1.25"]), max_size=2),
})  # fmt: skip

#: A customer about whom nothing is said.
NOBODY = {
    "name": "Uno", "city": "", "groups": "", "by_hand": False, "limit": None, "contacts": [], "pilot": False
}  # fmt: skip
#: Rows of items that are passed over when they say the same again.
plain_rows = st.lists(
    st.builds(
        "C{};F{};FAC;2026-08-01;2026-10-01;100.00;{}.00".format,
        st.integers(0, 1),
        st.integers(0, 3),
        st.integers(97, 99),
    ),
    min_size=1,
    max_size=5,
)

_code = st.sampled_from(["C0", "C1", "C2", "C7"])
_day = st.sampled_from(["2026-09-01", "2026-10-15", "2026-12-31"])
_rows: Mapping[ImportKind, tuple[str, st.SearchStrategy[tuple[str, ...]]]] = {
    ImportKind.CUSTOMERS: (
        "code;business name;city;groups;email;credit limit;collected by;colour",
        st.tuples(_code, _names, _city, _groups, st.sampled_from(["", "co@x.example"]),
                  st.sampled_from(["", "500.00"]), st.sampled_from(["", "C0", "C7"]), st.sampled_from(["", "blue"])),
    ),
    ImportKind.CONTACTS: (
        "customer;first name;last name;email;phone;for collection",
        st.tuples(_code, st.sampled_from(["Ann", "Bob"]), st.just("Old"),
                  st.sampled_from(["", "ann@x.example", "new@x.example"]), st.sampled_from(["", "1"]), _flag),
    ),
    ImportKind.ITEMS: (
        "customer;number;type;issue date;due date;amount;remaining;currency;payment date;colour;left out",
        st.tuples(_code, st.integers(0, 7).map("F{}".format), st.sampled_from(["FAC", "AVO"]), st.just("2026-08-01"),
                  _day, st.sampled_from(["100.00", "200.00", "bad"]), st.sampled_from(["", "50.00", "100.00"]),
                  st.sampled_from(["", "EUR", "USD"]), st.sampled_from(["", "", "2026-11-12", "2027-01-31"]),
                  st.sampled_from(["", "red", "blue"]), _flag),
    ),
    ImportKind.USERS: (
        "E-mail;Nom;Prénom;Rôle;Actif",
        st.tuples(st.sampled_from(["ann@one.example", "eve@one.example"]), st.just("Old"), _names,
                  st.sampled_from(["collector", "sales"]), st.sampled_from(["0", "1"])),
    ),
    ImportKind.RATES: (
        "date;currency;units",
        st.tuples(_day, st.just("USD"), st.sampled_from(["1.05", "1.25", "2.00"])),
    ),
}  # fmt: skip
_COLUMNS = {
    ImportKind.CUSTOMERS: {"colour": "custom:colour"},
    ImportKind.ITEMS: {"colour": "custom:colour", "left out": "ignored"},
}


#: Kind, lines and options.
File = tuple[ImportKind, list[str], dict[str, Any]]


@st.composite
def files(draw: st.DrawFn, kinds: tuple[ImportKind, ...] = (*_rows, ImportKind.ITEMS)) -> File:
    """A file of one of these kinds."""
    kind = draw(st.sampled_from(kinds))
    headers, row = _rows[kind]
    lines = [";".join(cells) for cells in draw(st.lists(row, min_size=1, max_size=5))]
    options: dict[str, Any] = {"force": True, "columns": _COLUMNS.get(kind, {})}
    if kind is ImportKind.ITEMS:
        options |= {"create_customers": draw(st.booleans())} | ({"mode": STOCK} if draw(st.booleans()) else {})
    return kind, [headers, *lines], options


def take_in(take: Importer, file: File) -> ImportReport:
    """Take a drawn file in."""
    kind, lines, options = file
    return take.text(kind, *lines, **options)


@contextmanager
def rolled_back() -> Iterator[None]:
    """Whatever is done within the block leaves nothing, also when it breaks off."""
    nested = db.session.begin_nested()
    try:
        yield
    finally:
        nested.rollback()


def fill(entity: Entity, world: Mapping[str, Any], actor: User) -> None:
    """Make a drawn world, and plan its accounts."""
    scenario = a_scenario(entity=entity)
    made: list[Customer] = []
    for place, values in enumerate(world["customers"]):
        pilot = made[0].id if made and values["pilot"] else None
        made.append(
            a_customer(entity=entity, code=f"C{place}", business_name=values["name"], city=values["city"],
                       credit_limit=values["limit"], collected_by_id=pilot, scenario_id=scenario.id)
        )  # fmt: skip
        for rank, email in enumerate(values["contacts"]):
            a_contact(made[-1], first_name=email[:3], last_name="Old", email=email, for_collection=not rank)
        _group(made[-1], values)
    for day, units in world["rates"].items():
        on = TODAY - timedelta(days=day)
        db.session.add(Rate(reference="EUR", currency="USD", on=on, units=units))
    if any(values["colour"] for values in world["items"]):
        db.session.add(CustomField(subject="item", code="colour", label="Colour", type=FieldType.TEXT))
    for values in world["items"]:
        _an_item(made[values["customer"] % len(made)], values, actor)
    db.session.flush()
    actions.review(entity, None, today=TODAY, now=NOW)


def _group(one: Customer, values: Mapping[str, Any]) -> None:
    for name in filter(None, values["groups"].split(",")):
        known = db.session.scalar(select(Group).where(Group.entity_id == one.entity_id, Group.name == name))
        if known is None:
            known = Group(entity_id=one.entity_id, name=name)
            db.session.add(known)
            db.session.flush()
        row = {"customer_id": one.id, "group_id": known.id, "by_import": "0" if values["by_hand"] else "1"}
        db.session.execute(insert(customer_groups), row)


def _an_item(owner: Customer, values: Mapping[str, Any], actor: User) -> None:
    sign = -1 if values["credit"] else 1
    cleared = values["cleared"]
    one = an_item(
        owner, values["amount"] * sign, number=f"F{values['number']}", issued_on=date(2026, 8, 1),
        type=ItemType.CREDIT_NOTE if values["credit"] else ItemType.INVOICE, days_late=values["late"],
        remaining=(values["amount"] - values["paid"]) * sign, currency=values["currency"], ignored=values["ignored"],
        cleared_on=TODAY - timedelta(days=5) if cleared else None, cleared_by=cleared,
        expected_clearing_on=None if cleared else values["expected"],
        custom={"colour": values["colour"]} if values["colour"] else {},
    )  # fmt: skip
    if values["status"] and not cleared and not values["credit"]:
        promised = TODAY + timedelta(days=4) if values["status"] is StatusType.PROMISE else None
        tagging = Tagging(a_status(values["status"]), promised_on=promised)
        statuses.qualify([one], tagging, actor=actor, today=TODAY, now=NOW)


def stand() -> dict[str, list[str]]:
    """Every table but those that tell, row by row; of actions those that are open, of rejected rows those that wait."""
    db.session.flush()
    db.session.expire_all()
    found = {}
    for table in Base.metadata.sorted_tables:
        if table.name in TELLING - {"rejected_rows"}:
            continue
        anew = _ANEW | _NUMBERS.get(table.name, set())
        query = select(*(column for column in table.columns if column.name not in anew))
        if table.name == "rejected_rows":
            query = query.where(table.c.pending)
        if table.name == "actions":
            query = query.where(table.c.state.in_(["planned", "confirmed", "queued", "error"]))
        if table.name == "action_items":
            query = query.where(table.c.action_id.in_(_open()))
        found[table.name] = sorted(repr(dict(row._mapping)) for row in db.session.execute(query))
    return found


def _open() -> Any:
    table = Base.metadata.tables["actions"]
    return select(table.c.id).where(table.c.state.in_(["planned", "confirmed", "queued", "error"]))


def differing(one: Mapping[str, list[str]], other: Mapping[str, list[str]]) -> dict[str, tuple[list[str], list[str]]]:
    """The rows only one of two stands has, by table."""
    return {
        name: (sorted(set(one[name]) - set(other[name])), sorted(set(other[name]) - set(one[name])))
        for name in one
        if one[name] != other[name]
    }


def _item_of(entity: Entity, number: int) -> Item | None:
    query = select(Item).where(Item.entity_id == entity.id, Item.number == f"F{number}").order_by(Item.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).first()


def item_text(entity: Entity, number: int) -> str:
    """Everything the item of a number holds, but what is set anew; empty when there is none."""
    one = _item_of(entity, number)
    if one is None:
        return ""
    names = [column.key for column in Item.__table__.columns if column.key not in _ANEW]
    return repr({name: getattr(one, name) for name in names})


def act(entity: Entity, number: int, actor: User, *, clearing: bool) -> bool:
    """A person clears the item of a number, or leaves it out of collection; False when there is nothing to do."""
    one = _item_of(entity, number)
    if one is None or not one.is_open or (one.ignored and not clearing):
        return False
    if clearing:
        items.clear([one], on=TODAY, actor=actor, today=TODAY, now=NOW)
    else:
        items.ignore([one], actor=actor, today=TODAY, now=NOW)
    return True
