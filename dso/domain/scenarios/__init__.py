"""What happens next on an account: scenarios, their steps, and the one function that decides."""

from dso.domain.scenarios.decide import decide
from dso.domain.scenarios.facts import (
    Account,
    AsideCount,
    ConsumedAt,
    Decision,
    Later,
    Leader,
    OpenAction,
    PassedOver,
    Plan,
    PlannedAction,
    Rules,
    StepRule,
)

__all__ = [
    "Account",
    "AsideCount",
    "ConsumedAt",
    "Decision",
    "Later",
    "Leader",
    "OpenAction",
    "PassedOver",
    "Plan",
    "PlannedAction",
    "Rules",
    "StepRule",
    "decide",
]
