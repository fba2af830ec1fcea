"""The team's own statuses: adding, changing, retiring them. What was tagged with one keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from dso.db import db
from dso.domain.codes import Mode, StatusType
from dso.domain.errors import Refused
from dso.models import Status


@dataclass(frozen=True)
class StatusData:
    """What the settings keep of a status; `labels` by language, an empty one is not shown to the debtor."""

    name: str
    labels: Mapping[str, str]
    follow_up_days: int = 7
    mode: Mode = Mode.MANUAL
    template_step_id: int | None = None


def add(type: StatusType, data: StatusData) -> Status:
    """A new status of one of the five types, at the end of the list."""
    last = db.session.scalar(select(func.max(Status.position))) or 0
    status = Status(type=type, position=last + 1)
    _put(status, data)
    db.session.add(status)
    db.session.flush()
    return status


def update(status: Status, data: StatusData) -> None:
    """Change a status; its type stays, for what was tagged with it was tagged by that type's rules."""
    _put(status, data)
    db.session.flush()


def _put(status: Status, data: StatusData) -> None:
    name = data.name.strip()
    if not name:
        raise Refused("The status needs a name.")
    same = select(Status.id).where(func.lower(Status.name) == name.lower(), Status.id != (status.id or 0))
    if db.session.scalar(same):
        raise Refused('There is a status "%(name)s" already.', name=name)
    if not 0 <= data.follow_up_days <= 365:
        raise Refused("The follow-up comes after 0 to 365 days.")
    status.name = name
    status.labels = {language: text.strip() for language, text in data.labels.items() if text.strip()}
    status.follow_up_days, status.mode = data.follow_up_days, data.mode
    status.template_step_id = data.template_step_id


def set_active(status: Status, active: bool) -> None:
    """Offer a status for tagging, or no longer; of each type one has to stay."""
    others = select(func.count()).where(Status.type == status.type, Status.active.is_(True), Status.id != status.id)
    if not active and not db.session.scalar(others):
        raise Refused("This is the last active status of its type: add another one first.")
    status.active = active
    db.session.flush()
