"""Rows that say what the ledger holds are passed over unread; whatever could make that wrong has them read (2.3)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from dso.db import db
from dso.domain.codes import ItemType
from dso.domain.imports.dates import DayOrder
from dso.domain.imports.item_columns import ItemTyper
from dso.models import Item
from dso.services.imports import items
from dso.services.imports.accounts_of_items import move_items
from tests import factories
from tests.factories import TODAY
from tests.services.imports.helpers import (
    ITEM_HEADERS,
    STOCK,
    Importer,
    changes,
    counts,
    customer,
    item,
    money,
    reasons,
    snapshot,
)
from tests.services.imports.undo_helpers import dump, take_back

ROWS = [f"C{1 + n % 2};F{n};FAC;2026-09-{1 + n:02};2026-10-{1 + n:02};100.00;{90 + n}.00" for n in range(6)]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows of each chunk were typed."""
    seen: list[int] = []
    chunk = ItemTyper.chunk

    def counted(self: ItemTyper, rows: Any, *rest: Any) -> Any:
        seen.append(len(rows))
        return chunk(self, rows, *rest)

    monkeypatch.setattr(ItemTyper, "chunk", counted)
    return seen


@pytest.mark.parametrize("take_in", [Importer.items, Importer.stock])
def test_the_same_file_again_is_not_typed_and_changes_nothing(
    take: Importer, typed: list[int], take_in: Callable[..., Any]
) -> None:
    take_in(take, *ROWS)
    before = snapshot(take.entity)
    assert counts(take_in(take, *ROWS)) == {"unchanged": 6}
    assert snapshot(take.entity) == before
    assert typed == [6, 0]


def test_only_rows_that_say_something_else_are_typed(take: Importer, typed: list[int]) -> None:
    take.stock(*ROWS)
    paid = ROWS[0].replace("90.00", "40.00")
    report = take.stock(paid, *ROWS[2:], "C1;N1;FAC;2026-09-01;2026-10-01;5;5", dry=True)
    assert counts(report) == {"new": 1, "changed": 1, "cleared": 1, "unchanged": 4}
    assert counts(take.stock(paid, *ROWS[2:])) == {"changed": 1, "cleared": 1, "unchanged": 4}
    assert (item("F0").remaining, item("F1").cleared_on) == (money("40"), TODAY)
    assert changes("F0") == {"remaining": ("900000", "400000")}
    assert typed == [6, 2, 1]


def test_a_changed_row_is_known_by_its_new_words_the_next_time(take: Importer, typed: list[int]) -> None:
    take.stock(*ROWS)
    changed = [ROWS[0].replace("90.00", "40.00"), *ROWS[1:]]
    take.stock(*changed)
    assert counts(take.stock(*changed)) == {"unchanged": 6}
    assert counts(take.stock(*ROWS)) == {"changed": 1, "unchanged": 5}
    assert typed == [6, 1, 0, 1]


def test_what_was_changed_by_hand_is_brought_back_by_the_same_file(take: Importer) -> None:
    take.stock(*ROWS)
    before = snapshot(take.entity)
    item("F3").remaining = money("1")
    db.session.flush()
    db.session.execute(update(Item).where(Item.number == "F4").values(order_number="X", due_on=TODAY))
    table: Any = Item.__table__
    db.session.connection().execute(table.update().where(table.c.number == "F5").values(cleared_on=TODAY, remaining=0))
    assert counts(take.stock(*ROWS)) == {"changed": 2, "reopened": 1, "unchanged": 3}
    db.session.execute(update(Item).where(Item.number == "F4").values(order_number=""))
    assert snapshot(take.entity) == before


def test_an_item_tagged_by_hand_is_read_once_and_then_known_again(take: Importer, typed: list[int]) -> None:
    take.stock(*ROWS)
    item("F3").status_comment = "asked for a copy"
    take.stock(*ROWS)
    take.stock(*ROWS)
    assert typed == [6, 1, 0]


def test_columns_that_are_not_mapped_may_say_what_they_like(take: Importer, typed: list[int]) -> None:
    headers = f"{ITEM_HEADERS};zz days"
    take.stock(*(f"{row};1" for row in ROWS), headers=headers, columns={"zz days": ""})
    take.stock(*(f"{row};2" for row in ROWS), headers=headers, columns={"zz days": ""})
    assert typed == [6, 0]


def test_a_column_that_means_something_else_has_every_row_read(take: Importer) -> None:
    headers = f"{ITEM_HEADERS};zz"
    take.stock(*(f"{row};one" for row in ROWS), headers=headers, columns={"zz": "project"})
    report = take.stock(*(f"{row};one" for row in ROWS), headers=headers, columns={"zz": "order_number"})
    assert counts(report) == {"changed": 6}
    assert (item("F1").project, item("F1").order_number) == ("one", "one")


def test_a_constant_of_another_value_has_every_row_read(take: Importer) -> None:
    take.stock(*ROWS, constants={"currency": "EUR"})
    assert counts(take.stock(*ROWS, constants={"currency": "USD"}, force=True)) == {"changed": 6}


