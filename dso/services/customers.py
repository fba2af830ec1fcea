"""Customers made and changed by hand: every change is checked before any is made, and told on the timeline."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import ColleagueRole, EventKind
from dso.domain.errors import Forbidden, Refused
from dso.domain.money import ZERO, decimals, fits
from dso.domain.permissions import Capability
from dso.models import Customer, CustomerColleague, Entity, Group, Scenario, User, customer_groups
from dso.queries.customers.file import has_open_items
from dso.services import history, scenarios
from dso.services.actions import review

TEXTS = (
    "code business_name trade_name legal_id establishment_id vat_number business_line customer_type "
    "ultimate_parent_number street_number street street_line2 street_line3 po_box postal_code city state country phone "
    "email website language payment_term payment_method comment insolvency_administrator"
).split()
SWITCHES = "blocked interactive penalties recovery_cost paused".split()
DAYS = "blocked_on insolvent_on insolvency_deadline_on".split()
#: Limits and guarantees: their own right, and one for all accounts of a legal entity (chapter 7).
SHARED = (
    "credit_limit insurer_guarantee insurer_reference insurer_rating guarantee_type guarantee_currency "
    "temporary_guarantee temporary_guarantee_start temporary_guarantee_end"
).split()
RISK = (*SHARED, "order_backlog", "risk_category", "risk_score", "financial_score")
AMOUNTS = "credit_limit insurer_guarantee temporary_guarantee order_backlog".split()
COLUMNS = (*TEXTS, "unique_id", *SWITCHES, *DAYS, *RISK, "collector_id", "payment_centre_id")


@dataclass(frozen=True)
class CustomerData:
    """What a person filled in; None leaves a part as it is."""

    #: Column to value; only the columns named are touched.
    values: Mapping[str, Any]
    #: Code of a custom field to its value; None empties it.
    custom: Mapping[str, Any] | None = None
    #: Names of groups; those that do not exist yet are made.
    groups: Collection[str] | None = None
    #: User id to the part played.
    colleagues: Mapping[int, ColleagueRole] | None = None
    #: The scenario to have (None = none), where `sets_scenario`.
    scenario: Scenario | None = None
    sets_scenario: bool = False


def create(entity: Entity, data: CustomerData, *, actor: User | None, today: date, now: datetime) -> Customer:
    """A new customer of an entity; Refused when the code is taken."""
    customer = Customer(entity=entity, entity_id=entity.id, code="", business_name="", created_at=now, updated_at=now)
    customer.information, customer.custom = {}, {}
    with db.session.no_autoflush:
        _check(customer, data.values, actor)
        for name, value in data.values.items():
            setattr(customer, name, value)
        _follow(customer, today)
        db.session.add(customer)
    db.session.flush()
    history.record(
        customer, EventKind.CUSTOMER, "Customer made by hand: %(code)s", actor=actor, now=now, code=customer.code
    )
    _hang_on(customer, data, actor, now)
    if data.sets_scenario and data.scenario is not None:
        scenarios.assign(entity, data.scenario, [customer.id], actor=actor, today=today, now=now)
    review(entity, [customer.id], today=today, now=now)
    return customer


def save(customer: Customer, data: CustomerData, *, actor: User | None, today: date, now: datetime) -> list[str]:
    """Change a customer; the names of what changed. Another scenario replaces the open action at once."""
    _check(customer, data.values, actor)
    before = {name: getattr(customer, name) for name in data.values}
    for name, value in data.values.items():
        if before[name] != value:
            setattr(customer, name, value)
    _follow(customer, today)
    changed = [name for name in data.values if before[name] != getattr(customer, name)]
    told = [_told(name, before[name], getattr(customer, name)) for name in changed]
    if changed:
        customer.draft = False
        _share(customer, [name for name in changed if name in SHARED], actor, now)
    more = _hang_on(customer, data, actor, now)
    _record(customer, [*told, *more], actor, now)
    if told or more:
        customer.updated_at = now
    return [*changed, *_settle(customer, data, actor, today, now), *(line.partition(":")[0] for line in more)]


def _settle(customer: Customer, data: CustomerData, actor: User | None, today: date, now: datetime) -> list[str]:
    """Give the scenario, and decide again on the account."""
    db.session.flush()
    given = data.sets_scenario and (data.scenario.id if data.scenario else None) != customer.scenario_id
    if given:
        scenarios.assign(customer.entity, data.scenario, [customer.id], actor=actor, today=today, now=now)
    review(customer.entity, [customer.id], today=today, now=now)
    return ["scenario"] if given else []


def archive(customer: Customer, archived: bool, *, actor: User | None, today: date, now: datetime) -> None:
    """Take a customer out of all lists, or back. Refused while something is open."""
    if archived and has_open_items(customer):
        raise Refused("%(name)s has open items: it cannot be archived.", name=customer.business_name)
    if (customer.archived_at is not None) == archived:
        return
    customer.archived_at = now if archived else None
    customer.updated_at = now
    words = "Customer archived: %(code)s" if archived else "Customer back in use: %(code)s"
    history.record(customer, EventKind.CUSTOMER, words, actor=actor, now=now, code=customer.code)
    review(customer.entity, [customer.id], today=today, now=now)


def _check(customer: Customer, values: Mapping[str, Any], actor: User | None) -> None:
    """Every rule before any change."""
    unknown = set(values) - set(COLUMNS)
    if unknown:
        raise ValueError(f"not to be edited: {sorted(unknown)}")
    risky = [name for name in RISK if name in values and values[name] != getattr(customer, name)]
    risky = [name for name in risky if values[name] or getattr(customer, name)]
    if risky and actor is not None and not actor.can(Capability.RISK_EDIT):
        raise Forbidden("Your role does not include limits and risk data.", capability=Capability.RISK_EDIT)
    for name in ("code", "business_name"):
        if name in values and not values[name]:
            raise Refused("A customer needs a code and a legal name.")
    _check_amounts(customer, values)
    _check_identity(customer, values)


def _check_amounts(customer: Customer, values: Mapping[str, Any]) -> None:
    currency = values.get("guarantee_currency") or customer.guarantee_currency or customer.entity.currency
    for name in AMOUNTS:
        amount, of = values.get(name), currency if "guarantee" in name else customer.entity.currency
        if not isinstance(amount, Decimal):
            continue
        if amount < ZERO:
            raise Refused("Limits and guarantees are not negative.")
        if not fits(amount, of):
            raise Refused("An amount in %(currency)s has at most %(count)s decimals.", currency=of, count=decimals(of))


def _check_identity(customer: Customer, values: Mapping[str, Any]) -> None:
    """A code is one customer's, unless unique identifiers tell them apart."""
    code, unique_id = values.get("code", customer.code), values.get("unique_id", customer.unique_id)
    others = select(Customer).where(Customer.entity_id == customer.entity_id, Customer.id != customer.id)
    if unique_id and db.session.scalar(others.where(Customer.unique_id == unique_id)):
        raise Refused('Another customer has the unique identifier "%(id)s".', id=unique_id)
    same = others.where(Customer.code == code)
    if not unique_id and db.session.scalar(same.where(Customer.unique_id.is_(None))):
        raise Refused('Another customer has the code "%(code)s".', code=code)


