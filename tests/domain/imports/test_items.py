"""Rows of items files: every rule of 2.1, 2.3 and 11.5 that one row alone can keep or break."""

import json
from dataclasses import replace

import pytest

from dso.domain.codes import FieldType
from dso.domain.imports import rejects
from dso.domain.imports.customs import CustomField
from dso.domain.imports.item_rows import stage_columns
from dso.domain.imports.item_stage import Staged
from tests.domain.imports.item_typing import BASE, GOOD, a_typer, goes_in, stays_out, typed


def test_a_plain_row_goes_in_exactly() -> None:
    row = goes_in(a_typer("project"), project="  Gare; lot 2 ")
    assert {name: value for name, value in row.items() if value not in (None, 0)} == {
        "line": 7, "customer_id": 1, "account_id": 1, "number": "F1", "issued_year": 2026,
        "type": "FAC", "erp_type": "FAC", "issued_on": "2026-10-01", "due_on": "2026-10-31", "amount": 1_000_000,
        "remaining": 1_000_000, "currency": "EUR", "project": "Gare; lot 2",
    }  # fmt: skip


def test_an_item_is_collected_under_its_pilot() -> None:
    assert goes_in(a_typer(), customer="C2")["account_id"] == 1


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"customer": ""}, "Customer", "Customer is missing"),
        ({"customer": "C9"}, "Customer", "there is no customer with the code C9"),
        ({"customer": "shared"}, "Customer", "two customers have the code shared"),
        ({"number": ""}, "Number", "Number is missing"),
        ({"number": "x" * 101}, "Number", "this is longer than 100 characters"),
        ({"issued_on": ""}, "Issued", "Issue date is missing"),
        ({"issued_on": "32/01/2026"}, "Issued", "this is not a date"),
        ({"due_on": "soon"}, "Due", "this is not a date"),
        ({"amount": ""}, "Amount", "Initial amount incl. tax is missing"),
        ({"amount": "12 3x4,00"}, "Amount", "this is not an amount"),
        (
            {"type": "XX"},
            "Type",
            'the ERP type "XX" is not matched to a type yet: match it with the columns of the file',
        ),
        (
            {"customer": "C2", "due_on": ""},
            "Due",
            "the due date is missing and the customer has no payment term in days",
        ),
    ],
)
def test_a_row_that_lacks_something_is_rejected_alone_with_line_column_value_and_reason(
    cells: dict[str, str], column: str, reason: str
) -> None:
    reject = stays_out(a_typer(), **cells)
    (value,) = list(cells.values())[-1:]
    assert (reject.line, reject.column, reject.value, str(reject)) == (7, column, value, reason)


def test_a_currency_that_is_none_is_rejected() -> None:
    assert str(stays_out(a_typer("currency"), currency="XXQ")) == "this is not a currency"


@pytest.mark.parametrize("target", ["amount", "remaining", "amount_excl_tax", "remaining_excl_tax"])
@pytest.mark.parametrize("sign", ["$", "USD ", "£", "¥", "CHF"])
def test_an_amount_with_the_sign_of_another_currency_than_the_rows_keeps_its_row_out(target: str, sign: str) -> None:
    reject = stays_out(a_typer(*({target} - {"amount"})), **{target: f"{sign}20.00"})
    column = "Amount" if target == "amount" else target
    assert (reject.line, reject.column, reject.value) == (7, column, f"{sign}20.00")
    words = f"the amount is in {sign.strip()}, but the currency of the row is EUR: "
    assert str(reject) == words + "say the currency in a column, or as one value for all rows"


@pytest.mark.parametrize("sides", [{"debit": "$5"}, {"credit": "$5"}])
def test_neither_debits_nor_credits_are_taken_for_another_currency(sides: dict[str, str]) -> None:
    typer = a_typer("debit", "credit", without=["amount"])
    assert stays_out(typer, **sides).column == next(iter(sides))


def test_a_row_that_says_another_currency_than_the_sign_of_its_amount_stays_out() -> None:
    words = "the amount is in $, but the row says that its currency is EUR"
    assert str(stays_out(a_typer("currency"), amount="$20.00", currency="EUR")) == words
    assert str(stays_out(a_typer(constants={"currency": "EUR"}), amount="$20.00")) == words


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("$20.00", "USD"), ("$20.00", "CAD"), ("20.00 €", ""), ("€20.00", "EUR"), ("£20.00", "GBP")],
)
def test_an_amount_with_the_sign_of_its_own_currency_goes_in(amount: str, currency: str) -> None:
    row = goes_in(a_typer("currency"), amount=amount, currency=currency)
    assert (row["amount"], row["currency"]) == (200_000, currency or "EUR")


