"""Whatever the cells of an items file hold: the two ways of typing agree, and what goes in keeps its invariants."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from dso.domain.imports.amounts import AmountEvidence
from dso.domain.imports.item_columns import ItemTyper
from dso.domain.imports.item_rows import ItemRules
from dso.domain.imports.profile import Formats
from tests.domain.imports.item_typing import BASE, a_typer, typed

CELLS = st.fixed_dictionaries({
    "customer": st.sampled_from(["C1", "C2", "U1", "shared", "C9", ""]),
    "number": st.sampled_from(["F1", " F2 ", "", "x" * 120]),
    "type": st.sampled_from(["FAC", "FC", "AVO", "RGL", "ODI", "", "XX"]),
    "issued_on": st.sampled_from(["2026-10-01", "01/10/2026", "", "x"]),
    "due_on": st.sampled_from(["2026-10-31", "", "x"]),
    "amount": st.one_of(
        st.sampled_from(["", "x", "0", "1.005", "1.23456", "$20.00", "-20 €", "USD 5", "¥3"]),
        st.decimals(-1000, 1000, places=2).map(str),
    ),
    "remaining": st.one_of(
        st.sampled_from(["", "x", "0", "1.005", "$20.00", "3 EUR"]), st.decimals(-1000, 1000, places=2).map(str)
    ),
    "cleared_on": st.sampled_from(["", "2026-11-01", "2027-01-01", "x"]),
    "currency": st.sampled_from(["", "EUR", "USD", "JPY", "?", "TND"]),
    "project": st.sampled_from(["", "Gare", "y" * 250]),
    "unique_id": st.sampled_from(["", "u1", "u2"]),
    "amount_excl_tax": st.sampled_from(["", "1", "1.005", "x", "£1"]),
    "ordered_on": st.sampled_from(["", "2026-01-01", "x"]),
})  # fmt: skip
OPTIONAL = ["remaining", "cleared_on", "currency", "project", "unique_id", "amount_excl_tax", "ordered_on"]


@given(st.lists(CELLS, min_size=1, max_size=6), st.sets(st.sampled_from(OPTIONAL)), st.booleans())
def test_the_quick_way_and_the_careful_way_give_the_same(
    rows: list[dict[str, str]], more: set[str], create: bool
) -> None:
    quick, careful = (a_typer(*sorted(more), create_customers=create) for _ in range(2))
    table = [[cells[target] for target in quick.rules.mapping.columns.values()] for cells in rows]
    careful._fast = False
    lines = list(range(2, 2 + len(table)))
    one, other = quick.chunk(table, lines), careful.chunk(table, lines)
    assert one.staged == other.staged
    assert one.rejects == other.rejects
    assert quick.rules.result == careful.rules.result


PLAIN_AMOUNTS = st.decimals(-(10**9), 10**9, places=2)


@given(
    st.lists(st.tuples(PLAIN_AMOUNTS, PLAIN_AMOUNTS), min_size=1, max_size=6),
    st.sampled_from([".", ","]),
    st.sampled_from(["", " ", "\u00a0"]),
)
def test_plain_columns_are_read_the_quickest_way_with_the_same_result(
    pairs: list[tuple[Decimal, Decimal]], mark: str, grouper: str
) -> None:
    def write(amount: Decimal) -> str:
        return f"{amount:,.2f}".replace(",", "\0").replace(".", mark).replace("\0", grouper)

    typer = a_typer("remaining")
    evidence = [AmountEvidence(), AmountEvidence()]
    for column, amounts in zip(evidence, zip(*pairs, strict=True), strict=True):
        column.feed([write(amount) for amount in amounts])
    decimals = {"Amount": mark, "remaining": mark}
    plain = {
        name: grouped
        for name, column in zip(decimals, evidence, strict=True)
        if (grouped := column.plain(mark)) is not None
    }
    assert set(plain) == set(decimals)
    quick, careful = (
        ItemTyper(
            ItemRules(typer.rules.mapping, Formats({}, decimals, frozenset(), plain), typer.rules.context),
            [*BASE, "remaining"],
        )
        for _ in range(2)
    )
    careful._fast = False
    rows = [
        ["C1", f"N{place}", "ODI", "2026-01-02", "2026-01-02", write(one), write(other)]
        for place, (one, other) in enumerate(pairs)
    ]
    assert quick.chunk(rows, range(len(rows))).staged == careful.chunk(rows, range(len(rows))).staged


@given(CELLS)
def test_what_goes_in_keeps_the_invariants_of_items(cells: dict[str, str]) -> None:
    staged, reject = typed(a_typer(*OPTIONAL), **cells)
    if reject is not None or staged is None:
        return
    assert (staged["remaining"] != 0) == (staged["cleared_on"] is None)
    assert staged["issued_on"][:4] == str(staged["issued_year"])
    assert staged["type"] != "FAC" or staged["amount"] >= 0
    assert staged["type"] not in ("AVO", "RGL") or staged["amount"] <= 0
    assert Decimal(staged["amount"]) % 100 == 0 or staged["currency"] == "TND"