def test_another_order_of_day_and_month_has_every_row_read(take: Importer) -> None:
    rows = ["C1;F1;FAC;03/04/2026;05/06/2026;5.00;5.00", "C1;F2;FAC;03/04/2026;05/06/2026;5.00;5.00"]
    take.stock(*rows, day_order=DayOrder.DAY_FIRST)
    report = take.stock(*rows, day_order=DayOrder.MONTH_FIRST)
    assert counts(report) == {"changed": 2}
    assert item("F1").due_on.isoformat() == "2026-05-06"


def test_another_decimal_mark_has_every_row_read(take: Importer) -> None:
    rows = ["C1;F1;FAC;2026-01-02;2026-01-02;1,234;1,234"]
    take.stock(*rows, decimal=".")
    assert counts(take.stock(*rows, decimal=",", force=True)) == {"changed": 1}
    assert item("F1").amount == money("1.23")


def test_a_type_that_means_something_else_has_its_rows_read(take: Importer, typed: list[int]) -> None:
    rows = [*ROWS, "C1;Z1;ZZ;2026-09-01;2026-10-01;7.00;7.00"]
    take.stock(*rows, types={"ZZ": ItemType.INVOICE})
    assert counts(take.stock(*rows, types={"ZZ": ItemType.MISCELLANEOUS})) == {"changed": 1, "unchanged": 6}
    assert typed == [7, 1]


def test_a_code_that_is_another_customers_now_has_its_rows_refused(take: Importer) -> None:
    take.stock(*ROWS)
    customer("C2").code = "C3"
    factories.a_customer(entity=take.entity, code="C2")
    assert counts(take.stock(*ROWS)) == {"unchanged": 3, "rejected": 3}
    assert item("F1").cleared_on is None


def test_two_equal_rows_of_a_known_item_are_both_refused(take: Importer, typed: list[int]) -> None:
    take.stock(*ROWS)
    report = take.stock(*ROWS, ROWS[0])
    assert counts(report) == {"unchanged": 5, "rejected": 2}
    assert [each.split(":")[0] for each in reasons(report)] == ["2", "8"]
    assert customer("C1").ledger_incomplete
    # The item has no row of its own any more: the next such file is read once.
    assert counts(take.stock(*ROWS, ROWS[0])) == {"unchanged": 5, "rejected": 2}
    assert typed == [6, 1, 7, 2]


def test_a_known_row_and_another_one_of_the_same_item_are_both_refused(take: Importer) -> None:
    take.stock(*ROWS)
    other = ROWS[0].replace("90.00", "80.00")
    assert counts(take.stock(other, *ROWS)) == {"unchanged": 5, "rejected": 2}
    assert item("F0").remaining == money("90")


def test_a_row_of_the_year_before_does_not_take_the_item_whose_own_row_is_known(take: Importer) -> None:
    own = "C1;F1;FAC;2026-01-03;2026-02-01;100.00;100.00"
    take.stock(own)
    report = take.stock(own, "C1;F1;FAC;2025-12-30;2026-02-01;100.00;100.00", force=True)
    assert counts(report) == {"new": 1, "unchanged": 1}


def test_a_payment_date_to_come_counts_on_its_day(take: Importer) -> None:
    row, headers = "C1;P1;FAC;2026-09-01;2026-10-01;5.00;5.00;2026-11-22", f"{ITEM_HEADERS};payment date"
    take.items(row, headers=headers)
    assert item("P1").expected_clearing_on is not None
    later = TODAY + timedelta(days=2)
    assert counts(take.items(row, headers=headers, today=later, force=True)) == {"cleared": 1}


def test_a_due_date_by_the_customers_terms_follows_the_terms(take: Importer) -> None:
    row = "C1;T1;FAC;2026-09-01;;5.00;5.00"
    take.items(row)
    customer("C1").payment_term = "60 jours"
    assert counts(take.items(row)) == {"changed": 1}


def test_a_remark_on_a_row_is_made_each_time(take: Importer) -> None:
    row = "C1;S1;FAC;2026-09-01;2026-10-01;-5.00;-5.00"
    first, again = take.items(row), take.items(row)
    assert sum(again.remarks.values()) == sum(first.remarks.values()) == 1


def test_a_known_row_takes_back_the_earlier_rejection_of_its_number(take: Importer) -> None:
    take.items(*ROWS)
    take.items("C1;F0;FAC;2026-09-01;2026-10-01;100.00;no")
    assert customer("C1").ledger_incomplete
    assert counts(take.items(*ROWS)) == {"unchanged": 6}
    assert not customer("C1").ledger_incomplete


def test_an_item_changed_while_the_file_was_read_is_compared_as_it_is_now(take: Importer) -> None:
    take.stock(*ROWS)

    def meanwhile() -> None:
        db.session.execute(update(Item).where(Item.number == "F2").values(remaining=money("3")))

    report = take.stock(*ROWS, begin_writing=meanwhile)
    assert counts(report) == {"changed": 1, "unchanged": 5}
    assert item("F2").remaining == money("92")


