"""What the import screens say: names and values of fields, reasons in the viewer's language, where back leads."""

import csv
import io
import re

import pytest
from sqlalchemy.orm import Session

from dso.models import User
from tests.conftest import Client
from tests.web.test_imports import CUSTOMERS, decide, proposed, send, take

HEADER = "Code client;N° pièce;Date facture;Échéance;Montant TTC\n"


@pytest.fixture
def importer(importer: Client) -> Client:
    take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))
    return importer


@pytest.fixture
def french(importer: Client, admin: User, session: Session) -> Client:
    admin.language = "fr"
    session.flush()
    return importer


def text(importer: Client, address: str) -> str:
    return importer.get(address).get_data(as_text=True)


def test_a_missing_field_is_named_in_the_viewer_s_language(french: Client) -> None:
    rows = "C1;;13/10/2026;13/11/2026;10,00\nC1;F1;13/10/2026;13/11/2026;10,00\n"
    preview = decide(french, send(french, "items", HEADER + rows))
    assert "Numéro manque" in text(french, preview)
    result = take(french, preview)
    assert "Numéro manque" in text(french, result)
    kept = french.get(f"{result}/rejected.csv").get_data().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(kept), delimiter=";"))[1][-1] == "Numéro manque"


def test_a_number_of_eight_digits_is_no_day(importer: Client) -> None:
    rows = 2 * "C1;20261104;13/10/2026;13/11/2026;10,00\n"
    assert "item number 20261104 is not unique" in text(
        importer, decide(importer, send(importer, "items", HEADER + rows))
    )


def test_a_value_for_every_row_is_named_as_on_the_page_of_the_columns(french: Client) -> None:
    said = {"constant-field-0": "customer", "constant-0": "C9", "column-0": "project"}
    preview = decide(french, send(french, "items", HEADER + "C1;F1;13/10/2026;13/11/2026;10,00\n"), **said)
    assert ">Client</td>" in text(french, preview)
    assert ">Client</td>" in text(french, take(french, preview))


def test_fields_of_one_s_own_are_told_by_label_and_as_the_reader_writes_them(french: Client) -> None:
    file = "Code client;Raison sociale;Score interne;Date revue\nC1;Alpha;12,5;13/10/2026\n"
    said = {"column-2": "custom:score_interne|number", "column-3": "custom:date_revue|date"}
    preview = decide(french, send(french, "customers", file), **said)
    for page in (text(french, preview), text(french, f"{take(french, preview)}/changes")):
        assert "custom:" not in page
        assert "Score interne\u00a0: – → <strong>12,5</strong>" in page
        assert "Date revue\u00a0: – → <strong>13/10/2026</strong>" in page


@pytest.mark.parametrize(
    ("language", "day_first", "month_first"),
    [("en", "3 April 2026", "4 March 2026"), ("fr", "3 avril 2026", "4 mars 2026")],
)
def test_the_question_about_dates_says_what_a_date_of_the_file_would_be(
    importer: Client, admin: User, session: Session, language: str, day_first: str, month_first: str
) -> None:
    admin.language = language
    session.flush()
    page = text(importer, send(importer, "items", HEADER + "C1;F1;03/04/2026;13/11/2026;10,00\n"))
    labels = re.findall(r'<label class="form-check-label" for="day_order-\d">(.*?)</label>', page)
    assert [re.sub(r"<.*?>", "", label).partition(" 03")[2] for label in labels] == [
        f"/04/2026 = {day_first}",
        f"/04/2026 = {month_first}",
    ]


def test_a_column_of_both_orders_says_so_and_an_order_rejects_the_rows_of_the_other_alone(importer: Client) -> None:
    rows = "C1;F1;13/02/2026;13/11/2026;10,00\nC1;F2;01/28/2026;13/11/2026;10,00\n"
    columns = send(importer, "items", HEADER + rows)
    page = text(importer, columns)
    assert "These dates have the day first in some rows and the month in others" in page
    assert "13/02/2026 = 13 February 2026" in page and "01/28/2026 = 28 January 2026" in page
    assert ">both orders of day and month</td>" in page and "?/?/Y" not in page
    asked = importer.post(columns, data={**proposed(importer, columns)}, follow_redirects=True).text
    assert "13/02/2026 has the day first, 01/28/2026 the month." in asked
    assert "fit day/month and month/day" not in asked
    preview = text(importer, decide(importer, columns, day_order="dmy"))
    assert "Rejected rows (1)" in preview and "01/28/2026" in preview