def test_only_rows_whose_amounts_are_of_another_currency_stay_out_of_a_chunk() -> None:
    typer = a_typer("currency")
    amounts = [("20.00", ""), ("$20.00", ""), ("20.00 €", ""), ("$20.00", "USD"), ("€20.00", "USD"), ("20.00", "USD")]
    rows = [["C1", f"F{place}", "FAC", "2026-10-01", "2026-10-31", *each] for place, each in enumerate(amounts)]
    found = typer.chunk(rows, range(2, 8))
    assert [each.line for each in found.rejects] == [3, 6]
    columns = stage_columns(typer.rules)
    staged = [dict(zip(columns, row, strict=True)) for row in found.staged]
    assert [(row["number"], row["rejected"]) for row in staged] == [(f"F{n}", int(n in (1, 4))) for n in range(6)]
    assert [row["currency"] for row in staged if not row["rejected"]] == ["EUR", "EUR", "USD", "USD"]


def test_an_empty_currency_is_the_entitys() -> None:
    assert goes_in(a_typer("currency"), currency="")["currency"] == "EUR"
    assert goes_in(a_typer("currency"), currency="usd")["currency"] == "USD"


def test_a_rejected_row_with_a_readable_identity_is_still_present_in_the_file() -> None:
    typer = a_typer()
    staged, reject = typed(typer, amount="12 3x4,00")
    assert reject and staged
    assert (staged["rejected"], staged["number"], staged["issued_year"], staged["customer_id"]) == (1, "F1", 2026, 1)
    assert typer.rules.result.unidentified == 0


def test_a_rejected_row_without_number_or_issue_date_is_unidentified() -> None:
    typer = a_typer()
    assert typed(typer, issued_on="?")[0] is None
    assert typed(typer, number="")[0] is None
    assert typer.rules.result.unidentified == 2


def test_amounts_are_rounded_half_up_to_the_currency_once_and_counted() -> None:
    typer = a_typer("remaining", "currency")
    row = goes_in(typer, amount="1200.00499", remaining="-0.005")
    assert (row["amount"], row["remaining"]) == (12_000_000, -100)
    row = goes_in(typer, amount="10.5", remaining="10.4", currency="JPY")
    assert (row["amount"], row["remaining"]) == (110_000, 100_000)
    assert typer.rules.result.rounded == 4
    assert goes_in(typer, amount="1.234", remaining="1.234", currency="TND")["amount"] == 12_340
    assert typer.rules.result.rounded == 4


@pytest.mark.parametrize("kind", ["AVO", "RGL", "ODI"])
def test_credits_may_come_without_due_date_and_number(kind: str) -> None:
    row = goes_in(a_typer(), type=kind, amount="-12.50", number="", due_on="")
    assert row["due_on"] == "2026-10-01"
    assert row["number"] == f"{kind}-C1-2026-10-01--12.50"


def test_an_empty_due_date_of_a_debit_is_the_issue_date_plus_the_term() -> None:
    assert goes_in(a_typer(), due_on="")["due_on"] == "2026-10-31"


def test_without_a_type_a_debit_is_an_invoice_and_a_credit_a_payment() -> None:
    typer = a_typer(without=["type"])
    assert goes_in(typer)["type"] == "FAC"
    assert goes_in(typer, amount="-5")["type"] == "RGL"
    assert goes_in(a_typer(), type="", amount="-5")["type"] == "RGL"


@pytest.mark.parametrize(
    ("kind", "amount"), [("AVO", "10"), ("RGL", "10"), ("FAC", "-10"), ("TRT", "-10"), ("DPA", "-10")]
)
def test_a_sign_against_the_type_is_taken_in_as_odi_with_a_remark(kind: str, amount: str) -> None:
    typer = a_typer()
    row = goes_in(typer, type=kind, amount=amount)
    assert (row["type"], row["amount"]) == ("ODI", int(amount) * 10_000)
    assert row["erp_type"] == kind
    assert sum(typer.rules.result.remarks.counts.values()) == 1


