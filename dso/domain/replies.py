"""What a debtor may answer (5.2): which facts each kind of answer needs, told field by field."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from dso.domain.codes import ReplyKind
from dso.domain.errors import Refused
from dso.domain.money import LIMIT, ZERO, fits

#: A promise further ahead, or a payment longer ago, is a typing error.
FARTHEST = timedelta(days=2 * 366)
LONGEST_TEXT = 5_000
#: Answers about what is owed need to say about which items.
NEEDS_ITEMS = (ReplyKind.PROMISE, ReplyKind.PAID, ReplyKind.PROCESSING, ReplyKind.DISPUTE)
#: Answers that may be about a part of the amount only.
WITH_AMOUNT = (ReplyKind.PROMISE, ReplyKind.DISPUTE)


@dataclass(frozen=True)
class Subject:
    """An item an answer is about."""

    id: int
    remaining: Decimal
    currency: str


@dataclass(frozen=True)
class Answer:
    """What was answered. Facts that do not belong to its kind are left out (see `only_relevant`)."""

    kind: ReplyKind
    author: str
    email: str
    text: str = ""
    reason: str = ""
    promised_on: date | None = None
    paid_on: date | None = None
    amount: Decimal | None = None
    #: A colleague says that the dispute is settled.
    resolved: bool = False


def only_relevant(answer: Answer) -> Answer:
    """The answer without the facts of other kinds: a form without script sends all its fields."""
    kind = answer.kind
    return Answer(
        kind,
        answer.author,
        answer.email,
        answer.text,
        reason=answer.reason if kind is ReplyKind.DISPUTE else "",
        promised_on=answer.promised_on if kind is ReplyKind.PROMISE else None,
        paid_on=answer.paid_on if kind is ReplyKind.PAID else None,
        amount=answer.amount if kind in WITH_AMOUNT else None,
        resolved=answer.resolved,
    )


def problems(answer: Answer, items: Sequence[Subject], *, files: int, today: date) -> dict[str, Refused]:
    """Field to what is wrong with it; empty when the answer can be taken."""
    found: dict[str, Refused] = {}
    if answer.kind in NEEDS_ITEMS and not items:
        found["items"] = Refused("Tick the items your answer is about.")
    elif answer.kind in NEEDS_ITEMS and not any(item.remaining > ZERO for item in items):
        found["items"] = Refused("Tick at least one item that is owed.")
    if answer.kind is ReplyKind.PROMISE and (wrong := _promise_problem(answer.promised_on, today)):
        found["promised_on"] = wrong
    if answer.kind is ReplyKind.PAID and (wrong := _payment_problem(answer.paid_on, today)):
        found["paid_on"] = wrong
    if answer.amount is not None and items and (wrong := _amount_problem(answer.amount, items)):
        found["amount"] = wrong
    if wrong := _text_problem(answer, files):
        found["text"] = wrong
    return found


def _promise_problem(on: date | None, today: date) -> Refused | None:
    if on is None:
        return Refused("Say on which day you will pay.")
    if on < today:
        return Refused("This day has passed. If you have paid already, choose that answer.")
    return Refused("Please choose a day within the next two years.") if on > today + FARTHEST else None


def _payment_problem(on: date | None, today: date) -> Refused | None:
    if on is None:
        return Refused("Say on which day you paid.")
    if on > today:
        return Refused("This day is still to come. If you are going to pay, choose to promise the payment.")
    return Refused("Please check the year of this day.") if on < today - FARTHEST else None


def _amount_problem(amount: Decimal, items: Sequence[Subject]) -> Refused | None:
    currencies = {item.currency for item in items}
    if len(currencies) > 1:
        return Refused("An amount can be given for items of one currency only.")
    currency = next(iter(currencies))
    if amount <= ZERO or amount >= LIMIT or not fits(amount, currency):
        return Refused("This is not an amount in %(currency)s.", currency=currency)
    if amount > owed(items)[currency]:
        return Refused("This is more than the ticked items amount to.")
    return None


def _text_problem(answer: Answer, files: int) -> Refused | None:
    if len(answer.text) > LONGEST_TEXT:
        return Refused("Please keep to %(limit)s characters, or send a file.", limit=LONGEST_TEXT)
    if answer.kind is ReplyKind.COMMENT and not (answer.text or files or answer.resolved):
        return Refused("Write your comment, or choose a file.")
    if answer.kind is ReplyKind.DISPUTE and not answer.text and not answer.reason:
        return Refused("Choose a reason or say what is wrong.")
    return None


def owed(items: Iterable[Subject]) -> dict[str, Decimal]:
    """What items amount to per currency, credits netted."""
    sums: dict[str, Decimal] = {}
    for item in items:
        sums[item.currency] = sums.get(item.currency, ZERO) + item.remaining
    return sums


def fingerprint(form_key: str, answer: Answer, item_ids: Iterable[int], files: Iterable[tuple[str, str]]) -> str:
    """Same for one form sent twice with the same content: a double click makes one reply, an edited form a second one.

    `files` are names and hashes.
    """
    facts = (
        form_key,
        *(str(getattr(answer, name) or "") for name in Answer.__dataclass_fields__),
        ",".join(str(item_id) for item_id in sorted(set(item_ids))),
        *(f"{name}:{sha256}" for name, sha256 in files),
    )
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()
