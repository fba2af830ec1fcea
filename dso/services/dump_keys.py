"""From what names a record in a dump to the record that is here: customers, items, steps, statuses, people, numbers."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import Mode, StatusType, StepType
from dso.domain.errors import Refused
from dso.models import Customer, Entity, Item, Scenario, Status, Step, User
from dso.queries.dump_tables import ITEM_KEY, NUMBERED, ItemKey, Part, each, steps
from dso.services.dump_cells import Line

#: What stands in a cell of a dump about somebody who has no account here.
_UNKNOWN = "%(file)s, line %(line)s, %(column)s: there is no user %(email)s, nobody is named instead"


class Keys:
    """Finds the records of one company; steps and statuses that are gone are made again, out of use."""

    def __init__(self, entity: Entity, now: datetime) -> None:
        self._entity, self._now = entity, now
        #: Sentences on what was left out.
        self.remarks: list[str] = []
        #: Of each table with running numbers, number to key.
        self.made: dict[str, dict[int, int]] = {name: {} for name in NUMBERED}
        self._users = {row.email: row.id for row in db.session.execute(select(User.id, User.email))}
        mine = Customer.entity_id == entity.id
        found = db.session.execute(select(Customer.code, Customer.unique_id, Customer.id).where(mine))
        self._customers = {(code, unique_id): key for code, unique_id, key in found}
        plans = select(Scenario).where(Scenario.entity_id == entity.id)
        self._scenarios = {plan.name: plan for plan in db.session.scalars(plans)}
        self._steps = steps(entity)
        self._statuses = {status.name: status for status in db.session.scalars(select(Status))}

    def key(self, part: Part, line: Line, items: dict[ItemKey, int]) -> int | None:
        """The key of the record a line names; Refused when there is none."""
        names = [line.cells[header] for header in part.headers]
        if not any(names):
            return None if part.column.nullable else _missing(part, line)
        if part.target == "items":
            return items.get(item_key(part, line)) or _missing(part, line)
        if part.target == "customers":
            return self._customers.get((names[0], names[1] or None)) or _missing(part, line)
        if part.target == "users":
            return self._user(part, line, names[0])
        if part.target == "steps":
            return self._step(part, line, names)
        if part.target == "statuses":
            return self._status(part, line, names)
        if part.target == "scenarios":
            return self._scenario(names[0]).id
        return self.made[part.target].get(line.whole(part.headers[0])) or _missing(part, line)

    def _user(self, part: Part, line: Line, email: str) -> int | None:
        found = self._users.get(email.lower())
        if found is None:
            place = {"file": line.path.name, "line": line.number, "column": part.headers[0], "email": email}
            self.remarks.append(_UNKNOWN % place)
        return found

    def _scenario(self, name: str) -> Scenario:
        """The scenario of a name; one that is gone comes back as an archived one."""
        if name not in self._scenarios:
            gone = Scenario(entity_id=self._entity.id, name=name[:100], created_at=self._now, steps=[])
            gone.archived_at = self._now
            db.session.add(gone)
            db.session.flush()
            self._scenarios[name] = gone
        return self._scenarios[name]

    def _step(self, part: Part, line: Line, names: Sequence[str]) -> int:
        """The step of a name; one that is not in the plan any more comes back as a removed one."""
        name, plan, removed = names
        known = (name, plan, line.whole(part.headers[-1]) if removed else None)
        if not name or not plan or len(name) > 100 or len(plan) > 100:
            raise line.refused(part.headers[0])
        if known not in self._steps:
            scenario = self._scenario(plan)
            gone = Step(name=name, type=StepType.TASK, mode=Mode.MANUAL, archived_at=self._now)
            gone.position = max((step.position for step in scenario.steps), default=0) + 1
            scenario.steps.append(gone)
            db.session.flush()
            self._steps[known] = gone.id
        return self._steps[known]

    def _status(self, part: Part, line: Line, names: Sequence[str]) -> int:
        """The status of a name; Refused when it means something else here."""
        name, kind = names
        status = self._statuses.get(name)
        if kind not in set(StatusType) or not name or len(name) > 100:
            raise line.refused(part.headers[-1])
        if status is None:
            status = Status(name=name, type=StatusType(kind), labels={})
            db.session.add(status)
            db.session.flush()
            self._statuses[name] = status
        if status.type.value != kind:
            words = '%(file)s, line %(line)s: the status "%(name)s" is of another type here. Nothing was taken in.'
            raise Refused(words, file=line.path, line=line.number, name=name)
        return status.id

    def items(self, wanted: Iterable[ItemKey]) -> dict[ItemKey, int]:
        """The keys of items that are here."""
        numbers = {one[0] for one in wanted}
        columns: list[Any] = [Item.id, *ITEM_KEY]
        query = select(*columns).join(Customer, Customer.id == Item.customer_id)
        found = each(query.where(Item.entity_id == self._entity.id), Item.number, numbers)
        return {tuple(row[1:]): row[0] for row in found}  # type: ignore[misc]


def item_key(part: Part, line: Line) -> ItemKey:
    """What a line names an item by; Refused when it cannot name one."""
    return key_of([line.cells[header] for header in part.headers], line, part.headers[0])


def key_of(names: Any, line: Line, column: str) -> ItemKey:
    """What names an item, from five texts; Refused when they are none."""
    try:
        number_, unique_id, issued_on, code, customer_unique_id = names
        return str(number_), unique_id or None, date.fromisoformat(issued_on), str(code), customer_unique_id or None
    except (TypeError, ValueError) as error:
        raise line.refused(column) from error


def _missing(part: Part, line: Line) -> int:
    """Whoever would be forgotten here could be written to a second time: nothing comes in."""
    words = "%(file)s, line %(line)s: there is no %(what)s of %(column)s %(name)s here. Nothing was taken in."
    what = {"statuses": "status"}.get(part.target, part.target.removesuffix("s")).replace("replie", "reply")
    named = line.cells[part.headers[0]]
    raise Refused(words, file=line.path, line=line.number, what=what, column=part.headers[0], name=f'"{named}"')
