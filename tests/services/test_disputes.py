"""How disputes end and what their items wait for."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.domain.codes import ActionState, DisputeOutcome, ItemType, Role, StatusType
from dso.domain.errors import Forbidden, Refused
from dso.models import Action, Entity, Item, User
from dso.services import disputes
from dso.services.actions import specific
from dso.services.statuses import Tagging, qualify
from tests import factories
from tests.factories import NOW, TODAY


@pytest.fixture
def disputed(entity: Entity, admin: User) -> tuple[Item, Action]:
    """An item of 1000 in dispute and its action."""
    factories.a_status(StatusType.DISPUTE_RESOLVED, name="Dispute resolved")
    item = factories.an_item(factories.a_customer(), "1000")
    qualify([item], Tagging(factories.a_status(StatusType.DISPUTE)), actor=admin, today=TODAY, now=NOW)
    action = Session.object_session(item).get(Action, item.held_by_id)  # type: ignore[union-attr]
    assert action is not None
    return item, action


def end(action: Action, actor: User, outcome: DisputeOutcome | None, amount: str | None = None) -> None:
    part = Decimal(amount) if amount else None
    disputes.close(action, outcome=outcome, amount=part, actor=actor, today=TODAY, now=NOW)


def release(entity: Entity, days: int) -> set[int]:
    later = timedelta(days=days)
    return disputes.release_settled(entity, None, today=TODAY + later, now=NOW + later)


def test_closing_without_an_outcome_returns_the_items_to_the_scenario(
    disputed: tuple[Item, Action], admin: User
) -> None:
    item, action = disputed
    end(action, admin, None)
    assert (item.status_type, item.held_by_id) == (StatusType.DISPUTE_RESOLVED, None)


def test_an_accepted_dispute_holds_until_a_credit_of_the_amount_has_arrived(
    disputed: tuple[Item, Action], entity: Entity, admin: User
) -> None:
    item, action = disputed
    end(action, admin, DisputeOutcome.ACCEPTED, "300")
    assert item.held_by_id is not None and release(entity, 1) == set()
    later = NOW + timedelta(days=2)
    factories.an_item(item.customer, "-200", type=ItemType.CREDIT_NOTE, created_at=later)
    assert release(entity, 2) == set()
    factories.an_item(item.customer, "-500", type=ItemType.PAYMENT, created_at=later)
    assert release(entity, 2) == set(), "a payment is not the credit that was promised"
    factories.an_item(item.customer, "-100", type=ItemType.CREDIT_NOTE, created_at=later)
    assert release(entity, 3) == {item.account_id} and item.held_by_id is None


def test_a_credit_of_the_same_instant_counts_when_it_came_after_the_dispute_was_closed(
    disputed: tuple[Item, Action], entity: Entity, admin: User
) -> None:
    item, action = disputed
    factories.an_item(item.customer, "-300", type=ItemType.CREDIT_NOTE)
    end(action, admin, DisputeOutcome.ACCEPTED, "300")
    assert release(entity, 0) == set(), "it was known before"
    factories.an_item(item.customer, "-300", type=ItemType.CREDIT_NOTE)
    assert release(entity, 0) == {item.account_id}


def test_one_credit_ends_the_wait_of_one_accepted_dispute(
    disputed: tuple[Item, Action], entity: Entity, admin: User, session: Session
) -> None:
    first, action = disputed
    end(action, admin, DisputeOutcome.ACCEPTED, "300")
    second = factories.an_item(first.customer, "800")
    qualify([second], Tagging(factories.a_status(StatusType.DISPUTE)), actor=admin, today=TODAY, now=NOW)
    end(session.get_one(Action, second.held_by_id), admin, DisputeOutcome.ACCEPTED, "200")

    def arrives(amount: str, days: int) -> None:
        at = NOW + timedelta(days=days)
        factories.an_item(first.customer, amount, type=ItemType.CREDIT_NOTE, created_at=at)
        release(entity, days)

    arrives("-300", 2)
    assert first.held_by_id is None and second.held_by_id is not None
    release(entity, 3)
    assert second.held_by_id is not None, "the first dispute has taken that credit"
    arrives("-200", 4)
    assert second.held_by_id is None


def test_a_rejected_dispute_has_a_message_that_explains_and_ten_days_of_grace(
    session: Session, disputed: tuple[Item, Action], entity: Entity, admin: User
) -> None:
    item, action = disputed
    end(action, admin, DisputeOutcome.REJECTED)
    explaining = session.scalars(select(Action).where(Action.name.startswith("Explain"))).one()
    assert (explaining.on, explaining.state) == (TODAY, ActionState.PLANNED)
    assert release(entity, 9) == set() and item.held_by_id is not None
    assert release(entity, 10) == {item.account_id} and item.held_by_id is None


def test_a_partly_accepted_dispute_waits_for_the_credit_and_for_the_grace(
    disputed: tuple[Item, Action], entity: Entity, admin: User
) -> None:
    item, action = disputed
    end(action, admin, DisputeOutcome.PARTLY, "300")
    factories.an_item(item.customer, "-300", type=ItemType.CREDIT_NOTE, created_at=NOW + timedelta(days=1))
    assert release(entity, 5) == set()
    assert release(entity, 10) == {item.account_id}


@pytest.mark.parametrize("amount", ["0", "1000.01", "-5", "1.234"])
def test_an_accepted_amount_outside_the_dispute_is_refused(
    disputed: tuple[Item, Action], admin: User, amount: str
) -> None:
    with pytest.raises(Refused, match="between 0 and") as refused:
        end(disputed[1], admin, DisputeOutcome.ACCEPTED, amount)
    assert str(refused.value).endswith("1000.00 EUR.")


def test_a_partly_accepted_dispute_names_its_amount(disputed: tuple[Item, Action], admin: User) -> None:
    with pytest.raises(Refused, match="which amount"):
        end(disputed[1], admin, DisputeOutcome.PARTLY)


def test_sales_staff_close_only_disputes_they_resolve(disputed: tuple[Item, Action], entity: Entity) -> None:
    item, action = disputed
    sales = factories.a_user(role=Role.SALES)
    with pytest.raises(Forbidden):
        end(action, sales, None)
    specific.change_resolver(action, sales, actor=sales, now=NOW)
    end(action, sales, None)
    assert item.status_type is StatusType.DISPUTE_RESOLVED
