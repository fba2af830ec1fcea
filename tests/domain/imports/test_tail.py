"""The rows of totals and footers a file ends in: left out as one tail, and never a row that could go in."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dso.domain.codes import ImportKind
from dso.domain.imports.item_rows import stage_columns
from dso.domain.imports.mapping import FileMapping
from dso.domain.imports.rejects import FOOTER, TOTALS, Remarks
from dso.domain.imports.tables import Chunk
from dso.domain.imports.tail import MOST, Tail
from tests.domain.imports.item_typing import BASE, a_typer

HEADERS = [*BASE]
#: Customer, number, type, issued, due, amount.
ITEM = ["C1", "F1", "FAC", "2026-10-01", "2026-10-31", "100.00"]
TOTAL = ["Total", "", "", "", "", "100.00"]
SUMS = ["", "", "", "", "", "100.00"]
PRINTED = ["Printed on 28/11/2026 10:22"]
LINE = ["----------"]
TAIL = [
    LINE,
    ["Subtotal", "", "", "", "", "60.00"],
    SUMS,
    TOTAL,
    LINE,
    ["3 records", *[""] * 5],
    PRINTED,
    ["*** End ***"],
]


class Rows:
    """Rows of a file handed on some at a time; it may break off in a line."""

    def __init__(self, rows: list[list[str]], size: int = 5_000, broken: int = 0) -> None:
        self._rows, self._size, self._broken, self.broken, self.readings = rows, size, broken, 0, 0

    def chunks(self) -> Iterator[Chunk]:
        numbered = iter(enumerate(self._rows, start=2))
        self.broken, self.readings = 0, self.readings + 1
        while chunk := list(islice(numbered, self._size)):
            self.broken = self._broken if chunk[-1][0] == self._broken else self.broken
            yield [row for _line, row in chunk], [line for line, _row in chunk]


def _of_items(*more: str, customers: tuple[str, ...] = (), **options: Any) -> Tail:
    sought, gone = options.pop("sought", True), options.pop("without", ())
    columns = {**BASE, **{name: name for name in more}}
    mapping = FileMapping(columns={name: field for name, field in columns.items() if field not in gone}, **options)
    return Tail(ImportKind.ITEMS, mapping, [*columns], customers, sought=sought)


def _left(tail: Tail, rows: Rows) -> list[list[str]]:
    return [row for chunk, lines in tail.left_out(rows) for row, _line in zip(chunk, lines, strict=True)]


def _told(tail: Tail) -> list[tuple[int, str, str, str]]:
    remarks = Remarks()
    tail.remark(remarks)
    return [(each.line, each.column, each.value, str(each)) for each in remarks.listed]


def _is_left_out(tail: Tail, *rows: list[str]) -> bool:
    """Whether all of these are, below one row."""
    return len(_left(tail, Rows([["row"], *rows]))) == 1


@pytest.mark.parametrize("size", range(1, 13))
def test_the_whole_tail_is_left_out_wherever_chunks_end_and_each_row_of_it_is_told(size: int) -> None:
    tail = _of_items()
    assert _left(tail, Rows([ITEM] * 3 + TAIL, size)) == [ITEM] * 3
    assert _told(tail) == [
        (5, "Customer", "----------", FOOTER),
        (6, "Customer", "Subtotal", TOTALS),
        (7, "Amount", "100.00", TOTALS),
        (8, "Customer", "Total", TOTALS),
        (9, "Customer", "----------", FOOTER),
        (10, "Customer", "3 records", FOOTER),
        (11, "Customer", "Printed on 28/11/2026 10:22", FOOTER),
        (12, "Customer", "*** End ***", FOOTER),
    ]


@pytest.mark.parametrize("size", range(1, 13))
def test_the_same_rows_amid_the_others_are_handed_on(size: int) -> None:
    tail = _of_items()
    rows = [ITEM, *TAIL, ITEM]
    assert _left(tail, Rows(rows, size)) == rows
    assert _told(tail) == []


def test_the_tail_begins_below_the_last_row_that_may_be_one() -> None:
    tail = _of_items()
    rows = [ITEM, TOTAL, ["C9", "", "", "", "", "5"], TOTAL, PRINTED]
    assert _left(tail, Rows(rows)) == rows[:3]
    assert [line for line, *_ in _told(tail)] == [5, 6]


@pytest.mark.parametrize("size", [1, 5])
def test_a_row_the_file_breaks_off_in_ends_in_no_tail(size: int) -> None:
    tail = _of_items()
    rows = [ITEM, TOTAL, PRINTED]
    assert _left(tail, Rows(rows, size, broken=4)) == rows
    assert _told(tail) == []


@pytest.mark.parametrize("size", [1, 2, 5])
def test_the_first_row_is_never_of_the_tail(size: int) -> None:
    tail = _of_items()
    assert _left(tail, Rows([TOTAL, PRINTED], size)) == [TOTAL]
    assert _left(tail, Rows([PRINTED], size)) == [PRINTED]
    assert _left(tail, Rows([])) == []


@pytest.mark.parametrize("size", [1, 7, MOST, 5_000])
def test_a_tail_has_two_hundred_rows_at_most(size: int) -> None:
    tail = _of_items()
    assert _left(tail, Rows([ITEM] + [TOTAL] * (MOST + 3), size)) == [ITEM] + [TOTAL] * 3
    assert len(_told(tail)) == MOST


def test_only_what_may_be_of_the_tail_is_held_back_and_nothing_is_read_twice() -> None:
    rows, given = Rows([ITEM] * 6 + [TOTAL] + [ITEM] * 2, 3), []
    for chunk, _lines in _of_items().left_out(rows):
        given.append(len(chunk))
    assert (given, rows.readings) == ([3, 3, 3], 1)
    given = [len(chunk) for chunk, _lines in _of_items().left_out(Rows([ITEM] * 5 + [TOTAL] + [ITEM] * 3, 3))]
    assert given == [3, 2, 1, 3]


def test_a_second_reading_tells_it_once() -> None:
    tail = _of_items()
    for _reading in range(2):
        assert _left(tail, Rows([ITEM, TOTAL, PRINTED])) == [ITEM]
    assert len(_told(tail)) == 2


def test_without_a_word_there_is_one_row_of_totals() -> None:
    assert _left(_of_items(), Rows([ITEM, SUMS, PRINTED, SUMS])) == [ITEM, SUMS]
    assert _left(_of_items(), Rows([ITEM, SUMS, TOTAL, PRINTED])) == [ITEM]


def _of(currency: str) -> list[str]:
    return [*SUMS, currency]


def test_or_one_for_each_currency() -> None:
    assert _is_left_out(_of_items("currency"), _of("EUR"), _of("USD"), _of("CHF"))
    assert _left(_of_items("currency"), Rows([ITEM, _of("€"), _of("USD"), _of("EUR")])) == [ITEM, _of("€")]
    assert _left(_of_items("currency"), Rows([ITEM, _of("USD"), _of("")])) == [ITEM, _of("USD")]
    assert _left(_of_items("currency"), Rows([ITEM, _of(""), _of("USD")])) == [ITEM, _of("")]


def test_a_column_of_currencies_that_is_left_out_says_nothing() -> None:
    assert not _is_left_out(_of_items("other", without=("other",)), _of("EUR"), _of("USD"))


def test_with_a_word_there_may_be_any_number_of_them() -> None:
    assert _is_left_out(_of_items(), *[TOTAL] * 9)


@pytest.mark.parametrize("row", [PRINTED, ["Printed on", "28/11/2026"], LINE, ["---"] * 6, ["", "", "", "3 records"]])
def test_a_footer_may_stand_in_any_cells(row: list[str]) -> None:
    assert _is_left_out(_of_items("unique_id"), row)


def test_a_row_with_a_unique_identifier_is_no_footer() -> None:
    assert not _is_left_out(_of_items("unique_id"), [*[""] * 6, "Printed on 28/11/2026"])
    assert not _is_left_out(_of_items("unique_id"), [*["---"] * 7])


def test_a_row_of_a_customer_that_is_known_is_no_footer() -> None:
    assert not _is_left_out(_of_items(customers=("---",)), ["---", "", "", "", "", ""])
    assert not _is_left_out(_of_items(customers=("2 invoices",)), ["2 invoices", "", "", "", "", "100.00"])
    assert _is_left_out(_of_items(), ["2 invoices", "", "", "", "", "100.00"])


@pytest.mark.parametrize("place", [3, 4])
def test_a_row_with_an_amount_beside_a_date_is_no_footer(place: int) -> None:
    row = [""] * 6
    row[place] = "Printed on 28/11/2026"
    assert _is_left_out(_of_items(), row)
    assert not _is_left_out(_of_items(), [*row[:5], "100.00"])


@pytest.mark.parametrize("constant", ["issued_on", "customer"])
def test_nor_is_one_with_an_amount_where_the_customer_or_the_date_is_said_for_all_rows(constant: str) -> None:
    tail = _of_items(without=(constant,), constants={constant: "C1" if constant == "customer" else "2026-10-01"})
    assert not _is_left_out(tail, ["", "2 records", "", "", "", "5"])
    assert _is_left_out(tail, ["", "2 records", "", "", "", ""])


def test_a_blank_row_of_strange_blanks_ends_the_tail() -> None:
    assert _left(_of_items(), Rows([ITEM, TOTAL, ["\f"], PRINTED])) == [ITEM, TOTAL, ["\f"]]


def test_a_dump_and_rows_sent_one_by_one_have_no_tail() -> None:
    for tail in (_of_items(dump=True), _of_items(sought=False)):
        assert not _is_left_out(tail, TOTAL)
        assert not _is_left_out(tail, PRINTED)


def _of_kind(kind: ImportKind, *targets: str, **more: Any) -> Tail:
    return Tail(kind, FileMapping(columns={target: target for target in targets}, **more), targets)


def test_of_other_kinds_a_footer_lacks_what_every_record_has() -> None:
    customers = _of_kind(ImportKind.CUSTOMERS, "code", "business_name", "city")
    assert _is_left_out(customers, PRINTED, LINE, ["", "End of list"], ["Printed on", "", "28/11/2026"])
    # It would be a customer.
    assert not _is_left_out(customers, ["END", "of list"])
    contacts = _of_kind(ImportKind.CONTACTS, "last_name", "email", constants={"customer": "C1"})
    assert not _is_left_out(contacts, PRINTED)
    assert _is_left_out(contacts, ["", "3 records"])
    assert _is_left_out(_of_kind(ImportKind.USERS, "email", "last_name", "role"), PRINTED)
    assert _is_left_out(_of_kind(ImportKind.RATES, "currency", "on", "units"), ["Printed on", "28/11/2026"])


def test_a_file_of_customers_may_end_in_totals_of_its_amounts() -> None:
    tail = _of_kind(ImportKind.CUSTOMERS, "code", "business_name", "credit_limit", "guarantee_currency")
    assert _is_left_out(tail, ["Total", "", "5000", "EUR"], ["Total", "", "100"])
    for row in (
        ["Total", "Total SA", "5000"], ["Total", "", ""], ["Total", "", "x"], ["C1", "", "5000"],
        ["", "", "5000"], ["Total", "", "5", "none"],
    ):  # fmt: skip
        assert not _is_left_out(tail, row)


def test_what_has_no_amounts_has_no_totals() -> None:
    assert not _is_left_out(_of_kind(ImportKind.CONTACTS, "customer", "last_name", "phone"), ["Total", "", "12"])
    assert not _is_left_out(_of_kind(ImportKind.RATES, "currency", "on", "units"), ["Total", "", "12"])


WORDS = ["", "Total", "Printed on 28/11/2026", "3 records", "---", "End of list"]
CELLS = st.tuples(
    st.sampled_from(["C1", "C9", "shared", *WORDS]),
    st.sampled_from(["F1", *WORDS]),
    st.sampled_from(["FAC", "RGL", "", "XX", "Total"]),
    st.sampled_from(["2026-10-01", "01/10/2026", "", "x", *WORDS]),
    st.sampled_from(["2026-10-31", "", *WORDS]),
    st.sampled_from(["100.00", "-5", "", "x", "0", *WORDS]),
    st.sampled_from(["u1", "", "", *WORDS]),
).map(list)
CONSTANTS = {"customer": "C1", "issued_on": "2026-10-01", "due_on": "2026-10-31"}


@given(CELLS, st.integers(1, 7), st.booleans(), st.sets(st.sampled_from(sorted(CONSTANTS))))
def test_a_row_that_goes_in_is_never_of_the_tail(row: list[str], length: int, unique: bool, said: set[str]) -> None:
    typer = a_typer(
        *(["unique_id"] if unique else []), without=tuple(said), constants={name: CONSTANTS[name] for name in said}
    )
    rules = typer.rules
    targets = list(rules.mapping.columns.values())
    cells = dict(zip([*BASE.values(), "unique_id"], row, strict=True))
    row = [cells[target] for target in targets][:length]
    # With a constant date a number may be "Total": decided so, since only a word tells there.
    assume("issued_on" not in said or cells["number"] != "Total")
    tail = Tail(ImportKind.ITEMS, rules.mapping, [*rules.mapping.columns], rules.context.customers)
    if _is_left_out(tail, row):
        typed = typer.chunk([row], [7])
        staged = [dict(zip(stage_columns(rules), values, strict=True)) for values in typed.staged]
        assert (len(typed.rejects), [each for each in staged if not each["rejected"]]) == (1, [])
        assert typed.rejects[0].customer_id is None or "customer" in said


@given(
    st.lists(CELLS, max_size=6),
    st.lists(st.sampled_from([r for r in TAIL if r != SUMS]), max_size=6),
    st.integers(1, 13),
)
def test_a_file_with_a_tail_gives_the_rows_it_gives_without(
    rows: list[list[str]], tail: list[list[str]], size: int
) -> None:
    rows = [ITEM, *rows, ITEM]
    assert _left(_of_items(), Rows(rows + tail, size)) == rows


@given(
    st.lists(st.one_of(CELLS, st.sampled_from(TAIL)), max_size=12),
    st.integers(1, 13),
    st.sampled_from([(), ("C1", "Total")]),
)
def test_rows_are_handed_on_in_order_and_those_left_out_are_the_last_and_told(
    rows: list[list[str]], size: int, customers: tuple[str, ...]
) -> None:
    tail = _of_items("unique_id", customers=customers)
    left = _left(tail, Rows(rows, size))
    assert left == rows[: len(left)]
    assert [line for line, *_ in _told(tail)] == list(range(2 + len(left), 2 + len(rows)))
    whole = _of_items("unique_id", customers=customers)
    assert _left(whole, Rows(rows)) == left


@given(st.lists(st.one_of(CELLS, st.sampled_from(TAIL)), max_size=12), st.integers(1, 5))
def test_who_the_customers_are_changes_no_chunk_but_the_last(rows: list[list[str]], size: int) -> None:
    """Who saw the first chunks of a file knows how many they were (`Prepared.sampled`)."""
    one, other = (
        [chunk for chunk, _lines in _of_items("unique_id", customers=customers).left_out(Rows(rows, size))]
        for customers in ((), ("C1", "Total", "---"))
    )
    shared = max(min(len(one), len(other)) - 1, 0)
    assert one[:shared] == other[:shared]


def test_below_a_count_above_that_of_the_rows_a_file_is_not_whole() -> None:
    assert _is_left_out(_of_items(), ["3 records"]), "a header may be counted too"
    assert not _is_left_out(_of_items(), ["4 records"])
    assert not _is_left_out(_of_items(), ["1 record", *[""] * 5], ["Rows: 1 234"], ["Printed on 28/11/2026"])
