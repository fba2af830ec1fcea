"""What was done since an import with what it made or changed: all of it stands in the way of taking the import back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from dso.db import db
from dso.domain.codes import OPEN_ACTION_STATES, Consumed, EventKind, ImportKind, MessageState
from dso.models import (
    Action,
    ActionItem,
    ConsumedStep,
    Contact,
    Customer,
    Event,
    ImportBefore,
    ImportRun,
    Item,
    ItemChange,
    Message,
    PaymentCentre,
    Reply,
    ReplyItem,
    User,
    customer_groups,
    event_items,
)
from dso.queries import dependents_of_users as people
from dso.queries.imports import OF_ALL
from dso.queries.items.rows import person

#: So many of a kind are named.
MOST = 50
_BY_HAND_ON_CUSTOMERS = (EventKind.CUSTOMER, EventKind.SCENARIO)


@dataclass(frozen=True, slots=True)
class Dependent:
    """One act that depends on an import: an English sentence with %(name)s places, and who did it when on whom."""

    text: str
    params: dict[str, Any] = field(default_factory=dict)
    customer: str = ""
    customer_id: int | None = None
    by: str = ""
    at: datetime | None = None
    #: The later import, where it is one of the same company.
    run_id: int | None = None

    @property
    def sentence(self) -> str:
        """The act in English."""
        return self.text % self.params if self.params else self.text


class _Since:
    """Conditions on what a run touched and on what came after it."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self.last_item: int = run.entity_before["last_item"]
        self.last_event: int = run.entity_before["last_event"]
        self.last_step: int = run.entity_before["last_step"]

    def new_item(self, key: Any) -> ColumnElement[bool]:
        """The item was made by the run; of an entity nothing else makes items."""
        mine = exists().where(Item.id == key, Item.entity_id == self.run.entity_id)
        return and_(key > self.last_item, mine)

    def item(self, key: Any) -> ColumnElement[bool]:
        """The item was made or changed by the run, or by the review at its end."""
        changed = exists().where(ItemChange.item_id == key, ItemChange.import_run_id == self.run.id)
        return or_(self.new_item(key), changed, key.in_(self.changed("items")))

    def changed(self, *subjects: str) -> Any:
        """Ids of the records the run changed."""
        return self.kept(*subjects).where(ImportBefore.before.is_not(None))

    def made(self, subject: str) -> Any:
        """Ids of the records the run made."""
        return self.kept(subject).where(ImportBefore.before.is_(None))

    def kept(self, *subjects: str) -> Any:
        """Ids of the records the run made or changed."""
        mine = (ImportBefore.import_run_id == self.run.id, ImportBefore.subject.in_(subjects))
        return select(ImportBefore.record_id).where(*mine)


def dependents(run: ImportRun) -> list[Dependent]:
    """What depends on a run, the latest of each kind first; empty when it can be taken back."""
    later = list(_later(run))
    if later:
        return later
    since = _Since(run)
    found: list[Dependent] = []
    for part in (_acts(since), _messages(since), _answers(since), _steps(since), _actions(since), _records(since)):
        found += part
    return found


def _later(run: ImportRun) -> Iterator[Dependent]:
    names = (ImportRun.id, ImportRun.entity_id, ImportRun.file_name, ImportRun.at, person(User))
    query = select(*names).outerjoin(User, User.id == ImportRun.actor_id)
    mine: ColumnElement[bool] = ImportRun.entity_id == run.entity_id
    if run.kind in OF_ALL:
        mine = or_(mine, ImportRun.kind == run.kind)
    query = query.where(mine, ImportRun.id > run.id, ImportRun.undone_at.is_(None))
    text = "Import of %(file)s: take that back first"
    for key, entity_id, name, at, by in db.session.execute(query.order_by(ImportRun.id.desc()).limit(MOST)):
        own = key if entity_id == run.entity_id else None
        yield Dependent(text, {"file": name}, by=by, at=at, run_id=own)