def _follow(customer: Customer, today: date) -> None:
    """The day of a block comes and goes with it."""
    if customer.blocked and customer.blocked_on is None:
        customer.blocked_on = today
    if not customer.blocked:
        customer.blocked_on = None


def _share(customer: Customer, names: Collection[str], actor: User | None, now: datetime) -> None:
    """Limits and guarantees are the legal entity's: a change on one account is a change on all of them."""
    if not names or not customer.legal_id:
        return
    same = (Customer.entity_id == customer.entity_id, Customer.legal_id == customer.legal_id)
    for other in db.session.scalars(select(Customer).where(*same, Customer.id != customer.id)):
        told = [_told(name, getattr(other, name), getattr(customer, name)) for name in names]
        for name in names:
            setattr(other, name, getattr(customer, name))
        other.updated_at = now
        _record(other, told, actor, now)


def _hang_on(customer: Customer, data: CustomerData, actor: User | None, now: datetime) -> list[str]:
    """Groups, colleagues and custom fields; what changed, in words."""
    told = []
    if data.groups is not None:
        told += _set_groups(customer, data.groups)
    if data.colleagues is not None:
        told += _set_colleagues(customer, data.colleagues)
    if data.custom is not None:
        told += _set_custom(customer, data.custom)
    return told


def _set_groups(customer: Customer, names: Collection[str]) -> list[str]:
    """Groups set by an import keep their mark, so that the next import may take them away again."""
    wanted = dict.fromkeys(name.strip()[:100] for name in names if name.strip())
    known = {group.name: group for group in db.session.scalars(_groups_of(customer.entity_id))}
    before = {group.name: group for group in customer.groups}
    if set(before) == set(wanted):
        return []
    for name in wanted:
        if name not in known:
            known[name] = Group(entity_id=customer.entity_id, name=name)
            db.session.add(known[name])
    db.session.flush()
    links = customer_groups.c
    gone = [group.id for name, group in before.items() if name not in wanted]
    leaving = customer_groups.delete().where(links.customer_id == customer.id, links.group_id.in_(gone))
    db.session.execute(leaving)
    for name in wanted:
        if name not in before:
            link = {"customer_id": customer.id, "group_id": known[name].id, "by_import": "0"}
            db.session.execute(customer_groups.insert().values(link))
    db.session.expire(customer, ["groups"])
    return [f"groups: {', '.join(sorted(before)) or '–'} → {', '.join(sorted(wanted)) or '–'}"]


