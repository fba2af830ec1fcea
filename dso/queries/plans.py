"""Scenarios as the engine sees them."""

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import StepType
from dso.domain.scenarios import Plan, StepRule
from dso.models import Entity, Scenario, Step


def plans(entity: Entity) -> dict[int, Plan]:
    """Every scenario of an entity by id, with the steps that are in use; two statements."""
    steps: dict[int, list[StepRule]] = {}
    mine = select(Scenario.id).where(Scenario.entity_id == entity.id)
    query = select(Step).where(Step.scenario_id.in_(mine), Step.archived_at.is_(None))
    for step in db.session.scalars(query.order_by(Step.scenario_id, Step.position, Step.id)):
        steps.setdefault(step.scenario_id, []).append(rule_of(step))
    return {
        scenario.id: Plan(
            id=scenario.id,
            name=scenario.name,
            steps=tuple(steps.get(scenario.id, ())),
            start=scenario.start,
            paused=scenario.paused or not scenario.active,
        )
        for scenario in db.session.scalars(select(Scenario).where(Scenario.entity_id == entity.id))
    }


def rule_of(step: Step) -> StepRule:
    """A step as the decision needs it."""
    return StepRule(
        id=step.id,
        name=step.name,
        type=StepType(step.type),
        mode=step.mode,
        after_due=step.after_due,
        after_previous=step.after_previous,
        flavour=step.flavour,
        pass_over_after=step.pass_over_after,
        minimum_leader=step.minimum_leader,
        once_in_days=step.once_in_days,
        to=tuple(step.recipients.get("to") or ("collection",)),
    )
