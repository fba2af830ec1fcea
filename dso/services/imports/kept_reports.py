"""The difference found by a preview beside the request, kept until somebody looks at it."""

from collections import Counter
from dataclasses import fields
from decimal import Decimal
from typing import Any

from dso.domain.codes import ImportKind, ImportMode
from dso.domain.imports.brake import Stop
from dso.domain.imports.mapping import FileMapping
from dso.domain.imports.rejects import Reject
from dso.domain.imports.unconverted import Unconverted
from dso.services.imports.report import Change, ImportReport, Part, Sample

#: Rows kept, all being counted; of the rejected ones more than the page lists: it looks among them for strangers.
_MOST_REJECTS, _MOST_REMARKS = 200, 50


def kept(report: ImportReport) -> dict[str, Any]:
    """Plain values, amounts as text; what no page shows is left out."""
    values = {each.name: getattr(report, each.name) for each in fields(report)}
    return {
        "kind": report.kind.value,
        "mode": report.mode.value if report.mode else None,
        "currency": report.currency,
        "mapping": report.mapping.as_json(),
        "numbers": {name: value for name, value in values.items() if type(value) is int},
        "amounts": {name: f"{value:f}" for name, value in values.items() if isinstance(value, Decimal)},
        "parts": {name: _part(part) for name, part in report.parts.items()},
        "rejects": [_row(each) for each in report.rejects[:_MOST_REJECTS]],
        "remarks": dict(report.remarks),
        "others": dict(report.others),
        "remark_rows": [_row(each) for each in report.remark_rows[:_MOST_REMARKS]],
        "unconverted": [each.as_json() for each in report.unconverted],
        "stops": stops_kept(report.stops),
    }


def stops_kept(stops: list[Stop]) -> list[dict[str, Any]]:
    """The reasons of the brake as plain values."""
    return [{"message": stop.message, "params": dict(stop.params)} for stop in stops]


def report_from(values: dict[str, Any]) -> ImportReport:
    """The report as it was kept."""
    report = ImportReport(
        ImportKind(values["kind"]),
        ImportMode(values["mode"]) if values["mode"] else None,
        values["currency"],
        FileMapping.from_json(values["mapping"]),
    )
    for name, number in values["numbers"].items():
        setattr(report, name, number)
    for name, amount in values["amounts"].items():
        setattr(report, name, Decimal(amount))
    report.parts = {name: _part_from(part) for name, part in values["parts"].items()}
    report.rejects = [Reject(*each) for each in values["rejects"]]
    report.remarks = Counter(values["remarks"])
    report.others = Counter(values.get("others", {}))
    report.remark_rows = [Reject(*each) for each in values["remark_rows"]]
    report.unconverted = [Unconverted.from_json(each) for each in values.get("unconverted", [])]
    report.stops = [Stop(each["message"], each["params"]) for each in values["stops"]]
    return report


def _row(reject: Reject) -> list[Any]:
    params = {name: str(value) for name, value in reject.params.items()}
    return [reject.line, reject.column, reject.value, reject.reason, params]


def _part(part: Part) -> dict[str, Any]:
    return {
        "count": part.count,
        "amounts": {currency: f"{amount:f}" for currency, amount in part.amounts.items()},
        "samples": [_sample(each) for each in part.samples],
    }


def _sample(one: Sample) -> list[Any]:
    amount = None if one.amount is None else f"{one.amount:f}"
    changes = [[each.field, each.old, each.new] for each in one.changes]
    return [one.line, one.name, one.customer, amount, one.currency, changes]


def _part_from(values: dict[str, Any]) -> Part:
    amounts = {currency: Decimal(amount) for currency, amount in values["amounts"].items()}
    return Part(values["count"], amounts, [_sample_from(*each) for each in values["samples"]])


def _sample_from(
    line: int | None, name: str, customer: str, amount: str | None, currency: str, changes: list[list[str]]
) -> Sample:
    value = None if amount is None else Decimal(amount)
    return Sample(line, name, customer, value, currency, tuple(Change(*each) for each in changes))
