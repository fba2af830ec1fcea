"""Putting messages into the outbox, and taking them out again while they wait."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select, update

from dso.db import db
from dso.domain import hashtags
from dso.domain.codes import (
    OPEN_ACTION_STATES,
    ActionKind,
    ActionState,
    Channel,
    EventKind,
    Flavour,
    MessageKind,
    MessageState,
)
from dso.domain.errors import Refused
from dso.domain.sending import EXPLANATIONS
from dso.models import Action, Entity, Message, User
from dso.queries import contacts_made, settings
from dso.queries.messages import people
from dso.queries.messages.facts import Recipient
from dso.queries.messages.material import material
from dso.services import history
from dso.services.messages import bundles, clean, servers, settle
from dso.services.messages.freeze import STAYS, amounts

#: In `Message.claimed_by`: it came with a dump, from an installation that may have sent it.
READ_BACK = "read back from a dump"
#: States in which a row may be used again: nothing of it ever left.
_REUSABLE = (MessageState.QUEUED, MessageState.CANCELLED, MessageState.FAILED)


def queue_for_action(
    action: Action,
    *,
    actor: User | None,
    today: date,
    now: datetime,
    subject: str | None = None,
    body: str | None = None,
    recipients: Sequence[str] | None = None,
    override_reason: str | None = None,
    at_once: bool = True,
) -> list[Message]:
    """Queue the messages of an action: one for each recipient, and one by its second channel.

    Nobody to write to is Refused, and so is a text with a hashtag there is not. Calling it twice makes no second
    message: a row is one action, occurrence and recipient. `actor` None is the clock: the message is automatic, its
    text the template's. A person who writes although the week's contacts are used up gives a reason, which is kept.
    What cannot leave is withheld at once, or left to the sender in a batch too long for that.
    """
    if actor is not None and not (override_reason or "").strip():
        _within_budget(action, today)
    hashtags.refuse_misspelt(f"{subject or ''}\n{body or ''}")
    found = _addressees(action, recipients or ())
    messages = [_row(action, channel, one, actor=actor, now=now) for channel, one in found]
    fresh = [message for message in messages if message.state is MessageState.QUEUED]
    written = subject is not None or body is not None
    sums = dict(amounts(material(action, today=today), found[0][1])) if written and fresh else None
    for message in fresh:
        if written:
            message.subject = clean.subject(subject or message.subject)
            message.edited_body = clean.template_body(body or "")
            message.listed = {"amounts": sums}
        message.override_reason = override_reason or ""
        _remember_test_mode(message)
    if fresh:
        action.state, action.explanation, action.updated_at = ActionState.QUEUED, "", now
    db.session.flush()
    if at_once:
        _withhold_now(fresh, action, today=today, now=now)
    return messages


def _remember_test_mode(message: Message) -> None:
    """What is made in test mode or without a mail server never leaves, whatever is switched on before it is (3.4)."""
    entity = db.session.get_one(Entity, message.entity_id)
    why = servers.stays_here(entity, message.channel) or ("" if settings.is_live(entity) else servers.TEST)
    if why:
        message.listed = {**message.listed, STAYS: why}


def _within_budget(action: Action, today: date) -> None:
    """Refused when the account was contacted as often as allowed this week; answers outside the plan do not count."""
    if action.kind is ActionKind.ONE_OFF or action.flavour is Flavour.INTERNAL:
        return
    entity = action.customer.entity
    allowed = settings.number(entity, "collection.budget_all")
    book = contacts_made.recent(entity, today, days=contacts_made.WEEK, ids=[action.customer_id])
    contacts = book.by_account.get(action.customer_id)
    used = contacts.all_but(action.id) if contacts else 0
    if allowed and used >= allowed:
        words = "The customer was contacted %(used)s times in the last seven days: give a reason for writing again."
        raise Refused(words, used=used)


def _addressees(action: Action, typed: Sequence[str]) -> list[tuple[Channel, Recipient]]:
    """Who gets the message by which channel; the second channel of a step goes to the same people."""
    channel = people.channel_of(action.type)
    if channel is None:
        raise Refused('"%(name)s" makes no message.', name=action.name)
    second = people.channel_of(action.step.also_by) if action.step and action.step.also_by else None
    found = []
    for each in dict.fromkeys(one for one in (channel, second) if one is not None):
        reached = people.recipients(action, each, () if each is Channel.LETTER else typed)
        if not reached:
            raise Refused("%(name)s: there is no contact for collection with a valid address.", name=action.name)
        found += [(each, one) for one in reached]
    return found


def _row(action: Action, channel: Channel, to: Recipient, *, actor: User | None, now: datetime) -> Message:
    """The row of a recipient: the one there is, made ready again where nothing of it left, or a new one."""
    address = to.address.strip()[:254]
    key = (Message.action_id == action.id, Message.occurrence == action.occurrence, Message.recipient == address)
    message = db.session.scalar(select(Message).where(*key))
    if message is None:
        message = Message(action_id=action.id, occurrence=action.occurrence, recipient=address)
        message.entity_id, message.customer_id = action.entity_id, action.customer_id
        message.kind = MessageKind.ACTION
        message.state = MessageState.QUEUED
        db.session.add(message)
    elif message.state not in _REUSABLE:
        return message
    message.channel, message.state = channel, MessageState.QUEUED
    message.recipient_name, message.contact_id = to.name[:200], to.contact_id
    message.subject, message.edited_body, message.listed = action.name, None, {}
    message.automatic = actor is None
    message.explanation, message.attempts = "", 0
    message.message_id_header, message.claimed_by, message.bundle_id = "", "", None
    message.queued_at, message.next_try_at, message.claimed_at = now, None, None
    return message


def _withhold_now(messages: Sequence[Message], action: Action, *, today: date, now: datetime) -> None:
    """What can not leave anyway becomes "not sent (test)" at once, so that the plan goes on without a sender.

    A message others may join is left to the sender, who waits for them.
    """
    entity = db.session.get_one(Entity, action.entity_id)
    for message in messages:
        why = servers.stays_here(entity, message.channel)
        if not why or bundles.may_join(message, action):
            continue
        try:
            settle.withhold(message, action, today=today, now=now, why=why)
        except Refused as refused:
            if not message.automatic:
                raise
            settle.fail(message, str(refused), bad_address=False, today=today, now=now)


def cancel(message: Message, *, actor: User, today: date, now: datetime) -> None:
    """Take a waiting message back at a person's wish, and with it its action. Refused once it is on its way."""
    changed = (
        update(Message)
        .where(Message.id == message.id, Message.state.in_((MessageState.QUEUED, MessageState.FAILED)))
        .values(state=MessageState.CANCELLED, explanation=EXPLANATIONS["cancelled"])
        .returning(Message.id)
    )
    if db.session.scalar(changed, execution_options={"synchronize_session": "fetch"}) is None:
        raise Refused("This message can not be cancelled any more.")
    _note(message, "Message to %(to)s cancelled: %(subject)s", actor=actor, now=now)
    if message.action is not None:
        settle.conclude(message.action, today=today, now=now)


