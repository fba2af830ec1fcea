"""The item grid, the statement of an account, the panel of an item, and items by what people type."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from dso.domain.codes import ColleagueRole, FieldType, ItemType, Mode, Role, StatusType, StepType
from dso.domain.errors import Refused
from dso.models import Action, Customer, CustomerColleague, CustomField, Entity, Item, User
from dso.queries.criteria import Criteria, Span
from dso.queries.customers.search import groups_of
from dso.queries.items import Listing, by_numbers, grid
from dso.queries.items.criteria import FIELDS
from dso.queries.items.panel import panel
from dso.queries.items.records import records
from dso.queries.items.statement import Statement, statement
from dso.services import actions, customers, item_changes, settings, statuses
from dso.services import items as services
from dso.services.actions import specific
from dso.services.customers import CustomerData
from tests.counting import statements
from tests.factories import NOW, TODAY, a_customer, a_scenario, a_status, a_user, an_entity, an_item

WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}


def found(user: User, entity: Entity, criteria: Criteria | None = None, **more: Any) -> list[str]:
    return [row.number for row in listing(user, entity, criteria, **more).rows]


def listing(user: User, entity: Entity, criteria: Criteria | None = None, **more: Any) -> Listing:
    return grid(user, entity, criteria or {}, today=TODAY, **more)


@pytest.fixture
def ledger(entity: Entity, admin: User) -> dict[str, Item]:
    """Five items that differ in everything one searches by."""
    nord = a_customer(code="N1", business_name="Élan Nord", country="FR", collector_id=admin.id)
    sud = a_customer(code="S1", business_name="Sud", country="DE", scenario_id=a_scenario().id)
    customers.save(nord, CustomerData({}, groups=["North"]), actor=None, **WHEN)
    plain = {"order_number": "PO7", "project": "Tower", "custom": {"region": "East"}}
    return {
        "A": an_item(nord, "100", number="A1", days_late=10, **plain),
        "B": an_item(nord, "-30", number="B1", days_late=50, type=ItemType.CREDIT_NOTE),
        "C": an_item(sud, "70", number="C1", days_late=-5, currency="USD", ignored=True),
        "D": an_item(sud, "500", number="D1", days_late=80, status_type=StatusType.DISPUTE),
        "E": an_item(sud, "60", number="E1", days_late=90, cleared_on=TODAY),
    }


def test_the_grid_shows_open_items_with_the_oldest_due_date_first(
    entity: Entity, admin: User, ledger: dict[str, Item]
) -> None:
    assert found(admin, entity) == ["D1", "B1", "A1", "C1"]


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({"state": ("cleared",)}, "E1"),
        ({"state": ("all",)}, "A1 B1 C1 D1 E1"),
        ({"q": "a1"}, "A1"),
        ({"q": "élan"}, "A1 B1"),
        ({"q": "s1"}, "C1 D1"),
        ({"q": "100%"}, ""),
        ({"number": ("A1", "D1", "X")}, "A1 D1"),
        ({"code": ("N1",)}, "A1 B1"),
        ({"type": ("AVO",)}, "B1"),
        ({"type": ("FAC", "nonsense")}, "A1 C1 D1"),
        ({"type": ("nonsense",)}, ""),
        ({"status_type": ("dispute",)}, "D1"),
        ({"status_type": ("none",)}, "A1 B1 C1"),
        ({"status": ("none",)}, "A1 B1 C1 D1"),
        ({"currency": ("USD",)}, "C1"),
        ({"collector": ("none",)}, "C1 D1"),
        ({"scenario": ("none",)}, "A1 B1"),
        ({"country": ("DE", "XX")}, "C1 D1"),
        ({"late": Span(10, 50)}, "A1 B1"),
        ({"late": Span(51)}, "D1"),
        ({"late": Span(None, 0)}, "C1"),
        ({"remaining": Span(Decimal(70), Decimal(100))}, "A1 C1"),
        ({"ignored": True}, "C1"),
        ({"ignored": False, "currency": ("EUR",)}, "A1 B1 D1"),
        ({"held": True}, ""),
        ({"broken": False}, "A1 B1 C1 D1"),
        ({"order_number": "po"}, "A1"),
        ({"project": "tow"}, "A1"),
        ({"nobody knows": "x"}, "A1 B1 C1 D1"),
    ],
)
def test_every_field_is_a_criterion(
    entity: Entity, admin: User, ledger: dict[str, Item], criteria: Criteria, expected: str
) -> None:
    assert sorted(found(admin, entity, criteria)) == expected.split()


def test_what_is_cleared_is_held_no_more_while_its_dispute_goes_on_about_another(entity: Entity, admin: User) -> None:
    customer = a_customer()
    paid, still = an_item(customer, number="B1"), an_item(customer, number="B2")
    statuses.qualify([paid, still], statuses.Tagging(a_status(StatusType.DISPUTE)), actor=admin, **WHEN)
    services.clear([paid], on=TODAY, actor=admin, **WHEN)
    assert {row["number"]: row["held"] for row in records(admin, entity, today=TODAY)} == {"B1": False, "B2": True}
    assert found(admin, entity, {"held": True, "state": ("all",)}) == ["B2"]
    assert found(admin, entity, {"held": False, "state": ("all",)}) == ["B1"]
    assert {row.number: bool(row.held_name) for row in listing(admin, entity, {"state": ("all",)}).rows} == {
        "B1": False,
        "B2": True,
    }


def test_groups_collectors_and_days_are_criteria(entity: Entity, admin: User, ledger: dict[str, Item]) -> None:
    customer = ledger["A"].customer
    assert groups_of([customer.id]) == {customer.id: ("North",)}
    assert sorted(found(admin, entity, {"group": (str(customer.groups[0].id),)})) == ["A1", "B1"]
    assert sorted(found(admin, entity, {"collector": (str(admin.id),)})) == ["A1", "B1"]
    assert found(admin, entity, {"due": Span(TODAY - timedelta(days=10), TODAY)}) == ["A1"]
    assert found(admin, entity, {"issued": Span(None, ledger["D"].issued_on)}) == ["D1"]
    assert found(admin, entity, {"cleared": Span(TODAY, TODAY), "state": ("all",)}) == ["E1"]
    assert found(admin, entity, {"customer": (str(customer.id), "x")}) == ["B1", "A1"]


@pytest.mark.parametrize(
    ("kind", "held", "value", "matches"),
    [
        (FieldType.TEXT, "East side", "east", True),
        (FieldType.TEXT, "East side", "west", False),
        (FieldType.YESNO, True, True, True),
        (FieldType.YESNO, True, False, False),
        (FieldType.LIST, "b", ("a", "b"), True),
        (FieldType.LIST, "c", ("a", "b"), False),
        (FieldType.DATE, "2026-05-02", Span(date(2026, 5, 1), date(2026, 5, 2)), True),
        (FieldType.DATE, "2026-05-03", Span(None, date(2026, 5, 2)), False),
    ],
)
def test_custom_fields_are_criteria_of_their_kind(
    entity: Entity, admin: User, session: Session, kind: FieldType, held: object, value: Any, matches: bool
) -> None:
    session.add(CustomField(subject="item", code="it's", label="Its", type=kind, choices=[]))
    an_item(a_customer(), number="X", custom={"it's": held})
    an_item(a_customer(), number="Y")
    assert ("X" in found(admin, entity, {"c_it's": value})) is matches
    if kind is FieldType.YESNO:
        assert ("Y" in found(admin, entity, {"c_it's": value})) is not value


def test_totals_are_per_currency_over_the_whole_result_without_down_payments(
    entity: Entity, admin: User, ledger: dict[str, Item]
) -> None:
    an_item(ledger["A"].customer, "999", type=ItemType.DOWN_PAYMENT)
    totals = {total.currency: total for total in listing(admin, entity, size=1).totals}
    assert totals["EUR"].count == 4 and totals["EUR"].remaining == totals["EUR"].overdue == 570
    assert totals["USD"].count == 1 and totals["USD"].remaining == 70 and totals["USD"].overdue == 0
    everything = listing(admin, entity, {"state": ("all",)})
    assert {total.currency: total.amount for total in everything.totals} == {"EUR": 630, "USD": 70}


def test_totals_are_the_same_however_the_database_is_asked(
    entity: Entity, admin: User, ledger: dict[str, Item]
) -> None:
    for name in FIELDS:
        criteria: Criteria = {"state": ("all",), **({"q": "1"} if name == "q" else {})}
        rows = listing(admin, entity, criteria).rows
        totals = listing(admin, entity, criteria).totals
        assert sum(total.count for total in totals) == len(rows) == 5
        assert sum((total.remaining for total in totals), Decimal(0)) == sum(row.remaining for row in rows)


@pytest.mark.parametrize(
    "sort",
    "number -number due_on late -late amount -remaining customer code collector country status currency cleared_on "
    "promised_on issued_on order_number type nonsense".split(),
)
def test_pages_of_any_order_neither_repeat_nor_leave_out_a_row(
    entity: Entity, admin: User, ledger: dict[str, Item], sort: str
) -> None:
    for n in range(6):
        an_item(ledger["A"].customer, "100", number=f"F{n}", days_late=10)
    pages = [found(admin, entity, sort=sort, page=number, size=3) for number in (1, 2, 3, 4)]
    everything = [number for page in pages for number in page]
    assert len(everything) == len(set(everything)) == 10
    assert everything == found(admin, entity, sort=sort, size=100)


def test_a_page_past_the_end_is_the_last_one(entity: Entity, admin: User, ledger: dict[str, Item]) -> None:
    assert listing(admin, entity, page=99, size=3).page == 2
    assert listing(admin, entity, {"q": "nothing such"}, page=3).rows == []


def test_rows_say_what_stands_beside_an_item(entity: Entity, admin: User, ledger: dict[str, Item]) -> None:
    actions.review(entity, None, **WHEN)
    rows = {row.number: row for row in listing(admin, entity, {"state": ("all",)}).rows}
    assert rows["A1"].customer_name == "Élan Nord" and rows["A1"].collector == admin.full_name
    assert [number for number, row in rows.items() if row.leader] == ["A1"]
    assert rows["E1"].days_overdue(TODAY) == 90 and not rows["E1"].is_open
    assert rows["C1"].days_overdue(TODAY) == -5


def test_nobody_sees_items_of_another_entity_or_of_customers_not_linked(
    entity: Entity, ledger: dict[str, Item], admin: User
) -> None:
    other = an_entity()
    an_item(a_customer(entity=other), number="OTHER")
    assert "OTHER" not in found(admin, entity, {"state": ("all",)})
    sam = a_user(role=Role.SALES)
    assert found(sam, entity) == [] and listing(sam, entity).totals == []
    ledger["A"].customer.colleagues.append(CustomerColleague(user_id=sam.id, role=ColleagueRole.SALES))
    assert found(sam, entity) == ["B1", "A1"]
    assert listing(sam, entity).totals[0].remaining == 70


def test_the_number_of_statements_does_not_grow_with_the_rows(entity: Entity, admin: User) -> None:
    customer = a_customer(penalties=True)
    an_item(customer)

    def sent() -> list[int]:
        counts = []
        for read in (lambda: listing(admin, entity), lambda: statement(customer, today=TODAY)):
            read()
            with statements() as few:
                read()
            counts.append(len(few))
        return counts

    before = sent()
    for n in range(20):
        an_item(customer if n % 2 else a_customer())
    assert sent() == before


def shown(customer: Customer, **more: Any) -> Statement:
    return statement(customer, today=TODAY, **more)


def test_the_statement_shows_open_cleared_or_all_items_of_the_account(entity: Entity, ledger: dict[str, Item]) -> None:
    sud = ledger["D"].customer
    assert [row.number for row in shown(sud).rows] == ["D1", "C1"]
    assert [row.number for row in shown(sud, state="cleared").rows] == ["E1"]
    assert [row.number for row in shown(sud, state="all").rows] == ["E1", "D1", "C1"]
    assert shown(sud).count == 2


def test_a_bucket_of_the_aging_strip_narrows_the_statement_to_what_it_sums(
    entity: Entity, ledger: dict[str, Item]
) -> None:
    nord = ledger["A"].customer
    an_item(nord, "999", number="DP", days_late=10, type=ItemType.DOWN_PAYMENT)
    assert [row.number for row in shown(nord, bucket=1).rows] == ["A1"]
    assert [row.number for row in shown(nord, bucket=2).rows] == ["B1"]
    assert shown(nord, bucket=77).count == 3


def test_the_statement_of_a_pilot_holds_the_items_of_the_accounts_it_collects(
    entity: Entity, ledger: dict[str, Item]
) -> None:
    pilot, member = ledger["A"].customer, ledger["D"].customer
    member.collected_by_id = pilot.id
    assert [row.number for row in shown(pilot).rows] == ["D1", "B1", "A1", "C1"]
    assert [row.number for row in shown(member).rows] == ["D1", "C1"]


def test_totals_are_over_all_items_and_the_subtotal_over_the_page(entity: Entity) -> None:
    customer = a_customer()
    for n in range(4):
        an_item(customer, "10", days_late=n)
    page = shown(customer, size=3)
    assert page.totals[0].remaining == 40 and page.totals[0].overdue == 30
    assert page.subtotals == {"EUR": Decimal(30)}


def test_interest_and_fixed_cost_stand_on_the_statement_where_they_are_on(entity: Entity, admin: User) -> None:
    settings.set_value(entity, "penalties.rate", "12", actor=None, now=NOW)
    customer = a_customer(penalties=True, recovery_cost=True)
    item = an_item(customer, "10000", days_late=30)
    an_item(customer, "50", days_late=-1)
    claims = shown(customer).claims
    assert claims.by_item[item.id].total == Decimal("138.63")
    assert claims.by_currency["EUR"].total == Decimal("138.63")
    customer.penalties = customer.recovery_cost = False
    assert shown(customer).claims.by_item == {}


def test_the_panel_tells_everything_that_happened_to_an_item(entity: Entity, admin: User) -> None:
    item = an_item(a_customer(), "100", number="A1")
    item_changes.change(item, admin, TODAY, NOW, remaining=Decimal(60), due_on=TODAY, status_id=None)
    action = specific.create([item], name="Check", type=StepType.TASK, mode=Mode.MANUAL, on=TODAY, actor=admin, **WHEN)
    services.ignore([item], actor=admin, **WHEN)
    told = panel(item, today=TODAY)
    values = {change.field: (change.old, change.new) for change in told.changes}
    assert values["remaining"] == (Decimal(100), Decimal(60))
    assert values["ignored"] == (False, True)
    assert values["due_on"] == (TODAY - timedelta(days=20), TODAY)
    assert {change.by for change in told.changes} == {admin.full_name}
    assert [each.id for each, detached in told.actions if not detached] == [action.id]
    assert told.row.held_name == "Check"
    assert isinstance(action, Action)


def test_items_are_found_by_number_or_id_and_an_open_one_first(entity: Entity) -> None:
    customer, other = a_customer(code="C1"), a_customer()
    old = an_item(customer, number="N5", cleared_on=TODAY, issued_on=date(2024, 1, 1))
    item, second = an_item(customer, number="N5"), an_item(customer, number="X 1")
    assert by_numbers(customer, "N5, X 1") == [item, second]
    assert by_numbers(customer, f"{second.id},N5") == [second, item]
    assert by_numbers(customer, str(old.id)) == [old]
    with pytest.raises(Refused, match='no item "X9" of customer C1'):
        by_numbers(customer, "X9")
    with pytest.raises(Refused, match="at least one"):
        by_numbers(customer, " , ")
    an_item(customer, number="N5", issued_on=date(2025, 1, 1))
    with pytest.raises(Refused, match="Several items"):
        by_numbers(customer, "N5")
    foreign = an_item(other, number="F")
    with pytest.raises(Refused, match="no item"):
        by_numbers(customer, str(foreign.id))


def test_statuses_are_criteria(entity: Entity, admin: User) -> None:
    status = a_status(StatusType.ONGOING)
    an_item(a_customer(), number="S", status_id=status.id)
    an_item(a_customer(), number="T")
    assert found(admin, entity, {"status": (str(status.id),)}) == ["S"]
    assert found(admin, entity, {"status": (str(status.id), "none")}) == ["S", "T"]