def _acts(since: _Since) -> Iterator[Dependent]:
    """Whatever stands on the timeline: messages that left, statuses, replies, files, changes by hand."""
    on_items = exists().where(event_items.c.event_id == Event.id, since.item(event_items.c.item_id))
    by_hand = or_(Event.actor_id.is_not(None), Event.actor_name != "")
    led = select(Action.customer_id).where(
        Action.entity_id == since.run.entity_id,
        or_(since.new_item(Action.leader_id), Action.id.in_(since.changed("actions"))),
    )
    of_contacts = select(Contact.customer_id).where(Contact.id.in_(since.kept("contacts")))
    on_customers = or_(
        Event.customer_id.in_(since.made("customers")),
        and_(
            Event.kind.in_(_BY_HAND_ON_CUSTOMERS),
            Event.customer_id.in_(since.changed("customers", "customer_groups")),
        ),
        and_(Event.kind == EventKind.CONTACT, Event.customer_id.in_(of_contacts)),
        and_(Event.kind == EventKind.ACTION, Event.customer_id.in_(led)),
    )
    query = (
        select(Event.text, Event.data, Event.at, Event.actor_name, person(User), Customer.id, Customer.code)
        .outerjoin(User, User.id == Event.actor_id)
        .outerjoin(Customer, Customer.id == Event.customer_id)
        .where(
            Event.id > since.last_event,
            Event.entity_id == since.run.entity_id,
            # What imports wrote down themselves, this one and those taken back.
            Event.data["import_run_id"].as_integer().is_(None),
            or_(on_items, and_(by_hand, on_customers)),
        )
        .order_by(Event.id.desc())
        .limit(MOST)
    )
    for text, data, at, name, by, customer_id, code in db.session.execute(query):
        yield Dependent(text, (data or {}).get("params", {}), code or "", customer_id, by or name, at)


def _messages(since: _Since) -> Iterator[Dependent]:
    """What is leaving this very second, and what left to customers and contacts the run made."""
    query = select(Message.subject, Message.sent_at, Customer.id, Customer.code, Message.state)
    query = query.outerjoin(Customer, Customer.id == Message.customer_id)
    new = or_(Message.customer_id.in_(since.made("customers")), Message.contact_id.in_(since.made("contacts")))
    query = query.where(
        Message.entity_id == since.run.entity_id,
        or_(Message.state == MessageState.SENDING, and_(Message.left_on.is_not(None), new)),
    )
    for subject, at, customer_id, code, state in db.session.execute(query.order_by(Message.id.desc()).limit(MOST)):
        leaving = state is MessageState.SENDING
        text = "Message on its way right now: %(subject)s" if leaving else "Message sent: %(subject)s"
        yield Dependent(text, {"subject": subject or "–"}, code or "", customer_id, at=at)


def _answers(since: _Since) -> Iterator[Dependent]:
    """Replies on items the run made, or of customers it made, whatever became of them."""
    named = exists().where(ReplyItem.reply_id == Reply.id, since.new_item(ReplyItem.item_id))
    query = select(Reply.author, Reply.at, Customer.id, Customer.code).join(Customer, Customer.id == Reply.customer_id)
    query = query.where(Reply.entity_id == since.run.entity_id)
    query = query.where(or_(named, Reply.customer_id.in_(since.made("customers"))))
    for author, at, customer_id, code in db.session.execute(query.order_by(Reply.id.desc()).limit(MOST)):
        yield Dependent("Reply of %(author)s", {"author": author}, code, customer_id, author, at)


def _steps(since: _Since) -> Iterator[Dependent]:
    """Steps done or skipped with an item of the run as the one that leads."""
    step = select(Action.name, Action.done_at, Customer.id, Customer.code).join(
        ConsumedStep, ConsumedStep.action_id == Action.id
    )
    step = step.join(Customer, Customer.id == Action.customer_id).where(
        ConsumedStep.id > since.last_step,
        ConsumedStep.how != Consumed.PASSED_OVER,
        Action.entity_id == since.run.entity_id,
        since.item(ConsumedStep.leader_id),
    )
    for name, at, customer_id, code in db.session.execute(step.order_by(ConsumedStep.id.desc()).limit(MOST)):
        yield Dependent("%(action)s done", {"action": name}, code, customer_id, at=at)


