"""The brake stands from the start with its defaults."""

from dataclasses import replace
from decimal import Decimal

import pytest

from dso.domain.imports.brake import Braked, Effect, FullFile, Sums, added, stops, taken

D = Decimal


def _effect(
    before: Sums,
    after: Sums,
    cleared: Sums,
    *,
    full: bool = True,
    rows: int = 100,
    recurrencied: int = 0,
    last: FullFile | None = None,
) -> Effect:
    return Effect(full, rows, {"EUR": before}, {"EUR": after}, {"EUR": cleared}, recurrencied, last)


HUNDRED = Sums(100, D(1000), D(0), D(-200))


@pytest.mark.parametrize(("count", "stopped"), [(30, False), (31, True)])
def test_clearing_more_than_the_set_share_of_open_items_stops(count: int, stopped: bool) -> None:
    found = stops(_effect(HUNDRED, HUNDRED, Sums(count, D(1))), 30)
    assert bool(found) is stopped
    assert not stopped or str(found[0]) == "31 of 100 open items would be cleared (31 %)"


@pytest.mark.parametrize(("amount", "stopped"), [("300", False), ("300.01", True)])
def test_clearing_more_than_the_set_share_of_the_receivable_stops(amount: str, stopped: bool) -> None:
    found = stops(_effect(HUNDRED, HUNDRED, Sums(1, D(amount))), 30)
    assert bool(found) is stopped
    assert not stopped or str(found[0]) == "300.01 of 1000.00 EUR receivable would be cleared (30 %)"


def test_the_share_holds_for_partial_files_too_and_can_be_switched_off() -> None:
    effect = _effect(HUNDRED, HUNDRED, Sums(90, D(1)), full=False)
    assert stops(effect, 30)
    assert not stops(effect, 0)


def test_a_minor_currency_does_not_stop_by_its_share() -> None:
    before = {"EUR": Sums(95, D(1000)), "CHF": Sums(5, D(50))}
    assert not stops(Effect(True, 100, before, before, {"CHF": Sums(5, D(50))}), 30)


@pytest.mark.parametrize(("rows", "stopped"), [(50, False), (49, True)])
def test_half_the_rows_of_the_last_full_file_stop(rows: int, stopped: bool) -> None:
    last = FullFile(100, {})
    assert bool(stops(_effect(Sums(), Sums(), Sums(), rows=rows, last=last), 30)) is stopped
    assert not stops(_effect(Sums(), Sums(), Sums(), rows=rows, last=last, full=False), 30)


@pytest.mark.parametrize(("credits_", "stopped"), [("-100", False), ("-99.99", True), ("0", True), ("-300", False)])
def test_credits_that_fall_by_more_than_half_stop(credits_: str, stopped: bool) -> None:
    last = FullFile(100, {"EUR": HUNDRED})
    found = stops(_effect(HUNDRED, Sums(100, D(1000), D(0), D(credits_)), Sums(), last=last), 30)
    assert bool(found) is stopped
    assert not stopped or "credits would fall from -200.00" in str(found[0])


@pytest.mark.parametrize(("receivable", "stopped"), [("1300", False), ("1300.01", True), ("10", False)])
def test_a_receivable_that_rises_by_more_than_thirty_percent_stops(receivable: str, stopped: bool) -> None:
    last = FullFile(100, {"EUR": HUNDRED})
    found = stops(_effect(HUNDRED, Sums(100, D(receivable), D(0), D(-200)), Sums(), last=last), 30)
    assert bool(found) is stopped


def test_the_first_full_file_has_nothing_to_be_compared_with() -> None:
    assert not stops(_effect(Sums(), Sums(1000, D(10**9)), Sums()), 30)


def test_a_changed_currency_of_known_items_stops_in_every_mode() -> None:
    found = stops(_effect(HUNDRED, HUNDRED, Sums(), full=False, recurrencied=2), 0)
    assert str(found[0]) == "known items whose currency would change: 2"


def test_the_refusal_names_all_figures_and_the_way_on() -> None:
    error = Braked(stops(_effect(HUNDRED, HUNDRED, Sums(40, D(400))), 30))
    assert str(error).startswith("Stopped before saving: 40 of 100 open items")
    assert "400.00 of 1000.00 EUR" in str(error)
    assert "--force" in str(error)


def test_measures_come_back_from_memory_as_they_were() -> None:
    full = FullFile(7, {"EUR": Sums(3, D("1.10"), D("0.5"), D("-2"))})
    assert FullFile.from_json(full.as_json()) == full
    assert FullFile.from_json({}) is None


def test_measures_add_and_subtract_per_currency() -> None:
    one, other = {"EUR": HUNDRED}, {"EUR": HUNDRED, "USD": HUNDRED}
    assert taken(added(one, other), other) == {"EUR": HUNDRED, "USD": Sums()}


def test_a_file_cut_off_within_a_row_stops_by_the_rows_it_lacks() -> None:
    last = FullFile(100, {})
    cut = Effect(full=True, rows=69, before={}, after={}, cleared={}, last=last, unidentified=1)
    assert [str(each) for each in stops(cut, 30)] == ["rows of the file: 69, of the last full file: 100"]
    assert stops(replace(cut, rows=70), 30) == stops(replace(cut, unidentified=0), 30) == stops(cut, 0) == []
