"""Late interest and fixed recovery cost."""

from datetime import date, timedelta
from decimal import Decimal

from dso.domain import penalties
from dso.domain.codes import ItemType, StatusType
from dso.domain.penalties import Claim, Terms
from dso.domain.pool import PoolItem

TODAY = date(2026, 11, 20)
TERMS = {"EUR": Terms(Decimal(12), Decimal(40))}


def an_item(number: int, amount: str, days_late: int = 30, **values: object) -> PoolItem:
    due = TODAY - timedelta(days=days_late)
    known: dict[str, object] = {"type": ItemType.INVOICE, "currency": "EUR", "issued_on": due, "due_on": due}
    known |= {"remaining": Decimal(amount)}
    return PoolItem(id=number, number=str(number), **{**known, **values})  # type: ignore[arg-type]


def test_the_example_of_the_specification() -> None:
    claim = penalties.claims([an_item(1, "10000")], TERMS, TODAY)[1]
    assert claim == Claim(Decimal("98.63"), Decimal("40.00"))
    assert claim.total == Decimal("138.63")


def test_a_year_of_360_days_costs_more() -> None:
    terms = Terms(Decimal(12), None, 360)
    assert penalties.interest(Decimal(10000), 30, terms, "EUR") == Decimal("100.00")


def test_an_item_due_today_costs_nothing() -> None:
    assert penalties.claims([an_item(1, "100", days_late=0)], TERMS, TODAY) == {}


def test_only_invoices_bear_penalties() -> None:
    entry = an_item(1, "100", type=ItemType.MISCELLANEOUS)
    assert penalties.claims([entry], TERMS, TODAY) == {}


def test_disputed_amounts_bear_nothing_litigation_and_promises_do() -> None:
    items = [
        an_item(1, "1000", status_type=StatusType.DISPUTE),
        an_item(2, "1000", status_type=StatusType.DISPUTE, disputed_amount=Decimal(1000) - Decimal(100)),
        an_item(3, "1000", status_type=StatusType.LITIGATION),
        an_item(4, "1000", status_type=StatusType.PROMISE, promise_until=TODAY + timedelta(days=3)),
    ]
    found = penalties.claims(items, TERMS, TODAY)
    assert sorted(found) == [2, 3, 4]
    assert found[2].interest == penalties.interest(Decimal(100), 30, TERMS["EUR"], "EUR")


def test_nothing_issued_before_an_insolvency_bears_penalties() -> None:
    assert penalties.claims([an_item(1, "100", insolvent_on=TODAY)], TERMS, TODAY) == {}


def test_what_unallocated_credits_cover_bears_nothing_the_oldest_first() -> None:
    items = [an_item(1, "100", 60), an_item(2, "100", 30), an_item(3, "-150", type=ItemType.PAYMENT)]
    found = penalties.claims(items, TERMS, TODAY)
    assert list(found) == [2]
    assert found[2].interest == penalties.interest(Decimal(50), 30, TERMS["EUR"], "EUR")


def test_without_terms_nothing_is_claimed() -> None:
    assert penalties.claims([an_item(1, "100")], {}, TODAY) == {}


def test_interest_is_rounded_half_up_to_the_decimals_of_the_currency() -> None:
    assert penalties.interest(Decimal(1000), 1, Terms(Decimal("1.825")), "EUR") == Decimal("0.05")
    assert penalties.interest(Decimal(100000), 10, Terms(Decimal(10)), "JPY") == Decimal(274)


def test_a_dated_rate_is_the_one_in_force_when_the_item_became_late_and_stays() -> None:
    rises = (TODAY - timedelta(days=29), Decimal(24)), (date(2020, 1, 1), Decimal(12))
    terms = {"EUR": Terms(dated=rises)}
    found = penalties.claims([an_item(1, "10000", 31), an_item(2, "10000", 30)], terms, TODAY)
    assert found[1].interest == Decimal("101.92")
    assert found[2].interest == Decimal("197.26")


def test_a_rate_of_the_entity_comes_before_the_dated_ones_and_nothing_is_claimed_before_the_first() -> None:
    dated = ((date(2026, 11, 1), Decimal(24)),)
    assert Terms(Decimal(12), dated=dated).of(date(2026, 11, 5), Decimal(1)).rate == Decimal(12)
    assert Terms(dated=dated).of(date(2026, 10, 31), Decimal(1)).rate == Decimal(24)
    assert Terms(dated=dated).of(date(2026, 10, 30), Decimal(1)).rate is None


def test_fixed_costs_rise_in_bands_with_the_amount() -> None:
    bands = (Decimal(10000), Decimal(100)), (Decimal(1000), Decimal(70)), (Decimal(0), Decimal(40))
    costs = [Terms(bands=bands).of(TODAY, Decimal(amount)).fixed for amount in ("999.99", "1000", "9999.99", "10000")]
    assert costs == [Decimal(40), Decimal(70), Decimal(70), Decimal(100)]


def test_after_part_payments_each_remaining_amount_bears_interest_for_its_own_days() -> None:
    """1000 for 40 days and 400 for ten more, rounded once: 13.1507 + 1.3151."""
    item = an_item(1, "400", days_late=50)
    paid = {1: [(TODAY - timedelta(days=10), Decimal(600))]}
    assert penalties.claims([item], TERMS, TODAY, paid)[1].interest == Decimal("14.47")


def test_what_was_paid_before_the_due_date_or_comes_after_the_day_bears_nothing_for_it() -> None:
    item = an_item(1, "400", days_late=50)
    paid = {1: [(TODAY - timedelta(days=50), Decimal(600)), (TODAY + timedelta(days=1), Decimal(600))]}
    assert penalties.claims([item], TERMS, TODAY, paid) == penalties.claims([item], TERMS, TODAY)


def test_an_amount_that_rises_again_bears_nothing_for_the_days_it_was_not_owed() -> None:
    item = an_item(1, "1000", days_late=50)
    gone, back = TODAY - timedelta(days=40), TODAY - timedelta(days=10)
    paid = {1: [(gone, Decimal(1000)), (back, Decimal(-1000))]}
    assert penalties.claims([item], TERMS, TODAY, paid)[1].interest == Decimal("6.58")
