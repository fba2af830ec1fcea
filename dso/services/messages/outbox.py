"""The sender: each message leaves once, whatever crashes.

Claimed (and committed), decided again and written (committed), marked as being handed over (committed), handed over
with no transaction open, then recorded. What a dead sender left is queued again when it was certainly not handed over,
else it is uncertain and a person decides.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from dso.db import db
from dso.domain.codes import Channel, MessageState
from dso.domain.errors import Refused
from dso.domain.sending import EXPLANATIONS, GIVE_UP, next_try
from dso.models import Action, Entity, Message
from dso.queries import settings
from dso.services import actions
from dso.services.messages import bundles, claims, companions, holds, mime, servers, settle, times, workers
from dso.services.messages.freeze import STAYS, AskFirst, Frozen, draw_files, freeze, keep_files
from dso.services.messages.mime import File, Mail
from dso.services.messages.notices import freeze_notice
from dso.services.messages.smtp import Connection, Outcome, Result, Server

log = logging.getLogger("dso.outbox")

#: Messages claimed at once: what waits behind a slow server is decided late and released when it fails.
BATCH = 10
#: How often the end of a message is written down again when the database is busy.
_PERSISTENCE = 5
_AWAY_WAIT = timedelta(minutes=1)
Clock = Callable[[], datetime]
Commit = Callable[[], None]


@dataclass
class SendCounts:
    """What one call did; `held` wait for their time, `later` for a server that asked to try again."""

    sent: int = 0
    withheld: int = 0
    cancelled: int = 0
    to_confirm: int = 0
    held: int = 0
    later: int = 0
    failed: int = 0
    uncertain: int = 0


def send_due(
    *,
    now: datetime,
    limit: int,
    worker: str,
    commit: Commit,
    tick: Clock | None = None,
    entity_id: int | None = None,
) -> SendCounts:
    """Send up to `limit` messages that are due, of all entities or of one.

    `commit` ends a short transaction; `tick` tells the time as it goes on.

    Safe to call from several processes at once.
    """
    name = workers.name(worker)
    sender = _Sender(name, commit, tick or (lambda: now))
    try:
        sender.counts.uncertain += claims.recover(worker=name, now=now, commit=commit)
        due = claims.entities_with_work(now)
        commit()
        for each in due:
            if entity_id in (None, each):
                sender.drain(each, limit)
    finally:
        sender.close()
    return sender.counts


class _Sender:
    """One run: its connections, its counts, the messages in its hands."""

    def __init__(self, worker: str, commit: Commit, tick: Clock) -> None:
        self.worker = worker
        self.commit = commit
        self.tick = tick
        self.counts = SendCounts()
        self._connections: dict[Server, Connection] = {}
        self._server: Server | None = None
        self._handled = 0

    def close(self) -> None:
        """Say goodbye to the mail servers."""
        for connection in self._connections.values():
            connection.close()

    def drain(self, entity_id: int, limit: int) -> None:
        """Send what is due of one entity, batch by batch."""
        while self._handled < limit:
            settings.forget()
            most = min(BATCH, limit - self._handled)
            taken = claims.claim(entity_id, worker=self.worker, now=self.tick(), most=most)
            self._server = servers.of_entity(db.session.get_one(Entity, entity_id))
            self.commit()
            if not taken or not self._send_all(entity_id, taken):
                return

    def _send_all(self, entity_id: int, ids: list[int]) -> bool:
        """Send a batch, then review its accounts together; False when the server is away."""
        with actions.deferred_reviews() as ended:
            for position, message_id in enumerate(ids):
                self._handled += 1
                if not self._send(message_id):
                    self._release(ids[position + 1 :])
                    break
            else:
                position = len(ids)
        self._review(entity_id, ended)
        return position == len(ids)

    def _review(self, entity_id: int, account_ids: set[int]) -> None:
        """What comes next on the accounts written to; the nightly run makes up for it when it fails."""
        if not account_ids:
            return
        try:
            entity = db.session.get_one(Entity, entity_id)
            now = self.tick()
            actions.review(entity, account_ids, today=times.today(entity, now), now=now)
            self.commit()
        except Exception:
            db.session.rollback()
            log.exception("the accounts just written to could not be reviewed")

    def _release(self, ids: list[int]) -> None:
        """Give back what was claimed behind a message the server could not be reached for."""
        if ids:
            mine = (Message.id.in_(ids), Message.state == MessageState.SENDING, Message.claimed_by == self.worker)
            waiting = {"state": MessageState.QUEUED, "claimed_by": "", "next_try_at": self.tick() + _AWAY_WAIT}
            db.session.execute(update(Message).where(*mine).values(waiting))
            self.commit()

    def _send(self, message_id: int) -> bool:
        """One message from the claim to its end; False when its server is away."""
        try:
            frozen = self._prepare(message_id)
            if frozen is None:
                return True
            made, stored = draw_files(frozen)
            going = [*made, *stored] if frozen.mail is not None else []
            content = mime.build(frozen.mail, going) if frozen.mail is not None else b""
            if self._server is None and frozen.mail is not None:
                raise Refused(EXPLANATIONS["server_gone"])
            handed_over = self._hand_over(frozen, made, mime.left_out(going))
            if not handed_over or frozen.mail is None or self._server is None:
                return True
        except Exception as error:  # noqa: BLE001 - one message that cannot be made must not stop the others
            self._stumble(message_id, error)
            return True
        result = self._deliver(self._server, frozen.mail, content)
        self._record(message_id, result)
        return result.outcome is not Outcome.AWAY

    def _deliver(self, server: Server, mail: Mail, content: bytes) -> Result:
        """Talk to the mail server; whatever goes wrong here in an unknown way leaves it unknown."""
        connection = self._connections.setdefault(server, Connection(server))
        try:
            return connection.send(mail.sender_address, mail.recipients, content)
        except Exception as error:
            log.exception("sending stopped in an unknown way")
            return Result(Outcome.UNCERTAIN, f"{EXPLANATIONS['stopped']}: {type(error).__name__}")

    def _mine(self, message_id: int, *states: MessageState) -> Message | None:
        """The message while it is in this sender's hands."""
        query = select(Message).where(
            Message.id == message_id,
            Message.state.in_(states),
            Message.claimed_by == self.worker,
            Message.bundle_id.is_(None),
        )
        return db.session.scalar(query.with_for_update().execution_options(populate_existing=True))

    def _prepare(self, message_id: int) -> Frozen | None:
        """Decide again and write the text; None when there is nothing to hand over. Ends its transaction."""
        message = self._mine(message_id, MessageState.SENDING)
        found = self._decide(message) if message is not None else None
        self.commit()
        return found

    def _decide(self, message: Message) -> Frozen | None:
        entity = db.session.get_one(Entity, message.entity_id)
        now = self.tick()
        today = times.today(entity, now)
        action = message.action
        if action is None:
            return self._notice(message, entity, today, now)
        held = holds.find(message, action, entity, today=today, now=now)
        if held is not None:
            self._hold(message, held, today, now)
            return None
        return self._freeze(message, action, entity, today, now)

    def _hold(self, message: Message, held: holds.Hold, today: date, now: datetime) -> None:
        if held.ask_first is not None and message.action is not None:
            settle.ask_first(message, message.action, held.ask_first, today=today, now=now)
            self.counts.to_confirm += 1
        elif held.until is None:
            settle.cancel(message, held.words, today=today, now=now)
            self.counts.cancelled += 1
        else:
            _back_to_queue(message, held.until, held.words)
            self.counts.held += 1

    def _freeze(self, message: Message, action: Action, entity: Entity, today: date, now: datetime) -> Frozen | None:
        why = servers.stays_here(entity, message.channel) or _made_in_test_mode(message, entity)
        copy_to = "" if why or settings.is_live(entity) else servers.test_address(entity)
        others = companions.find(message, action, entity, today=today, now=now)
        with_it: Any = {"others": others, "worker": self.worker, "today": today, "now": now}
        if why or (copy_to and message.channel is Channel.EMAIL):
            words = why or f"{EXPLANATIONS['test_copy']}: {copy_to}"
            frozen = settle.withhold(message, action, why=words, **with_it)
            self._count_withheld(frozen)
            if frozen is not None and frozen.mail is not None and copy_to:
                self._test_copy(frozen, copy_to, entity)
            return None
        found = freeze(message, action, **with_it)
        if isinstance(found, AskFirst):
            settle.ask_first(message, action, found, today=today, now=now)
            self.counts.to_confirm += 1
            return None
        return found

    def _count_withheld(self, frozen: Frozen | None) -> None:
        if frozen is None:
            self.counts.to_confirm += 1
        else:
            self.counts.withheld += 1

    def _notice(self, message: Message, entity: Entity, today: date, now: datetime) -> Frozen | None:
        found = freeze_notice(message, entity, now=now)
        if found is None:
            settle.left(message, MessageState.WITHHELD, today=today, now=now, words=message.explanation)
            self.counts.withheld += 1
        return found

    def _test_copy(self, frozen: Frozen, address: str, entity: Entity) -> None:
        """What would have left, to the test address; a copy that is lost is lost."""
        server = servers.of_entity(entity)
        self.commit()
        if server is None or frozen.mail is None:
            return
        made, stored = draw_files(frozen)
        mail: Mail = replace(
            frozen.mail,
            to_address=address,
            cc=(),
            bcc=(),
            subject=f"[TEST {frozen.mail.to_address}] {frozen.mail.subject}",
        )
        result = self._deliver(server, mail, mime.build(mail, [*made, *stored]))
        if result.outcome is not Outcome.SENT:
            log.warning("the test copy of message %s was not sent: %s", frozen.message_id, result.outcome)

    def _hand_over(self, frozen: Frozen, made: list[File], left_out: set[str]) -> bool:
        """Keep the files and mark the message as handed over; False when it was taken from us. A letter ends here."""
        message = self._mine(frozen.message_id, MessageState.SENDING)
        if message is not None:
            keep_files(message, made, left_out)
            message.claimed_at = self.tick()
            if frozen.mail is not None:
                message.message_id_header = frozen.mail.message_id
                message.attempts += 1
                bundles.handed_over(message)
            else:
                self._letter_made(message)
        self.commit()
        return message is not None

    def _letter_made(self, message: Message) -> None:
        now = self.tick()
        entity = db.session.get_one(Entity, message.entity_id)
        today = times.today(entity, now)
        settle.left(message, MessageState.SENT, today=today, now=now, words=EXPLANATIONS["printable"])
        self.counts.sent += 1

    def _stumble(self, message_id: int, error: Exception) -> None:
        """Making the message went wrong, nothing was handed over: a refusal is final, the rest is tried again."""
        db.session.rollback()
        words = str(error) if isinstance(error, Refused) else f"{EXPLANATIONS['unmade']}: {type(error).__name__}"
        if not isinstance(error, Refused):
            log.error("message %s could not be made", message_id, exc_info=error)
        outcome = Outcome.REFUSED if isinstance(error, Refused) else Outcome.LATER
        self._record(message_id, Result(outcome, words))

    def _record(self, message_id: int, result: Result) -> None:
        """Write down how it ended; when the database refuses again and again, the row stays for `recover`."""
        for attempt in range(1, _PERSISTENCE + 1):
            try:
                self._write_end(message_id, result)
                self.commit()
            except OperationalError:
                db.session.rollback()
                log.warning("the end of message %s could not be written, attempt %s", message_id, attempt)
            else:
                return

    def _write_end(self, message_id: int, result: Result) -> None:
        message = self._mine(message_id, MessageState.SENDING, MessageState.UNCERTAIN)
        if message is None:
            return
        now = self.tick()
        entity = db.session.get_one(Entity, message.entity_id)
        today = times.today(entity, now)
        for one in bundles.everyone(message):
            self._end(one, result, today, now)
        self._count(message.state)

    def _end(self, message: Message, result: Result, today: date, now: datetime) -> None:
        if result.outcome is Outcome.SENT:
            settle.left(message, MessageState.SENT, today=today, now=now, words=result.words)
        elif result.outcome is Outcome.UNCERTAIN:
            settle.left(message, MessageState.UNCERTAIN, today=today, now=now, words=result.words)
        elif result.outcome is Outcome.REFUSED or now - message.queued_at > GIVE_UP:
            settle.fail(message, result.words, bad_address=result.bad_address, today=today, now=now)
        else:
            away = result.outcome is Outcome.AWAY
            _back_to_queue(message, now + _AWAY_WAIT if away else next_try(now, message.attempts), result.words)

    def _count(self, state: MessageState) -> None:
        """One mail, whatever it speaks for."""
        name = {MessageState.SENT: "sent", MessageState.UNCERTAIN: "uncertain", MessageState.FAILED: "failed"}
        field = name.get(state, "later")
        setattr(self.counts, field, getattr(self.counts, field) + 1)


def _made_in_test_mode(message: Message, entity: Entity) -> str:
    """Why a message that waited when sending was turned on never leaves (3.4); empty when it was made since."""
    return str(message.listed.get(STAYS, "")) if settings.is_live(entity) else ""


def _back_to_queue(message: Message, until: datetime, words: str) -> None:
    message.state, message.explanation, message.next_try_at = MessageState.QUEUED, words, until
    message.claimed_by, message.message_id_header, message.bundle_id = "", "", None
    db.session.flush()
