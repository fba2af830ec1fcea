"""What was done, as files of a dump: which table is which file, and its records without keys of ours.

A column that points to another record is written as what names that record everywhere: a customer by code and unique
identifier, an item by number, day and customer, a user by address; acts, actions, messages and replies by running
numbers in the order in which they were made. Read back by `services/dump_history.py`.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Select, Table, and_, or_, select

from dso.db import Base, among, db
from dso.domain.codes import MessageKind, MessageState, Role
from dso.models import (
    Action,
    ActionItem,
    ConsumedStep,
    ContactLog,
    Customer,
    CustomerState,
    Entity,
    Item,
    ItemChange,
    Message,
    Qualification,
    QualificationItem,
    Reply,
    ReplyItem,
    Scenario,
    Status,
    Step,
    User,
)
from dso.queries import streams
from dso.queries.dump import by_customer, by_item, plainly
from dso.queries.scope import visible_customers

#: What names an item: number, unique identifier, day of issue, code and unique identifier of its customer.
ItemKey = tuple[str, str | None, date, str, str | None]
ITEM_KEY: tuple[Any, ...] = (Item.number, Item.unique_id, Item.issued_on, Customer.code, Customer.unique_id)
#: Messages that have not left.
WAITING = (MessageState.QUEUED, MessageState.SENDING)
#: Endings of the columns that name a record together.
_PARTS = {
    "customers": ("", "_unique_id"),
    "items": ("", "_unique_id", "_issued_on", "_customer", "_customer_unique_id"),
    "steps": ("", "_scenario", "_removed"),
    "statuses": ("", "_of_type"),
}


@dataclass(frozen=True)
class Part:
    """One column of a table in its file: itself, or the columns that name the record it points to."""

    column: Column[Any]

    @cached_property
    def target(self) -> str:
        """The table it points to; empty for a value."""
        if self.column.name == "id":
            return str(self.column.table.name)
        return next((key.column.table.name for key in self.column.foreign_keys), "")

    @cached_property
    def headers(self) -> tuple[str, ...]:
        """Its headers."""
        name = self.column.name.removesuffix("_id") if self.target else self.column.name
        if name == "id":
            name = self.target.removesuffix("s")
        return tuple(f"{name}{part}" for part in _PARTS.get(self.target, ("",)))


@dataclass(frozen=True)
class History:
    """A table that is a file of the dump."""

    file: str
    model: type[Base]
    #: Columns in their order.
    names: str
    #: How its rows hang on customers; the message's may hang on none.
    scope: Callable[[Select[Any], User, Entity], Select[Any]]
    #: Records others point to: the header of their running number.
    number: str = ""
    #: Columns that are filled when every file is in: they point to what comes later.
    later: frozenset[str] = field(default=frozenset())
    #: Records that are there already and are changed, not made.
    kept: bool = False

    @property
    def table(self) -> Table:
        """Its table."""
        return self.model.__table__  # type: ignore[return-value]

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Its columns."""
        return tuple(Part(self.table.c[name]) for name in self.names.split())

    @cached_property
    def headers(self) -> list[str]:
        """The headers of its file."""
        found = [header for part in self.parts for header in part.headers]
        return [self.number, *found] if self.number else found


def _of_customer(model: Any) -> Callable[[Select[Any], User, Entity], Select[Any]]:
    """Rows of customers in sight, in the order in which they were made."""

    def scope(query: Select[Any], user: User, entity: Entity) -> Select[Any]:
        return query.where(model.customer_id.in_(visible_customers(user, entity))).order_by(model.id)

    return scope


def _messages(query: Select[Any], user: User, entity: Entity) -> Select[Any]:
    """Notices of the product itself are the administrators'; those that wait concern the installation they wait in."""
    mine: ColumnElement[bool] = Message.customer_id.in_(visible_customers(user, entity))
    if user.role is Role.ADMIN:
        mine = or_(mine, Message.customer_id.is_(None))
    waits = and_(Message.kind == MessageKind.NOTICE, Message.state.in_(WAITING))
    return query.where(Message.entity_id == entity.id, mine, ~waits).order_by(Message.id)


