"""Which rate and which fixed cost hold for a debtor."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from dso.domain import penalties
from dso.domain.pool import PoolItem
from dso.models import Entity, PenaltyRate, Rate
from dso.queries import penalties as queries
from dso.queries.items import statement
from dso.queries.messages.lines import account_lines, with_penalties
from dso.services import item_changes, settings
from tests.factories import NOW, TODAY, a_customer, an_item

LATE = date(2026, 10, 21)


def fixed(entity: Entity, country: str, currency: str, amount: str) -> Decimal | None:
    return queries.rates(entity).terms(country, currency, TODAY).of(LATE, Decimal(amount)).fixed


def rate(entity: Entity, country: str, currency: str = "EUR") -> Decimal | None:
    return queries.rates(entity).terms(country, currency, TODAY).of(LATE, Decimal(1)).rate


def test_without_a_rate_of_its_own_the_shipped_table_of_the_debtors_country_holds(entity: Entity) -> None:
    assert rate(entity, "FR") == Decimal("12.15")
    assert rate(entity, "DE") == Decimal("10.27")
    assert rate(entity, "BE") == rate(entity, "ES") == Decimal("10.15")
    assert rate(entity, "GB", "GBP") == Decimal("11.75")


def test_a_country_without_a_table_takes_the_entitys(entity: Entity) -> None:
    assert rate(entity, "CH") == rate(entity, "") == Decimal("12.15")


def test_the_entitys_own_rate_comes_before_every_table(entity: Entity) -> None:
    settings.set_value(entity, "penalties.rate", "12", actor=None, now=NOW)
    assert rate(entity, "DE") == Decimal(12)


def test_a_rate_written_down_for_a_country_comes_before_the_shipped_one(entity: Entity, session: Session) -> None:
    session.add(
        PenaltyRate(
            entity_id=entity.id,
            country="DE",
            currency="EUR",
            from_on=date(2026, 7, 1),
            rate=Decimal("10.5"),
            costs={"0": "45"},
        )
    )
    assert rate(entity, "DE") == Decimal("10.5")
    assert fixed(entity, "DE", "EUR", "100") == Decimal(45)


def test_british_debts_bear_the_british_bands_and_others_forty_euros(entity: Entity) -> None:
    assert [fixed(entity, "GB", "GBP", amount) for amount in ("10", "1000", "20000")] == [40, 70, 100]
    assert fixed(entity, "FR", "EUR", "20000") == Decimal(40)


def test_a_fixed_sum_chosen_by_the_entity_comes_before_the_bands(entity: Entity) -> None:
    settings.set_value(entity, "penalties.recovery_cost", "60", actor=None, now=NOW)
    assert fixed(entity, "FR", "EUR", "100") == Decimal(60)


def test_a_fixed_sum_in_another_currency_is_converted_and_without_a_rate_not_claimed(
    entity: Entity, session: Session
) -> None:
    assert fixed(entity, "FR", "USD", "100") is None
    session.add(Rate(reference="EUR", currency="USD", on=date(2026, 11, 1), units="1.25"))
    session.flush()
    assert fixed(entity, "FR", "USD", "100") == Decimal(50)


def test_interest_of_ten_thousand_thirty_days_late_at_twelve_percent_is_98_63(entity: Entity) -> None:
    settings.set_value(entity, "penalties.rate", "12", actor=None, now=NOW)
    item = an_item(a_customer(entity=entity), "10000", days_late=30)
    pooled = PoolItem(item.id, item.number, item.type, item.currency, item.remaining, item.issued_on, item.due_on)
    terms = {"EUR": queries.rates(entity).terms("FR", "EUR", TODAY)}
    claim = penalties.claims([pooled], terms, TODAY)[item.id]
    assert (claim.interest, claim.fixed_cost, claim.total) == (Decimal("98.63"), Decimal(40), Decimal("138.63"))


def test_a_part_paid_late_is_found_with_its_day_and_shown_in_the_statement(entity: Entity) -> None:
    settings.set_value(entity, "penalties.rate", "12", actor=None, now=NOW)
    customer = a_customer(penalties=True)
    item = an_item(customer, "1000", days_late=50)
    paid_on = TODAY - timedelta(days=10)
    item_changes.change(item, None, paid_on, NOW, remaining=Decimal(400))
    assert queries.part_payments([customer.id]) == {item.id: [(paid_on, Decimal(600))]}
    assert statement.claims([customer], today=TODAY).by_item[item.id].interest == Decimal("14.47")
    lines, _rates = with_penalties(account_lines(customer, today=TODAY), customer, entity, today=TODAY)
    assert [line.penalties for line in lines] == [Decimal("14.47")]
