"""What messages and statements list, and that it agrees with the decision to chase."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from dso.domain import documents, pool
from dso.domain.codes import ItemType, StatusType
from dso.domain.documents import Line
from dso.domain.money import ZERO
from dso.domain.pool import PoolItem
from dso.domain.settings import CollectionSettings

TODAY = date(2026, 11, 20)
RULES = CollectionSettings()


def a_line(number: str, amount: str, days_late: int = 10, **values: object) -> Line:
    due = TODAY - timedelta(days=days_late)
    known: dict[str, object] = {
        "type": ItemType.INVOICE,
        "currency": "EUR",
        "remaining": Decimal(amount),
        "issued_on": due - timedelta(days=30),
        "due_on": due,
    }
    code = str(values.pop("code", "C1"))
    item = PoolItem(id=int(number), number=number, **{**known, **values})  # type: ignore[arg-type]
    return Line(item, 1, code, f"Name of {code}", item.remaining, item.remaining, days_late)


def numbers(lines: tuple[Line, ...]) -> list[str]:
    return sorted(line.item.number for line in lines)


def test_overdue_and_not_due_part_the_pool_and_credits_net_what_is_late() -> None:
    late, later = a_line("1", "100"), a_line("2", "70", days_late=-20)
    credit = a_line("3", "-30", type=ItemType.CREDIT_NOTE)
    found = documents.chased([late, later, credit], RULES, TODAY)
    assert numbers(found.overdue) == ["1", "3"]
    assert numbers(found.not_due) == ["2"]
    assert documents.totals(found.overdue) == {"EUR": Decimal(70)}


def test_an_item_due_today_is_asked_for_but_not_called_overdue() -> None:
    found = documents.chased([a_line("1", "100"), a_line("2", "50", days_late=0)], RULES, TODAY)
    assert numbers(found.due) == ["1", "2"]
    assert numbers(found.overdue) == ["1"]
    assert numbers(found.not_due) == ["2"]


def test_disputed_promised_held_and_ignored_items_are_in_no_dunning_list() -> None:
    aside = [
        a_line("2", "50", status_type=StatusType.DISPUTE),
        a_line("3", "50", status_type=StatusType.PROMISE, promise_until=TODAY + timedelta(days=3)),
        a_line("4", "50", held=True),
        a_line("5", "50", ignored=True),
        a_line("6", "50", type=ItemType.DOWN_PAYMENT),
    ]
    found = documents.chased([a_line("1", "100"), *aside], RULES, TODAY)
    assert numbers(found.due) == ["1"]


def test_of_a_partly_disputed_item_only_the_rest_is_asked_for() -> None:
    line = a_line("1", "100", status_type=StatusType.DISPUTE, disputed_amount=Decimal(30))
    found = documents.chased([line], RULES, TODAY)
    assert documents.totals(found.due) == {"EUR": Decimal(70)}
    assert found.due[0].disputed == Decimal(30)


def test_a_credit_in_another_currency_nets_nothing() -> None:
    lines = [a_line("1", "100"), a_line("2", "-40", currency="USD", type=ItemType.PAYMENT)]
    found = documents.chased(lines, RULES, TODAY)
    assert documents.totals(found.overdue) == {"EUR": Decimal(100)}
    assert documents.asked_for(documents.totals(found.due, first="EUR")) == {"EUR": Decimal(100)}


def test_every_currency_has_its_own_table_the_companys_first() -> None:
    lines = [a_line("1", "100", currency="CHF"), a_line("2", "100"), a_line("3", "7", currency="EUR", days_late=90)]
    found = documents.tables(lines, first="EUR")
    assert [table.currency for table in found] == ["EUR", "CHF"]
    assert [line.item.number for line in found[0].lines] == ["3", "2"]


def test_grouped_accounts_have_a_table_each() -> None:
    lines = [a_line("1", "10", code="B"), a_line("2", "20", code="A"), a_line("3", "30", code="B")]
    found = documents.by_account(lines, first="EUR")
    assert [(table.title, table.total) for table in found] == [
        ("Name of A (A)", Decimal(20)),
        ("Name of B (B)", Decimal(40)),
    ]


def test_a_statement_counts_disputed_items_shows_how_much_they_are_and_keeps_down_payments_apart() -> None:
    lines = [
        a_line("1", "100"),
        a_line("2", "50", status_type=StatusType.DISPUTE),
        a_line("3", "30", status_type=StatusType.DISPUTE, disputed_amount=Decimal(10)),
        a_line("4", "500", type=ItemType.DOWN_PAYMENT),
        a_line("5", "-20", type=ItemType.CREDIT_NOTE),
    ]
    found = documents.statement(lines, first="EUR")
    (table,) = found.tables
    assert table.total == Decimal(160)
    assert table.disputed == Decimal(60)
    assert [t.total for t in found.down_payments] == [Decimal(500)]


_AMOUNTS = st.integers(min_value=-50_000, max_value=50_000).filter(bool).map(lambda cents: Decimal(cents) / 100)
_LINES = st.lists(
    st.tuples(
        _AMOUNTS,
        st.integers(-40, 40),
        st.sampled_from(["EUR", "USD"]),
        st.sampled_from([None, StatusType.DISPUTE, StatusType.LITIGATION, StatusType.ONGOING]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=200, deadline=None)
@given(_LINES)
def test_the_text_asks_for_the_chaseable_amount_to_the_cent(
    rows: list[tuple[Decimal, int, str, StatusType | None, bool, bool]],
) -> None:
    lines = [
        a_line(
            str(n),
            str(amount),
            days,
            currency=currency,
            status_type=status,
            held=held,
            ignored=ignored,
            type=ItemType.INVOICE if amount > 0 else ItemType.CREDIT_NOTE,
        )
        for n, (amount, days, currency, status, held, ignored) in enumerate(rows, 1)
    ]
    decided = pool.chaseable([line.item for line in lines], RULES, TODAY)
    assert documents.totals(documents.chased(lines, RULES, TODAY).due) == decided


@settings(max_examples=100, deadline=None)
@given(_LINES)
def test_overdue_and_not_due_lose_and_double_nothing(
    rows: list[tuple[Decimal, int, str, StatusType | None, bool, bool]],
) -> None:
    lines = [a_line(str(n), str(row[0]), row[1], currency=row[2], held=row[4]) for n, row in enumerate(rows, 1)]
    found = documents.chased(lines, RULES, TODAY)
    both = sorted(line.item.id for line in (*found.overdue, *found.not_due))
    assert both == sorted(set(both))
    if both:
        wanted = {line.item.id for line in lines if pool.is_chased(line.item, RULES, TODAY) or pool.nets(line.item)}
        assert set(both) == wanted
        assert sum((line.remaining for line in found.due), ZERO) is not None
