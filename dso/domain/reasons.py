"""Why an account stands where it stands: every code of 11.1 as sentences made from a key and values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dso.domain.codes import ReasonCode, StepType

#: English sentences; a door translates the sentence and formats the values (days are ISO, amounts plain).
SENTENCES: Mapping[str, str] = {
    "archived": "The account is archived.",
    "collected_by": "Collected by account %(account)s.",
    "insolvent": "Insolvent since %(since)s: items issued before that day are not chased.",
    "no_open_items": "Nothing is open.",
    "paused.everywhere": "Automatic sending is paused.",
    "paused.scenario": 'Automatic sending of the scenario "%(scenario)s" is paused.',
    "paused.customer": "Automatic sending to this customer is paused.",
    "reply_waiting": "A reply received on %(since)s waits to be handled.",
    "ledger_incomplete": "The last items file had a row of this customer that was rejected: "
    "nothing leaves automatically until a clean import.",
    "ledger_old": "The ledger is %(hours)s working hours old; after %(limit)s nothing leaves automatically.",
    "ledger_old.never": "No items file was imported yet: nothing leaves automatically.",
    "no_scenario": "No scenario is assigned.",
    "scenario_empty": 'The scenario "%(scenario)s" has no steps: nothing is chased automatically.',
    "scenario_finished": 'The scenario "%(scenario)s" is finished for item %(leader)s: its last step was on %(last)s.',
    "scenario_finished.nothing": 'The scenario "%(scenario)s" has no step left for item %(leader)s.',
    "nothing_chaseable": "No open item can be chased.",
    "covered_by_credits": "Unallocated credits cover what is due (%(amount)s %(currency)s after credits).",
    "below_minimum": "%(amount)s %(currency)s is due, below the minimum of %(minimum)s.",
    "no_contact.email": "No contact for collection with a valid e-mail address.",
    "no_contact.post": "No postal address to write to.",
    "no_contact.mobile": "No contact for collection with a mobile number.",
    "budget.automatic": "The contact budget is used up: %(used)s automatic messages in 7 days, %(limit)s allowed.",
    "budget.all": "The contact budget is used up: %(used)s contacts in 7 days, %(limit)s allowed.",
    "to_confirm": '%(type)s "%(step)s" to %(to)s on %(on)s waits to be confirmed.',
    "action_due.manual": '%(type)s "%(step)s" to %(to)s is to be done, due %(on)s.',
    "action_due.automatic": '%(type)s "%(step)s" to %(to)s leaves automatically, due %(on)s.',
    "action_due.queued": '%(type)s "%(step)s" to %(to)s is in the outbox.',
    "action_due.error": '%(type)s "%(step)s" to %(to)s could not be sent: %(error)s',
    "action_planned.manual": '%(type)s "%(step)s" to %(to)s is to be done on %(on)s.',
    "action_planned.automatic": '%(type)s "%(step)s" to %(to)s leaves automatically on %(on)s.',
    "aside.ignored": "%(count)s ignored by hand.",
    "aside.dispute": "%(count)s held by a dispute since %(since)s.",
    "aside.litigation": "%(count)s in litigation since %(since)s.",
    "aside.promise": "%(count)s promised until %(until)s.",
    "aside.held": "%(count)s held by a specific action of %(until)s.",
    "aside.insolvent": "%(count)s issued before the insolvency.",
    "aside.method": "%(count)s paid by a method that is not chased.",
    "aside.small": "%(count)s below the amount that is ignored.",
    "aside.not_chased": "%(count)s of a kind that is not chased.",
    "confirm.part_payment": "A part payment came in during the last five working days.",
    "confirm.payment_not_allocated": "A payment was received and is not allocated.",
    "confirm.language_fallback": "There is no text in the customer's language.",
    "when.after_due": "%(days)s days after item %(leader)s fell due on %(due)s.",
    "when.before_due": "%(days)s days before item %(leader)s falls due on %(due)s.",
    "when.after_step": "%(days)s days after the step before, done on %(done)s.",
    "when.after_leader": "%(days)s days after item %(leader)s became the leader on %(since)s.",
    "when.spacing": "Not earlier than %(days)s days after the last contact on %(contact)s.",
    "when.today": "Its day had passed when it was planned.",
    "when.working_day": "Moved from %(wanted)s to the next working day.",
    "when.user": "The date was set by a user.",
}

#: The same of one: by the key, the value that counts and the sentence.
OF_ONE: Mapping[str, tuple[str, str]] = {
    "budget.automatic": ("used", "The contact budget is used up: one automatic message in 7 days, %(limit)s allowed."),
    "budget.all": ("used", "The contact budget is used up: one contact in 7 days, %(limit)s allowed."),
    "when.after_due": ("days", "One day after item %(leader)s fell due on %(due)s."),
    "when.before_due": ("days", "One day before item %(leader)s falls due on %(due)s."),
    "when.after_step": ("days", "One day after the step before, done on %(done)s."),
    "when.after_leader": ("days", "One day after item %(leader)s became the leader on %(since)s."),
    "when.spacing": ("days", "Not earlier than one day after the last contact on %(contact)s."),
}
SENTENCES_OF_ONE: Mapping[str, str] = {key: sentence for key, (_counted, sentence) in OF_ONE.items()}

TYPE_WORDS: Mapping[StepType, str] = {
    StepType.EMAIL: "E-mail",
    StepType.LETTER: "Letter",
    StepType.REGISTERED_LETTER: "Registered letter",
    StepType.SMS: "Text message",
    StepType.PHONE: "Phone call",
    StepType.TASK: "Task",
    StepType.HANDOVER: "Litigation hand-over",
}

#: Reasons that keep automatic messages from leaving while the planned action stays visible (11.1).
HOLDS_SENDING = (
    ReasonCode.PAUSED,
    ReasonCode.REPLY_WAITING,
    ReasonCode.LEDGER_INCOMPLETE,
    ReasonCode.LEDGER_OLD,
    ReasonCode.NO_CONTACT,
    ReasonCode.BUDGET,
    ReasonCode.TO_CONFIRM,
)
PRECEDENCE: Mapping[ReasonCode, int] = {code: place for place, code in enumerate(ReasonCode)}


@dataclass(frozen=True, slots=True)
class Phrase:
    """One sentence: its key in `SENTENCES` and its values as plain text or numbers."""

    key: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The English sentence with the places of its values; that of one where one is counted."""
        counted, of_one = OF_ONE.get(self.key, ("", ""))
        return of_one if counted and self.params.get(counted) == 1 else SENTENCES[self.key]

    @property
    def text(self) -> str:
        """The English sentence."""
        return self.sentence % self.params

    def as_data(self) -> list[Any]:
        """For storage as JSON."""
        return [self.key, dict(self.params)]


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason that applies to an account: its code, its sentences, and the day it speaks of."""

    code: ReasonCode
    phrases: tuple[Phrase, ...]
    on: date | None = None

    @property
    def text(self) -> str:
        """All sentences in English."""
        return " ".join(phrase.text for phrase in self.phrases)

    def as_data(self) -> list[list[Any]]:
        """The sentences for storage: pages say them in the viewer's language."""
        return [phrase.as_data() for phrase in self.phrases]


def reason(code: ReasonCode, key: str = "", /, on: date | None = None, **params: str | int | date) -> Reason:
    """A reason of one sentence; days become ISO text."""
    return Reason(code, (phrase(key or code.value, **params),), on)


def phrase(key: str, **params: str | int | date) -> Phrase:
    """A sentence; days become ISO text."""
    return Phrase(
        key, {name: value.isoformat() if isinstance(value, date) else value for name, value in params.items()}
    )


def from_data(data: Iterable[Iterable[Any]]) -> tuple[Phrase, ...]:
    """Sentences read back from storage; keys that no longer exist are left out."""
    pairs = [tuple(pair) for pair in data]
    return tuple(Phrase(key, params) for key, params in pairs if key in SENTENCES)


def in_order(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """By precedence: the first is the account's reason."""
    return tuple(sorted(reasons, key=lambda reason: PRECEDENCE[reason.code]))
