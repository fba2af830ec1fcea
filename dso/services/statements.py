"""The statement of account of a customer as PDF and spreadsheet: everything open, on demand or with a message."""

import io
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import xlsxwriter
from flask import current_app
from markupsafe import Markup

from dso.db import db
from dso.domain import documents, languages
from dso.domain.codes import RECEIVABLE_TYPES
from dso.domain.documents import Line, Statement, Table
from dso.domain.letters import window
from dso.domain.money import decimals, rounded
from dso.models import Customer, Entity
from dso.queries.messages.facts import Company, Debtor
from dso.queries.messages.lines import account_lines, with_penalties
from dso.queries.messages.material import company, debtor
from dso.services import exports
from dso.services.documents import banks, pictures, tables
from dso.services.documents.writing import Writer


@dataclass(frozen=True, slots=True)
class Page:
    """A statement as plain values, so that it can be drawn with no transaction open."""

    company: Company
    debtor: Debtor
    statement: Statement
    today: date
    write: Writer


def page(customer: Customer, *, today: date, language: str | None = None) -> Page:
    """What the statement of a customer says today, in a language or in the customer's own."""
    entity = db.session.get_one(Entity, customer.entity_id)
    lines, _rates = with_penalties(account_lines(customer, today=today), customer, entity, today=today)
    return page_of(lines, company(entity.id), debtor(customer), today=today, language=language)


def page_of(lines: list[Line], seller: Company, account: Debtor, *, today: date, language: str | None = None) -> Page:
    """The statement of lines already read."""
    chosen = language or _own_language(account, seller)
    return Page(
        company=seller,
        debtor=account,
        statement=documents.statement(lines, first=seller.currency),
        today=today,
        write=Writer(chosen, account.country),
    )


def _own_language(account: Debtor, seller: Company) -> str:
    want = languages.wanted(
        contact=None, customer=account.language or None, country=account.country, scenario=None, entity=seller.language
    )
    taken = languages.taken(want, ("en", "fr", "de"), scenario=seller.language)
    return taken.language if taken else seller.language


def file_name(page: Page, extension: str) -> str:
    """What the file is called: statement, account code and day, in characters every system takes."""
    code = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in page.debtor.code)
    return f"{page.write.words.statement_file}-{code}-{page.today.isoformat()}.{extension}"


def statement_pdf(customer: Customer, *, today: date, language: str | None = None) -> bytes:
    """The statement of a customer as PDF."""
    return draw(page(customer, today=today, language=language))


def draw(page: Page) -> bytes:
    """The PDF of a statement."""
    # Imported here: what draws takes most of a second to load, and most processes never draw.
    from dso.services.documents import pdf

    found, write = page.statement, page.write
    currencies = {table.currency for table in found.tables}
    template = current_app.jinja_env.get_template("pdf/statement.html")
    markup = template.render(
        **head(page.company, page.debtor, write),
        debtor=page.debtor,
        as_of=write.words.statement_as_of % {"day": write.long_day(page.today)},
        empty=found.is_empty,
        tables=tables.as_html(found.tables, write, penalties=True, split_disputes=True),
        down_payments=tables.as_html(found.down_payments, write) if found.down_payments else "",
        bank=Markup("<br>").join(banks.lines(page.company, currencies, write)),
    )
    return pdf.render(markup, accent=page.company.colour)


def head(seller: Company, account: Debtor, write: Writer) -> dict[str, Any]:
    """What the pages of a letter or statement carry around their text."""
    marks = write.words.page % {"page": "\0", "pages": "\0"}
    return {
        "company": seller,
        "accent": seller.colour,
        "words": write.words,
        "write": write,
        "logo": pictures.inline(seller.logo, seller.logo_type),
        "address": write.address(account.address, home=seller.country, posted_in=seller.language),
        "footer": seller.footer(write.language).splitlines(),
        "window": window(seller.country),
        "page_words": marks.split("\0"),
    }


def statement_xlsx(customer: Customer, *, today: date, language: str | None = None) -> bytes:
    """The statement of a customer as a spreadsheet: typed cells, no text ever read as a formula."""
    return spread(page(customer, today=today, language=language))


