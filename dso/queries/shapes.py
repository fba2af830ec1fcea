"""What there is, as JSON says it (10.2, 11.9): one shape for the command line and the API.

Amounts are strings with the currency's decimals, days ISO, codes by their word.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from dso.domain.codes import Channel
from dso.domain.money import plain
from dso.queries.actions import ActionRow
from dso.queries.messages.outbox import MessageRow
from dso.queries.replies import ReplyRow
from dso.queries.reports.aging import Aging, AgingRow
from dso.queries.statuses import QualificationRow

#: Figures that are no amounts: percentages and days, with one decimal.
_NUMBERS = frozenset({"overdue_percent", "average_delay", "average_duration"})
_GUARANTEES = frozenset({"insurer_guarantee", "temporary_guarantee"})


def record(values: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """A record: every field by its name."""
    return {name: _value(name, value, currency) for name, value in values.items()}


def customer(values: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """A customer; guarantees are in their own currency."""
    secured = values["guarantee_currency"] or currency
    shaped = record(values, currency)
    shaped |= {name: _value(name, values[name], secured) for name in _GUARANTEES}
    shaped["other_guarantees"] = [record(each, secured) for each in values["other_guarantees"]]
    return {**shaped, "currency": currency}


def item(values: Mapping[str, Any]) -> dict[str, Any]:
    """An item, in its own currency."""
    return record(values, values["currency"])


def _value(name: str, value: Any, currency: str) -> Any:
    if isinstance(value, Decimal):
        # What JSON makes of a number's digits: these are percentages and days, never amounts.
        return json.loads(f"{value:f}") if name in _NUMBERS else plain(value, currency)
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date | datetime) else value


def action(row: ActionRow) -> dict[str, Any]:
    """The shape of 10.2."""
    return {
        "id": row.id,
        "customer": row.customer,
        "customer_id": row.customer_id,
        "kind": row.kind.value,
        "type": row.type.value,
        "name": row.name,
        "scenario": row.scenario,
        "step": row.step,
        "on": row.on.isoformat(),
        "mode": row.mode.value,
        "state": row.state.value,
        "leader": row.leader,
        "items": list(row.items),
        "resolver": row.resolver,
    }


def message(row: MessageRow) -> dict[str, Any]:
    """The shape of 10.2."""
    return {
        "id": row.id,
        "customer": row.customer_code or None,
        "channel": row.channel.value,
        "to": [row.recipient_name if row.channel is Channel.LETTER else row.recipient],
        "subject": row.subject,
        "state": row.state.value,
        "queued_at": row.queued_at.isoformat(),
        "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        "action": row.action_id,
    }


def reply(row: ReplyRow) -> dict[str, Any]:
    """The shape of 11.9."""
    return {
        "id": row.id,
        "customer": row.customer_code,
        "author": row.author,
        "email": row.email,
        "at": row.at.isoformat(),
        "channel": row.channel,
        "kind": row.kind.value,
        "items": [item.number for item in row.items],
        "text": row.text,
        "promised_on": row.promised_on.isoformat() if row.promised_on else None,
        "amount": plain(row.amount, row.currency) if row.amount is not None else None,
        "state": row.state.value,
    }


def qualification(row: QualificationRow) -> dict[str, Any]:
    """Every act of tagging by its own names."""
    return {
        "id": row.id,
        "customer": row.customer,
        "items": row.items,
        "status": row.status,
        "status_type": row.status_type.value if row.status_type else None,
        "on": row.on.isoformat(),
        "promised_on": row.promised_on.isoformat() if row.promised_on else None,
        "amount": plain(row.amount, row.currency) if row.amount is not None else None,
        "comment": row.comment,
        "visible_to_customer": row.visible_to_customer,
        "author": row.author,
        "resolver": row.resolver,
        "action": row.action,
        "kept": row.kept,
        "at": row.at.isoformat(),
    }


def aging(found: Aging, rows: Sequence[AgingRow] | None = None) -> dict[str, Any]:
    """The JSON of 10.2, of all rows or of some; the total is that of all."""
    money = found.currency
    return {
        "as_of": found.as_of.isoformat(),
        "currency": money,
        "buckets": [{"label": each.label, "from": each.start, "to": each.end} for each in found.buckets],
        "rows": [
            {
                "customer": row.code,
                "customer_id": row.customer_id,
                "amounts": [plain(amount, money) for amount in row.amounts],
                "total": plain(row.total, money),
            }
            for row in (found.rows if rows is None else rows)
        ],
        "total": {
            "amounts": [plain(amount, money) for amount in found.amounts],
            "total": plain(found.total, money),
        },
        "unconverted": [{"currency": code, "amount": plain(amount, code)} for code, amount in found.unconverted],
    }
