"""120 days of one customer, day by day: who is reminded of what when, and why not. The main test of the decision."""

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise

import pytest

from dso.domain.calendars import WorkingCalendar
from dso.domain.codes import ItemType, StartRule, StatusType
from dso.domain.scenarios import Rules
from dso.domain.settings import CollectionSettings
from tests import story
from tests.domain.accounts import starting
from tests.domain.world import World
from tests.story import d

RULES = Rules(CollectionSettings(), WorkingCalendar(holidays=frozenset({story.EASTER_MONDAY})), holidays="FR")


def dispute_partly(world: World) -> None:
    """An older invoice arrives late; a part of the leader is disputed, the rest goes on being chased."""
    world.invoice("F3", "900", d(40))
    world.change("F2", status_type=StatusType.DISPUTE, disputed_amount=Decimal(100), held=True)


#: What happens in the customer's world before the run of a day.
EVENTS: dict[int, Callable[[World], None]] = {
    2: lambda world: world.invoice("F2", "400", d(12)),
    19: lambda world: world.paid("F1"),
    # Promised for day 30, judged three working days later.
    24: lambda world: world.change("F2", status_type=StatusType.PROMISE, promise_until=d(35)),
    35: lambda world: world.change("F2", promise_broken=True),
    # A payment nobody allocated, taken back six days later.
    44: lambda world: world.invoice("R1", "-400", d(44), ItemType.PAYMENT),
    50: lambda world: world.paid("R1"),
    57: dispute_partly,
    63: lambda world: world.talked(d(63)),
    70: lambda world: world.paid("F2"),
    112: lambda world: world.paid("F3"),
}


def live_day(world: World, day: int) -> None:
    """The events of a day, then its run."""
    if day in EVENTS:
        EVENTS[day](world)
    world.day(d(day))


@pytest.fixture(scope="module")
def world() -> World:
    """The whole life, lived once."""
    lived = World(starting(StartRule.CONTINUE), RULES)
    lived.invoice("F1", "250", story.START)
    for day in range(story.LAST_DAY + 1):
        live_day(lived, day)
    return lived


def test_each_reminder_leaves_on_its_day_and_none_twice(world: World) -> None:
    sent = [((on - story.START).days, what.removeprefix("E-mail "), number) for on, what, number in world.sent]
    assert sent == story.SENT


def test_steps_are_passed_over_on_their_day(world: World) -> None:
    assert [((on - story.START).days, name) for on, name in world.passed] == story.PASSED_OVER


def test_every_day_has_its_reason(world: World) -> None:
    days = [(one.reason.code.value, one.reason.on) for one in world.reasons]
    promised = [(code, d(35) if code == "nothing_chaseable" else on) for code, on in days]
    assert story.changes(promised) == story.REASONS


def test_a_second_run_of_any_day_decides_the_same(world: World) -> None:
    lived = World(starting(StartRule.CONTINUE), RULES)
    lived.invoice("F1", "250", story.START)
    for day in range(story.LAST_DAY + 1):
        live_day(lived, day)
        sent, before = len(lived.sent), lived.open
        lived.day(d(day))
        assert len(lived.sent) == sent
        assert before is None or lived.open == before
    assert lived.sent == world.sent


def test_a_week_without_runs_is_neither_lost_nor_caught_up_in_a_burst() -> None:
    lived = World(starting(StartRule.CONTINUE), RULES)
    lived.invoice("F1", "250", story.START)
    for day in [0, *range(25, 60)]:
        lived.day(d(day))
    days = [(on - story.START).days for on, _what, _number in lived.sent]
    assert days[0] == 25  # the first reminder, late
    assert all(later - earlier >= 7 for earlier, later in pairwise(days))
