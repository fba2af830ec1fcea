"""A file with other headers than the last one follows what was decided; sheets and names are remembered too."""

from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy import select

from dso.db import db
from dso.domain.codes import FieldType, ImportKind
from dso.domain.errors import Refused
from dso.domain.imports.following import followed
from dso.domain.imports.mapping import FileMapping, Policy
from dso.domain.imports.profile import Undecided
from dso.models import CustomField, ImportMapping
from tests import factories
from tests.services.imports.helpers import Importer, counts, customer, item, reasons

CUSTOMERS = ImportKind.CUSTOMERS
SAID = {"Konto": "code", "Bezeichnung": "business_name", "Ort": "state"}


def _take(take: Importer, headers: str, *rows: str, **options: object) -> dict[str, int]:
    return counts(take.text(CUSTOMERS, headers, *rows, **options))


def test_a_file_with_one_header_more_means_what_it_meant_and_the_new_one_what_it_says(take: Importer) -> None:
    _take(take, "Konto;Bezeichnung;Ort", "K1;Eins;Bayern", columns=SAID)
    assert _take(take, "Konto;Bezeichnung;Ort;PLZ;Stadt", "K2;Zwei;Hessen;60311;Frankfurt") == {"new": 1}
    found = customer("K2")
    assert (found.state, found.postal_code, found.city) == ("Hessen", "60311", "Frankfurt")


def test_a_header_that_meant_nothing_may_go(take: Importer) -> None:
    _take(take, "Konto;Bezeichnung;Ort;Intern", "K1;Eins;Bayern;x", columns=SAID)
    assert _take(take, "Konto;Bezeichnung;Ort", "K1;Eins;Bayern", "K2;Zwei;Hessen") == {"new": 1, "unchanged": 1}


def test_a_header_that_is_gone_leaves_a_file_to_what_its_headers_say(take: Importer) -> None:
    _take(take, "Konto;Bezeichnung;Ort", "K1;Eins;Bayern", columns=SAID)
    with pytest.raises(Refused, match="No column is mapped to code, business_name"):
        _take(take, "Konto;Bezeichnung", "K2;Zwei")


def test_other_entities_and_kinds_are_followed_by_nobody(take: Importer, tmp_path: Path) -> None:
    _take(take, "Konto;Bezeichnung;Ort", "K1;Eins;Bayern", columns=SAID)
    other = Importer(factories.an_entity(name="Berlin"), tmp_path)
    with pytest.raises(Refused, match="No column is mapped"):
        _take(other, "Konto;Bezeichnung;Ort;PLZ", "K1;Eins;Bayern;1")


@pytest.mark.parametrize(
    ("columns", "constants", "new", "expected"),
    [
        ({"Amount": "amount"}, {}, "Open amount (EUR)", "remaining"),
        ({"Amount": "amount"}, {}, "Open amount (USD)", ""),
        ({"Amount": "amount", "Cur": "currency"}, {}, "Open amount (EUR)", ""),
        ({"Amount (EUR)": "amount"}, {}, "Open amount (EUR)", "remaining"),
        ({"Amount (EUR)": "amount"}, {}, "Open amount (USD)", ""),
        ({"Amount (USD)": "amount"}, {"currency": "USD"}, "Open amount (USD)", "remaining"),
        ({"Amount (USD)": "amount"}, {"currency": "USD"}, "Open amount (EUR)", ""),
        ({"Amount (EUR)": "amount"}, {}, "Open amount", "remaining"),
        ({"Amount (EUR)": "amount"}, {}, "Currency", ""),
        ({"Amount": "amount"}, {}, "Open amount (€)", "remaining"),
        ({"Amount": "amount"}, {}, "Open amount ($)", ""),
        ({"Amount ($)": "amount"}, {"currency": "USD"}, "Open amount $", "remaining"),
        ({"Amount (USD)": "amount"}, {"currency": "USD"}, "Open amount (€)", ""),
        ({"Amount": "amount", "Cur": "currency"}, {}, "Open amount ($)", ""),
        ({"Amount": "amount"}, {}, "Currency", "currency"),
    ],
)
def test_a_new_header_mixes_no_currencies_with_what_was_decided(
    columns: dict[str, str], constants: dict[str, str], new: str, expected: str
) -> None:
    found = followed(ImportKind.ITEMS, FileMapping(columns=columns, constants=constants), [*columns, new], home="EUR")
    assert found.mapping.columns == {**columns, new: expected}


