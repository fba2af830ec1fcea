"""Who leads, what is in the pool, what is chased (3.1, 11.3)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dso.domain.codes import ItemType, StatusType
from dso.domain.pool import Aside, PoolItem, chaseable, chased_amount, enough, find_leader, is_chased, nets, set_aside
from dso.domain.settings import CollectionSettings

TODAY = date(2026, 6, 10)
SETTINGS = CollectionSettings(methods_not_chased=("prélèvement",))


def item(number: str = "F1", amount: str = "100", due: int = -10, **fields: Any) -> PoolItem:
    """An item due so many days from today."""
    base = PoolItem(
        id=int(number[1:]),
        number=number,
        type=ItemType.INVOICE,
        currency="EUR",
        remaining=Decimal(amount),
        issued_on=TODAY + timedelta(days=due - 30),
        due_on=TODAY + timedelta(days=due),
    )
    return replace(base, **fields)


def test_the_oldest_due_item_leads() -> None:
    assert find_leader([item("F1", due=-3), item("F2", due=-9)], SETTINGS, TODAY) == item("F2", due=-9)


def test_of_two_due_on_one_day_the_larger_leads() -> None:
    leader = find_leader([item("F1", "50"), item("F2", "70")], SETTINGS, TODAY)
    assert leader is not None and leader.number == "F2"


def test_of_two_alike_the_lower_number_leads() -> None:
    leader = find_leader([item("F2"), item("F1")], SETTINGS, TODAY)
    assert leader is not None and leader.number == "F1"


def test_a_credit_never_leads() -> None:
    assert find_leader([item("F1", "-100", type=ItemType.MISCELLANEOUS)], SETTINGS, TODAY) is None


def test_the_leader_is_the_oldest_of_all_currencies() -> None:
    items = [item("F1", due=-3), item("F2", due=-9, currency="USD")]
    leader = find_leader(items, SETTINGS, TODAY)
    assert leader is not None and leader.currency == "USD"


@pytest.mark.parametrize(
    ("fields", "cause"),
    [
        ({"type": ItemType.DRAFT}, Aside.NOT_CHASED),
        ({"type": ItemType.DOWN_PAYMENT}, Aside.NOT_CHASED),
        ({"ignored": True}, Aside.IGNORED),
        ({"status_type": StatusType.DISPUTE}, Aside.DISPUTE),
        ({"status_type": StatusType.LITIGATION}, Aside.LITIGATION),
        ({"promise_until": TODAY}, Aside.PROMISE),
        ({"held": True}, Aside.HELD),
        ({"insolvent_on": TODAY}, Aside.INSOLVENT),
        ({"payment_method": "Prélèvement"}, Aside.METHOD),
        ({"remaining": Decimal("4.99")}, Aside.SMALL),
    ],
)
def test_what_keeps_an_item_out_of_the_pool(fields: dict[str, Any], cause: Aside) -> None:
    assert set_aside(item(**fields), SETTINGS, TODAY) is cause


@pytest.mark.parametrize(
    "fields",
    [
        {"status_type": StatusType.ONGOING},
        {"status_type": StatusType.DISPUTE_RESOLVED},
        {"status_type": StatusType.PROMISE, "promise_until": TODAY - timedelta(days=1)},
        {"status_type": StatusType.PROMISE, "promise_until": TODAY, "promise_broken": True},
        {"remaining": Decimal(5)},
        {"insolvent_on": date(2020, 1, 1)},
        {"type": ItemType.MISCELLANEOUS, "payment_method": "Prélèvement"},
    ],
)
def test_what_does_not_keep_an_item_out_of_the_pool(fields: dict[str, Any]) -> None:
    assert is_chased(item(**fields), SETTINGS, TODAY)


def test_of_a_partly_disputed_item_the_rest_is_chased() -> None:
    partly = item(status_type=StatusType.DISPUTE, disputed_amount=Decimal(30), held=True)
    assert is_chased(partly, SETTINGS, TODAY)
    assert chased_amount(partly) == 70
    assert chaseable([partly], SETTINGS, TODAY) == {"EUR": 70}


def test_a_rest_too_small_is_not_chased() -> None:
    partly = item(status_type=StatusType.DISPUTE, disputed_amount=Decimal(96))
    assert set_aside(partly, SETTINGS, TODAY) is Aside.SMALL


def test_debits_fall_due_and_credits_count_at_once() -> None:
    items = [item("F1", due=-1), item("F2", "60", due=5), item("R3", "-30", due=20, type=ItemType.PAYMENT)]
    assert chaseable(items, SETTINGS, TODAY) == {"EUR": 70}
    assert chaseable(items, SETTINGS, TODAY, by=TODAY + timedelta(days=5)) == {"EUR": 130}


def test_before_the_leader_is_due_what_is_due_with_it_counts() -> None:
    items = [item("F1", due=3), item("F2", "60", due=3), item("F3", "9", due=4)]
    assert chaseable(items, SETTINGS, TODAY) == {"EUR": 160}


def test_a_credit_in_one_currency_never_covers_a_debit_in_another() -> None:
    items = [item("F1"), item("R2", "-500", type=ItemType.PAYMENT, currency="USD")]
    assert chaseable(items, SETTINGS, TODAY) == {"EUR": 100, "USD": -500}
    assert enough(chaseable(items, SETTINGS, TODAY), Decimal(20))


@pytest.mark.parametrize(
    "fields",
    [
        {"ignored": True},
        {"held": True},
        {"status_type": StatusType.DISPUTE},
        {"type": ItemType.DRAFT},
        {"type": ItemType.DOWN_PAYMENT},
    ],
)
def test_which_credits_do_not_net(fields: dict[str, Any]) -> None:
    assert not nets(item("R1", "-50", **({"type": ItemType.PAYMENT} | fields)))


@pytest.mark.parametrize("kind", [ItemType.CREDIT_NOTE, ItemType.PAYMENT, ItemType.MISCELLANEOUS])
def test_which_credits_net(kind: ItemType) -> None:
    assert nets(item("R1", "-50", type=kind))


def test_nothing_is_chaseable_without_a_leader() -> None:
    assert chaseable([item("R1", "-50", type=ItemType.PAYMENT)], SETTINGS, TODAY) == {}


@pytest.mark.parametrize(("amount", "worth"), [("20", True), ("19.99", False), ("0", False), ("-5", False)])
def test_the_minimum_amount_itself_is_worth_chasing(amount: str, worth: bool) -> None:
    assert enough({"EUR": Decimal(amount)}, Decimal(20)) is worth


def test_with_no_minimum_nothing_due_is_still_not_chased() -> None:
    assert not enough({"EUR": Decimal(0)}, Decimal(0))


amounts = st.decimals(Decimal(-200), Decimal(200), places=2)
ledgers = st.lists(
    st.builds(
        item,
        st.integers(1, 99).map(lambda n: f"F{n}"),
        amounts.map(str),
        st.integers(-90, 90),
        type=st.sampled_from(ItemType),
        ignored=st.booleans(),
        held=st.booleans(),
        status_type=st.sampled_from([None, *StatusType]),
    ),
    max_size=12,
)


@given(ledgers)
def test_the_leader_is_always_a_chased_debit_and_none_is_older(items: list[PoolItem]) -> None:
    leader = find_leader(items, SETTINGS, TODAY)
    chased = [one for one in items if is_chased(one, SETTINGS, TODAY)]
    assert (leader is None) == (not chased)
    if leader is not None:
        assert leader in chased
        assert all(leader.due_on <= one.due_on for one in chased)


@given(ledgers, st.integers(0, 60))
def test_more_falls_due_as_days_pass_never_less(items: list[PoolItem], days: int) -> None:
    now = chaseable(items, SETTINGS, TODAY)
    later = chaseable(items, SETTINGS, TODAY, by=TODAY + timedelta(days=days))
    assert all(later.get(currency, Decimal(0)) >= amount for currency, amount in now.items())