@pytest.mark.parametrize(
    ("kind", "amount", "expected"),
    [("AVO", "10", -10), ("RGL", "-10", -10), ("FAC", "10", 10), ("FAC", "-10", 10), ("ODI", "-10", -10)],
)
def test_unsigned_amounts_get_the_sign_of_their_type(kind: str, amount: str, expected: int) -> None:
    row = goes_in(a_typer("remaining", unsigned=True), type=kind, amount=amount, remaining=amount)
    assert (row["type"], row["amount"], row["remaining"]) == (kind, expected * 10_000, expected * 10_000)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"amount": "-10"}, 1),
        ({"amount": "-10", "remaining": "-10"}, 1),
        ({"amount": "10", "remaining": "-4"}, 1),
        ({"amount": "10", "remaining": "4"}, 0),
        ({"type": "AVO", "amount": "-10", "remaining": "-10"}, 0),
        ({"type": "ODI", "amount": "-10", "remaining": "-10"}, 0),
    ],
)
def test_a_minus_in_a_file_said_to_have_no_signs_is_told_where_the_type_turns_it(
    cells: dict[str, str], said: int
) -> None:
    typer = a_typer("remaining", unsigned=True)
    row = goes_in(typer, **cells)
    assert row["type"] == cells.get("type", "FAC")
    listed = typer.rules.result.remarks.listed
    assert [str(each) for each in listed] == [rejects.MINUS_OF_UNSIGNED % {"type": row["type"]}] * said
    assert all(each.value.startswith("-") and each.line == 7 for each in listed)


def test_debit_and_credit_columns_make_one_amount() -> None:
    typer = a_typer("debit", "credit", without=["amount"])
    assert goes_in(typer, debit="12.00", credit="")["amount"] == 120_000
    assert goes_in(typer, debit="0", credit="7.50", type="RGL")["amount"] == -75_000
    assert str(stays_out(typer, debit="", credit="")) == "Initial amount incl. tax is missing"


