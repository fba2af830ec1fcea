"""What happens to an answer: taken in, then validated, qualified or deleted by somebody of the team (5.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from dso.db import db
from dso.domain import replies as rules
from dso.domain.codes import EventKind, Flavour, MessageKind, ReplyKind, ReplyState
from dso.domain.errors import NotFound, Refused
from dso.domain.money import plain
from dso.models import Customer, Entity, Item, Link, Reply, ReplyItem, User
from dso.queries.debtors import reasons
from dso.queries.replies import readers
from dso.queries.statement import items_of_account
from dso.services import actions, history, messages
from dso.services.files import Checked, attach, put_on


@dataclass(frozen=True)
class Received:
    """The reply, and whether this call made it (False: the same form had been sent before)."""

    reply: Reply
    new: bool


def receive(
    link: Link,
    *,
    kind: ReplyKind,
    items: Sequence[Item],
    author: str,
    email: str,
    text: str = "",
    reason: str = "",
    promised_on: date | None = None,
    paid_on: date | None = None,
    amount: Decimal | None = None,
    files: Sequence[Checked] = (),
    form_key: str | None = None,
    now: datetime,
    today: date,
) -> Reply:
    """Take in an answer given on a page; Refused when it cannot be taken. See `take_in`."""
    answer = rules.Answer(kind, author, email, text, reason, promised_on, paid_on, amount)
    return take_in(link, answer, items, uploads=files, form_key=form_key, now=now, today=today).reply


def take_in(
    link: Link,
    answer: rules.Answer,
    items: Sequence[Item],
    *,
    uploads: Sequence[Checked] = (),
    form_key: str | None = None,
    now: datetime,
    today: date,
) -> Received:
    """Keep an answer as new: the account's automatic messages wait, somebody is told.

    With a `form_key` the same content sent twice makes one reply, also when both come at the same moment.
    """
    answer = rules.only_relevant(answer)
    _check(link, answer, items, len(uploads), today)
    key = None
    if form_key is not None:
        names = [(file.name, file.sha256) for file in uploads]
        key = rules.fingerprint(f"{link.id}:{form_key}", answer, [item.id for item in items], names)
        if earlier := _by_key(key):
            return Received(earlier, new=False)
    customer = _account(link.customer)
    reply = _saved(link, customer, answer, items, key, now)
    if reply is None:
        return Received(_found(_by_key(key)), new=False)
    attach(uploads, customer, reply=reply, actor=None, now=now)
    db.session.refresh(reply)
    _tell_the_team(reply, customer, now=now, today=today)
    actions.review(customer.entity, [customer.id], today=today, now=now)
    return Received(reply, new=True)


def _check(link: Link, answer: rules.Answer, items: Sequence[Item], uploads: int, today: date) -> None:
    subjects = [rules.Subject(item.id, item.remaining, item.currency) for item in items]
    for wrong in rules.problems(answer, subjects, files=uploads, today=today).values():
        raise wrong
    known = select(Item.id).where(items_of_account(link.customer), Item.id.in_([item.id for item in items]))
    if set(db.session.scalars(known)) != {item.id for item in items}:
        raise NotFound("There is no such item.")


def _account(customer: Customer) -> Customer:
    """The account under which the customer is collected: the one whose messages have to wait."""
    pilot = db.session.get(Customer, customer.collected_by_id) if customer.collected_by_id else None
    return pilot or customer


def _saved(
    link: Link, customer: Customer, answer: rules.Answer, items: Sequence[Item], key: str | None, now: datetime
) -> Reply | None:
    """The new row; None when the same form came in at the same moment and was first."""
    reply = Reply(
        entity_id=customer.entity_id,
        customer_id=customer.id,
        link_id=link.id,
        internal=link.flavour is Flavour.INTERNAL,
        kind=answer.kind,
        author=answer.author[:200],
        email=answer.email[:254],
        text=answer.text,
        reason=answer.reason[:200],
        promised_on=answer.promised_on,
        paid_on=answer.paid_on,
        amount=answer.amount,
        resolved=answer.resolved,
        currency=items[0].currency if items else "",
        form_key=key,
        at=now,
        items=[ReplyItem(item_id=item.id) for item in items],
    )
    try:
        with db.session.begin_nested():
            db.session.add(reply)
    except IntegrityError:
        if key is None:
            raise
        return None
    return reply


def _by_key(key: str | None) -> Reply | None:
    return db.session.scalar(select(Reply).where(Reply.form_key == key)) if key else None


def _found(reply: Reply | None) -> Reply:
    if reply is None:
        raise Refused("Your answer could not be taken in. Please send it again.")
    return reply


def _tell_the_team(reply: Reply, customer: Customer, *, now: datetime, today: date) -> None:
    for reader in readers(customer, today=today):
        context = {
            "language": reader.language or customer.entity.language,
            "name": reader.full_name,
            "address": f"{current_app.config['DSO'].public_url}/replies/{reply.id}",
            **_told(reply, customer),
        }
        messages.send_plain(
            reader.email, "reply_received", context, entity=customer.entity, now=now, kind=MessageKind.NOTICE
        )


def send_copy(reply: Reply, *, language: str, now: datetime) -> None:
    """Send the writer what was sent, because they asked for it, the reason in the words they chose it by."""
    customer = db.session.get_one(Customer, reply.customer_id)
    told = _told(reply, customer)
    told["reply"]["reason"] = dict(reasons(language, customer.entity)).get(reply.reason, reply.reason)
    context = {"language": language, "name": reply.author, **told}
    messages.send_plain(reply.email, "reply_copy", context, entity=customer.entity, now=now, kind=MessageKind.NOTICE)


def _told(reply: Reply, customer: Customer) -> dict[str, Any]:
    """What mails say of a reply, as plain values."""
    names = ("kind", "author", "email", "text", "reason", "promised_on", "paid_on", "amount", "currency", "resolved")
    facts = {name: getattr(reply, name) for name in names}
    numbers = [row.item.number for row in reply.items]
    return {
        "customer_name": customer.business_name,
        "customer_code": customer.code,
        "reply": {**facts, "numbers": numbers, "files": [file.name for file in reply.files]},
    }


def validate(reply: Reply, *, actor: User, now: datetime, today: date) -> None:
    """The comment enters the history of the account and of the items; the account's messages go on."""
    _handle(reply, ReplyState.VALIDATED, actor=actor, now=now)
    _enter_history(reply, now)
    _go_on(reply, now=now, today=today)


