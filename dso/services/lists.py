"""The lists of the pages as tables for files: the whole result of a search, every plain field, a row at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement

from dso.domain.codes import EventKind, FieldType, ImportKind
from dso.domain.imports.fields import FIELDS, Cell
from dso.domain.languages import SHIPPED
from dso.domain.money import rounded
from dso.models import Customer, CustomField, Entity, User
from dso.queries import api_users, entities, files, imports, links, replies, scenarios, streams, todo, users
from dso.queries import contacts as contact_queries
from dso.queries.customers import timeline as timelines
from dso.queries.customers.search import COLUMNS, CustomerRow
from dso.queries.customers.search import rows as customer_rows
from dso.queries.items import ItemRow, item_rows
from dso.queries.items.grid import ordered
from dso.queries.messages import outbox
from dso.services.exports import Table
from dso.services.imports.report import PARTS

_ITEM = (
    "customer_code customer_name country collector scenario number type erp_type issued_on due_on days_overdue "
    "cleared_on cleared_by amount remaining currency status status_type status_on status_comment promised_on resolver "
    "ignored held_name leader order_number order_reference project sales_person sales_admin payment_method "
    "assigned_to"
).split()
_NOT_PLAIN = ("id", "custom", "reason_data", "average_delay", "average_duration")
_CUSTOMER = [name for name in COLUMNS if name not in _NOT_PLAIN]
_CUSTOMER_AMOUNTS = ("receivable", "overdue", "not_due", "credit_limit")
_CONTACT = ["customer", "customer_unique_id", "customer_name", *contact_queries.COLUMNS]
_ACTION = (
    "on kind type name mode state code customer leader leader_due_on overdue receivable collector last_contact_on "
    "reason_code reason_text to_confirm explanation done_at"
).split()
_REPLY = (
    "at customer_code customer_name collector author email channel internal kind text reason promised_on paid_on "
    "amount currency resolved state escalated handled_at handled_by"
).split()
_MESSAGE = (
    "queued_at sent_at left_on state channel kind recipient recipient_name subject customer_code customer_name "
    "action_name automatic explanation"
).split()
_USER = "first_name last_name email role active may_import last_login_at deputy customers".split()
_LINK = (
    "recipient recipient_name flavour created_at expires_at revoked_at first_opened_at last_opened_at opened_count "
    "last_address state"
).split()
_FILE = "name size created_at author source visible_to_debtor visible_to_colleagues".split()
_PLAN = "name language steps customers open_actions library active paused archived".split()
_PROGRAM = "name user user_name user_active created_at last_used_at last_used_from revoked_at".split()
_RUN_COUNTS = ("rows", *PARTS, "rounded", "rejected")


def items(where: Sequence[ColumnElement[bool]], sort: str, *, today: date) -> Table:
    """The items of these conditions; a statement for their order, and one for every thousand of them."""
    custom = _own("item")
    rows = ([*_item(row, today), *_values(row.custom, custom)] for row in _items(where, sort))
    return Table("Items", [*_ITEM, *(each.code for each in custom)], rows)


def _items(where: Sequence[ColumnElement[bool]], sort: str) -> Iterator[ItemRow]:
    for part in streams.parts(ordered(where, sort)):
        yield from item_rows([row[0] for row in part])


def _item(row: ItemRow, today: date) -> list[Any]:
    values = {name: getattr(row, name) for name in _ITEM if name != "days_overdue"}
    for name in ("amount", "remaining"):
        values[name] = rounded(values[name], row.currency)
    values["days_overdue"] = row.days_overdue(today) if row.is_open else None
    return [values[name] for name in _ITEM]


def customers(entity: Entity, where: Sequence[ColumnElement[bool]], sort: str) -> Table:
    """The customers of these conditions; amounts in the entity's currency."""
    custom = _own("customer")
    headers = [*_CUSTOMER, "average_delay", "average_duration", "currency", *(each.code for each in custom)]
    rows = ([*_customer(row, entity), *_values(row.custom, custom)] for row in customer_rows(where, sort).stream())
    return Table("Customers", headers, rows)


