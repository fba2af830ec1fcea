"""Tagging in the words of a script: items by number, status and resolver by name (11.9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dso.domain.codes import StatusType
from dso.domain.errors import Refused
from dso.domain.money import parse_amount
from dso.models import Customer, User
from dso.queries import users
from dso.queries.items import by_words
from dso.queries.statuses import get_status
from dso.services import actions, statuses


@dataclass(frozen=True)
class Said:
    """What a script says; `on` is the status's day, of a promise the promised one."""

    items: Sequence[str]
    status: str
    on: date | None = None
    #: Amount promised or disputed when not the whole.
    amount: str | None = None
    comment: str = ""
    visible_to_customer: bool = False
    #: E-mail address of who is to resolve a dispute.
    resolver: str | None = None
    follow_up: statuses.FollowUp = "default"


def tag(customer: Customer, said: Said, *, actor: User, today: date, now: datetime) -> dict[str, Any]:
    """Tag items of a customer and review its account; what was done, in the shape of 11.9."""
    actions.refuse_earlier(customer.entity, today)
    status = get_status(said.status)
    promise = status.type is StatusType.PROMISE
    tagging = statuses.Tagging(
        status,
        on=None if promise else said.on,
        promised_on=said.on if promise else None,
        amount=_amount(said.amount),
        comment=said.comment,
        visible_to_customer=said.visible_to_customer,
        resolver=_resolver(said.resolver),
        follow_up=said.follow_up,
    )
    items = by_words(customer, said.items)
    act = statuses.qualify(items, tagging, actor=actor, today=today, now=now)
    actions.review(customer.entity, {item.account_id for item in items}, today=today, now=now)
    return {
        "qualification": act.id,
        "items": [item.number for item in items],
        "status": status.name,
        "status_type": status.type.value,
        "action": act.action_id,
    }


def _amount(text: str | None) -> Decimal | None:
    try:
        return parse_amount(text) if text else None
    except ValueError as error:
        raise Refused('"%(value)s" is not an amount such as 1234.50.', value=text) from error


def _resolver(email: str | None) -> User | None:
    if not email:
        return None
    found = users.by_email(email)
    if found is None:
        raise Refused('There is no user "%(email)s".', email=email)
    return found