def mark_qualified(reply: Reply, *, actor: User, now: datetime, today: date) -> None:
    """The items were tagged from this answer: it enters the history and is done with."""
    _handle(reply, ReplyState.QUALIFIED, actor=actor, now=now)
    _enter_history(reply, now)
    _go_on(reply, now=now, today=today)


def hold(reply: Reply, items: Sequence[Item]) -> None:
    """Keep a new reply for the tagging of items from it; Refused when it is handled or they are not of its account."""
    db.session.refresh(reply, with_for_update={"key_share": True})
    if reply.state is not ReplyState.NEW:
        raise _handled_already(reply)
    spoken_of = {row.item_id for row in reply.items}
    if any(reply.customer_id not in (item.account_id, item.customer_id) and item.id not in spoken_of for item in items):
        raise Refused("This reply is of another customer than the items.")


def delete(reply: Reply, *, actor: User, now: datetime, today: date) -> None:
    """Put an answer away unread by any item's history; it is kept with who did it and when."""
    _handle(reply, ReplyState.DELETED, actor=actor, now=now)
    customer = db.session.get_one(Customer, reply.customer_id)
    words = "Reply of %(author)s deleted"
    history.record(customer, EventKind.REPLY, words, actor=actor, now=now, author=reply.author)
    _go_on(reply, now=now, today=today)


def _handle(reply: Reply, state: ReplyState, *, actor: User, now: datetime) -> None:
    """Set the state if the reply is still new: of two people who handle it at once one is told so."""
    changed = db.session.execute(
        update(Reply)
        .where(Reply.id == reply.id, Reply.state == ReplyState.NEW)
        .values(state=state, handled_at=now, handled_by_id=actor.id)
        .returning(Reply.id)
        .execution_options(synchronize_session=False)
    ).all()
    db.session.refresh(reply)
    if not changed:
        raise _handled_already(reply)


def _handled_already(reply: Reply) -> Refused:
    handler = db.session.get(User, reply.handled_by_id) if reply.handled_by_id else None
    who = handler.full_name if handler else "?"
    return Refused("This reply was handled already by %(who)s.", who=who)


def _enter_history(reply: Reply, now: datetime) -> None:
    """From here on the answer is part of the account: on its timeline, on its items, with its files."""
    customer = db.session.get_one(Customer, reply.customer_id)
    entity = db.session.get_one(Entity, reply.entity_id)
    items = [row.item for row in reply.items]
    on = reply.at.astimezone(ZoneInfo(entity.timezone)).date()
    for item in items:
        _put_on_item(item, reply, on, now)
    put_on(reply.files, items)
    history.record(
        customer,
        EventKind.REPLY,
        "Reply: %(answer)s",
        actor=None,
        actor_name=reply.author,
        now=now,
        item_ids=[item.id for item in items],
        answer=summary(reply),
    )


def summary(reply: Reply) -> str:
    """The answer in one line: kind, day, amount, reason, text."""
    day = reply.promised_on or reply.paid_on
    amount = f"{plain(reply.amount, reply.currency)} {reply.currency}" if reply.amount is not None else ""
    facts = ("resolved" if reply.resolved else reply.kind.value, day.isoformat() if day else "", amount, reply.reason)
    told = ", ".join(fact for fact in facts if fact)
    return f"{told}: {reply.text}" if reply.text else told


def _put_on_item(item: Item, reply: Reply, on: date, now: datetime) -> None:
    text = reply.text or summary(reply)
    if reply.internal:
        item.internal_reply_author, item.internal_reply_email = reply.author, reply.email
        item.internal_reply_on, item.internal_reply_text = on, text
    else:
        item.reply_author, item.reply_email = reply.author, reply.email
        item.reply_on, item.reply_text = on, text
    item.updated_at = now


def _go_on(reply: Reply, *, now: datetime, today: date) -> None:
    db.session.flush()
    entity = db.session.get_one(Entity, reply.entity_id)
    actions.review(entity, [reply.customer_id], today=today, now=now)
