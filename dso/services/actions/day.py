"""The whole day's work of an entity: what falls due, what is planned, what goes into the outbox."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from dso.db import db
from dso.domain.codes import ActionKind, MessageState
from dso.domain.errors import Refused
from dso.models import Action, Customer, Entity
from dso.queries import fingerprint
from dso.services.actions.automatic import sendable_specific
from dso.services.actions.closing import clear_expected
from dso.services.actions.ending import list_items
from dso.services.actions.filings import plan_filings
from dso.services.actions.reviewing import NO_BLOCK, ReviewCounts, review
from dso.services.actions.sending import deferred_reviews, mark_failed

#: Actions whose messages are queued together.
_BATCH = 500
#: In test mode so many messages are written out within the run; writing the others is left to the sender.
_AT_ONCE = 200


@dataclass(frozen=True)
class DayCounts:
    """The counts of a day's run, as the command line prints them (10.2)."""

    on: date
    accounts: int
    leaders: int
    planned: int
    kept: int
    replaced: int
    withdrawn: int
    queued: int
    cancelled: int
    blocked: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The JSON shape `run`."""
        return {
            "on": self.on.isoformat(),
            "accounts": self.accounts,
            "leaders": self.leaders,
            "planned": self.planned,
            "kept": self.kept,
            "replaced": self.replaced,
            "withdrawn": self.withdrawn,
            "queued": self.queued,
            "cancelled": self.cancelled,
            "blocked": dict(sorted(self.blocked.items())),
        }


def plan_day(entity: Entity, *, today: date, now: datetime) -> DayCounts:
    """Clear what was announced for today, judge promises, decide on every account, queue what may leave.

    The same day again changes nothing; two at once take turns, the second finding the work done. Refused for a day
    before the last run.
    """
    db.session.flush()
    db.session.refresh(entity, with_for_update={"key_share": True})
    refuse_earlier(entity, today)
    if entity.last_run_on == today and entity.last_run_mark == fingerprint.mark(entity, today=today, now=now):
        return repeated(entity, today)
    clear_expected(entity, today=today, now=now)
    plan_filings(entity, today=today, now=now)
    counts = review(entity, None, today=today, now=now, broken_until=today)
    queued = queue_all(entity, counts.sendable, today=today, now=now)
    due = sendable_specific(entity, None, today=today, now=now)
    queued += queue_all(entity, due, today=today, now=now)
    entity.last_run_on = today
    db.session.flush()
    entity.last_run_mark = fingerprint.mark(entity, today=today, now=now)
    db.session.flush()
    return _counts(counts, today, queued)


def repeated(entity: Entity, today: date) -> DayCounts:
    """The counts of a run that finds everything as the run before left it."""
    found = fingerprint.standing(entity)
    return DayCounts(
        on=today,
        accounts=found.accounts,
        leaders=found.leaders,
        planned=0,
        kept=found.open,
        replaced=0,
        withdrawn=0,
        queued=0,
        cancelled=0,
        blocked={code: count for code, count in found.reasons.items() if code not in NO_BLOCK},
    )


def refuse_earlier(entity: Entity, today: date) -> None:
    """Refused for a day before the last run: what was decided since then cannot be decided again (11.6)."""
    if entity.last_run_on is not None and today < entity.last_run_on:
        raise Refused(
            "The last run of %(entity)s was for %(last)s: an earlier day cannot be worked any more.",
            entity=entity.name,
            last=entity.last_run_on,
        )


def _counts(counts: ReviewCounts, today: date, queued: int) -> DayCounts:
    return DayCounts(
        on=today,
        accounts=counts.accounts,
        leaders=counts.leaders,
        planned=counts.planned,
        kept=counts.kept,
        replaced=counts.replaced,
        withdrawn=counts.withdrawn,
        queued=queued,
        cancelled=counts.cancelled,
        blocked=counts.blocked,
    )


def queue_all(entity: Entity, action_ids: Collection[int], *, today: date, now: datetime) -> int:
    """Put the messages of these actions into the outbox, for the clock; how many actions got any.

    What cannot be queued is in error with the reason. Accounts whose actions ended at once (test mode) get their next
    step in the same run.
    """
    ids = list(action_ids)
    queued = 0
    with deferred_reviews() as ended:
        for start in range(0, len(ids), _BATCH):
            query = select(Action).where(Action.id.in_(ids[start : start + _BATCH])).order_by(Action.on, Action.id)
            query = query.options(joinedload(Action.customer).joinedload(Customer.entity), joinedload(Action.step))
            batch = list(db.session.scalars(query))
            list_items([action for action in batch if action.kind is ActionKind.SCENARIO], today=today)
            for place, action in enumerate(batch, start):
                queued += _queue(action, at_once=place < _AT_ONCE, today=today, now=now)
            db.session.flush()
    review(entity, ended, today=today, now=now)
    return queued


def _queue(action: Action, *, at_once: bool, today: date, now: datetime) -> bool:
    from dso.services import messages

    try:
        rows = messages.queue_for_action(action, actor=None, today=today, now=now, at_once=at_once)
    except Refused as refused:
        mark_failed(action, str(refused), today=today, now=now)
        return False
    return any(row.state is not MessageState.CANCELLED for row in rows)