def _customer(row: CustomerRow, entity: Entity) -> list[Any]:
    values = {name: getattr(row, name) for name in _CUSTOMER}
    for name in _CUSTOMER_AMOUNTS:
        values[name] = None if values[name] is None else rounded(values[name], entity.currency)
    values["groups"] = ", ".join(row.groups)
    return [*values.values(), _days(row.average_delay), _days(row.average_duration), entity.currency]


def contacts(where: Sequence[ColumnElement[bool]]) -> Table:
    """The contacts of the customers of these conditions."""
    return Table("Contacts", _CONTACT, contact_queries.of_customers(where))


def actions(user: User, entity: Entity, tab: str, wanted: todo.TodoFilter, sort: str, *, today: date) -> Table:
    """A tab of the to-do list; amounts in the entity's currency."""
    found = todo.stream(user, entity, tab, wanted, today=today, sort=sort)
    rows = ([*line, entity.currency] for line in _lines(found, _ACTION, entity, ("overdue", "receivable")))
    return Table("Actions", [*_ACTION, "currency"], rows)


def answers(user: User, entity: Entity, wanted: replies.Filter, *, today: date) -> Table:
    """Replies, with the numbers of their items."""
    zone = ZoneInfo(entity.timezone)
    rows = (
        [*_line(row, _REPLY, zone), ", ".join(item.number for item in row.items)]
        for row in replies.stream(user, entity, wanted, today=today)
    )
    return Table("Replies", [*_REPLY, "items"], rows)


def messages(user: User, entity: Entity, wanted: outbox.Filter) -> Table:
    """The outbox, newest first."""
    found = outbox.stream(user, entity, wanted, newest_first=True)
    return Table("Messages", _MESSAGE, _lines(found, _MESSAGE, entity))


def people(actor: User, entity: Entity) -> Table:
    """The users a person may manage; instants in the entity's zone."""
    zone = ZoneInfo(entity.timezone)
    rows = ([*_line(row, _USER, zone), ", ".join(row.entities)] for row in users.user_rows(actor))
    return Table("Users", [*_USER, "entities"], rows)


def groups(entity: Entity) -> Table:
    """The groups of an entity and how many customers each has."""
    rows = ([row.name, row.customers] for row in entities.group_rows(entity))
    return Table("Groups", ["name", "customers"], rows)


def runs(entity: Entity) -> Table:
    """The files taken in, the latest first."""
    zone = ZoneInfo(entity.timezone)
    names, undone = ["at", "on", "by", "source", "file", "kind", "mode"], ["undone_at", "undone_by"]
    rows = (
        [*_line(row, names, zone), *(row.count(name) for name in _RUN_COUNTS), *_line(row, undone, zone)]
        for row in imports.stream(entity)
    )
    return Table("Imports", [*names, *_RUN_COUNTS, *undone], rows)


def run_changes(run: imports.RunRow, entity: Entity, part: str) -> Table:
    """What an import made ("new") or changed: a row for each field, from what to what."""
    rows = (
        [*_record(row), field, _value(run.kind, field, old), _value(run.kind, field, new)]
        for row in imports.touched(run, entity, part)
        for field, old, new in row.changes or [("", None, None)]
    )
    return Table("Changes", ["record", "customer", "amount", "currency", "field", "old", "new"], rows)


def _record(row: imports.TouchedRow) -> list[Any]:
    amount = None if row.amount is None else rounded(row.amount, row.currency)
    return [row.name, row.customer, amount, row.currency]


#: Fields of a change no column of a file carries.
_DERIVED = {"cleared_amount": Cell.AMOUNT, "expected_clearing_on": Cell.DATE}


def _value(kind: ImportKind, field: str, text: str | None) -> Any:
    """A kept value of a change as an amount or a day, where it is one."""
    cell = FIELDS[kind][field].cell if field in FIELDS[kind] else _DERIVED.get(field)
    types = {Cell.AMOUNT: FieldType.NUMBER, Cell.DATE: FieldType.DATE}
    return typed(text, types[cell]) if cell in types else text