def _of_items(model: Any, owner: Any, key: Any) -> Callable[[Select[Any], User, Entity], Select[Any]]:
    """The items of acts, actions, replies."""

    def scope(query: Select[Any], user: User, entity: Entity) -> Select[Any]:
        mine = visible_customers(user, entity)
        query = query.join(owner, owner.id == key).join(Item, Item.id == model.item_id)
        query = query.join(Customer, Customer.id == Item.customer_id)
        return query.where(owner.customer_id.in_(mine), Customer.id.in_(mine)).order_by(key, *by_customer(), *by_item())

    return scope


def _used_up(query: Select[Any], user: User, entity: Entity) -> Select[Any]:
    """Steps of accounts in sight, for leaders in sight."""
    mine = visible_customers(user, entity)
    query = query.join(Item, Item.id == ConsumedStep.leader_id)
    return query.where(ConsumedStep.account_id.in_(mine), Item.customer_id.in_(mine)).order_by(ConsumedStep.id)


def _changes(query: Select[Any], user: User, entity: Entity) -> Select[Any]:
    query = query.join(Item, Item.id == ItemChange.item_id).where(ItemChange.entity_id == entity.id)
    return query.where(Item.customer_id.in_(visible_customers(user, entity))).order_by(ItemChange.id)


def _standing(query: Select[Any], user: User, entity: Entity) -> Select[Any]:
    """Items on which a status, a follow-up, or an answer stands."""
    query = query.join(Customer, Customer.id == Item.customer_id)
    stands = [Item.qualification_id, Item.status_id, Item.resolver_id, Item.held_by_id, Item.reply_on,
              Item.internal_reply_on]  # fmt: skip
    query = query.where(Item.entity_id == entity.id, Customer.id.in_(visible_customers(user, entity)))
    return query.where(or_(*(column.is_not(None) for column in stands))).order_by(*by_customer(), *by_item())


def _accounts(query: Select[Any], user: User, entity: Entity) -> Select[Any]:
    query = query.join(Customer, Customer.id == CustomerState.customer_id)
    stands = [CustomerState.leader_id, CustomerState.last_action_on, CustomerState.last_contact_on]
    query = query.where(Customer.id.in_(visible_customers(user, entity)), or_(*(one.is_not(None) for one in stands)))
    return query.order_by(*by_customer())


def _incomplete(query: Select[Any], user: User, entity: Entity) -> Select[Any]:
    mine = Customer.id.in_(visible_customers(user, entity))
    return query.where(mine, Customer.ledger_incomplete.is_(True)).order_by(*by_customer())


def _paused(query: Select[Any], user: User, entity: Entity) -> Select[Any]:
    return query.where(Scenario.entity_id == entity.id, Scenario.paused.is_(True)).order_by(plainly(Scenario.name))


