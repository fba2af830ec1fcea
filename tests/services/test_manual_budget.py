"""A person may write more often than the budget allows, but says why."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.domain.codes import ActionKind, CallOutcome, Flavour, MessageState, Mode, StepType
from dso.domain.errors import Refused
from dso.models import Action, ContactLog, Entity, Message, User
from dso.services import messages
from tests import factories
from tests.factories import NOW, TODAY


@pytest.fixture
def action(session: Session, entity: Entity, admin: User) -> Action:
    """A manual reminder to a customer who was spoken to three times this week."""
    customer = factories.a_customer(scenario_id=factories.a_scenario().id)
    factories.a_contact(customer)
    item = factories.an_item(customer)
    for days in (1, 2, 3):
        on = TODAY - timedelta(days=days)
        session.add(
            ContactLog(entity_id=entity.id, customer_id=customer.id, outcome=CallOutcome.REACHED, on=on, at=NOW)
        )
    row = Action(
        entity_id=entity.id,
        customer_id=customer.id,
        kind=ActionKind.SPECIFIC,
        type=StepType.EMAIL,
        flavour=Flavour.PLAIN,
        name="Reminder",
        on=TODAY,
        mode=Mode.MANUAL,
        leader_id=item.id,
        created_at=NOW,
        updated_at=NOW,
    )
    session.add(row)
    session.flush()
    return row


def queue(action: Action, admin: User, reason: str) -> list[Message]:
    return messages.queue_for_action(
        action,
        actor=admin,
        today=TODAY,
        now=NOW,
        override_reason=reason,
        subject="Hello",
        body="Please pay.",
    )


def test_a_fourth_contact_in_a_week_needs_a_reason(action: Action, admin: User) -> None:
    with pytest.raises(Refused, match="contacted 3 times"):
        queue(action, admin, " ")


def test_the_reason_for_a_fourth_contact_is_kept(action: Action, admin: User) -> None:
    assert [message.override_reason for message in queue(action, admin, "asked for it")] == ["asked for it"]


def test_an_answer_to_the_customer_uses_nothing_of_the_budget(action: Action, admin: User, session: Session) -> None:
    newest = session.scalars(select(ContactLog).order_by(ContactLog.on.desc())).first()
    session.delete(newest)
    answer = Action(
        entity_id=action.entity_id,
        customer_id=action.customer_id,
        kind=ActionKind.ONE_OFF,
        type=StepType.EMAIL,
        name="Your question",
        on=TODAY,
        mode=Mode.MANUAL,
        created_at=NOW,
        updated_at=NOW,
    )
    session.add(answer)
    session.flush()
    assert queue(answer, admin, "")[0].state is MessageState.WITHHELD
    assert queue(action, admin, "")