def send_again(message: Message, *, actor: User, now: datetime) -> None:
    """Queue a message again that failed, was cancelled, or of which nobody knows whether it left.

    It is decided and written anew when it leaves. A withheld message is never sent (3.4); a cancelled one whose
    action ended with it is sent by its next action.
    """
    if message.claimed_by == READ_BACK:
        raise Refused("This message came with a dump and never leaves from here: write from the customer's file.")
    ended = message.action is not None and message.action.state not in OPEN_ACTION_STATES
    if message.state is MessageState.CANCELLED and ended:
        raise Refused("Its action has ended: send it from the customer's file.")
    again = (MessageState.FAILED, MessageState.CANCELLED, MessageState.UNCERTAIN)
    values = {
        "state": MessageState.QUEUED,
        "explanation": "",
        "attempts": 0,
        "next_try_at": None,
        "claimed_by": "",
        "message_id_header": "",
        "bundle_id": None,
        "queued_at": now,
        "automatic": False,
        "left_on": None,
        "sent_at": None,
    }
    changed = update(Message).where(Message.id == message.id, Message.state.in_(again)).values(values)
    fetched = {"synchronize_session": "fetch"}
    if db.session.scalar(changed.returning(Message.id), execution_options=fetched) is None:
        raise Refused("This message can not be sent again.")
    bundles.part(message)
    if message.action is not None and message.action.state is ActionState.ERROR:
        message.action.state, message.action.explanation = ActionState.QUEUED, ""
    _note(message, "Message to %(to)s sent again: %(subject)s", actor=actor, now=now)
    db.session.flush()


def mark_as_sent(message: Message, *, actor: User, now: datetime) -> None:
    """A person knows that an uncertain message arrived."""
    changed = (
        update(Message)
        .where(Message.id == message.id, Message.state == MessageState.UNCERTAIN)
        .values(state=MessageState.SENT, explanation=EXPLANATIONS["marked"])
        .returning(Message.id)
    )
    if db.session.scalar(changed, execution_options={"synchronize_session": "fetch"}) is None:
        raise Refused("Only an uncertain message can be marked as sent.")
    _note(message, "Message to %(to)s marked as sent: %(subject)s", actor=actor, now=now)


def _note(message: Message, words: str, *, actor: User | None, now: datetime) -> None:
    if message.customer is not None:
        history.record(
            message.customer,
            EventKind.MESSAGE,
            words,
            actor=actor,
            now=now,
            to=message.recipient,
            subject=message.subject,
        )