#: In the order in which they are read back.
HISTORY = (
    History("replies", Reply, "customer_id channel internal kind author email text reason resolved promised_on paid_on "
            "amount currency state at handled_at handled_by_id", _of_customer(Reply), number="reply"),
    History("qualifications", Qualification, "customer_id status_id on promised_on amount comment visible_to_customer "
            "author_id resolver_id reply_id corrects_id action_id created_at", _of_customer(Qualification),
            number="qualification", later=frozenset({"corrects_id", "action_id"})),
    History("actions", Action, "customer_id kind type flavour name scenario_id step_id leader_id on user_dated basis "
            "mode to_confirm state resolver_id qualification_id occurrence confirmed_at confirmed_by_id done_on "
            "done_at done_by_id outcome note explanation created_at", _of_customer(Action), number="action"),
    History("messages", Message, "customer_id action_id occurrence kind channel recipient recipient_name cc bcc "
            "sender_id language subject body_text body_html edited_body attachments listed state automatic "
            "override_reason explanation attempts queued_at sent_at left_on printed_at bundle_id message_id_header "
            "references_header", _messages, number="message", later=frozenset({"bundle_id"})),
    History("reply_items", ReplyItem, "reply_id item_id", _of_items(ReplyItem, Reply, ReplyItem.reply_id)),
    History("qualification_items", QualificationItem, "qualification_id item_id remaining amount kept settled_on",
            _of_items(QualificationItem, Qualification, QualificationItem.qualification_id)),
    History("action_items", ActionItem, "action_id item_id detached_at",
            _of_items(ActionItem, Action, ActionItem.action_id)),
    History("consumed_steps", ConsumedStep, "account_id leader_id step_id how on action_id",
            _used_up),
    History("contact_logs", ContactLog, "customer_id action_id outcome note on at author_id",
            _of_customer(ContactLog)),
    History("item_changes", ItemChange, "item_id on at field old new actor_id", _changes),
    History("item_states", Item, "id status_id status_type status_on status_comment status_visible status_author_id "
            "resolver_id qualification_id promised_on promised_amount promise_until promise_broken disputed_amount "
            "reply_author reply_email reply_on reply_text internal_reply_author internal_reply_email internal_reply_on "
            "internal_reply_text held_by_id", _standing, kept=True),
    History("account_states", CustomerState, "customer_id leader_id leader_since_on last_action_on last_contact_on",
            _accounts, kept=True),
    History("incomplete_ledgers", Customer, "id ledger_incomplete", _incomplete, kept=True),
    History("paused_scenarios", Scenario, "id paused", _paused, kept=True),
)  # fmt: skip
NUMBERED = {each.table.name: each for each in HISTORY if each.number}


def selected(table: History, user: User, entity: Entity) -> Select[Any]:
    """The columns of a table of everything the person may see, in the order of the file."""
    key = [table.table.c.id] if table.number else []
    return table.scope(select(*key, *(part.column for part in table.parts)), user, entity)


class Names:
    """What names the records that others point to."""

    def __init__(self, user: User, entity: Entity) -> None:
        self._user, self._entity = user, entity

    @cached_property
    def _users(self) -> dict[int, str]:
        return {row.id: row.email for row in db.session.execute(select(User.id, User.email))}

    @cached_property
    def _scenarios(self) -> dict[int, str]:
        mine = select(Scenario.id, Scenario.name).where(Scenario.entity_id == self._entity.id)
        return {row.id: row.name for row in db.session.execute(mine)}

    @cached_property
    def _statuses(self) -> dict[int, tuple[str, str]]:
        found = db.session.execute(select(Status.id, Status.name, Status.type))
        return {key: (name, kind.value) for key, name, kind in found}

    @cached_property
    def _steps(self) -> dict[int, tuple[str, str, int | None]]:
        return {key: name for name, key in steps(self._entity).items()}

    @cached_property
    def _numbers(self) -> dict[str, "array[int]"]:
        found = {}
        for name, table in NUMBERED.items():
            query = table.scope(select(table.table.c.id), self._user, self._entity)
            found[name] = array("q", (row[0] for row in streams.rows(query)))
        return found

    def number(self, table: str, key: int | None) -> int | None:
        """The running number of a record; None for one that is not in sight."""
        keys = self._numbers[table]
        place = bisect_left(keys, key) if key is not None else len(keys)
        return place + 1 if place < len(keys) and keys[place] == key else None

    def items(self, keys: Iterable[int]) -> dict[int, ItemKey]:
        """What names items; those of customers out of sight have no name."""
        columns: list[Any] = [Item.id, *ITEM_KEY]
        query = (
            select(*columns)
            .join(Customer, Customer.id == Item.customer_id)
            .where(Customer.id.in_(visible_customers(self._user, self._entity)))
        )
        return {row[0]: tuple(row[1:]) for row in each(query, Item.id, keys)}  # type: ignore[misc]

    def customers(self, keys: Iterable[int]) -> dict[int, tuple[str, str | None]]:
        """What names customers."""
        columns: list[Any] = [Customer.id, Customer.code, Customer.unique_id]
        return {row.id: (row.code, row.unique_id) for row in each(select(*columns), Customer.id, keys)}

    def small(self, target: str, key: int | None) -> tuple[Any, ...]:
        """What names a record of a small table, or of one with running numbers."""
        if target in NUMBERED:
            return (self.number(target, key),)
        if key is None:
            return (None,) * len(_PARTS.get(target, ("",)))
        if target == "users":
            return (self._users.get(key),)
        if target == "scenarios":
            return (self._scenarios.get(key),)
        return self._steps[key] if target == "steps" else self._statuses[key]


