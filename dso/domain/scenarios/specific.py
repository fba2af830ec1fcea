"""Whether an automatic specific action may leave: held like any message, and never for what credits cover (3.4)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dso.domain.codes import Mode, ReasonCode
from dso.domain.money import ZERO
from dso.domain.reasons import Reason, in_order, reason
from dso.domain.scenarios.decide import budget, holds, unreachable
from dso.domain.scenarios.facts import Account, Plan, Rules, StepRule


@dataclass(frozen=True, slots=True)
class Specific:
    """An open specific action that produces a message; `step` says what, to whom and who lets it go."""

    step: StepRule
    on: date
    #: What is open on its items, per currency.
    open: Mapping[str, Decimal]
    #: Unallocated credits of the account, per currency, below zero.
    credits: Mapping[str, Decimal]
    to_confirm: str = ""
    confirmed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the message may go, what holds it, and why a person is asked first."""

    send: bool
    holds: tuple[Reason, ...] = ()
    to_confirm: str = ""
    nothing_left: bool = False

    @property
    def unreachable(self) -> bool:
        """Whether there is nobody to send it to."""
        return any(one.code is ReasonCode.NO_CONTACT for one in self.holds)


def judge_specific(action: Specific, account: Account, plan: Plan | None, rules: Rules, today: date) -> Verdict:
    """What becomes of an automatic specific action today."""
    if not any(amount > ZERO for amount in action.open.values()):
        return Verdict(False, nothing_left=True)
    held = in_order(
        [
            *_standing(account),
            *holds(account, plan, rules),
            *unreachable(action.step, account),
            *budget(action.step, action.on, account, rules, today),
        ]
    )
    to_confirm = _asks(action, account)
    waits = bool(to_confirm) or (action.step.mode is Mode.CONFIRM and action.confirmed_on is None)
    due = action.on <= today and action.step.is_automatic
    return Verdict(due and not held and not waits, held, to_confirm)


def _standing(account: Account) -> Iterator[Reason]:
    """Nothing leaves by itself to an archived account or to an insolvent customer."""
    if account.archived:
        yield reason(ReasonCode.ARCHIVED)
    if account.insolvent_on is not None:
        yield reason(ReasonCode.INSOLVENT, since=account.insolvent_on)


def _asks(action: Specific, account: Account) -> str:
    """Why a person is asked first; a confirmation given since answers it."""
    if action.confirmed_on is not None and (
        account.part_paid_on is None or action.confirmed_on >= account.part_paid_on
    ):
        return ""
    if covered(action):
        return "payment_not_allocated"
    if account.part_paid_on is not None:
        return "part_payment"
    return "" if action.to_confirm in ("payment_not_allocated", "part_payment") else action.to_confirm


def covered(action: Specific) -> bool:
    """Whether unallocated credits cover all that is open on its items."""
    return all(
        amount + action.credits.get(currency, ZERO) <= ZERO for currency, amount in action.open.items() if amount > ZERO
    )
