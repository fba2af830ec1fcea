"""Dunning plans as pages and commands look them up."""

from dataclasses import dataclass

from sqlalchemy import Select, case, exists, func, select
from sqlalchemy.orm import selectinload

from dso.db import db
from dso.domain.codes import OPEN_ACTION_STATES
from dso.domain.errors import NotFound
from dso.models import Action, ConsumedStep, Customer, CustomerState, Entity, Scenario, Status, Step, User
from dso.queries.scope import visible_customers


def assignable(entity: Entity) -> list[Scenario]:
    """Scenarios a customer can be given: not archived, no libraries; by name."""
    query = _of(entity).where(Scenario.archived_at.is_(None), Scenario.library.is_(False))
    return list(db.session.scalars(query))


def _of(entity: Entity) -> Select[Scenario]:
    return select(Scenario).where(Scenario.entity_id == entity.id).order_by(func.lower(Scenario.name))


@dataclass(frozen=True)
class ScenarioRow:
    """A line of the list of scenarios."""

    id: int
    name: str
    language: str
    steps: int
    customers: int
    open_actions: int
    library: bool
    active: bool
    paused: bool
    archived: bool


def scenario_rows(entity: Entity) -> list[ScenarioRow]:
    """All scenarios of a company with how much they are used; four statements whatever their number."""
    steps = _counts(select(Step.scenario_id, func.count()).where(Step.archived_at.is_(None)).group_by(Step.scenario_id))
    mine = Customer.entity_id == entity.id, Customer.archived_at.is_(None)
    users = _counts(select(Customer.scenario_id, func.count()).where(*mine).group_by(Customer.scenario_id))
    waiting = Action.entity_id == entity.id, Action.state.in_(OPEN_ACTION_STATES)
    actions = _counts(select(Action.scenario_id, func.count()).where(*waiting).group_by(Action.scenario_id))
    return [
        ScenarioRow(
            each.id,
            each.name,
            each.language,
            steps.get(each.id, 0),
            users.get(each.id, 0),
            actions.get(each.id, 0),
            each.library,
            each.active,
            each.paused,
            each.archived_at is not None,
        )
        for each in db.session.scalars(_of(entity))
    ]


def _counts(query: Select[int | None, int]) -> dict[int | None, int]:
    return dict(db.session.execute(query).all())


def get_scenario(entity: Entity, scenario_id: int) -> Scenario:
    """A scenario of the company with its steps and texts; NotFound otherwise."""
    query = select(Scenario).where(Scenario.id == scenario_id, Scenario.entity_id == entity.id)
    found = db.session.scalar(query.options(selectinload(Scenario.steps).selectinload(Step.templates)))
    if found is None:
        raise NotFound("There is no such scenario.")
    return found


def by_name(entity: Entity, name: str) -> Scenario | None:
    """The scenario of a name, upper and lower case alike."""
    query = select(Scenario).where(Scenario.entity_id == entity.id, func.lower(Scenario.name) == name.strip().lower())
    return db.session.scalar(query)


def steps_of(scenario: Scenario) -> list[Step]:
    """The steps of the plan in order, without those that were removed."""
    return [step for step in scenario.steps if step.archived_at is None]


def get_step(entity: Entity, step_id: int) -> Step:
    """A step of one of the company's scenarios that was not removed; NotFound otherwise."""
    query = select(Step).join(Scenario).where(Step.id == step_id, Scenario.entity_id == entity.id)
    found = db.session.scalar(query.where(Step.archived_at.is_(None)).options(selectinload(Step.templates)))
    if found is None:
        raise NotFound("There is no such step.")
    return found


def is_used(scenario: Scenario) -> bool:
    """Whether customers have it, actions came from it, or statuses take texts from it."""
    steps = select(Step.id).where(Step.scenario_id == scenario.id)
    checks = (
        exists().where(Customer.scenario_id == scenario.id),
        exists().where(Action.scenario_id == scenario.id),
        exists().where(Action.step_id.in_(steps)),
        exists().where(ConsumedStep.step_id.in_(steps)),
        exists().where(Status.template_step_id.in_(steps)),
    )
    return any(db.session.scalar(select(check)) for check in checks)


def is_step_used(step: Step) -> bool:
    """Whether anything that was done or is planned names the step."""
    checks = (
        exists().where(Action.step_id == step.id),
        exists().where(ConsumedStep.step_id == step.id),
        exists().where(Status.template_step_id == step.id),
    )
    return any(db.session.scalar(select(check)) for check in checks)


def example_customers(user: User, entity: Entity, scenario: Scenario, most: int = 30) -> list[Customer]:
    """Customers to try a text on: those of the scenario who can be chased first, then who owes most."""
    query = (
        select(Customer)
        .outerjoin(CustomerState, CustomerState.customer_id == Customer.id)
        .where(Customer.id.in_(visible_customers(user, entity)), Customer.archived_at.is_(None))
        .order_by(
            case((CustomerState.leader_id.is_not(None), 0), else_=1),
            case((Customer.scenario_id == scenario.id, 0), else_=1),
            func.coalesce(CustomerState.overdue, 0).desc(),
            Customer.id,
        )
    )
    return list(db.session.scalars(query.limit(most)))


def visible_by_code(user: User, entity: Entity, code: str) -> Customer | None:
    """The customer of a code the user may see; None when there is none."""
    mine = Customer.id.in_(visible_customers(user, entity))
    return db.session.scalars(select(Customer).where(Customer.code == code.strip(), mine).limit(1)).first()