def _actions(since: _Since) -> Iterator[Dependent]:
    """Actions a person made for items of the run; those confirmed or dated for one it made.

    The follow-up of a status comes with the status, which stands in the way itself.
    """
    chosen = exists().where(ActionItem.action_id == Action.id, since.new_item(ActionItem.item_id))
    touched = and_(
        since.new_item(Action.leader_id),
        Action.state.in_(OPEN_ACTION_STATES),
        or_(Action.confirmed_by_id.is_not(None), Action.user_dated),
    )
    query = select(Action.name, Action.created_at, Customer.id, Customer.code)
    query = query.join(Customer, Customer.id == Action.customer_id).where(
        Action.entity_id == since.run.entity_id,
        or_(and_(Action.kind != "scenario", Action.qualification_id.is_(None), chosen), touched),
    )
    for name, at, customer_id, code in db.session.execute(query.order_by(Action.id.desc()).limit(MOST)):
        yield Dependent("%(action)s planned by a person", {"action": name}, code, customer_id, at=at)


def _records(since: _Since) -> Iterator[Dependent]:
    """Records that name one the run made, and items the clock has changed since."""
    run = since.run
    if run.kind is ImportKind.ITEMS:
        yield from _clock_changes(since)
    for part in (_people(since), _centres(since), _members(since), _gone(since)):
        yield from part
    query = select(Customer.id, Customer.code).where(
        Customer.entity_id == run.entity_id,
        Customer.collected_by_id.in_(since.made("customers")),
        Customer.id.not_in(since.made("customers")),
        Customer.id.not_in(since.changed("customers")),
    )
    for customer_id, code in db.session.execute(query.limit(MOST)):
        yield Dependent("Collected under a customer of the file", {}, code, customer_id)


def _clock_changes(since: _Since) -> Sequence[Dependent]:
    first = select(func.min(ItemChange.id)).where(ItemChange.import_run_id == since.run.id).scalar_subquery()
    own = exists(ItemChange.id).where(ItemChange.import_run_id == since.run.id, ItemChange.item_id == Item.id)
    query = select(Item.number, func.max(ItemChange.at), Customer.id, Customer.code)
    query = query.join(ItemChange, ItemChange.item_id == Item.id).join(Customer, Customer.id == Item.customer_id)
    query = query.where(
        ItemChange.id > first,
        ItemChange.entity_id == since.run.entity_id,
        ItemChange.import_run_id.is_(None),
        ItemChange.actor_id.is_(None),
        own.correlate(Item),
    ).group_by(Item.id, Item.number, Customer.id, Customer.code)
    rows = db.session.execute(query.order_by(Item.id).limit(MOST))
    text = "%(number)s cleared on its announced day of payment"
    return [Dependent(text, {"number": number}, code, key, at=at) for number, at, key, code in rows]


def _people(since: _Since) -> Sequence[Dependent]:
    """Users of the file who were changed or let in since, or are named somewhere."""
    if since.run.kind is not ImportKind.USERS:
        return []
    made = since.made("users")
    changed = [Dependent("%(email)s was changed since", {"email": each}) for each in people.changed_since(since.run)]
    let_in = [Dependent("%(email)s was invited or has logged in", {"email": each}) for each in people.active(made)]
    found = people.referring(made, since.kept("users"))
    named = [Dependent(text, {"email": each}) for each, text in found]
    return [*changed, *let_in, *named][:MOST]


def _centres(since: _Since) -> Sequence[Dependent]:
    query = select(PaymentCentre.name).where(
        PaymentCentre.entity_id == since.run.entity_id, PaymentCentre.contact_id.in_(since.made("contacts"))
    )
    text = "The payment centre %(name)s writes to a contact of the file"
    return [Dependent(text, {"name": name}) for name in db.session.scalars(query.limit(MOST))]


def _members(since: _Since) -> Sequence[Dependent]:
    """Customers somebody put into a group the run made."""
    query = (
        select(Customer.id, Customer.code)
        .join(customer_groups, customer_groups.c.customer_id == Customer.id)
        .where(customer_groups.c.group_id.in_(since.made("groups")), customer_groups.c.by_import == "0")
    )
    rows = db.session.execute(query.limit(MOST))
    return [Dependent("Put into a group of the file", {}, code, key) for key, code in rows]


def _gone(since: _Since) -> Sequence[Dependent]:
    """Contacts of the file somebody has removed."""
    touched = since.kept("contacts").subquery()
    query = select(func.count()).select_from(touched).where(~exists().where(Contact.id == touched.c.record_id))
    count = db.session.scalar(query) or 0
    return [Dependent("%(count)s contacts of the file were removed", {"count": count})] if count else []
