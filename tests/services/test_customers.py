"""Customers made and changed by hand."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.domain.codes import ActionState, ColleagueRole, EventKind, ReasonCode, Role
from dso.domain.errors import Forbidden, Refused
from dso.models import Action, Customer, CustomerState, Entity, Event, User
from dso.services import actions, customers
from dso.services.customers import CustomerData
from tests.factories import NOW, TODAY, a_contact, a_customer, a_scenario, a_user, an_item

WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}


def told(session: Session, customer: Customer) -> list[str]:
    mine = Event.customer_id == customer.id, Event.kind == EventKind.CUSTOMER
    return [
        row.text % row.data.get("params", {}) for row in session.scalars(select(Event).where(*mine).order_by(Event.id))
    ]


def change(customer: Customer, actor: User | None, **values: Any) -> list[str]:
    return customers.save(customer, CustomerData(values), actor=actor, **WHEN)


def test_a_customer_made_by_hand_has_a_state_and_a_history(session: Session, entity: Entity, admin: User) -> None:
    data = CustomerData({"code": "C1", "business_name": "Garnier"}, groups=["Nord"])
    customer = customers.create(entity, data, actor=admin, **WHEN)
    session.expire_all()
    assert session.get_one(CustomerState, customer.id).reason_code is ReasonCode.NO_OPEN_ITEMS
    assert [group.name for group in customer.groups] == ["Nord"]
    assert told(session, customer) == ["Customer made by hand: C1"]


def test_a_code_belongs_to_one_customer_unless_unique_identifiers_tell_them_apart(entity: Entity, admin: User) -> None:
    a_customer(code="C1")
    with pytest.raises(Refused, match='Another customer has the code "C1"'):
        customers.create(entity, CustomerData({"code": "C1", "business_name": "B"}), actor=admin, **WHEN)
    with_id = {"code": "C1", "business_name": "B", "unique_id": "U1"}
    customers.create(entity, CustomerData(with_id), actor=admin, **WHEN)
    with pytest.raises(Refused, match='unique identifier "U1"'):
        customers.create(entity, CustomerData({**with_id, "code": "C2"}), actor=admin, **WHEN)


def test_what_changed_is_told_with_what_stood_before(session: Session, entity: Entity, admin: User) -> None:
    customer, ada = a_customer(city="Lille"), a_user(first_name="Ada", last_name="Lo")
    assert change(customer, admin, city="Lyon", phone="", collector_id=ada.id) == ["city", "collector_id"]
    assert told(session, customer) == ["Customer changed: city: Lille → Lyon; collector: – → Ada Lo"]
    assert change(customer, admin, city="Lyon") == []


def test_another_scenario_replaces_the_open_action_at_once(session: Session, entity: Entity, admin: User) -> None:
    first, second = a_scenario(), a_scenario({"name": "Call", "after_due": 1})
    customer = a_customer(scenario_id=first.id)
    a_contact(customer)
    an_item(customer)
    actions.review(entity, [customer.id], **WHEN)
    data = CustomerData({}, scenario=second, sets_scenario=True)
    assert customers.save(customer, data, actor=admin, **WHEN) == ["scenario"]
    session.expire_all()
    open_ones = select(Action).where(Action.customer_id == customer.id, Action.state == ActionState.PLANNED)
    assert [action.scenario_id for action in session.scalars(open_ones)] == [second.id]


def test_a_block_has_its_day_which_goes_with_it(entity: Entity, admin: User) -> None:
    customer = a_customer()
    change(customer, admin, blocked=True)
    assert customer.blocked_on == TODAY
    change(customer, admin, blocked=False)
    assert customer.blocked_on is None


def test_pausing_a_customer_is_its_reason(session: Session, entity: Entity, admin: User) -> None:
    customer = a_customer(scenario_id=a_scenario().id)
    a_contact(customer)
    an_item(customer)
    change(customer, admin, paused=True)
    session.expire_all()
    assert session.get_one(CustomerState, customer.id).reason_code is ReasonCode.PAUSED


def test_limits_need_their_own_right(entity: Entity) -> None:
    customer = a_customer()
    with pytest.raises(Forbidden):
        change(customer, a_user(role=Role.COLLECTOR), credit_limit=Decimal(1000))
    change(customer, a_user(role=Role.CREDIT_MANAGER), credit_limit=Decimal(1000))
    assert customer.credit_limit == 1000
    change(customer, a_user(role=Role.COLLECTOR), credit_limit=Decimal(1000), city="Lille")


def test_a_limit_is_the_one_of_all_accounts_of_a_legal_entity(session: Session, entity: Entity, admin: User) -> None:
    one, other, stranger = a_customer(legal_id="123"), a_customer(legal_id="123"), a_customer()
    change(one, admin, credit_limit=Decimal(500), risk_category="B")
    assert (other.credit_limit, other.risk_category, stranger.credit_limit) == (Decimal(500), "", None)
    assert told(session, other) == ["Customer changed: credit limit: – → 500"]


def test_an_amount_with_more_decimals_than_its_currency_is_refused(entity: Entity, admin: User) -> None:
    with pytest.raises(Refused, match="EUR has at most 2 decimals"):
        change(a_customer(), admin, credit_limit=Decimal("1.234"))
    with pytest.raises(Refused, match="JPY has at most 0 decimals"):
        change(a_customer(), admin, insurer_guarantee=Decimal("10.5"), guarantee_currency="JPY")
    with pytest.raises(Refused, match="not negative"):
        change(a_customer(), admin, credit_limit=Decimal(-1))


def test_groups_colleagues_and_custom_fields_are_set_and_told(session: Session, entity: Entity, admin: User) -> None:
    customer, sam = a_customer(), a_user(first_name="Sam", last_name="Sales", role=Role.SALES)
    data = CustomerData({}, custom={"region": "North"}, groups=["B", "A"], colleagues={sam.id: ColleagueRole.SALES})
    customers.save(customer, data, actor=admin, **WHEN)
    assert [group.name for group in customer.groups] == ["A", "B"]
    assert [(link.user_id, link.role) for link in customer.colleagues] == [(sam.id, ColleagueRole.SALES)]
    assert customer.custom == {"region": "North"}
    assert told(session, customer) == [
        "Customer changed: groups: – → A, B; colleagues: Sam Sales (sales); region: – → North"
    ]
    empty = CustomerData({}, custom={"region": None}, groups=[], colleagues={})
    customers.save(customer, empty, actor=admin, **WHEN)
    session.expire_all()
    assert (customer.groups, customer.colleagues, customer.custom) == ([], [], {})


def test_a_draft_that_a_person_completed_is_none_any_more(entity: Entity, admin: User) -> None:
    customer = a_customer(draft=True)
    change(customer, admin, business_name="Garnier SAS")
    assert not customer.draft


def test_a_customer_who_owes_is_not_archived(session: Session, entity: Entity, admin: User) -> None:
    owing, settled = a_customer(), a_customer()
    an_item(owing)
    with pytest.raises(Refused, match="has open items"):
        customers.archive(owing, True, actor=admin, **WHEN)
    customers.archive(settled, True, actor=admin, **WHEN)
    session.expire_all()
    assert session.get_one(CustomerState, settled.id).reason_code is ReasonCode.ARCHIVED
    customers.archive(settled, False, actor=admin, **WHEN)
    assert settled.archived_at is None
