"""A debtor with overdue items, a collector, and an action whose message is due."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import ActionKind, ActionState, Flavour, MessageState, Mode, Role, StepType
from dso.models import Action, BankAccount, Contact, Customer, Entity, Item, Message, Scenario, Setting, User
from dso.queries import settings
from dso.services import messages
from dso.services.messages import SendCounts
from tests import factories
from tests.conftest import NOW, TODAY

TEXTS = {
    "en": (
        "Reminder: #items_amount_overdue overdue",
        "#salutation\n\nPlease pay #items_amount_overdue:\n\n#items_list_overdue\n\n"
        "Answer here: #interactive_page_button\n\n#my_company_bank_details\n\n#my_signature",
    ),
    "fr": (
        "Relance : #items_amount_overdue échus",
        "#salutation\n\nMerci de régler #items_amount_overdue :\n\n#items_list_overdue\n\n"
        "Répondre : #interactive_page_button\n\n#my_company_bank_details\n\n#my_signature",
    ),
}


@dataclass
class Scene:
    """What a test of messages works with."""

    entity: Entity
    collector: User
    customer: Customer
    contact: Contact
    scenario: Scenario
    items: list[Item]
    action: Action

    @property
    def state(self) -> MessageState:
        """State of the action's one message."""
        return self.messages[0].state

    @property
    def action_state(self) -> ActionState:
        """State of the action as the database has it."""
        db.session.refresh(self.action)
        return self.action.state

    @property
    def messages(self) -> list[Message]:
        """Messages of the action, oldest first."""
        query = select(Message).where(Message.action_id == self.action.id).order_by(Message.id)
        return list(db.session.scalars(query.execution_options(populate_existing=True)))


def set_setting(name: str, value: str) -> None:
    """A setting of the installation, without a line of history."""
    db.session.add(Setting(name=name, value=value))
    db.session.flush()
    settings.forget()


def go_live(entity: Entity, port: int) -> None:
    """Messages leave, by a mail server on this machine."""
    set_setting("sending.mode", "live")
    entity.smtp_host, entity.smtp_port, entity.smtp_security = "127.0.0.1", port, "none"
    entity.mail_from = "collect@acme.example"
    db.session.flush()


def an_action(customer: Customer, scenario: Scenario, leader: Item, **values: Any) -> Action:
    """The open scenario action of an account, due today."""
    step = scenario.steps[0]
    defaults = {
        "entity_id": customer.entity_id,
        "customer_id": customer.id,
        "kind": ActionKind.SCENARIO,
        "type": step.type,
        "flavour": step.flavour,
        "name": step.name,
        "scenario_id": scenario.id,
        "step_id": step.id,
        "leader_id": leader.id,
        "on": TODAY,
        "mode": step.mode,
        "created_at": NOW,
        "updated_at": NOW,
    }
    action = Action(**{**defaults, **values})
    db.session.add(action)
    db.session.flush()
    return action


def a_step(**values: Any) -> dict[str, Any]:
    """An automatic interactive reminder in English and French."""
    defaults = {
        "name": "First reminder",
        "type": StepType.EMAIL,
        "flavour": Flavour.INTERACTIVE,
        "after_due": 7,
        "mode": Mode.AUTOMATIC,
        "templates": TEXTS,
    }
    return {**defaults, **values}


def a_scene(
    *, step: dict[str, Any] | None = None, amounts: tuple[str, ...] = ("1000", "250.50"), **customer: Any
) -> Scene:
    """Two overdue invoices of a French debtor and the reminder that is due for them."""
    entity = customer.pop("entity", None) or factories.an_entity(legal_id="552 100 554", address="1 rue de la Paix")
    if not entity.bank_accounts:
        entity.bank_accounts = [BankAccount(currency="EUR", bank="BNP", iban="FR7630004000031234567890143")]
    collector = factories.a_user(role=Role.COLLECTOR, first_name="Zoé", last_name="Noël", phone="+33 1 02 03 04 05")
    scenario = factories.a_scenario(a_step(**(step or {})), entity=entity)
    known = {"entity": entity, "collector_id": collector.id, "scenario_id": scenario.id, "street": "19 rue Verte"}
    known |= {"postal_code": "33000", "city": "Bordeaux"}
    debtor = factories.a_customer(**{**known, **customer})
    contact = factories.a_contact(debtor)
    items = [factories.an_item(debtor, amount, days_late=20 + n) for n, amount in enumerate(amounts)]
    db.session.flush()
    action = an_action(debtor, scenario, items[-1])
    return Scene(entity, collector, debtor, contact, scenario, items, action)


def when() -> dict[str, Any]:
    """The day and instant of the tests."""
    today: date = TODAY
    return {"today": today, "now": NOW}


def pay(item: Item) -> None:
    """The item is cleared today."""
    item.cleared_amount, item.remaining, item.cleared_on = item.remaining, Decimal(0), TODAY
    db.session.flush()


def send(now: datetime = NOW, limit: int = 100) -> SendCounts:
    """One turn of the sender."""
    return messages.send_due(now=now, limit=limit, worker="test", commit=db.session.commit)


def queued(port: int, scene: Scene | None = None, **more: Any) -> Scene:
    """A scene whose message waits in the outbox of a live installation."""
    scene = scene or a_scene()
    if not scene.entity.smtp_host:
        go_live(scene.entity, port)
    messages.queue_for_action(scene.action, **{"actor": None, **when(), **more})
    return scene
