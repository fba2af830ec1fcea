"""Customer search and what it shows of four customers, made once: each test takes back what it changed."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from dso.domain.codes import ColleagueRole, ReasonCode, Role
from dso.models import Customer, CustomerColleague, Entity, User
from dso.queries import finding
from dso.queries.criteria import Criteria, Span
from dso.queries.customers import Found, search
from dso.queries.customers.file import customer_file
from dso.queries.customers.search import SORTS
from dso.queries.customers.timeline import timeline
from dso.services import actions, customers, notes
from dso.services.customers import CustomerData
from tests.conftest import scene
from tests.counting import statements
from tests.factories import NOW, TODAY, a_contact, a_customer, a_scenario, a_user, an_entity, an_item

WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}


def found(user: User, entity: Entity, criteria: Criteria | None = None, **more: Any) -> list[str]:
    return [row.code for row in listing(user, entity, criteria, **more).rows]


def listing(user: User, entity: Entity, criteria: Criteria | None = None, **more: Any) -> Found:
    return search(user, entity, criteria or {}, today=TODAY, **more)


@pytest.fixture(scope="module")
def _made(_application: Flask) -> Iterator[dict[str, int]]:
    """The ids of a company, its administrator, and four customers that differ in everything one searches by."""
    with scene(_application):
        entity, admin = an_entity(), a_user(role=Role.ADMIN)
        plan = a_scenario(name="Plan")
        nord = a_customer(
            code="N1", business_name="Élan Nord", legal_id="552", collector_id=admin.id, scenario_id=plan.id
        )
        a_contact(nord, email="a@client.example", phone="+33 1")
        an_item(nord, "100", days_late=40)
        sud = a_customer(code="S1", business_name="Sud", country="DE", city="Köln", blocked=True, unique_id="U9")
        a_contact(sud, email="", mobile="0171")
        an_item(sud, "300", days_late=5)
        an_item(sud, "200", days_late=-5)
        ouest = a_customer(code="O1", business_name="Ouest", scenario_id=plan.id, paused=True, insolvent_on=TODAY)
        a_contact(ouest, bounced=True)
        gone = a_customer(code="G1", business_name="Gone", archived_at=NOW)
        customers.save(nord, CustomerData({}, groups=["North"]), actor=None, **WHEN)
        actions.review(entity, None, **WHEN)
        yield {"entity": entity.id, "admin": admin.id, "N": nord.id, "S": sud.id, "O": ouest.id, "G": gone.id}


@pytest.fixture
def entity(_made: dict[str, int], session: Session) -> Entity:
    """The company of the four."""
    return session.get_one(Entity, _made["entity"])


@pytest.fixture
def admin(_made: dict[str, int], session: Session) -> User:
    """Its administrator, who collects from one of them."""
    return session.get_one(User, _made["admin"])


@pytest.fixture
def accounts(_made: dict[str, int], session: Session) -> dict[str, Customer]:
    """The four."""
    return {name: session.get_one(Customer, _made[name]) for name in "NSOG"}


def test_the_search_shows_who_owes_most_overdue_first_and_no_archived_ones(
    entity: Entity, admin: User, accounts: dict[str, Customer]
) -> None:
    assert found(admin, entity) == ["S1", "N1", "O1"]


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({"q": "élan"}, "N1"),
        ({"q": "55"}, "N1"),
        ({"q": "u9"}, "S1"),
        ({"code": ("N1", "U9", "X")}, "N1 S1"),
        ({"collector": ("none",)}, "O1 S1"),
        ({"scenario": ("none",)}, "S1"),
        ({"country": ("DE",)}, "S1"),
        ({"reason": ("action_due",)}, "N1"),
        ({"reason": ("no_scenario", "nonsense")}, "S1"),
        ({"group": ("none",)}, "O1 S1"),
        ({"overdue": Span(Decimal(100), Decimal(200))}, "N1"),
        ({"receivable": Span(Decimal(500))}, "S1"),
        ({"late": Span(10)}, "N1"),
        ({"late": Span(1, 10)}, "S1"),
        ({"next": Span(TODAY - timedelta(days=90), TODAY + timedelta(days=9))}, "N1"),
        ({"contact": True}, "N1 O1 S1"),
        ({"contact": False}, ""),
        ({"email": True}, "N1"),
        ({"email": False}, "O1 S1"),
        ({"phone": True}, "N1 S1"),
        ({"blocked": True}, "S1"),
        ({"paused": True}, "O1"),
        ({"insolvent": True}, "O1"),
        ({"interactive": False}, ""),
        ({"draft": False}, "N1 O1 S1"),
        ({"grouped": True}, ""),
        ({"archived": True}, "G1"),
        ({"city": "köln"}, "S1"),
    ],
)
def test_every_field_is_a_criterion(
    entity: Entity, admin: User, accounts: dict[str, Customer], criteria: Criteria, expected: str
) -> None:
    assert sorted(found(admin, entity, criteria)) == expected.split()


def test_people_groups_and_pilots_are_criteria(entity: Entity, accounts: dict[str, Customer], admin: User) -> None:
    nord, sud = accounts["N"], accounts["S"]
    sud.colleagues.append(CustomerColleague(user_id=admin.id, role=ColleagueRole.SALES))
    sud.collected_by_id = nord.id
    assert found(admin, entity, {"collector": (str(admin.id),)}) == ["N1"]
    assert found(admin, entity, {"colleague": (str(admin.id),)}) == ["S1"]
    assert found(admin, entity, {"group": (str(nord.groups[0].id),)}) == ["N1"]
    assert sorted(found(admin, entity, {"grouped": True})) == ["N1", "S1"]


def test_totals_are_over_the_whole_result_in_the_entitys_currency(
    entity: Entity, admin: User, accounts: dict[str, Customer]
) -> None:
    an_item(accounts["O"], "10", currency="CHF")
    actions.review(entity, [accounts["O"].id], **WHEN)
    totals = listing(admin, entity, size=1).totals
    assert (totals.count, totals.unconverted) == (3, 1)
    assert totals.receivable == 600 and totals.overdue == 400 and totals.not_due == 200


@pytest.mark.parametrize("sort", sorted(SORTS))
def test_pages_of_any_order_neither_repeat_nor_leave_out_a_customer(
    entity: Entity, admin: User, accounts: dict[str, Customer], sort: str
) -> None:
    for _ in range(4):
        a_customer()
    for order in (sort, f"-{sort}"):
        pages = [found(admin, entity, sort=order, page=number, size=3) for number in (1, 2, 3)]
        everything = [code for page in pages for code in page]
        assert len(everything) == len(set(everything)) == 7
        assert everything == found(admin, entity, sort=order, size=50)


def test_rows_say_groups_contact_reason_and_percent(entity: Entity, admin: User, accounts: dict[str, Customer]) -> None:
    rows = {row.code: row for row in listing(admin, entity).rows}
    assert rows["N1"].groups == ("North",)
    assert (rows["N1"].contact_email, rows["N1"].reason_code) == ("a@client.example", ReasonCode.ACTION_DUE)
    assert rows["S1"].percent == 60 and rows["O1"].percent == 0
    assert (rows["N1"].oldest_delay(TODAY), rows["O1"].oldest_delay(TODAY)) == (40, None)


def test_nobody_finds_customers_of_another_entity_or_not_linked(
    entity: Entity, admin: User, accounts: dict[str, Customer]
) -> None:
    a_customer(entity=an_entity(), code="OTHER")
    assert "OTHER" not in found(admin, entity)
    sam = a_user(role=Role.SALES)
    assert found(sam, entity) == [] and listing(sam, entity).totals.receivable == 0
    assert finding.customers(sam, entity, "Élan") == [] and finding.items(sam, entity, "FC") == []
    accounts["N"].colleagues.append(CustomerColleague(user_id=sam.id, role=ColleagueRole.SALES))
    assert found(sam, entity) == ["N1"]
    assert [hit.code for hit in finding.customers(sam, entity, "élan")] == ["N1"]
    assert len(finding.items(sam, entity, "FC")) == 1


def test_the_number_of_statements_does_not_grow_with_the_rows(
    entity: Entity, admin: User, accounts: dict[str, Customer], session: Session
) -> None:
    nord = accounts["N"]

    def sent() -> list[int]:
        counts = []
        reads = (
            lambda: listing(admin, entity),
            lambda: customer_file(nord, today=TODAY),
            lambda: timeline(nord),
            lambda: finding.customers(admin, entity, "u"),
        )
        for read in reads:
            session.expire_all()
            _ = nord.id, entity.id, admin.id
            with statements() as few:
                read()
            counts.append(len(few))
        return counts

    sent()
    before = sent()
    for n in range(15):
        customer = a_customer(collector_id=a_user().id)
        customers.save(customer, CustomerData({}, groups=["North", f"G{n}"]), actor=None, **WHEN)
        notes.add(nord, "note", actor=admin, now=NOW)
        an_item(nord)
    assert sent() == before


def test_the_file_knows_what_happens_next_and_who_collects(
    entity: Entity, admin: User, accounts: dict[str, Customer], session: Session
) -> None:
    session.expire_all()
    accounts["S"].collected_by_id = accounts["N"].id
    session.flush()
    file = customer_file(accounts["N"], today=TODAY)
    assert file.next_action is not None and file.next_action.name == "First reminder"
    assert file.leader.startswith("FC") and [one.code for one in file.members] == ["S1"]
    member = customer_file(accounts["S"], today=TODAY)
    assert member.pilot is not None and member.pilot.code == "N1"


def test_the_search_at_the_top_finds_by_name_code_legal_id_and_number(
    entity: Entity, admin: User, accounts: dict[str, Customer], session: Session
) -> None:
    an_item(accounts["N"], number="FX_7")
    an_item(accounts["N"], number="FXA7")
    assert [hit.code for hit in finding.customers(admin, entity, "552")] == ["N1"]
    assert [hit.number for hit in finding.items(admin, entity, "FX_")] == ["FX_7"]
    assert finding.items(admin, entity, "%") == []
