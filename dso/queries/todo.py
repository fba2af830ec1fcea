"""The To-do list: actions of the agenda with what a collector needs to decide, filtered, counted, paged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from dso.db import db
from dso.domain.codes import (
    OPEN_ACTION_STATES,
    ActionKind,
    ActionState,
    Flavour,
    Mode,
    ReasonCode,
    ReplyState,
    StepType,
)
from dso.models import (
    Action,
    Customer,
    CustomerColleague,
    CustomerState,
    Entity,
    Item,
    Reply,
    User,
    customer_groups,
)
from dso.queries import streams
from dso.queries.scope import sees_everything, visible_customers

MANUAL, AUTOMATIC, DONE = "manual", "automatic", "done"
#: States the Done tab shows.
ENDED = (ActionState.DONE, ActionState.SKIPPED, ActionState.CANCELLED)


@dataclass(frozen=True)
class TodoFilter:
    """What the list is narrowed to; the same on every tab, and in the URL."""

    collector: int | None = None
    no_collector: bool = False
    colleague: int | None = None
    group: int | None = None
    scenario: int | None = None
    type: StepType | None = None
    kind: ActionKind | None = None
    status: int | None = None
    country: str = ""
    due: str = ""
    state: ActionState | None = None
    reason: ReasonCode | None = None
    overdue_from: Decimal | None = None
    overdue_to: Decimal | None = None
    date_from: date | None = None
    date_to: date | None = None
    text: str = ""


@dataclass(frozen=True)
class TodoRow:
    """One action with its account as the list shows it; amounts in the entity's currency."""

    id: int
    on: date
    kind: ActionKind
    type: StepType
    flavour: Flavour
    name: str
    mode: Mode
    state: ActionState
    to_confirm: str
    explanation: str
    done_at: datetime | None
    customer_id: int
    code: str
    customer: str
    leader: str | None
    leader_due_on: date | None
    overdue: Decimal
    receivable: Decimal
    collector: str
    last_contact_on: date | None
    reason_code: ReasonCode | None
    reason_data: dict[str, Any]
    reason_text: str


@dataclass(frozen=True)
class Page:
    """A page of the list, how many there are in all, and what they amount to."""

    rows: list[TodoRow]
    total: int
    overdue: Decimal


@dataclass(frozen=True)
class Counter:
    """Grey: how many are planned; red: how many of them are due now."""

    planned: int
    due: int


@dataclass(frozen=True)
class Counters:
    """What the tabs say; they follow the filters."""

    manual: Counter
    automatic: Counter
    replies: int


#: A SELECT of whatever columns.
AnySelect: TypeAlias = Select[*tuple[Any, ...]]
_leader = aliased(Item)
_collector = aliased(User)
SORTS: dict[str, Any] = {
    "on": Action.on,
    "customer": func.lower(Customer.business_name),
    "action": Action.name,
    "type": Action.type,
    "late": _leader.due_on,
    "overdue": func.coalesce(CustomerState.overdue, 0),
    "receivable": func.coalesce(CustomerState.receivable, 0),
    "collector": _collector.last_name,
    "contact": CustomerState.last_contact_on,
    "done": Action.done_at,
}


def _tab(tab: str) -> ColumnElement[bool]:
    if tab == DONE:
        return Action.state.in_(ENDED)
    opened = Action.state.in_(OPEN_ACTION_STATES)
    return and_(opened, Action.mode == Mode.MANUAL if tab == MANUAL else Action.mode != Mode.MANUAL)


def _narrowed(query: AnySelect, user: User, entity: Entity, wanted: TodoFilter) -> AnySelect:
    """Every condition of scope and filter that concerns the account."""
    conditions: list[ColumnElement[bool]] = [Customer.entity_id == entity.id]
    if not sees_everything(user):
        conditions.append(Customer.id.in_(visible_customers(user, entity)))
    if wanted.collector is not None:
        conditions.append(Customer.collector_id == wanted.collector)
    if wanted.no_collector:
        conditions.append(Customer.collector_id.is_(None))
    if wanted.scenario is not None:
        conditions.append(Customer.scenario_id == wanted.scenario)
    if wanted.country:
        conditions.append(Customer.country == wanted.country)
    conditions += _linked(wanted)
    if wanted.overdue_from is not None:
        conditions.append(CustomerState.overdue >= wanted.overdue_from)
    if wanted.overdue_to is not None:
        conditions.append(CustomerState.overdue <= wanted.overdue_to)
    if wanted.reason is not None:
        conditions.append(CustomerState.reason_code == wanted.reason)
    if wanted.text:
        like = f"%{_escaped(wanted.text.lower())}%"
        conditions.append(
            or_(
                func.lower(Customer.business_name).like(like, escape="\\"),
                func.lower(Customer.code).like(like, escape="\\"),
            )
        )
    return query.where(*conditions)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _linked(wanted: TodoFilter) -> list[ColumnElement[bool]]:
    """Conditions by look-up in other tables: colleague, group, status of an open item."""
    found: list[ColumnElement[bool]] = []
    if wanted.colleague is not None:
        own = CustomerColleague.customer_id == Customer.id
        found.append(exists().where(own, CustomerColleague.user_id == wanted.colleague))
    if wanted.group is not None:
        row = customer_groups.c
        found.append(exists().where(row.customer_id == Customer.id, row.group_id == wanted.group))
    if wanted.status is not None:
        open_item = and_(Item.account_id == Customer.id, Item.cleared_on.is_(None))
        found.append(exists().where(open_item, Item.status_id == wanted.status))
    return found