def spread(page: Page) -> bytes:
    """The spreadsheet of a statement."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        _Sheet(book, page).write()
    return out.getvalue()


def table(page: Page) -> exports.Table:
    """The lines of a statement under the names of their fields; what is due at one time stands together."""
    headers = "customer number type order_number issued_on due_on days_late amount remaining penalties currency status"
    found = page.statement
    rows = (
        [*_cells(page, line, each.currency)] for each in (*found.tables, *found.down_payments) for line in each.lines
    )
    return exports.Table(page.write.words.statement, headers.split(), rows)


def _cells(page: Page, line: Line, currency: str) -> list[Any]:
    item = line.item
    late = line.days_late > 0 and item.remaining > 0 and item.type in RECEIVABLE_TYPES
    amounts = [rounded(each, currency) for each in (line.amount, line.remaining, line.penalties)]
    days = [item.issued_on, item.due_on, line.days_late if late else None]
    return [
        line.customer_code,
        item.number,
        item.type,
        line.order_number,
        *days,
        *amounts,
        currency,
        page.write.remark(line),
    ]


class _Sheet:
    """Writes the one sheet, row by row."""

    def __init__(self, book: Any, page: Page) -> None:
        self.page = page
        self.words = page.write.words
        self.sheet = book.add_worksheet(self.words.statement[:31])
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format({"bold": True, "bottom": 1})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.book = book
        self.row = 0
        self._money: dict[tuple[int, bool], Any] = {}

    def write(self) -> None:
        """Title, tables, down-payment requests."""
        page, words = self.page, self.words
        self._text(0, page.company.name, self.bold)
        self._next()
        self._text(0, f"{words.statement}: {page.debtor.name} ({page.debtor.code})", self.bold)
        self._next()
        self._text(0, words.statement_as_of % {"day": page.write.long_day(page.today)})
        self._next(2)
        for table in page.statement.tables:
            self._table(table, with_total=True)
        for table in page.statement.down_payments:
            self._text(0, f"{words.down_payments} ({words.down_payments_note})", self.bold)
            self._next()
            self._table(table, with_total=True)
        if page.statement.is_empty:
            self._text(0, words.nothing_open)
        for column, width in enumerate((12, 18, 18, 18, 12, 12, 10, 14, 14, 14, 8, 40)):
            self.sheet.set_column(column, column, width)

    def _table(self, table: Table, *, with_total: bool) -> None:
        words = self.words
        titles = (words.account, words.number, words.kind, words.order, words.issued, words.due, words.late)
        for column, title in enumerate((*titles, words.amount, words.open, words.penalties, "", words.status)):
            self._text(column, title, self.head)
        self._next()
        for line in table.lines:
            self._line(line, table.currency)
        if with_total:
            self._sum(words.total, table.total, table.currency)
            if table.disputed:
                self._sum(words.total_disputed, table.disputed, table.currency)
                self._sum(words.total_undisputed, table.total - table.disputed, table.currency)
        self._next()

    def _line(self, line: Line, currency: str) -> None:
        item = line.item
        self._text(0, line.customer_code)
        self._text(1, item.number)
        self._text(2, self.words.types[item.type])
        self._text(3, line.order_number)
        self._day(4, item.issued_on)
        self._day(5, item.due_on)
        if line.days_late > 0 and item.remaining > 0 and item.type in RECEIVABLE_TYPES:
            self.sheet.write_number(self.row, 6, line.days_late)
        self._amount(7, line.amount, currency)
        self._amount(8, line.remaining, currency)
        if line.penalties:
            self._amount(9, line.penalties, currency)
        self._text(10, currency)
        self._text(11, self.page.write.remark(line))
        self._next()

    def _sum(self, words: str, amount: Decimal, currency: str) -> None:
        self._text(1, words, self.bold)
        self._amount(8, amount, currency, bold=True)
        self._text(10, currency, self.bold)
        self._next()

    def _text(self, column: int, text: str, style: Any = None) -> None:
        if text:
            self.sheet.write_string(self.row, column, text, style)

    def _day(self, column: int, day: date) -> None:
        self.sheet.write_datetime(self.row, column, datetime.combine(day, time()), self.day)

    def _amount(self, column: int, amount: Decimal, currency: str, *, bold: bool = False) -> None:
        places = decimals(currency)
        key = (places, bold)
        if key not in self._money:
            pattern = "#,##0" + ("." + "0" * places if places else "")
            self._money[key] = self.book.add_format({"num_format": pattern, "bold": bold})
        self.sheet.write_number(self.row, column, amount, self._money[key])

    def _next(self, count: int = 1) -> None:
        self.row += count