def test_items_with_unique_identifiers_have_rows_without_them_read(take: Importer) -> None:
    take.items(*ROWS)
    headers = f"{ITEM_HEADERS};unique key"
    take.items("C1;F0;FAC;2026-09-01;2026-10-01;100.00;90.00;U1", headers=headers)
    take.items("C1;F0;FAC;2026-09-01;2026-10-01;100.00;90.00;U2", headers=headers)
    assert counts(take.items(*ROWS)) == {"unchanged": 5, "rejected": 1}


def test_passing_over_gives_what_reading_every_row_gives(take: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    take.stock(*ROWS)
    file = [*ROWS[1:4], ROWS[4].replace("94.00", "0"), "C1;N1;AVO;2026-09-01;2026-10-01;-5;-5", "C9;X;FAC;a;b;c;d"]
    quick = take.stock(*file, dry=True, force=True)
    read = items._read
    monkeypatch.setattr(items, "_read", lambda *given, **_how: read(*given, whole=True))
    slow = take.stock(*file, dry=True, force=True)
    assert quick.as_json() == slow.as_json()
    assert quick.after == slow.after


def test_a_full_file_clears_what_is_gone_beside_rows_it_passed_over(take: Importer) -> None:
    take.stock(*ROWS)
    assert counts(take.items(*ROWS[:4], mode=STOCK, force=True)) == {"cleared": 2, "unchanged": 4}
    assert [item(f"F{n}").cleared_on for n in (0, 4, 5)] == [None, TODAY, TODAY]
    assert counts(take.stock(*ROWS, force=True)) == {"reopened": 2, "unchanged": 4}


def test_an_item_whose_import_was_taken_back_is_read_again(take: Importer, typed: list[int]) -> None:
    changed = [ROWS[0].replace("90.00", "40.00"), *ROWS[1:]]
    take.stock(*ROWS)
    take.stock(*changed)
    take_back(take.entity)
    assert counts(take.stock(*ROWS, dry=True)) == {"unchanged": 6}
    assert counts(take.stock(*changed)) == {"changed": 1, "unchanged": 5}
    assert item("F0").remaining == money("40")
    assert typed == [6, 1, 1, 1]


def test_an_import_that_passed_rows_over_is_taken_back_whole(take: Importer) -> None:
    take.stock(*ROWS)
    before = dump(take.entity)
    take.stock(ROWS[0].replace("90.00", "40.00"), *ROWS[2:], "C1;N1;FAC;2026-09-01;2026-10-01;5;5")
    take_back(take.entity)
    assert dump(take.entity) == before


def test_an_item_collected_by_another_customer_since_is_read_again(take: Importer, typed: list[int]) -> None:
    take.stock(*ROWS)
    customer("C2").collected_by_id = customer("C1").id
    move_items([customer("C2").id])
    assert counts(take.stock(*ROWS)) == {"unchanged": 6}
    assert item("F1").account_id == customer("C1").id
    assert typed == [6, 3]


def test_rows_that_name_their_company_are_always_read(take: Importer, typed: list[int]) -> None:
    headers, rows = f"entity;{ITEM_HEADERS}", [f"{take.entity.name};{row}" for row in ROWS]
    take.stock(*rows, headers=headers)
    factories.an_entity(name="Beta GmbH")
    moved = [rows[0].replace(take.entity.name, "Beta GmbH", 1), *rows[1:]]
    report = take.stock(*moved, headers=headers, force=True)
    assert (counts(report), report.others) == ({"cleared": 1, "unchanged": 5}, {"Beta GmbH": 1})
    assert typed == [6, 6]


def test_items_that_share_a_fingerprint_have_every_row_read(take: Importer, typed: list[int]) -> None:
    take.stock(*ROWS)
    db.session.execute(update(Item).where(Item.number == "F1").values(fingerprint=item("F0").fingerprint))
    db.session.commit()
    assert counts(take.stock(*ROWS[1:])) == {"cleared": 1, "unchanged": 5}
    assert typed == [6, 5]


def test_a_row_whose_cells_move_by_a_quote_is_another_row(take: Importer) -> None:
    headers = "customer;number;type;issued on;due on;amount;remaining;project;order number"
    row = "C1;F0;FAC;2026-09-01;2026-10-01;100;100;"
    take.items(f'{row}"a;b";c', headers=headers)
    assert (item("F0").project, item("F0").order_number) == ("a;b", "c")
    assert counts(take.items(f'{row}a;"b;c"', headers=headers)) == {"changed": 1}
    assert (item("F0").project, item("F0").order_number) == ("a", "b;c")


def test_a_row_is_known_with_and_without_quotes(take: Importer, typed: list[int]) -> None:
    take.stock(*ROWS)
    quoted = [";".join(f'"{cell}"' for cell in row.split(";")) for row in ROWS]
    assert counts(take.stock(*quoted)) == {"unchanged": 6}
    assert typed == [6, 0]