def _of_action(wanted: TodoFilter, today: date) -> list[ColumnElement[bool]]:
    """Conditions that concern the action itself."""
    found: list[ColumnElement[bool]] = []
    if wanted.type is not None:
        found.append(Action.type == wanted.type)
    if wanted.kind is not None:
        found.append(Action.kind == wanted.kind)
    if wanted.state is not None:
        found.append(Action.state == wanted.state)
    if wanted.date_from is not None:
        found.append(Action.on >= wanted.date_from)
    if wanted.date_to is not None:
        found.append(Action.on <= wanted.date_to)
    due = {
        "late": Action.on < today,
        "today": Action.on == today,
        "now": Action.on <= today,
        "coming": Action.on > today,
    }
    if wanted.due in due:
        found.append(due[wanted.due])
    return found


def _base(query: AnySelect) -> AnySelect:
    return (
        query.select_from(Action)
        .join(Customer, Customer.id == Action.customer_id)
        .outerjoin(CustomerState, CustomerState.customer_id == Customer.id)
        .outerjoin(_leader, _leader.id == Action.leader_id)
        .outerjoin(_collector, _collector.id == Customer.collector_id)
    )


def _order(tab: str, sort: str) -> list[Any]:
    """Asked order; by default by date then amount, what was done last first."""
    key = sort.lstrip("-")
    if key not in SORTS:
        first = [Action.done_at.desc().nulls_last()] if tab == DONE else [Action.on]
        return [*first, func.coalesce(CustomerState.overdue, 0).desc(), Action.id]
    column = SORTS[key]
    return [column.desc().nulls_last() if sort.startswith("-") else column.asc().nulls_last(), Action.id]


def todo(
    user: User,
    entity: Entity,
    tab: str,
    wanted: TodoFilter,
    *,
    today: date,
    sort: str = "",
    page: int = 1,
    size: int = 50,
) -> Page:
    """A page of a tab: two statements whatever the number of rows."""
    conditions = _conditions(entity, tab, wanted, today)
    counted = _base(select(func.count(), func.coalesce(func.sum(CustomerState.overdue), 0)))
    total, overdue = db.session.execute(_narrowed(counted, user, entity, wanted).where(*conditions)).one()
    rows = _listed(user, entity, wanted, conditions).order_by(*_order(tab, sort))
    rows = rows.limit(size).offset((page - 1) * size)
    return Page([_row(each) for each in db.session.execute(rows)], total, overdue or Decimal(0))


def stream(
    user: User, entity: Entity, tab: str, wanted: TodoFilter, *, today: date, sort: str = ""
) -> Iterator[TodoRow]:
    """All of a tab, for exports: one statement."""
    rows = _listed(user, entity, wanted, _conditions(entity, tab, wanted, today)).order_by(*_order(tab, sort))
    return (_row(each) for each in streams.rows(rows))


def _conditions(entity: Entity, tab: str, wanted: TodoFilter, today: date) -> list[ColumnElement[bool]]:
    return [Action.entity_id == entity.id, _tab(tab), *_of_action(wanted, today)]


def _listed(user: User, entity: Entity, wanted: TodoFilter, conditions: Sequence[ColumnElement[bool]]) -> AnySelect:
    rows = _base(
        select(
            Action,
            Customer.code,
            Customer.business_name,
            _leader.number.label("leader"),
            _leader.due_on.label("leader_due_on"),
            CustomerState,
            _collector.first_name,
            _collector.last_name,
        )
    )
    return _narrowed(rows, user, entity, wanted).where(*conditions)


def _row(row: Any) -> TodoRow:
    action, state = row.Action, row.CustomerState
    return TodoRow(
        action.id,
        action.on,
        action.kind,
        action.type,
        action.flavour,
        action.name,
        action.mode,
        action.state,
        action.to_confirm,
        action.explanation,
        action.done_at,
        action.customer_id,
        row.code,
        row.business_name,
        row.leader,
        row.leader_due_on,
        state.overdue if state else Decimal(0),
        state.receivable if state else Decimal(0),
        f"{row.first_name or ''} {row.last_name or ''}".strip(),
        state.last_contact_on if state else None,
        state.reason_code if state else None,
        dict(state.reason_data) if state else {},
        state.reason_text if state else "",
    )


def counters(user: User, entity: Entity, wanted: TodoFilter, *, today: date) -> Counters:
    """The numbers on the tabs: planned and due, following the filters; two statements."""
    manual = Action.mode == Mode.MANUAL
    due = Action.on <= today

    def number(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((and_(*conditions), 1), else_=0)), 0)

    query = _base(select(number(manual), number(manual, due), number(~manual), number(~manual, due)))
    query = _narrowed(query, user, entity, wanted)
    query = query.where(Action.entity_id == entity.id, Action.state.in_(OPEN_ACTION_STATES), *_of_action(wanted, today))
    a, b, c, d = db.session.execute(query).one()
    waiting = select(func.count()).select_from(Reply).join(Customer, Customer.id == Reply.customer_id)
    waiting = waiting.outerjoin(CustomerState, CustomerState.customer_id == Customer.id)
    waiting = _narrowed(waiting, user, entity, wanted)
    waiting = waiting.where(Reply.entity_id == entity.id, Reply.state == ReplyState.NEW)
    return Counters(Counter(int(a), int(b)), Counter(int(c), int(d)), db.session.scalar(waiting) or 0)