def timeline(customer: Customer, kind: EventKind | None, say: Callable[[str, Mapping[str, Any]], str]) -> Table:
    """Everything sent, received, said and changed, newest first; `say` makes the sentence of an entry."""
    zone = ZoneInfo(customer.entity.timezone)
    rows = (
        [
            *_line(row, ["at", "kind", "by"], zone),
            row.text if row.kind is EventKind.NOTE else say(row.text, row.params),
            row.pinned,
            ", ".join(number for _id, number in row.items),
        ]
        for row in timelines.stream(customer, kind)
    )
    return Table("Timeline", ["at", "kind", "by", "text", "pinned", "items"], rows)


def links_of(customer: Customer, *, now: datetime) -> Table:
    """The links to the customer's page, newest first."""
    return Table("Links", _LINK, _lines(links.of_customer(customer, now=now, limit=None), _LINK, customer.entity))


def files_of(user: User, customer: Customer) -> Table:
    """The files of a customer and its items, latest first."""
    zone = ZoneInfo(customer.entity.timezone)
    rows = ([*_line(row, _FILE, zone), ", ".join(row.items)] for row in files.of_customer(user, customer))
    return Table("Files", [*_FILE, "items"], rows)


def statuses() -> Table:
    """All statuses in the order of their page, with what the debtor reads in each language."""
    names, languages = ["type", "name", "active", "follow_up_days", "mode"], sorted(SHIPPED)
    rows = (
        [*(getattr(row, name) for name in names), *(row.labels.get(each, "") for each in languages)]
        for row in entities.all_statuses()
    )
    return Table("Statuses", [*names, *(f"label_{each}" for each in languages)], rows)


def fields() -> Table:
    """The custom fields of customers and items."""
    rows = ([row.subject, row.code, row.label, row.type, ", ".join(row.choices)] for row in entities.custom_fields())
    return Table("Fields", ["subject", "code", "label", "type", "choices"], rows)


def plans(entity: Entity) -> Table:
    """The scenarios with how much they are used."""
    return Table("Scenarios", _PLAN, _lines(scenarios.scenario_rows(entity), _PLAN, entity))


def programs(actor: User, entity: Entity) -> Table:
    """The log-ins of programs a person may manage."""
    return Table("Programs", _PROGRAM, _lines(api_users.program_rows(actor), _PROGRAM, entity))


def _lines(
    rows: Iterable[Any], names: Sequence[str], entity: Entity, amounts: Sequence[str] = ()
) -> Iterator[list[Any]]:
    zone = ZoneInfo(entity.timezone)
    places = [names.index(name) for name in amounts]
    for row in rows:
        line = _line(row, names, zone)
        for place in places:
            line[place] = rounded(line[place], entity.currency)
        yield line


def _line(row: Any, names: Sequence[str], zone: ZoneInfo) -> list[Any]:
    """Fields of a row; instants by the entity's clock."""
    values = (getattr(row, name) for name in names)
    return [value.astimezone(zone) if isinstance(value, datetime) else value for value in values]


def _own(subject: str) -> list[CustomField]:
    """The custom fields of customers or items."""
    return [each for each in entities.custom_fields() if each.subject == subject]


def _values(kept: Mapping[str, Any], custom: Sequence[CustomField]) -> list[Any]:
    """Values of custom fields as what they are: numbers and days are kept as text."""
    return [typed(kept.get(each.code), each.type) for each in custom]


def typed(value: Any, kind: FieldType) -> Any:
    """A kept value of a custom field as a number or a day, where it is one."""
    if not value or not isinstance(value, str):
        return value
    try:
        if kind is FieldType.NUMBER:
            return Decimal(value)
        return date.fromisoformat(value) if kind is FieldType.DATE else value
    except (ValueError, ArithmeticError):
        return value


def _days(tenths: int | None) -> Decimal | None:
    return None if tenths is None else Decimal(tenths) / 10
