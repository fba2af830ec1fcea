"""Reports on pages: the aging balance as at any day, with its files."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from dso import clock
from dso.domain.aging import Bucket
from dso.domain.imports.dates import YEARS
from dso.domain.permissions import Capability
from dso.http.entity import current_entity
from dso.http.guard import requires, viewer
from dso.http.pages import page
from dso.queries.choices import choices
from dso.queries.customers.criteria import FIELDS
from dso.queries.reports import aging as queries
from dso.queries.reports.aging import Aging, AgingRow
from dso.services.reports import aging_table
from dso.web.criteria import chips, from_address, sort_and_page
from dso.web.downloads import table_answer

bp = Blueprint("reports", __name__, url_prefix="/reports")
SIZES = (50, 100, 250)
#: What the balance can be narrowed to.
_SCOPE = {name: FIELDS[name] for name in ("q", "collector", "group", "country", "scenario")}


def _asked_day(today: date) -> date:
    try:
        day = date.fromisoformat(request.args.get("as_of", ""))
    except ValueError:
        return today
    return day if day.year in YEARS else today


def _read(today: date) -> Aging:
    entity, criteria = current_entity(), from_address(_SCOPE)
    where = [_SCOPE[name].where(value, today) for name, value in criteria.items()]
    return queries.aging(viewer(), entity, as_of=_asked_day(today), today=today, customers=where)


def _sorted(rows: Sequence[AgingRow], sort: str, buckets: int) -> list[AgingRow]:
    """By name, code, total or a bucket; the largest total first unless the address says otherwise."""
    keys: dict[str, Callable[[AgingRow], Any]] = {
        "customer": lambda row: (row.name.casefold(), row.code),
        "code": lambda row: row.code,
        "total": lambda row: sum(row.units),
        **{f"b{place}": _amount(place) for place in range(buckets)},
    }
    sort = sort if sort.lstrip("-") in keys else "-total"
    return sorted(rows, key=keys[sort.lstrip("-")], reverse=sort.startswith("-"))


def _amount(place: int) -> Callable[[AgingRow], int]:
    return lambda row: row.units[place]


def label(bucket: Bucket) -> str:
    """The name of a bucket in the viewer's language."""
    return _("Not due") if bucket.start is None else bucket.label


def _strip(found: Aging, today: date) -> list[dict[str, Any]]:
    """The totals as parts of a strip; of today's balance each leads to its items."""
    linked = found.as_of == today and viewer().can(Capability.CUSTOMERS_SEE)
    return [
        {
            "label": label(bucket),
            "amount": amount,
            "url": _items_of(bucket) if linked else "",
        }
        for bucket, amount in zip(found.buckets, found.amounts, strict=True)
    ]


def _items_of(bucket: Bucket) -> str:
    kept = {name: request.args.getlist(name) for name in _SCOPE if request.args.get(name)}
    return url_for("items.index", late_from=bucket.start, late_to=bucket.end, **kept)  # type: ignore[arg-type]


@bp.get("/aging")
@requires(Capability.REPORTS_SEE)
def aging() -> Response:
    """The aging balance per customer: a table that drills down to items, its totals, the day in the address."""
    entity = current_entity()
    today = clock.today(entity.timezone)
    found, offered = _read(today), choices(entity)
    sort, number, size = sort_and_page(SIZES, SIZES[1])
    number = min(number, max(1, -(-len(found.rows) // size)))
    ordered = _sorted(found.rows, sort, len(found.buckets))
    names = {"q": _("Text"), "collector": _("Collector"), "group": _("Group"), "country": _("Country")}
    return page(
        "reports/aging.html",
        "reports/_aging.html",
        found=found,
        rows=ordered[(number - 1) * size : number * size],
        number=number,
        size=size,
        strip=_strip(found, today),
        labels=[label(bucket) for bucket in found.buckets],
        choices=offered,
        chips=chips(_SCOPE, from_address(_SCOPE), {**names, "scenario": _("Scenario")}, offered.names()),
        entity=entity,
        today=today,
        before_import=entity.first_import_on is None or found.as_of < entity.first_import_on,
    )


@bp.get("/aging.<form>")
@requires(Capability.REPORTS_SEE)
def aging_download(form: str) -> Response:
    """The balance of the page, all customers of it, as a file."""
    found = _read(clock.today(current_entity().timezone))
    return table_answer(aging_table(found), f"aging-{found.as_of.isoformat()}", form)