def _groups_of(entity_id: int) -> Any:
    return select(Group).where(Group.entity_id == entity_id)


def _set_colleagues(customer: Customer, wanted: Mapping[int, ColleagueRole]) -> list[str]:
    before = {link.user_id: link.role for link in customer.colleagues}
    if before == dict(wanted):
        return []
    for link in list(customer.colleagues):
        if link.user_id not in wanted:
            customer.colleagues.remove(link)
        else:
            link.role = wanted[link.user_id]
    for user_id, role in wanted.items():
        if user_id not in before:
            customer.colleagues.append(CustomerColleague(user_id=user_id, role=role))
    db.session.flush()
    db.session.expire(customer, ["colleagues"])
    names = [f"{link.user.full_name} ({link.role.value})" for link in customer.colleagues]
    return [f"colleagues: {', '.join(names) or '–'}"]


def _set_custom(customer: Customer, values: Mapping[str, Any]) -> list[str]:
    before = dict(customer.custom or {})
    after = {**before, **values}
    after = {code: value for code, value in after.items() if value not in (None, "")}
    if after == before:
        return []
    customer.custom = after
    differing = [code for code in {**before, **after} if before.get(code) != after.get(code)]
    return [_told(code, before.get(code), after.get(code)) for code in differing]


def _told(name: str, before: Any, after: Any) -> str:
    """One change in words; long texts are cut."""
    if name.endswith("_id") and name != "unique_id":
        model = {"collector_id": User}.get(name)
        before, after = (_name_of(model, key) for key in (before, after))
        name = name.removesuffix("_id")
    return f"{name.replace('_', ' ')}: {_word(before)} → {_word(after)}"


def _name_of(model: type[User] | None, key: int | None) -> str | None:
    found = db.session.get(model, key) if model is not None and key else None
    return found.full_name if found else (str(key) if key else None)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    text = "" if value is None else str(value)
    return (f"{text[:80]}…" if len(text) > 80 else text) or "–"


def _record(customer: Customer, told: Collection[str], actor: User | None, now: datetime) -> None:
    if told:
        history.record(
            customer, EventKind.CUSTOMER, "Customer changed: %(changes)s", actor=actor, now=now, changes="; ".join(told)
        )