DATED = "customer;number;issue date;due date"


@pytest.mark.parametrize(
    ("headers", "cells", "expected"),
    [
        ("Amount (EUR)", "100", ("100", "EUR")),
        ("Amount (USD)", "100", ("100", "USD")),
        ("Amount (USD);Currency", "100;EUR", ("100", "USD")),
        ("Amount;Amount (USD);Currency", "100;110;EUR", ("100", "EUR")),
        ("Betrag in Hauswährung;Währung", "100;USD", ("100", "EUR")),
        ("Amount (€)", "100", ("100", "EUR")),
        ("Montant [£]", "100", ("100", "GBP")),
        ("Amount US$", "100", ("100", "USD")),
        ("Betrag (€);Betrag ($)", "100;110", ("100", "EUR")),
    ],
)
def test_amounts_are_in_the_currency_their_header_names(
    take: Importer, headers: str, cells: str, expected: tuple[str, str]
) -> None:
    row = f"C1;F1;2026-10-01;2026-10-31;{cells}"
    assert counts(take.items(row, headers=f"{DATED};{headers}")) == {"new": 1}
    found = item("F1")
    assert (f"{found.amount:f}".split(".")[0], found.currency) == expected
    assert counts(take.items(row, headers=f"{DATED};{headers}")) == {"unchanged": 1}


@pytest.mark.parametrize("headers", ["Amount ($)", "Montant $", "Betrag (¥)", "Betrag (kr)", "Betrag ($);Betrag (€)"])
def test_a_sign_several_currencies_share_but_not_the_company_s_is_left_to_people(take: Importer, headers: str) -> None:
    with pytest.raises(Refused, match="No column is mapped to amount"):
        take.items("C1;F1;2026-10-01;2026-10-31;100;110", headers=f"{DATED};{headers}")


@pytest.mark.parametrize(
    ("currency", "header"), [("USD", "Amount ($)"), ("CAD", "Montant ($)"), ("SEK", "Belopp (kr)")]
)
def test_a_sign_the_company_s_currency_shares_is_its_own(
    take: Importer, tmp_path: Path, currency: str, header: str
) -> None:
    entity = factories.an_entity(name="Abroad", currency=currency)
    factories.a_customer(entity=entity, code="C1")
    said = {"columns": {header: "amount"}} if header.startswith("Belopp") else {}
    Importer(entity, tmp_path).items("C1;F1;2026-10-01;2026-10-31;100", headers=f"{DATED};{header}", **said)
    assert item("F1").currency == currency


def test_a_file_that_says_no_currency_changes_no_item_of_another(take: Importer) -> None:
    row, head = "C1;F1;2026-10-01;2026-10-31;{}", f"{DATED};Amount"
    take.items(row.format("100;USD"), headers=f"{head};Currency")
    for cells, headers in (("90", head), ("90 €", head), ("100", f"{DATED};Amount (EUR)")):
        report = take.items(row.format(cells), headers=headers)
        assert reasons(report) == ["2: item F1 is in USD: say the currency of its amounts"]
        assert item("F1").amount == 100 and item("F1").currency == "USD"
    report = take.stock(row.format("90"), headers=head)
    assert counts(report) == {"rejected": 1} and item("F1").cleared_on is None
    assert counts(take.items(row.format("90"), headers=f"{DATED};Amount (USD)")) == {"changed": 1}


def test_a_currency_column_somebody_names_goes_before_the_currency_of_a_header(take: Importer) -> None:
    row = "C1;F1;2026-10-01;2026-10-31;100;CHF"
    take.items(row, headers=f"{DATED};Amount (USD);Currency", columns={"Currency": "currency"})
    assert item("F1").currency == "CHF"


def test_amounts_of_which_only_some_name_a_foreign_currency_are_left_to_people(take: Importer) -> None:
    with pytest.raises(Refused, match="No column is mapped to amount"):
        take.items("C1;F1;2026-10-01;2026-10-31;1;1", headers=f"{DATED};Amount (USD);Amount excl. VAT")


