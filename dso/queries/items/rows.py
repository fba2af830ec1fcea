"""Items as lists show them: one statement for the rows of a page, whatever their number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased

from dso.db import db
from dso.domain.codes import ClearedBy, ItemType, ReplyState, StatusType
from dso.models import (
    Action,
    Customer,
    CustomerState,
    Item,
    Reply,
    ReplyItem,
    Scenario,
    Status,
    User,
    attachment_items,
)

#: Types that stand in listings but in no total (1.4).
MEMORANDUM = ItemType.DOWN_PAYMENT


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One line of a statement or of the item grid."""

    id: int
    customer_id: int
    customer_code: str
    customer_name: str
    country: str
    collector: str
    scenario: str
    number: str
    type: ItemType
    erp_type: str
    issued_on: date
    due_on: date
    cleared_on: date | None
    cleared_by: ClearedBy | None
    cleared_amount: Decimal | None
    expected_clearing_on: date | None
    amount: Decimal
    remaining: Decimal
    currency: str
    order_number: str
    order_reference: str
    project: str
    sales_person: str
    sales_admin: str
    payment_method: str
    assigned_to: str
    document_url: str
    custom: dict[str, Any]
    status: str
    status_type: StatusType | None
    status_on: date | None
    status_comment: str
    status_author: str
    resolver: str
    promised_on: date | None
    promise_broken: bool
    disputed_amount: Decimal | None
    reply_author: str
    reply_on: date | None
    reply_text: str
    internal_reply_author: str
    internal_reply_on: date | None
    internal_reply_text: str
    ignored: bool
    held_by_id: int | None
    held_name: str
    held_on: date | None
    leader: bool
    files: int
    #: Replies about the item that nobody has handled.
    waiting: int

    @property
    def is_open(self) -> bool:
        """Whether the item still counts."""
        return self.cleared_on is None

    def days_overdue(self, today: date) -> int:
        """Days between the due date and today, or the day it was paid; negative before the due date."""
        return ((self.cleared_on or today) - self.due_on).days

    @property
    def counts(self) -> bool:
        """Whether the item is in the totals."""
        return self.type is not MEMORANDUM


_PLAIN = (
    "id customer_id number type erp_type issued_on due_on cleared_on cleared_by cleared_amount expected_clearing_on "
    "amount remaining currency order_number order_reference project sales_person sales_admin payment_method "
    "assigned_to document_url custom status_type status_on status_comment promised_on promise_broken disputed_amount "
    "reply_author reply_on reply_text internal_reply_author internal_reply_on internal_reply_text ignored held_by_id"
).split()


#: Waits for an open action; what is cleared waits for nothing, even while the action goes on about other items.
IS_HELD = and_(Item.held_by_id.is_not(None), Item.cleared_on.is_(None))


def person(user: Any) -> Any:
    """A user's name in SQL; empty where there is none."""
    return func.trim(func.coalesce(user.first_name, "") + " " + func.coalesce(user.last_name, ""))


def _query() -> Select[Any]:
    collector, author, resolver = aliased(User), aliased(User), aliased(User)
    files = select(func.count()).where(attachment_items.c.item_id == Item.id).scalar_subquery()
    waiting = (
        select(func.count())
        .select_from(ReplyItem)
        .join(Reply, Reply.id == ReplyItem.reply_id)
        .where(ReplyItem.item_id == Item.id, Reply.state == ReplyState.NEW)
        .scalar_subquery()
    )
    return (
        select(
            *(getattr(Item, name) for name in _PLAIN),
            Customer.code.label("customer_code"),
            Customer.business_name.label("customer_name"),
            Customer.country,
            person(collector).label("collector"),
            func.coalesce(Scenario.name, "").label("scenario"),
            func.coalesce(Status.name, "").label("status"),
            person(author).label("status_author"),
            person(resolver).label("resolver"),
            func.coalesce(Action.name, "").label("held_name"),
            Action.on.label("held_on"),
            (func.coalesce(CustomerState.leader_id, 0) == Item.id).label("leader"),
            files.label("files"),
            waiting.label("waiting"),
        )
        .join(Customer, Customer.id == Item.customer_id)
        .outerjoin(collector, collector.id == Customer.collector_id)
        .outerjoin(Scenario, Scenario.id == Customer.scenario_id)
        .outerjoin(Status, Status.id == Item.status_id)
        .outerjoin(author, author.id == Item.status_author_id)
        .outerjoin(resolver, resolver.id == Item.resolver_id)
        .outerjoin(Action, and_(Action.id == Item.held_by_id, IS_HELD))
        .outerjoin(CustomerState, CustomerState.customer_id == Item.account_id)
    )


def item_rows(item_ids: Sequence[int]) -> list[ItemRow]:
    """The rows of these items, in the order given: one statement."""
    if not item_ids:
        return []
    rows = db.session.execute(_query().where(Item.id.in_(item_ids))).mappings()
    found = {row["id"]: ItemRow(**row) for row in rows}
    return [found[item_id] for item_id in item_ids if item_id in found]