def test_a_format_nobody_has_decided_is_told_in_words(importer: Client) -> None:
    row = "C1;F1;03/04/2026;13/11/2026;1,234\n"
    columns = send(importer, "items", HEADER.replace("Montant", "Amount") + row)
    page = text(importer, columns)
    assert ">day or month first?</td>" in page and ">decimals or thousands?</td>" in page
    assert not re.search(r">[^<]*\?/\?|1\?234", page)


@pytest.mark.parametrize(
    ("amounts", "words"),
    [(["10,004"], "One amount is rounded to"), (["10,004", "9,996"], "2 amounts are rounded to")],
)
def test_one_rounded_amount_is_told_as_one(importer: Client, amounts: list[str], words: str) -> None:
    rows = "".join(f"C1;F{n};13/10/2026;13/11/2026;{amount}\n" for n, amount in enumerate(amounts))
    assert words in text(importer, decide(importer, send(importer, "items", HEADER + rows), decimal=","))


def test_between_two_changes_no_line_begins_with_a_comma(importer: Client) -> None:
    file = "Code client;Raison sociale;Ville\nC1;Another;Paris\n"
    preview = importer.get(send(importer, "customers", file)).location
    for page in (text(importer, preview), text(importer, f"{take(importer, preview)}/changes")):
        assert "<strong>Another</strong>,</span> <span" in page


def test_a_difference_names_a_customer_as_it_will_be_called(importer: Client) -> None:
    file = "Code client;Raison sociale;Ville\nC1;Another;Paris\n"
    preview = decide(importer, send(importer, "customers", file) + "?edit=1", **{"policy-1": "never"})
    assert "Another" not in text(importer, preview)


def test_what_an_amount_was_keeps_the_decimals_of_the_currency_it_had(importer: Client) -> None:
    header, row = HEADER.replace("\n", ";Devise\n"), "C1;F1;13/10/2026;13/11/2026;{};{}\n"
    take(importer, decide(importer, send(importer, "items", header + row.format("100,40", "EUR"))))
    preview = importer.get(send(importer, "items", header + row.format("16000", "JPY"))).location
    assert "100.40 → <strong>16,000</strong>" in text(importer, preview)
    result = take(importer, preview, force="1")
    assert "100.40 → <strong>16,000</strong>" in text(importer, f"{result}/changes")


def test_the_limit_of_a_customer_is_told_with_the_decimals_of_the_company_s_currency(importer: Client) -> None:
    header, said = "Code client;Raison sociale;Encours\n", {"column-2": "credit_limit"}
    take(importer, decide(importer, send(importer, "customers", f"{header}C1;Alpha;5000\n"), **said))
    result = take(importer, importer.get(send(importer, "customers", f"{header}C1;Alpha;12500,5\n")).location)
    assert "5,000.00 → <strong>12,500.50</strong>" in text(importer, f"{result}/changes")


def test_a_result_of_which_every_row_was_rejected_says_so(importer: Client) -> None:
    result = take(importer, decide(importer, send(importer, "items", HEADER + "C9;F1;13/10/2026;13/11/2026;10,00\n")))
    assert "Nothing of this file went in: every row was rejected." in text(importer, result)


def test_going_back_to_the_columns_of_a_file_that_is_in_leads_to_its_result(importer: Client) -> None:
    columns = send(importer, "items", HEADER + "C1;F1;13/10/2026;13/11/2026;10,00\n")
    result = take(importer, decide(importer, columns))
    for answer in (importer.get(columns, follow_redirects=True), importer.post(columns, follow_redirects=True)):
        assert answer.request.path == result


def test_a_file_can_be_left_out_on_the_page_of_its_columns_and_of_its_difference(importer: Client) -> None:
    columns = send(importer, "items", HEADER + "C1;F1;13/10/2026;13/11/2026;10,00\n")
    for page in (text(importer, columns), text(importer, decide(importer, columns))):
        assert f'formaction="{columns}/cancel"' in page
        assert "Decide later" in page
