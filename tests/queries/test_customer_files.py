"""The customer file, its timeline, figures per currency, and criteria of customers of their own."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from dso.domain.codes import EventKind, FieldType, ItemType
from dso.models import CustomField, Entity, PaymentCentre, Rate, User
from dso.queries import figures
from dso.queries.criteria import Criteria
from dso.queries.customers import Found, search
from dso.queries.customers.file import customer_file
from dso.queries.customers.timeline import timeline
from dso.services import actions, history, notes, settings
from tests.factories import NOW, TODAY, a_contact, a_customer, an_item

WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}


def found(user: User, entity: Entity, criteria: Criteria | None = None, **more: Any) -> list[str]:
    return [row.code for row in listing(user, entity, criteria, **more).rows]


def listing(user: User, entity: Entity, criteria: Criteria | None = None, **more: Any) -> Found:
    return search(user, entity, criteria or {}, today=TODAY, **more)


def test_the_contact_of_a_payment_centre_counts_as_contact_for_collection(
    entity: Entity, admin: User, session: Session
) -> None:
    contact = a_contact(a_customer(code="A"))
    centre = PaymentCentre(entity_id=entity.id, name="Desk", contact_id=contact.id)
    session.add(centre)
    session.flush()
    a_customer(code="B", payment_centre_id=centre.id)
    a_customer(code="C")
    assert sorted(found(admin, entity, {"email": True})) == ["A", "B"]


def test_custom_fields_are_criteria(entity: Entity, admin: User, session: Session) -> None:
    session.add(CustomField(subject="customer", code="vip", label="VIP", type=FieldType.YESNO, choices=[]))
    a_customer(code="A", custom={"vip": True})
    a_customer(code="B")
    assert found(admin, entity, {"c_vip": True}) == ["A"]
    assert found(admin, entity, {"c_vip": False}) == ["B"]


def test_figures_are_given_per_currency_the_entitys_own_first(entity: Entity, admin: User) -> None:
    customer = a_customer()
    an_item(customer, "100", days_late=40, currency="USD")
    an_item(customer, "1000", days_late=31)
    an_item(customer, "-200", days_late=0, type=ItemType.PAYMENT)
    an_item(customer, "50", days_late=-9, currency="AUD")
    an_item(customer, "77", type=ItemType.DOWN_PAYMENT)
    euro, australian, dollar = figures.of_customer(customer, today=TODAY)
    assert [one.currency for one in (euro, australian, dollar)] == ["EUR", "AUD", "USD"]
    assert euro.receivable == 800 and euro.overdue == 1000 and euro.not_due == -200
    assert [int(amount) for amount in euro.amounts] == [-200, 0, 1000, 0, 0]
    assert sum(euro.amounts) == euro.receivable
    assert euro.percent == 125 and euro.oldest_delay(TODAY) == 31 and australian.oldest_delay(TODAY) == 0


def test_overdue_begins_where_the_setting_says_while_buckets_stay(entity: Entity) -> None:
    """With +30 days an item counts as overdue from its 31st day on."""
    settings.set_value(entity, "figures.overdue_from", "30", actor=None, now=NOW)
    customer = a_customer()
    an_item(customer, "1", days_late=30)
    an_item(customer, "2", days_late=31)
    (only,) = figures.of_customer(customer, today=TODAY)
    assert only.overdue == 2 and only.not_due == 1
    assert [int(amount) for amount in only.amounts] == [0, 1, 2, 0, 0]


def test_available_credit_is_shared_by_the_accounts_of_a_legal_entity(
    entity: Entity, admin: User, session: Session
) -> None:
    session.add(Rate(reference="EUR", currency="USD", on=TODAY, units="2"))
    one, other = (a_customer(legal_id="7", credit_limit=Decimal(1000)) for _ in range(2))
    an_item(one, "300")
    an_item(other, "200", currency="USD")
    actions.review(entity, None, **WHEN)
    session.expire_all()
    assert customer_file(one, today=TODAY).available == 600
    assert customer_file(a_customer(), today=TODAY).available is None


def test_the_timeline_is_newest_first_by_kind_and_page(entity: Entity, admin: User) -> None:
    customer = a_customer()
    item = an_item(customer, number="X1")
    for n in range(60):
        notes.add(customer, f"note {n}", actor=admin, now=NOW + timedelta(minutes=n))
    history.record(
        customer,
        EventKind.ITEM,
        "Left out of collection: %(items)s",
        actor=None,
        now=NOW,
        item_ids=[item.id],
        items="X1",
    )
    first, second = timeline(customer), timeline(customer, page=2)
    assert first.entries[0].text == "note 59" and len(first.entries) == 50 and len(second.entries) == 11
    (entry,) = timeline(customer, kind=EventKind.ITEM).entries
    assert (entry.params, entry.items, entry.by) == ({"items": "X1"}, ((item.id, "X1"),), "")
    assert first.kinds == {EventKind.NOTE: 60, EventKind.ITEM: 1}
