"""How a message ends: left, withheld, failed, cancelled; and what that means for its action."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import OPEN_ACTION_STATES, ActionState, Channel, EventKind, MessageKind, MessageState
from dso.models import Action, Contact, Message
from dso.services import actions, history
from dso.services.messages import bundles, notices
from dso.services.messages.freeze import AskFirst, Bound, Frozen, freeze

#: States in which the fate of a message is still open.
_WAITING = (MessageState.QUEUED, MessageState.SENDING)
_LEFT = (MessageState.SENT, MessageState.UNCERTAIN, MessageState.WITHHELD)
_CHANNEL_WORDS = {Channel.EMAIL: "E-mail", Channel.LETTER: "Letter", Channel.SMS: "Text message"}


def withhold(
    message: Message,
    action: Action,
    *,
    today: date,
    now: datetime,
    why: str,
    others: Sequence[Bound] = (),
    worker: str = "",
) -> Frozen | None:
    """Keep a message that can not leave exactly as it would have left; its action counts as done (11.2).

    None when a person has to look first, as for a message that leaves. `others` as in `freeze`.
    """
    found = freeze(message, action, today=today, now=now, others=others, worker=worker)
    if isinstance(found, AskFirst):
        ask_first(message, action, found, today=today, now=now)
        return None
    for one in bundles.everyone(message):
        left(one, MessageState.WITHHELD, today=today, now=now, words=why)
    return found


def left(message: Message, state: MessageState, *, today: date, now: datetime, words: str = "") -> None:
    """The message left, may have left, or is withheld for good."""
    message.state, message.explanation = state, words
    message.left_on = today
    message.sent_at = now if state is not MessageState.WITHHELD else None
    said = {
        MessageState.SENT: "%(channel)s sent to %(to)s: %(subject)s",
        MessageState.UNCERTAIN: "%(channel)s to %(to)s is uncertain: %(subject)s",
        MessageState.WITHHELD: "%(channel)s to %(to)s not sent (test): %(subject)s",
    }
    _note(message, said[state], now)
    if message.kind is MessageKind.NOTICE:
        notices.forget(message)
    db.session.flush()
    if message.action is not None:
        conclude(message.action, today=today, now=now)


def fail(message: Message, words: str, *, bad_address: bool, today: date, now: datetime) -> None:
    """The message can not be sent, for good; an address that was refused is marked (4.2)."""
    message.state, message.explanation, message.next_try_at = MessageState.FAILED, words, None
    if bad_address and message.contact_id is not None:
        contact = db.session.get(Contact, message.contact_id)
        if contact is not None and contact.email.strip().lower() == message.recipient.lower():
            contact.bounced = True
            contact.updated_at = now
    _note(message, "%(channel)s to %(to)s failed: %(why)s", now, why=words)
    if message.kind is MessageKind.NOTICE:
        notices.forget(message)
    db.session.flush()
    if message.action is not None:
        conclude(message.action, today=today, now=now)


def cancel(message: Message, words: str, *, today: date, now: datetime) -> None:
    """There is nothing to send any more."""
    message.state, message.explanation, message.next_try_at = MessageState.CANCELLED, words, None
    _note(message, "%(channel)s to %(to)s cancelled: %(why)s", now, why=words)
    db.session.flush()
    if message.action is not None:
        conclude(message.action, today=today, now=now)


def ask_first(message: Message, action: Action, why: AskFirst, *, today: date, now: datetime) -> None:
    """Nothing leaves before a person has looked; the message is queued again from its action.

    What a person wrote by hand comes back to them as an error, an automatic action waits to be confirmed.
    """
    message.state, message.explanation, message.next_try_at = MessageState.CANCELLED, why.words, None
    db.session.flush()
    if not message.automatic:
        actions.mark_failed(action, why.words, today=today, now=now)
        return
    action.state, action.to_confirm, action.updated_at = ActionState.PLANNED, why.word, now
    action.confirmed_at = action.confirmed_by_id = None
    db.session.flush()
    actions.review_after(action, today=today, now=now)


def conclude(action: Action, *, today: date, now: datetime) -> None:
    """Tell the action how its messages ended, once none of this occurrence waits any more."""
    rows = select(Message.state, Message.explanation).where(
        Message.action_id == action.id, Message.occurrence == action.occurrence
    )
    ends = db.session.execute(rows.order_by(Message.id)).all()
    if action.state not in OPEN_ACTION_STATES or any(end.state in _WAITING for end in ends):
        return
    failed = [end.explanation for end in ends if end.state is MessageState.FAILED]
    if failed:
        actions.mark_failed(action, failed[0], today=today, now=now)
    elif any(end.state in _LEFT for end in ends):
        actions.mark_sent(action, on=today, now=now)
    elif ends:
        actions.mark_cancelled(action, ends[-1].explanation, today=today, now=now)


def _note(message: Message, words: str, now: datetime, **more: str) -> None:
    """One line on the customer's timeline; notices of the product stand on none."""
    if message.customer is None or message.action is None:
        return
    history.record(
        message.customer,
        EventKind.MESSAGE,
        words,
        actor=None,
        now=now,
        item_ids=message.listed.get("items", ()) if message.state in _LEFT else (),
        channel=_CHANNEL_WORDS[message.channel],
        to=message.recipient_name or message.recipient,
        subject=message.subject,
        message=message.id,
        **more,
    )