def test_a_limit_in_another_currency_than_the_company_s_is_left_to_people(take: Importer) -> None:
    head = "code;business name"
    take.customers("C1;Alpha;500", headers=f"{head};Credit limit (USD)")
    assert customer("C1").credit_limit is None
    take.customers("C1;Alpha;500", headers=f"{head};Credit limit (EUR)")
    assert customer("C1").credit_limit == 500


def test_what_is_decided_stays_and_new_headers_take_only_what_is_free() -> None:
    policies = {"city": Policy.NEVER}
    mapping = FileMapping(columns={"A": "code", "B": "city", "C": ""}, constants={"country": "FR"}, policies=policies)
    found = followed(CUSTOMERS, mapping, ["A", "Ville", "Pays", "C", "Raison sociale"], home="EUR")
    assert found.mapping.columns == {
        "A": "code", "Ville": "city", "Pays": "", "C": "", "Raison sociale": "business_name"
    }  # fmt: skip
    assert (found.new, found.gone, found.kept) == (["Ville", "Pays", "Raison sociale"], ["B"], 1)
    assert found.mapping.policies == policies


def test_a_mapping_kept_under_a_name_is_used_by_it_and_its_name_moves_on(take: Importer) -> None:
    mapping = FileMapping(name="Sage", columns={**SAID, "x": ""})
    _take(take, "Konto;Bezeichnung;Ort;x", "K1;Eins;Bayern;1", mapping=mapping)
    assert _take(take, "Ort;Konto;Bezeichnung;y", "Hessen;K2;Zwei;2", mapping_name="Sage") == {"new": 1}
    names = db.session.scalars(select(ImportMapping.name).order_by(ImportMapping.id)).all()
    assert names == ["", "Sage"]


def test_a_field_of_one_s_own_is_made_with_the_type_said_and_read_by_it_at_once(take: Importer) -> None:
    columns = {"code": "code", "business name": "business_name", "since": "custom:since"}
    mapping = FileMapping(columns=columns, own_types={"since": FieldType.DATE})
    _take(take, "code;business name;since", "K1;Eins;13/10/2026", mapping=mapping)
    assert customer("K1").custom == {"since": "2026-10-13"}
    assert db.session.scalars(select(CustomField.type)).one() is FieldType.DATE


def _book(folder: Path, *sheets: str) -> Path:
    with xlsxwriter.Workbook(folder / "book.xlsx") as book:
        for name in sheets:
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["code", "business name"])
            sheet.write_row(1, 0, [name, name])
    return folder / "book.xlsx"


def test_the_sheet_said_once_is_read_the_next_time(take: Importer, tmp_path: Path) -> None:
    path = _book(tmp_path, "North", "South")
    with pytest.raises(Undecided, match="--sheet"):
        take.file(CUSTOMERS, path)
    take.file(CUSTOMERS, path, sheet="South")
    assert counts(take.file(CUSTOMERS, path)) == {"unchanged": 1}


def test_a_workbook_without_the_sheet_chosen_before_is_asked_about(take: Importer, tmp_path: Path) -> None:
    take.file(CUSTOMERS, _book(tmp_path, "North", "South"), sheet="South")
    with pytest.raises(Undecided, match="several sheets: East, West"):
        take.file(CUSTOMERS, _book(tmp_path, "East", "West"))


def test_years_and_amounts_no_ledger_holds_are_told_of_in_a_workbook_too(take: Importer, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "items.xlsx") as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["customer", "number", "type", "issue date", "due date", "amount"])
        for row, (issued, due, amount) in enumerate([(13, 46300, 5), (46300, 401000, 5), (46300, 46300, 10**15)], 1):
            sheet.write_row(row, 0, ["C1", f"F{row}", "FAC"])
            sheet.write(row, 3, issued, day)
            sheet.write(row, 4, due, day)
            sheet.write(row, 5, amount)
    report = take.file(ImportKind.ITEMS, tmp_path / "items.xlsx")
    assert [each.column for each in report.rejects] == ["issue date", "due date", "amount"]
    assert [str(each) for each in report.rejects[1:]] == [
        "the year is not between 1940 and 2099",
        "this amount is larger than any that can be kept",
    ]
