"""Tables of items, as mails, letters and statements show them: every cell already written in the message's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import current_app
from markupsafe import Markup

from dso.domain.codes import RECEIVABLE_TYPES
from dso.domain.documents import Line, Table
from dso.domain.money import ZERO
from dso.services.documents.writing import Writer


@dataclass(frozen=True, slots=True)
class Row:
    """One item."""

    number: str
    kind: str
    order_number: str
    issued: str
    due: str
    late: str
    amount: str
    open: str
    penalties: str
    noted: str


@dataclass(frozen=True, slots=True)
class Sum:
    """A line of sums under a table; `style` is "sum" or "part"."""

    words: str
    amount: str
    penalties: str = ""
    style: str = "sum"


@dataclass(frozen=True, slots=True)
class Shown:
    """A table ready to be laid out."""

    title: str
    lines: tuple[Row, ...]
    sums: tuple[Sum, ...]
    penalties: Decimal
    note: str = ""
    #: Where its item numbers lead instead of the page of the others.
    link: str = ""


def shown(
    table: Table, write: Writer, *, split_disputes: bool = False, accounts: bool = False, link: str = ""
) -> Shown:
    """The cells of a table; `split_disputes` adds the sum without what is disputed, `accounts` names accounts."""
    return Shown(
        title=table.title,
        lines=tuple(_row(line, write, accounts=accounts) for line in table.lines),
        sums=tuple(_sums(table, write, split_disputes=split_disputes)),
        penalties=table.penalties,
        note=_pay_to(table.lines, write),
        link=link,
    )


def _row(line: Line, write: Writer, *, accounts: bool) -> Row:
    item = line.item
    account = f"{line.customer_code}" if accounts else ""
    return Row(
        number=item.number,
        kind=", ".join(part for part in (write.type(line), account) if part),
        order_number=line.order_number,
        issued=write.day(item.issued_on),
        due=write.day(item.due_on),
        late=write.days(line.days_late) if _can_be_late(line) else "",
        amount=write.amount(line.amount, item.currency),
        open=write.amount(line.remaining, item.currency),
        penalties=write.amount(line.penalties, item.currency) if line.penalties else "",
        noted=write.remark(line),
    )


def _can_be_late(line: Line) -> bool:
    """Credits and down-payment requests are never late."""
    return line.item.remaining > 0 and line.item.type in RECEIVABLE_TYPES


def _sums(table: Table, write: Writer, *, split_disputes: bool) -> Iterable[Sum]:
    words, currency = write.words, table.currency
    penalties = write.money(table.penalties, currency) if table.penalties else ""
    yield Sum(words.total, write.money(table.total, currency), penalties)
    if split_disputes and table.disputed != ZERO:
        yield Sum(words.total_disputed, write.money(table.disputed, currency), style="part")
        yield Sum(words.total_undisputed, write.money(table.total - table.disputed, currency))


def _pay_to(lines: Sequence[Line], write: Writer) -> str:
    """Items sold to a factor are to be paid to it, not to us."""
    factors: dict[str, list[str]] = {}
    for line in lines:
        if line.assigned_to and line.remaining > 0:
            factors.setdefault(line.assigned_to, []).append(line.item.number)
    return ". ".join(
        write.words.pay_to % {"numbers": ", ".join(numbers), "name": name} for name, numbers in sorted(factors.items())
    )


def as_html(
    tables: Sequence[Table],
    write: Writer,
    *,
    link: str = "",
    links: Mapping[int, str] | None = None,
    penalties: bool = False,
    remarks: bool = True,
    split_disputes: bool = False,
) -> Markup:
    """The tables as HTML; `link` makes item numbers lead to the interactive page, `links` those of some customers."""
    pages = links or {}
    many = len({line.customer_id for table in tables for line in table.lines}) > 1
    several = many and not any(table.title for table in tables)
    template = current_app.jinja_env.get_template("mail/_items.html")
    return Markup(
        template.render(
            tables=[
                shown(
                    one,
                    write,
                    split_disputes=split_disputes,
                    accounts=several,
                    link=pages.get(one.lines[0].customer_id, ""),
                )
                for one in tables
            ],
            write=write,
            link=link,
            show_penalties=penalties,
            remarks=remarks,
        )
    )
