"""What a decision is made from and what it says: frozen values, no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dso.domain.calendars import WorkingCalendar
from dso.domain.codes import MESSAGE_TYPES, NEVER_AUTOMATIC, ActionState, Consumed, Flavour, Mode, StartRule, StepType
from dso.domain.money import ZERO
from dso.domain.pool import Aside
from dso.domain.reasons import Reason
from dso.domain.settings import CollectionSettings

#: Steps that neither wait for the spacing of dunning contacts nor, by themselves, cause it (11.2).
UNSPACED = (StepType.PHONE, StepType.TASK)


@dataclass(frozen=True, slots=True)
class StepRule:
    """One step of a plan: trigger A (`after_due`) or trigger B (`after_previous`), never both."""

    id: int
    name: str
    type: StepType
    mode: Mode = Mode.MANUAL
    after_due: int | None = None
    after_previous: int | None = None
    flavour: Flavour = Flavour.PLAIN
    pass_over_after: int | None = None
    minimum_leader: Decimal | None = None
    once_in_days: int | None = None
    #: Whom it goes to: "collection", a role of contacts, or an address.
    to: tuple[str, ...] = ("collection",)

    @property
    def says(self) -> tuple[str, ...]:
        """What an action of this step says of it."""
        return self.type.value, self.flavour.value, self.name, self.mode.value

    @property
    def is_message(self) -> bool:
        """Whether doing it produces a message."""
        return self.type in MESSAGE_TYPES

    @property
    def is_early(self) -> bool:
        """Whether it belongs before the due date."""
        return self.after_due is not None and self.after_due < 0

    @property
    def is_automatic(self) -> bool:
        """Whether the clock sends it, confirmed or not."""
        return self.is_message and self.type not in NEVER_AUTOMATIC and self.mode is not Mode.MANUAL


@dataclass(frozen=True, slots=True)
class Plan:
    """A scenario as the engine sees it: its steps in order, without removed ones."""

    id: int
    name: str
    steps: tuple[StepRule, ...] = ()
    start: StartRule = StartRule.FIRST
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every account of the entity that day."""

    settings: CollectionSettings
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)
    #: Working time since the last items file; None = there never was one.
    ledger_age: timedelta | None = timedelta(0)
    #: Name of the holiday calendar: dates are computed again when it changes.
    holidays: str = ""

    @property
    def ledger_is_old(self) -> bool:
        """Whether the ledger is too old for automatic messages."""
        limit = self.settings.ledger_max_age_hours
        return limit > 0 and (self.ledger_age is None or self.ledger_age > timedelta(hours=limit))


@dataclass(frozen=True, slots=True)
class Leader:
    """The item an account is chased about."""

    id: int
    number: str
    currency: str
    remaining: Decimal
    due_on: date
    since_on: date


@dataclass(frozen=True, slots=True)
class Later:
    """Chased debits of one currency that fall due on a later day."""

    due_on: date
    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class AsideCount:
    """How many open items are out of the pool for one cause, since when and until when."""

    cause: Aside
    count: int
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ConsumedAt:
    """A step used up for the leader."""

    step_id: int
    how: Consumed
    on: date


@dataclass(frozen=True, slots=True)
class OpenAction:
    """The open scenario action of the account as it stands."""

    id: int
    leader_id: int | None
    step_id: int | None
    on: date
    state: ActionState = ActionState.PLANNED
    user_dated: bool = False
    basis: Mapping[str, Any] = field(default_factory=dict)
    to_confirm: str = ""
    confirmed_on: date | None = None
    #: What it says of its step: type, flavour, name, mode; empty when nobody compares.
    says: tuple[str, ...] = ()
    #: Why its message failed, in words; empty when the error is not one of sending.
    failure: str = ""
    #: A person sent it: only "nothing left to ask" or another leader may still stop it.
    sent_by_hand: bool = False
    #: One of its messages left already, by another channel or to another recipient: the others follow it.
    begun: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """Everything the decision on one account depends on."""

    id: int
    code: str = ""
    archived: bool = False
    collected_by: str = ""
    insolvent_on: date | None = None
    open_items: int = 1
    leader: Leader | None = None
    #: Per currency, credits netted, of the day max(today, leader's due date).
    chaseable: Mapping[str, Decimal] = field(default_factory=dict)
    later: tuple[Later, ...] = ()
    asides: tuple[AsideCount, ...] = ()
    consumed: tuple[ConsumedAt, ...] = ()
    #: Steps whose message already listed the leader, by whomever it was led then.
    listed: frozenset[int] = frozenset()
    #: Last day on which a step was done for the account, for steps wanted at most once in some days.
    last_done: Mapping[int, date] = field(default_factory=dict)
    open: OpenAction | None = None
    last_contact_on: date | None = None
    to: str = ""
    #: "collection" and roles with a valid e-mail address, "post", "mobile".
    reachable: frozenset[str] = frozenset()
    paused: bool = False
    reply_since: date | None = None
    ledger_incomplete: bool = False
    automatic_in_week: int = 0
    contacts_in_week: int = 0
    part_paid_on: date | None = None

    def chaseable_on(self, day: date) -> dict[str, Decimal]:
        """The chaseable amount per currency on a day to come."""
        amounts = dict(self.chaseable)
        for later in self.later:
            if later.due_on <= day:
                amounts[later.currency] = amounts.get(later.currency, ZERO) + later.amount
        return amounts


@dataclass(frozen=True, slots=True)
class Case:
    """One account with a leader, under a plan, on a day."""

    account: Account
    leader: Leader
    plan: Plan
    rules: Rules
    today: date


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A step consumed without being done."""

    step_id: int
    on: date


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """The scenario action an account is to have."""

    step: StepRule
    leader_id: int
    on: date
    basis: Mapping[str, Any]
    state: ActionState
    user_dated: bool = False
    to_confirm: str = ""
    #: The open action is for the same leader and step and goes on.
    same: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to stand on the agenda, which steps are passed over, and why; `reasons[0]` is the account's."""

    action: PlannedAction | None
    reasons: tuple[Reason, ...]
    passed_over: tuple[PassedOver, ...] = ()
    #: The message may be put into the outbox today.
    send: bool = False

    @property
    def reason(self) -> Reason:
        """The account's current reason."""
        return self.reasons[0]