def steps(entity: Entity) -> dict[tuple[str, str, int | None], int]:
    """The steps of all scenarios by name, scenario, and of those taken out of the plan the how many-th of the name."""
    query = select(Step.id, Step.name, Scenario.name, Step.archived_at).join(Scenario, Scenario.id == Step.scenario_id)
    found: dict[tuple[str, str, int | None], int] = {}
    for key, name, scenario, archived_at in db.session.execute(
        query.where(Scenario.entity_id == entity.id).order_by(Step.id)
    ):
        removed = None
        while archived_at is not None and (name, scenario, removed := (removed or 0) + 1) in found:
            pass
        found[name, scenario, removed] = key
    return found


def each(query: Select[Any], column: Any, keys: Iterable[Any]) -> Iterator[Row[Any]]:
    """The rows in which a column is one of many values, as few statements as there can be."""
    wanted = sorted(set(keys))
    yield from db.session.execute(query.where(among(column, wanted)))


def records(table: History, names: Names, user: User, entity: Entity) -> Iterator[Sequence[Any]]:
    """The rows of a file as values: a statement, and two for every thousand."""
    number = 0
    for part in streams.parts(selected(table, user, entity)):
        rows = [_outward(table, row._asdict()) for row in part]
        items = names.items(_keys(table, rows, "items"))
        customers = names.customers(_keys(table, rows, "customers"))
        for row in rows:
            number += 1
            found: list[Any] = [number] if table.number else []
            for one in table.parts:
                found += _values(one, row[one.column.name], names, items, customers)
            if "listed" in row:
                found[table.headers.index("listed")] = _listed(row["listed"], items)
            yield found


def _keys(table: History, rows: Sequence[dict[str, Any]], target: str) -> Iterator[int]:
    columns = [part.column.name for part in table.parts if part.target == target]
    for row in rows:
        yield from (row[name] for name in columns if row[name] is not None)
        if target == "items" and "listed" in row:
            yield from row["listed"].get("items", ())


def _values(
    part: Part, value: Any, names: Names, items: dict[int, ItemKey], customers: dict[int, tuple[str, str | None]]
) -> Sequence[Any]:
    if not part.target:
        return (value,)
    if part.target == "items":
        return items.get(value) or (None,) * 5
    if part.target == "customers":
        return customers.get(value) or (None, None)
    return names.small(part.target, value)


#: In `Action.basis`: what counts as known when an agreed credit is waited for, an item's key (`services/disputes.py`).
KNOWN = "known"
#: Of a file of a message: where it lies in the store, and that it lies in the store of another installation.
_PLACES = ("file_id", "stored_as", "elsewhere")


def _outward(table: History, row: dict[str, Any]) -> dict[str, Any]:
    """A row without the keys that stand within its structured values."""
    if table.model is Action:
        row["basis"] = _basis(dict(row["basis"] or {}), row["leader_id"])
    elif table.model is Message:
        # What a notice keeps beside its text is a secret.
        row["listed"] = {} if row["kind"] is MessageKind.NOTICE else dict(row["listed"] or {})
        row["attachments"] = [
            {name: value for name, value in entry.items() if name not in _PLACES} for entry in row["attachments"] or ()
        ]
    return row


def _basis(basis: dict[str, Any], leader_id: int | None) -> dict[str, Any]:
    basis.pop(KNOWN, None)
    source = basis.get("from")
    if source and len(source.get("trigger", ())) > 1:
        kind, key, *rest = source["trigger"]
        basis["from"] = {**source, "trigger": [kind, "leader" if key == leader_id else None, *rest]}
    return basis


def _listed(listed: dict[str, Any], items: dict[int, ItemKey]) -> dict[str, Any]:
    if "items" not in listed:
        return listed
    named = [items[key] for key in listed["items"] if key in items]
    return {**listed, "items": [[one[0], one[1], one[2].isoformat(), *one[3:]] for one in named]}
