"""Which messages a sender may take, and what becomes of those a dead sender left behind."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from dso.db import db
from dso.domain.codes import Channel, MessageState
from dso.domain.sending import EXPLANATIONS, RAMP_UP
from dso.models import Entity, Message
from dso.queries import settings
from dso.services.messages import bundles, companions, servers, settle, times, workers

#: A claim that was not renewed for so long belongs to nobody: longer than any patience with a mail server.
LEASE = timedelta(minutes=15)
_MINUTE = timedelta(minutes=1)
_GONE = (MessageState.SENT, MessageState.UNCERTAIN)


def entities_with_work(now: datetime) -> list[int]:
    """Entities that have a message due."""
    query = select(Message.entity_id).where(_due(now)).distinct().order_by(Message.entity_id)
    return list(db.session.scalars(query))


def _due(now: datetime) -> ColumnElement[bool]:
    return companions.is_due(Message, now)


def claim(entity_id: int, *, worker: str, now: datetime, most: int) -> list[int]:
    """Take up to `most` messages of an entity; what people sent by hand goes first. Commit before working.

    The entity's row is locked meanwhile, so that several senders together keep to the limits; rows another sender is
    taking are passed over.
    """
    entity = db.session.scalars(select(Entity).where(Entity.id == entity_id).with_for_update()).one()
    room = min(most, _room(entity, now))
    if room <= 0:
        return []
    query = (
        select(Message.id, Message.automatic)
        .where(Message.entity_id == entity_id, _due(now), ~companions.waits_for_another(now))
        .order_by(Message.automatic, Message.id)
        .limit(room)
        .with_for_update(skip_locked=True)
    )
    rows = db.session.execute(query).all()
    ramp = _ramp(entity, now)
    automatic = [row.id for row in rows if row.automatic]
    over = automatic[ramp:] if ramp is not None else []
    _wait_for_tomorrow(entity, over, now)
    taken = [row.id for row in rows if row.id not in set(over)]
    if taken:
        values = {"state": MessageState.SENDING, "claimed_at": now, "claimed_by": worker, "message_id_header": ""}
        db.session.execute(
            update(Message).where(Message.id.in_(taken)).values(values),
            execution_options={"synchronize_session": False},
        )
    return taken


def _room(entity: Entity, now: datetime) -> int:
    """How many more messages its mail server takes in this minute and on this day."""
    room = 1_000_000
    per_minute = settings.number(entity, "sending.per_minute")
    per_day = settings.number(entity, "sending.per_day")
    if not (per_minute or per_day):
        return room
    same_server = _same_server(entity)
    if per_minute:
        recent = and_(Message.state.in_(_GONE), Message.sent_at > now - _MINUTE)
        room = min(room, per_minute - _count(same_server, or_(recent, Message.state == MessageState.SENDING)))
    if per_day:
        today = times.today(entity, now)
        gone = and_(Message.state.in_(_GONE), Message.left_on == today)
        room = min(room, per_day - _count(same_server, or_(gone, Message.state == MessageState.SENDING)))
    return room


def _same_server(entity: Entity) -> ColumnElement[bool]:
    """Messages of the entities that share the mail server."""
    mine = servers.of_entity(entity)
    sharing = [one.id for one in db.session.scalars(select(Entity)) if servers.of_entity(one) == mine]
    return and_(Message.entity_id.in_(sharing), Message.channel == Channel.EMAIL)


def _count(*conditions: ColumnElement[bool]) -> int:
    alone = Message.bundle_id.is_(None)
    return db.session.scalar(select(func.count()).select_from(Message).where(alone, *conditions)) or 0


def _ramp(entity: Entity, now: datetime) -> int | None:
    """How many more automatic messages may leave today in the first week live; None = any number."""
    cap = settings.number(entity, "sending.ramp_up")
    if not cap or not settings.is_live(entity) or entity.live_at is None or now >= entity.live_at + RAMP_UP:
        return None
    gone = and_(Message.state.in_(_GONE), Message.left_on == times.today(entity, now))
    mine = (Message.entity_id == entity.id, Message.automatic.is_(True))
    return max(0, cap - _count(*mine, or_(gone, Message.state == MessageState.SENDING)))


def _wait_for_tomorrow(entity: Entity, ids: list[int], now: datetime) -> None:
    if not ids:
        return
    values = {"next_try_at": times.opening_tomorrow(entity, now), "explanation": EXPLANATIONS["ramp_up"]}
    db.session.execute(
        update(Message).where(Message.id.in_(ids)).values(values), execution_options={"synchronize_session": False}
    )


def recover(*, worker: str, now: datetime, commit: Callable[[], None]) -> int:
    """Decide on messages whose sender died: never handed over = queued again, handed over = uncertain.

    How many are uncertain now. Each in a transaction of its own.
    """
    rows = select(Message.id, Message.claimed_by, Message.claimed_at).where(
        Message.state == MessageState.SENDING, Message.bundle_id.is_(None)
    )
    found = db.session.execute(rows.order_by(Message.id)).all()
    commit()
    uncertain = 0
    for message_id, claimed_by, claimed_at in found:
        expired = claimed_at is None or claimed_at < now - LEASE
        if expired or (claimed_by != worker and workers.is_dead(claimed_by)):
            uncertain += _recover_one(message_id, claimed_by, now)
            commit()
    return uncertain


def _recover_one(message_id: int, claimed_by: str, now: datetime) -> int:
    query = select(Message).where(
        Message.id == message_id, Message.state == MessageState.SENDING, Message.claimed_by == claimed_by
    )
    message = db.session.scalar(query.with_for_update())
    if message is None:
        return 0
    handed_over = bool(message.message_id_header)
    today = times.today(db.session.get_one(Entity, message.entity_id), now)
    for one in bundles.everyone(message):
        if handed_over:
            settle.left(one, MessageState.UNCERTAIN, today=today, now=now, words=EXPLANATIONS["died"])
        else:
            one.state, one.claimed_by, one.claimed_at, one.bundle_id = MessageState.QUEUED, "", None, None
    db.session.flush()
    return int(handed_over)
