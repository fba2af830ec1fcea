"""A company in which everything was done once: for what has to come back from a dump."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import (
    CallOutcome,
    DisputeOutcome,
    ItemType,
    MessageState,
    Mode,
    ReplyKind,
    Role,
    StatusType,
    StepType,
)
from dso.models import Action, Customer, Entity, Item, Message, Scenario, User
from dso.services import actions, links, replies, statuses
from tests.factories import NOW, TODAY, a_contact, a_customer, a_scenario, a_status, a_user, an_entity, an_item
from tests.services.agenda import AUTO, at, item_of, pay, planned, run

#: The days that are worked.
FIRST = TODAY - timedelta(days=14)
#: What both companies say of themselves in their messages.
_COMPANY: dict[str, Any] = {"legal_name": "Acme SA", "legal_footer": {}}


def _plan(entity: Entity) -> Scenario:
    return a_scenario(
        {"name": "First reminder", "after_due": 7, **AUTO},
        {"name": "Second reminder", "after_due": 15, **AUTO},
        {"name": "Call", "after_due": 22, "type": StepType.PHONE, "pass_over_after": 2},
        {"name": "Ask first", "after_due": 25, "type": StepType.EMAIL, "mode": Mode.CONFIRM},
        {"name": "Letter", "after_previous": 5, "type": StepType.LETTER},
        {"name": "Hand-over", "after_previous": 9, "type": StepType.HANDOVER},
        entity=entity,
        name="Careful",
    )


def _debtor(entity: Entity, plan: Scenario, number: int, late: int) -> Customer:
    """An account with a late invoice, one that falls due, and an old one that was paid."""
    code = f"D{number:02}"
    customer = a_customer(entity=entity, scenario_id=plan.id, code=code, business_name=f"Debtor {number}",
                          unique_id=f"U{number}" if number % 3 == 0 else None, language="en", street="rue Haute",
                          city="Lyon")  # fmt: skip
    a_contact(customer, last_name=f"Buyer {number}", email=f"buyer{number}@client.example")
    an_item(customer, "1000", number=f"{code}-late", days_late=late)
    an_item(customer, "300.55", number=f"{code}-next", days_late=-5, unique_id=f"{code}/2" if number % 2 else None)
    an_item(customer, "80", number=f"{code}-paid", days_late=90, cleared_on=FIRST)
    return customer


def _tag(customer: Customer, type: StatusType, actor: User, on: date, **values: Any) -> None:
    tagging = statuses.Tagging(a_status(type), **values)
    statuses.qualify([item_of(customer)], tagging, actor=actor, today=on, now=at(on))
    actions.review(customer.entity, [customer.id], today=on, now=at(on))


def _dispute(customer: Customer, actor: User, on: date, outcome: DisputeOutcome) -> None:
    _tag(customer, StatusType.DISPUTE, actor, on, amount=Decimal(400), comment="=wrong\r\nprice ", resolver=actor)
    held = select(Action).where(Action.customer_id == customer.id, Action.kind == "specific")
    action = db.session.scalars(held.order_by(Action.id.desc())).first()
    assert action is not None
    actions.complete(action, actor=actor, today=on, now=at(on), outcome=outcome)
    actions.review(customer.entity, [customer.id], today=on, now=at(on))


def _answer(customer: Customer, actor: User, on: date, validated: bool) -> None:
    link = links.create(customer, None, "ines@client.example", now=at(on))
    said: dict[str, Any] = {
        "kind": ReplyKind.PROMISE if validated else ReplyKind.COMMENT,
        "text": "soon",
        "author": "Inès",
    }
    said |= {"promised_on": on + timedelta(days=3)} if validated else {}
    reply = replies.receive(link, items=[item_of(customer)], email="ines@client.example", now=at(on), today=on,
                            **said)  # fmt: skip
    if validated:
        replies.validate(reply, actor=actor, today=on, now=at(on))


def _correct(customer: Customer, actor: User, on: date) -> None:
    """A status given, then edited by its author."""
    status = a_status(StatusType.ONGOING)
    act = statuses.qualify(
        [item_of(customer)], statuses.Tagging(status, comment="first"), actor=actor, today=on, now=at(on)
    )
    again = statuses.Tagging(status, comment="second", visible_to_customer=True)
    statuses.correct(act, again, actor=actor, today=on, now=at(on))
    actions.review(customer.entity, [customer.id], today=on, now=at(on))


def _pilot(members: list[Customer], pilot: Customer) -> None:
    for member in members:
        member.collected_by_id = pilot.id
        for item in db.session.scalars(select(Item).where(Item.customer_id == member.id)):
            item.account_id = pilot.id
    db.session.flush()


def a_history() -> tuple[Entity, User]:
    """A company of twelve debtors lived from `FIRST` to the tests' today, and its administrator."""
    entity, admin = an_entity(**_COMPANY), a_user(role=Role.ADMIN, email="chief@acme.example")
    plan = _plan(entity)
    a_status(StatusType.DISPUTE_RESOLVED)
    debtors = [_debtor(entity, plan, number, late=number) for number in range(1, 15)]
    _pilot([debtors[12]], debtors[13])
    happens = _happens(debtors, admin)
    for day in range(15):
        on = FIRST + timedelta(days=day)
        for each in happens.get(day, ()):
            each(on)
        run(entity, on)
    _as_sent(entity)
    run(entity, TODAY)
    return entity, admin


def _happens(debtors: list[Customer], admin: User) -> dict[int, list[Callable[[date], Any]]]:
    """What people do on the days."""
    d = debtors
    promise = StatusType.PROMISE
    return {
        2: [lambda on: _tag(d[0], promise, admin, on, promised_on=on + timedelta(days=2), follow_up="none"),
            lambda on: _tag(d[1], promise, admin, on, promised_on=on + timedelta(days=3), amount=Decimal(250)),
            lambda on: _dispute(d[2], admin, on, DisputeOutcome.ACCEPTED)],
        4: [lambda on: pay(item_of(d[1]), "250", on),
            lambda on: actions.log_call(d[5], CallOutcome.REACHED, "will look", actor=admin, today=on, now=at(on)),
            lambda on: _answer(d[6], admin, on, validated=True)],
        6: [lambda on: _dispute(d[4], admin, on, DisputeOutcome.REJECTED),
            lambda on: actions.skip(planned(d[7]), "new customer", actor=admin, today=on, now=at(on)),
            lambda on: _correct(d[8], admin, on)],
        9: [lambda on: pay(item_of(d[9]), None, on), lambda on: _tag(d[3], StatusType.LITIGATION, admin, on)],
        12: [lambda on: pay(item_of(d[10]), "500", on),
             lambda on: actions.redate(planned(d[11]), on + timedelta(days=9), actor=admin, today=on, now=at(on)),
             lambda on: _answer(d[7], admin, on, validated=False)],
        13: [lambda on: an_item(d[2], "-100", type=ItemType.CREDIT_NOTE, number="credit", due_on=on, issued_on=on)],
    }  # fmt: skip


def _as_sent(entity: Entity) -> None:
    """What a mail server would have made of every second message."""
    for message in db.session.scalars(select(Message).where(Message.entity_id == entity.id, Message.id % 2 == 0)):
        if message.state is MessageState.WITHHELD:
            message.state, message.explanation = MessageState.SENT, ""
            message.sent_at, message.message_id_header = message.queued_at, f"<{message.id}@acme.example>"
    db.session.flush()


def an_empty_company() -> Entity:
    """Where a dump goes."""
    return an_entity(first_import_on=None, ledger_at=None, created_at=NOW, **_COMPANY)
