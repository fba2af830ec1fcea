"""Short ways to set up an account that is chased, and to look at what stands on its agenda."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import ClearedBy, MessageState, Mode, StepType
from dso.models import Action, Customer, CustomerState, Entity, Item, Message, Scenario
from dso.services import actions, item_changes, settings
from dso.services.actions.day import DayCounts
from tests.factories import NOW, TODAY, a_contact, a_customer, a_scenario, an_item

#: An automatic e-mail.
AUTO: dict[str, Any] = {"type": StepType.EMAIL, "mode": Mode.AUTOMATIC}


def automatic_plan(**values: Any) -> Scenario:
    """Automatic reminders 7 and 15 days after the due date."""
    first = {"name": "First reminder", "after_due": 7, **AUTO}
    return a_scenario(first, {"name": "Second reminder", "after_due": 15, **AUTO}, **values)


def a_debtor(scenario: Scenario | None = None, amount: str = "1000", days_late: int = 20, **values: Any) -> Customer:
    """A customer with a contact and one late invoice; manual reminders unless another scenario is given."""
    plan = scenario or a_scenario()
    customer = a_customer(scenario_id=plan.id, language="en", street="rue Haute", city="Lyon", **values)
    a_contact(customer)
    an_item(customer, amount, days_late=days_late)
    return customer


def item_of(customer: Customer) -> Item:
    """The customer's first item."""
    return db.session.scalars(select(Item).where(Item.customer_id == customer.id).order_by(Item.id)).first()  # type: ignore[return-value]


def run(entity: Entity, today: date = TODAY, now: datetime | None = None) -> DayCounts:
    """The run of a day, on a ledger of that morning."""
    now = now or NOW + (today - TODAY)
    entity.ledger_at = now - timedelta(hours=1)
    return actions.plan_day(entity, today=today, now=now)


def after(days: int) -> date:
    """The day so many days after the tests' today."""
    return TODAY + timedelta(days=days)


def at(day: date) -> datetime:
    """The instant of the tests on another day."""
    return NOW + (day - TODAY)


def state_of(customer: Customer) -> CustomerState:
    """The rollup row as it stands."""
    db.session.flush()
    return db.session.get_one(CustomerState, customer.id, populate_existing=True)


def reason_of(customer: Customer) -> str:
    """The code of the account's reason."""
    code = state_of(customer).reason_code
    return code.value if code else ""


def open_of(customer: Customer) -> Action | None:
    """The open scenario action."""
    query = select(Action).where(Action.customer_id == customer.id, Action.kind == "scenario")
    query = query.where(Action.state.in_(("planned", "confirmed", "queued", "error")))
    return db.session.scalar(query.execution_options(populate_existing=True))


def planned(customer: Customer) -> Action:
    """The open scenario action, which there is to be."""
    action = open_of(customer)
    assert action is not None
    return action


def messages_of(customer: Customer) -> list[tuple[str, MessageState]]:
    """Recipient and state of each message, in order."""
    query = select(Message.recipient, Message.state).where(Message.customer_id == customer.id).order_by(Message.id)
    return [(recipient, state) for recipient, state in db.session.execute(query)]


def pay(item: Item, amount: str | None = None, on: date = TODAY) -> None:
    """A payment becomes known with the day's file: the whole, or a part."""
    paid = Decimal(amount) if amount else item.remaining
    rest = item.remaining - paid
    if rest:
        item_changes.change(item, None, on, at(on), remaining=rest)
        return
    item.cleared_amount, item.cleared_by = item.remaining, ClearedBy.FILE
    item_changes.change(item, None, on, at(on), remaining=Decimal(0), cleared_on=on)


def go_live(entity: Entity) -> None:
    """Messages may leave by a mail server; they wait in the outbox."""
    settings.set_value(None, "sending.mode", "live", actor=None, now=NOW)
    entity.smtp_host, entity.mail_from = "mail.acme.example", "dunning@acme.example"