@pytest.mark.parametrize(("debit", "credit", "cell", "amount", "left"), [
    ("", "100", "40", -100, -40), ("", "100", "-40", -100, -40), ("0", "100", "40", -100, -40),
    ("-100", "", "40", -100, -40), ("", "-50", "-20", 50, 20), ("100", "", "40", 100, 40),
])  # fmt: skip
def test_what_remains_of_a_credit_is_one_too(debit: str, credit: str, cell: str, amount: int, left: int) -> None:
    more = ("remaining", "amount_excl_tax", "remaining_excl_tax")
    typer = a_typer("debit", "credit", *more, without=["amount", "type"])
    row = goes_in(typer, type="", debit=debit, credit=credit, **dict.fromkeys(more, cell))
    assert [row[each] // 10_000 for each in ("amount", *more)] == [amount, left, left, left]
    assert not typer.rules.result.remarks.counts


@pytest.mark.parametrize("sides", [{"amount": "100"}, {"amount": "", "debit": "100"}])
def test_an_overpaid_invoice_goes_in_as_the_file_says_with_a_remark(sides: dict[str, str]) -> None:
    typer = a_typer("remaining", *sides.keys() - {"amount"})
    assert goes_in(typer, remaining="-20", **sides)["remaining"] == -200_000
    assert [str(each) for each in typer.rules.result.remarks.listed] == [rejects.REMAINING_AGAINST_AMOUNT]


@pytest.mark.parametrize(
    ("cell", "amount", "expected"), [("D", "5", 5), ("C", "5", -5), ("H", "5", -5), ("S", "5", 5), ("C", "-5", -5)]
)
def test_a_sign_column_says_the_side(cell: str, amount: str, expected: int) -> None:
    row = goes_in(a_typer("sign", "remaining"), sign=cell, amount=amount, remaining=amount, type="ODI")
    assert (row["amount"], row["remaining"]) == (expected * 10_000, expected * 10_000)


def test_a_sign_that_is_neither_is_rejected() -> None:
    assert str(stays_out(a_typer("sign"), sign="?")) == "this is neither debit nor credit"


def test_a_payment_date_until_today_clears_and_keeps_what_stood_before() -> None:
    row = goes_in(a_typer("cleared_on"), cleared_on="2026-11-20")
    assert (row["cleared_on"], row["cleared_given"], row["remaining"], row["cleared_amount"]) == (
        "2026-11-20",
        1,
        0,
        1_000_000,
    )


def test_cleared_with_an_amount_remaining_is_cleared_with_a_remark() -> None:
    typer = a_typer("cleared_on", "remaining")
    row = goes_in(typer, cleared_on="2026-11-19", remaining="40.00")
    assert (row["remaining"], row["cleared_amount"]) == (0, 400_000)
    assert sum(typer.rules.result.remarks.counts.values()) == 1


def test_a_payment_date_in_the_future_leaves_the_item_open_and_is_kept() -> None:
    row = goes_in(a_typer("cleared_on"), cleared_on="2026-11-21")
    assert (row["cleared_on"], row["expected_clearing_on"], row["remaining"]) == (None, "2026-11-21", 1_000_000)


def test_nothing_remaining_is_cleared_on_the_day_of_the_import() -> None:
    row = goes_in(a_typer("remaining"), remaining="0.00")
    assert (row["cleared_on"], row["cleared_given"], row["remaining"], row["cleared_amount"]) == (
        "2026-11-20",
        0,
        0,
        1_000_000,
    )


def test_an_empty_remaining_is_the_initial_amount() -> None:
    assert goes_in(a_typer("remaining"), remaining="")["remaining"] == 1_000_000


def test_an_empty_mapped_unique_identifier_is_rejected_and_its_identity_is_not_readable() -> None:
    typer = a_typer("unique_id")
    assert str(stays_out(typer, unique_id=" ")) == "the unique identifier is empty"
    assert typer.rules.result.unidentified == 1
    assert goes_in(typer, unique_id="u-1")["unique_id"] == "u-1"


def test_the_customers_unique_identifier_goes_before_its_code() -> None:
    typer = a_typer("customer_unique_id")
    assert goes_in(typer, customer="C1", customer_unique_id="U1")["customer_id"] == 3
    assert str(stays_out(typer, customer_unique_id="U9")) == "there is no customer with the code U9"
    assert goes_in(a_typer(), customer="U1")["customer_id"] == 3


def test_unknown_customers_are_made_once_when_that_was_chosen_and_only_for_rows_that_go_in() -> None:
    typer = a_typer(create_customers=True)
    assert (
        goes_in(typer, customer="N1")["customer_id"] == goes_in(typer, customer="N1", number="F2")["customer_id"] == -1
    )
    assert list(typer.rules.result.created) == ["N1"]


def test_a_row_with_more_cells_than_headers_is_rejected_but_present() -> None:
    typer = a_typer()
    typed = typer.chunk([[*(GOOD[target] for target in BASE.values()), "surplus"]], [3])
    assert str(typed.rejects[0]) == "the row has 7 cells, the header has 6"
    assert typed.staged[0][Staged._fields.index("rejected")] == 1


def test_a_short_row_ends_in_empty_cells() -> None:
    typed = a_typer("project").chunk([list(GOOD.values())], [3])
    assert not typed.rejects
    assert typed.staged[0][-1] == ""


def test_long_descriptions_are_shortened_with_a_remark() -> None:
    typer = a_typer("project")
    assert len(goes_in(typer, project="x" * 300)["project"]) == 200
    assert sum(typer.rules.result.remarks.counts.values()) == 1


def test_custom_fields_are_kept_as_json() -> None:
    assert goes_in(a_typer("custom:colour"), **{"custom:colour": " red "})["custom"] == '{"colour": "red"}'


@pytest.mark.parametrize(
    ("own", "cell", "words"),
    [
        (CustomField("own", FieldType.NUMBER), "many", "not a number: left out"),
        (CustomField("own", FieldType.DATE), "soon", "not a date: left out"),
        (CustomField("own", FieldType.YESNO), "maybe", "neither yes nor no: left out"),
        (CustomField("own", FieldType.LIST, ("Small",)), "Large", "none of the choices of the list: left out"),
    ],
)
def test_a_custom_field_that_cannot_be_read_is_left_out_with_a_remark_and_stays_as_it_is_known(
    own: CustomField, cell: str, words: str
) -> None:
    typer = a_typer("custom:own", "custom:colour")
    typer.rules.context = replace(typer.rules.context, custom_fields={"own": own})
    row = goes_in(typer, **{"custom:own": cell, "custom:colour": "red"})
    assert (row["custom"], row["custom_kept"]) == ('{"colour": "red"}', '["own"]')
    told = [(each.line, each.column, each.value, str(each)) for each in typer.rules.result.remarks.listed]
    assert told == [(7, "custom:own", cell, words)]


def test_constants_fill_every_row() -> None:
    assert goes_in(a_typer(constants={"currency": "CHF"}))["currency"] == "CHF"


def test_a_long_text_in_a_custom_field_is_shortened_with_a_remark() -> None:
    typer = a_typer("custom:own")
    assert len(json.loads(goes_in(typer, **{"custom:own": "x" * 20_000})["custom"])["own"]) == 2_000
    assert [str(each) for each in typer.rules.result.remarks.listed] == ["shortened to 2000 characters"]


def test_a_text_that_fits_no_field_keeps_its_item_out() -> None:
    staged, reject = typed(a_typer("custom:own"), **{"custom:own": "x" * 1_000_000})
    assert str(reject) == "this text of 1000000 characters is too long for any field"
    assert staged is not None and staged["number"] == "F1"
