"""The statement of account as PDF and as spreadsheet."""

import io
import time
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
from flask import Flask

from dso.db import db
from dso.domain.codes import ItemType, StatusType
from dso.models import BankAccount, Customer
from dso.services import statements
from dso.services.documents import pdf
from tests import factories
from tests.conftest import TODAY

pytestmark = pytest.mark.usefixtures("app")


def a_debtor(**values: Any) -> Customer:
    """A French customer with invoices, a credit, a dispute, a down-payment request and something in dollars."""
    entity = factories.an_entity(
        address="1 rue de la Paix\n75002 Paris", legal_footer={"fr": "Acme SA au capital de 1 €", "en": "Acme SA"}
    )
    entity.bank_accounts = [BankAccount(currency="EUR", iban="FR7630004000031234567890143", bank="BNP")]
    known = {"entity": entity, "code": "C10035", "business_name": "Garnier Transports SAS", "city": "Bordeaux"}
    customer = factories.a_customer(**{**known, "postal_code": "33000", "street": "19 rue Verte", **values})
    factories.an_item(customer, "1000", number="F1")
    factories.an_item(customer, "-200", number="A1", type=ItemType.CREDIT_NOTE)
    factories.an_item(customer, "300", number="F2", status_type=StatusType.DISPUTE, days_late=5)
    factories.an_item(customer, "5000", number="D1", type=ItemType.DOWN_PAYMENT)
    factories.an_item(customer, "70", number="U1", currency="USD", days_late=-10)
    db.session.expire_all()
    return customer


def text_of(content: bytes) -> str:
    """All text of a PDF, spaces made plain."""
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
    return "\n".join(pages).replace("\u202f", " ").replace("\u00a0", " ")


def test_everything_open_is_on_the_statement_with_totals_by_currency() -> None:
    text = text_of(statements.statement_pdf(a_debtor(), today=TODAY))
    for word in ("Relevé de compte", "Situation au 20 novembre 2026", "F1", "A1", "F2", "U1", "Garnier Transports SAS"):
        assert word in text
    assert "1 100,00 €" in text
    assert "70,00 $US" in text


def test_disputed_items_are_marked_and_there_is_a_sum_without_them() -> None:
    text = text_of(statements.statement_pdf(a_debtor(), today=TODAY))
    assert "en litige" in text
    assert "Total hors montants en litige" in text
    assert "800,00 €" in text


def test_down_payment_requests_stand_apart_and_outside_the_total() -> None:
    text = text_of(statements.statement_pdf(a_debtor(), today=TODAY))
    before, after = text.split("Demandes d’acompte", 1)
    assert "D1" not in before
    assert "D1" in after and "hors total" in after


def test_the_statement_follows_the_language_of_the_customer_or_the_one_asked_for() -> None:
    customer = a_debtor(language="de")
    assert "Kontoauszug" in text_of(statements.statement_pdf(customer, today=TODAY))
    assert "Statement of account" in text_of(statements.statement_pdf(customer, today=TODAY, language="en"))


def test_pages_carry_the_legal_footer_and_their_number() -> None:
    customer = a_debtor()
    for n in range(80):
        factories.an_item(customer, "10", number=f"N{n:03}")
    reader = pypdf.PdfReader(io.BytesIO(statements.statement_pdf(customer, today=TODAY)))
    assert len(reader.pages) > 1
    for number, page in enumerate(reader.pages, 1):
        text = page.extract_text()
        assert "Acme SA au capital" in text
        assert f"Page {number} sur {len(reader.pages)}" in text
    assert "Échéance" in reader.pages[1].extract_text(), "the head of the table is repeated"


def test_fonts_are_embedded_and_draw_every_script_they_cover() -> None:
    customer = a_debtor(business_name="Łódź é ß Ελλάς Кириллица Żółć")
    content = statements.statement_pdf(customer, today=TODAY)
    assert "Łódź é ß Ελλάς Кириллица Żółć" in text_of(content)
    fonts = pypdf.PdfReader(io.BytesIO(content)).pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    names = {str(font.get_object()["/BaseFont"]) for font in fonts.values()}
    # Helvetica is what every PDF of reportlab names at the start of a page; no text is drawn in it.
    assert {name.partition("+")[2] for name in names - {"/Helvetica"}} == {"DejaVuSans", "DejaVuSans-Bold"}


def test_a_character_no_font_has_is_a_visible_mark_instead_of_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "WIDE_FONTS", ())
    pdf._faces.cache_clear()
    pdf._drawable.cache_clear()
    try:
        text = text_of(statements.statement_pdf(a_debtor(business_name="北京 Trading"), today=TODAY))
    finally:
        pdf._faces.cache_clear()
        pdf._drawable.cache_clear()
    assert "□□ Trading" in text


def test_nothing_outside_the_product_is_read_while_a_pdf_is_drawn(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    for source in (f"file://{secret}", str(secret), "http://127.0.0.1:9/x.png", "../../pyproject.toml"):
        with pytest.raises(pdf.PdfError):
            pdf.render(f'<html><body><p>x</p><img src="{source}"></body></html>')


def test_html_in_names_is_text_on_the_statement() -> None:
    customer = a_debtor(business_name='<b>A</b><img src="x"> & Co')
    assert '<b>A</b><img src="x"> & Co' in text_of(statements.statement_pdf(customer, today=TODAY)).replace("\n", " ")


def test_a_statement_of_nothing_says_so() -> None:
    customer = factories.a_customer()
    assert "Aucune pièce n’est ouverte" in text_of(statements.statement_pdf(customer, today=TODAY))


def test_five_hundred_items_flow_over_pages_in_time() -> None:
    customer = a_debtor()
    for n in range(500):
        factories.an_item(customer, "10.50", number=f"N{n:04}", order_number=f"PO {n} " + "x" * (n % 50))
    started = time.process_time()
    content = statements.statement_pdf(customer, today=TODAY)
    assert time.process_time() - started < 6
    reader = pypdf.PdfReader(io.BytesIO(content))
    assert len(reader.pages) > 8
    assert "6 350,00 €" in text_of(content)


def test_the_spreadsheet_has_typed_cells_and_reads_no_text_as_a_formula() -> None:
    customer = a_debtor(business_name="=HYPERLINK(1)")
    factories.an_item(customer, "12.34", number="=1+1", order_number="@SUM(A1)")
    content = statements.statement_xlsx(customer, today=TODAY, language="en")
    sheet: Any = openpyxl.load_workbook(io.BytesIO(content)).active
    rows = {row[1].value: row for row in sheet.iter_rows()}
    row = rows["=1+1"]
    assert {cell.data_type for cell in row if isinstance(cell.value, str)} == {"s"}
    assert Decimal(str(row[8].value)) == Decimal("12.34")
    assert row[5].value.date() == TODAY - timedelta(days=20)
    assert "=HYPERLINK(1)" in str(sheet["A2"].value)
    assert isinstance(rows["Total"][8].value, int | float)


def test_the_file_is_named_after_account_and_day() -> None:
    page = statements.page(a_debtor(code="A/..\\é"), today=date(2026, 11, 20))
    assert statements.file_name(page, "pdf") == "releve-A------2026-11-20.pdf"


def test_the_statement_of_a_pilot_holds_the_items_of_its_group(app: Flask) -> None:
    customer = a_debtor()
    member = factories.a_customer(entity=customer.entity, collected_by_id=customer.id, code="MEMBER")
    factories.an_item(member, "99", number="M1")
    assert "M1" in text_of(statements.statement_pdf(customer, today=TODAY))
    alone = text_of(statements.statement_pdf(member, today=TODAY))
    assert "M1" in alone and "F1" not in alone
