"""What filters of lists offer: the people, groups, plans, statuses, countries and currencies that occur."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from dso.db import db
from dso.models import Customer, CustomerColleague, Entity, Group, Scenario, Status, User


@dataclass(frozen=True)
class Choices:
    """(value, name) pairs of each filter."""

    collectors: list[tuple[str, str]]
    colleagues: list[tuple[str, str]]
    groups: list[tuple[str, str]]
    scenarios: list[tuple[str, str]]
    statuses: list[tuple[str, str]]
    countries: list[tuple[str, str]]

    def names(self) -> dict[str, dict[str, str]]:
        """Names of the choices by field, for chips."""
        return {
            "collector": dict(self.collectors),
            "colleague": dict(self.colleagues),
            "group": dict(self.groups),
            "scenario": dict(self.scenarios),
            "status": dict(self.statuses),
        }


def choices(entity: Entity) -> Choices:
    """Only what occurs among the entity's customers; six short statements."""
    mine = Customer.entity_id == entity.id
    used = select(Customer.collector_id).where(mine, Customer.collector_id.is_not(None))
    linked = select(CustomerColleague.user_id).join(Customer, Customer.id == CustomerColleague.customer_id).where(mine)
    groups = select(Group.id, Group.name).where(Group.entity_id == entity.id).order_by(Group.name)
    plans = select(Scenario.id, Scenario.name).where(Scenario.entity_id == entity.id, Scenario.library.is_(False))
    statuses = select(Status.id, Status.name).where(Status.active.is_(True)).order_by(Status.position, Status.id)
    countries = select(Customer.country).where(mine, Customer.country != "").distinct().order_by(Customer.country)
    return Choices(
        _people(used),
        _people(linked),
        _pairs(groups),
        _pairs(plans.order_by(Scenario.name)),
        _pairs(statuses),
        [(code, code) for code in db.session.scalars(countries)],
    )


def _pairs(query: Select[int, str]) -> list[tuple[str, str]]:
    return [(str(row.id), row.name) for row in db.session.execute(query)]


def _people(ids: Select[Any]) -> list[tuple[str, str]]:
    query = select(User).where(User.id.in_(ids)).order_by(User.last_name, User.first_name)
    return [(str(user.id), user.full_name) for user in db.session.scalars(query)]
