"""Loading what a message is made of: a known number of statements, whatever the number of items."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from dso.db import db
from dso.domain.codes import ActionKind, MessageState
from dso.domain.letters import Address
from dso.models import Action, Customer, CustomField, Entity, Item, Message, Qualification, Scenario, Step
from dso.queries import settings
from dso.queries.messages import people
from dso.queries.messages.facts import Account, Company, Debtor, Material, Standing, Template
from dso.queries.messages.lines import account_lines, with_penalties
from dso.queries.penalties import Rates

LEFT = (MessageState.SENT, MessageState.UNCERTAIN, MessageState.WITHHELD)


def company(entity_id: int) -> Company:
    """The company as documents show it, logo included."""
    query = select(Entity).options(undefer(Entity.logo)).where(Entity.id == entity_id)
    entity = db.session.scalars(query).one()
    return Company(
        id=entity.id,
        name=entity.legal_name or entity.name,
        legal_id=entity.legal_id,
        vat_number=entity.vat_number,
        address=entity.address,
        phone=entity.phone,
        email=entity.email,
        website=entity.website,
        country=entity.country,
        currency=entity.currency,
        timezone=entity.timezone,
        language=entity.language,
        colour=entity.colour,
        footers=dict(entity.legal_footer),
        accounts=tuple(
            Account(one.currency, one.holder, one.bank, one.iban, one.bic, one.details) for one in entity.bank_accounts
        ),
        mail_from=entity.mail_from,
        mail_bcc=entity.mail_bcc,
        logo=entity.logo,
        logo_type=entity.logo_type,
    )


def debtor(customer: Customer) -> Debtor:
    """The account as documents show it."""
    return Debtor(
        id=customer.id,
        code=customer.code,
        name=customer.business_name,
        address=Address(
            name=customer.business_name,
            street=f"{customer.street_number} {customer.street}".strip(),
            street_line2=customer.street_line2,
            street_line3=customer.street_line3,
            po_box=customer.po_box,
            postal_code=customer.postal_code,
            city=customer.city,
            state=customer.state,
            country=customer.country.upper(),
        ),
        country=customer.country.upper(),
        legal_id=customer.legal_id,
        vat_number=customer.vat_number,
        payment_term=customer.payment_term,
        language=customer.language,
        interactive=customer.interactive,
        penalties=customer.penalties,
        recovery_cost=customer.recovery_cost,
        custom=dict(customer.custom),
    )


def material(action: Action, *, today: date) -> Material:
    """Everything the action's message can say today."""
    customer = action.customer
    entity = db.session.get_one(Entity, action.entity_id)
    lines, rates = with_penalties(account_lines(customer, today=today), customer, entity, today=today)
    step = action.step
    return Material(
        today=today,
        company=company(entity.id),
        debtor=debtor(customer),
        sender=people.sender(entity, customer, step),
        lines=tuple(lines),
        leader_id=action.leader_id,
        selected_ids=frozenset(row.item_id for row in action.items if row.detached_at is None),
        specific=action.kind is not ActionKind.SCENARIO and bool(action.items),
        settings=settings.collection_settings(entity),
        type=action.type,
        flavour=action.flavour,
        action_name=action.name,
        scenario_language=_scenario_language(action, step),
        templates={one.language: Template(one.subject, one.body) for one in step.templates} if step else {},
        attachments=tuple(step.attachments) if step else (),
        custom_fields=tuple(db.session.scalars(select(CustomField.code).where(CustomField.subject == "customer"))),
        standing=_standing(action),
        previous_on=previous_message_on(customer.id),
        cc=tuple(people.copies(action)),
        penalty_rate=_rate(rates, customer, entity, today),
        recovery_cost=_fixed(rates, customer),
    )


def previous_message_on(customer_id: int) -> date | None:
    """The day the last message of an action left to this account."""
    left = Message.state.in_(LEFT) & Message.action_id.is_not(None)
    return db.session.scalar(select(func.max(Message.left_on)).where(Message.customer_id == customer_id, left))


def _scenario_language(action: Action, step: Step | None) -> str:
    scenario: Scenario | None = action.scenario or (step.scenario if step else None)
    return scenario.language if scenario else ""


def _standing(action: Action) -> Standing | None:
    """The qualification the action follows up, else the status its items have now."""
    if action.qualification_id is None:
        return _standing_of_items([row.item for row in action.items if row.detached_at is None])
    act = db.session.get_one(Qualification, action.qualification_id)
    return Standing(
        name=act.status.name if act.status else "",
        labels=dict(act.status.labels) if act.status else {},
        comment=act.comment,
        visible=act.visible_to_customer,
        on=act.on,
        promised_on=act.promised_on,
        resolver=act.resolver.full_name if act.resolver else "",
    )


def _standing_of_items(items: Sequence[Item]) -> Standing | None:
    tagged = next((item for item in items if item.status is not None), None)
    if tagged is None or tagged.status is None:
        return None
    return Standing(
        name=tagged.status.name,
        labels=dict(tagged.status.labels),
        comment=tagged.status_comment,
        visible=tagged.status_visible,
        on=tagged.status_on,
        promised_on=tagged.promised_on,
        resolver=tagged.resolver.full_name if tagged.resolver else "",
    )


def _rate(rates: Rates | None, customer: Customer, entity: Entity, today: date) -> str:
    if rates is None or not customer.penalties:
        return ""
    rate = rates.rate_on(customer.country, entity.currency, today)
    return "" if rate is None else f"{rate.normalize():f}"


def _fixed(rates: Rates | None, customer: Customer) -> str:
    return f"{rates.own_fixed:f}" if rates is not None and customer.recovery_cost else ""
