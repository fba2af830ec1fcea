"""Short ways to make accounts, plans and rules for the tests of the decision."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from dso.domain.calendars import WorkingCalendar
from dso.domain.codes import Consumed, Mode, StartRule, StepType
from dso.domain.scenarios import Account, ConsumedAt, Leader, OpenAction, Plan, PlannedAction, Rules, StepRule
from dso.domain.settings import CollectionSettings

#: A Wednesday.
TODAY = date(2026, 6, 10)
RULES = Rules(CollectionSettings())


def rules(**settings: Any) -> Rules:
    """The default rules with other settings."""
    return Rules(CollectionSettings(**settings))


def closed(*days: date) -> Rules:
    """The default rules with public holidays."""
    return Rules(CollectionSettings(), WorkingCalendar(holidays=frozenset(days)), holidays="FR")


def mail(id: int, name: str, **more: Any) -> StepRule:
    """An automatic e-mail step."""
    return StepRule(id, name, StepType.EMAIL, **({"mode": Mode.AUTOMATIC} | more))


def call(id: int, **more: Any) -> StepRule:
    """A phone step."""
    return StepRule(id, "Call", StepType.PHONE, **more)


#: First reminder +7, second +15, call +22 (passed over after 5 working days), notice +35, letter 15 after, hand-over.
STANDARD = Plan(
    1,
    "Standard",
    (
        mail(1, "First reminder", after_due=7),
        mail(2, "Second reminder", after_due=15),
        call(3, after_due=22, pass_over_after=5),
        mail(4, "Formal notice", after_due=35),
        StepRule(5, "Registered letter", StepType.REGISTERED_LETTER, after_previous=15),
        StepRule(6, "Hand-over", StepType.HANDOVER, after_previous=30),
    ),
)


def starting(start: StartRule) -> Plan:
    """The standard plan with another start rule."""
    return replace(STANDARD, start=start)


def plan(*steps: StepRule, start: StartRule = StartRule.FIRST) -> Plan:
    """A plan of these steps."""
    return Plan(1, "Plan", steps, start)


def leader(due: date, number: str = "F1", since: date | None = None, amount: str = "100", **more: Any) -> Leader:
    """A leader due on a day, leader since that day or the given one."""
    return Leader(int(number[1:]), number, more.pop("currency", "EUR"), Decimal(amount), due, since or due)


def account(lead: Leader | None, **more: Any) -> Account:
    """An account that can be reached by e-mail and owes what leads it."""
    facts: Mapping[str, Any] = {
        "code": "C1",
        "leader": lead,
        "chaseable": {lead.currency: lead.remaining} if lead else {},
        "reachable": frozenset({"collection"}),
        "to": "Zoé Hébert",
    }
    return Account(1, **{**facts, **more})


def used(step_id: int, on: date, how: Consumed = Consumed.DONE) -> ConsumedAt:
    """A step used up for the leader."""
    return ConsumedAt(step_id, how, on)


def standing(action: PlannedAction, **more: Any) -> OpenAction:
    """What was planned, as it stands in the database afterwards."""
    base = OpenAction(
        id=77,
        leader_id=action.leader_id,
        step_id=action.step.id,
        on=action.on,
        state=action.state,
        user_dated=action.user_dated,
        basis=action.basis,
        to_confirm=action.to_confirm,
    )
    return replace(base, **more)
