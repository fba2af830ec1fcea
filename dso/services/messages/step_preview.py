"""What a step's text would say to a real customer today; nothing of it is kept."""

from datetime import date, datetime

from sqlalchemy import select

from dso.db import db
from dso.domain import hashtags
from dso.domain.codes import ActionKind
from dso.domain.scenario_files import StepFile
from dso.models import Action, ActionItem, Customer, CustomerState, CustomField, Item, Scenario, Step, StepTemplate
from dso.services.messages.draft import Draft, compose

#: Items that stand for those a specific action would be about.
_EXAMPLES = 3


def preview_step(
    scenario: Scenario, values: StepFile, customer: Customer, *, language: str, today: date, now: datetime
) -> Draft:
    """The message of a step as typed, saved or not. Refused when its text names an unknown hashtag."""
    fields = list(db.session.scalars(select(CustomField.code).where(CustomField.subject == "customer")))
    for code, text in values.templates.items():
        hashtags.validate(text.subject, text.body, custom_fields=fields, what=f"{values.name} ({code})")
    with db.session.no_autoflush:
        action = _imagined(scenario, values, customer, today)
        return compose(action, actor=None, today=today, now=now, language=language)


def _imagined(scenario: Scenario, values: StepFile, customer: Customer, today: date) -> Action:
    """The action the step would become; it never enters the session."""
    step = Step(name=values.name, type=values.type, recipients=dict(values.recipients), sender=values.sender)
    step.attachments = list(values.attachments)
    step.templates = [
        StepTemplate(language=code, subject=text.subject, body=text.body) for code, text in values.templates.items()
    ]
    state = db.session.get(CustomerState, customer.id)
    action = Action(
        entity_id=customer.entity_id,
        customer_id=customer.id,
        kind=ActionKind.SPECIFIC if scenario.library else ActionKind.SCENARIO,
        type=values.type,
        flavour=values.flavour,
        name=values.name,
        mode=values.mode,
        on=today,
        leader_id=state.leader_id if state else None,
    )
    action.customer, action.scenario, action.step = customer, scenario, step
    action.items = [ActionItem(item=item) for item in _examples(customer)] if scenario.library else []
    return action


def _examples(customer: Customer) -> list[Item]:
    mine = select(Item).where(Item.account_id == customer.id, Item.cleared_on.is_(None), Item.remaining > 0)
    return list(db.session.scalars(mine.order_by(Item.due_on, Item.id).limit(_EXAMPLES)))
