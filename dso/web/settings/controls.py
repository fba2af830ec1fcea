"""The settings in words: which there are on the page, in which groups, with which control."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from flask_babel import lazy_gettext as _l

from dso.domain.codes import ItemType
from dso.domain.settings import WEEKDAYS


class Kind(StrEnum):
    """How a setting is edited."""

    WHOLE = "whole"
    AMOUNT = "amount"
    SWITCH = "switch"
    CHOICE = "choice"
    SEVERAL = "several"
    TEXT = "text"
    EMAIL = "email"
    SCENARIO = "scenario"
    STATUS = "status"
    USER = "user"


#: A string of Flask-Babel's that is translated when it is read; its type is known to nobody.
Words: TypeAlias = Any
Options: TypeAlias = Sequence[tuple[str, Words]]


@dataclass(frozen=True)
class Control:
    """One setting on the page: its label, what it does, how it is edited."""

    name: str
    label: Words
    help: Words = ""
    kind: Kind = Kind.WHOLE
    options: Options = ()
    #: How several ticked values are written.
    joint: str = ","

    @property
    def field(self) -> str:
        """The name of its form field."""
        return self.name.replace(".", "__")


@dataclass(frozen=True)
class Section:
    """Settings that are saved together."""

    key: str
    title: Words
    controls: tuple[Control, ...]
    intro: Words = ""


_DAY_NAMES = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)
_TYPE_NAMES: Options = (
    (ItemType.INVOICE.value, _l("Invoices")),
    (ItemType.MISCELLANEOUS.value, _l("Miscellaneous entries")),
    (ItemType.DRAFT.value, _l("Bills of exchange")),
    (ItemType.DOWN_PAYMENT.value, _l("Down-payment requests")),
)
_RESTRICTABLE: Options = (
    ("sales", _l("Sales")),
    ("sales_admin", _l("Sales administration")),
    ("collector", _l("Collectors")),
    ("guest", _l("Guests")),
)

SENDING = Section(
    "sending",
    _l("Sending"),
    (
        Control(
            "sending.hours",
            _l("Hours"),
            _l("Automatic messages leave in these hours of the recipient's day."),
            Kind.TEXT,
        ),
        Control(
            "sending.ramp_up",
            _l("Cap in the first week"),
            _l("Automatic messages a day in the first week after sending was turned on; 0 = no cap."),
        ),
        Control("sending.per_minute", _l("Messages a minute"), _l("What the mail server takes; 0 = no limit.")),
        Control("sending.per_day", _l("Messages a day"), _l("What the mail server takes; 0 = no limit.")),
        Control(
            "sending.test_address",
            _l("Test address"),
            _l("In test mode every message goes to this address alone; empty: none leaves."),
            Kind.EMAIL,
        ),
        Control(
            "sending.fixed_sender",
            _l("One sender for all"),
            _l("All messages come from this address; empty: from the collector of the customer."),
            Kind.EMAIL,
        ),
    ),
)
WHEN = Section(
    "when",
    _l("When reminders go"),
    (
        Control(
            "collection.weekdays",
            _l("Working days"),
            _l("Actions fall on these days only."),
            Kind.SEVERAL,
            tuple(zip(WEEKDAYS, _DAY_NAMES, strict=True)),
        ),
        Control(
            "collection.holidays",
            _l("Public holidays"),
            "",
            Kind.CHOICE,
            (("country", _l("keep those of the country")), ("none", _l("work through"))),
        ),
        Control(
            "collection.minimum_spacing_days",
            _l("Days between two contacts"),
            _l("After a message or a conversation the next message waits so long; 0 = off."),
        ),
        Control(
            "collection.budget_automatic",
            _l("Automatic messages in 7 days"),
            _l("At most so many for a customer and an address; 0 = off."),
        ),
        Control(
            "collection.budget_all",
            _l("Contacts in 7 days"),
            _l("Messages and conversations together, for a customer and an address; 0 = off."),
        ),
        Control(
            "collection.ledger_max_age_hours",
            _l("Oldest ledger in working hours"),
            _l("Nothing leaves automatically when the last items file is older; 0 = off."),
        ),
    ),
)
WHAT = Section(
    "what",
    _l("What is chased"),
    (
        Control(
            "collection.minimum_amount",
            _l("Smallest amount of a reminder"),
            _l("A customer who owes less, credits deducted, is not reminded. In every currency the same figure."),
            Kind.AMOUNT,
        ),
        Control(
            "collection.ignore_below",
            _l("Smallest item"),
            _l("Debit items below this amount are left alone."),
            Kind.AMOUNT,
        ),
        Control("collection.chased_types", _l("Types that are chased"), "", Kind.SEVERAL, _TYPE_NAMES),
        Control(
            "collection.methods_not_chased",
            _l("Payment methods that are not chased"),
            _l("As your files call them, separated by commas."),
            Kind.TEXT,
        ),
    ),
)
DEFAULTS = Section(
    "defaults",
    _l("New customers"),
    (
        Control("collection.default_scenario", _l("Scenario"), "", Kind.SCENARIO),
        Control("collection.default_collector", _l("Collector"), "", Kind.USER),
        Control(
            "collection.default_interactive",
            _l("Link to the answer page in e-mails"),
            "",
            Kind.SWITCH,
        ),
        Control("collection.default_penalties", _l("Late interest"), "", Kind.SWITCH),
        Control("collection.default_recovery_cost", _l("Fixed recovery cost"), "", Kind.SWITCH),
    ),
    _l("What a customer has who comes with an import and says nothing else."),
)
PROMISES = Section(
    "promises",
    _l("Promises and answers"),
    (
        Control(
            "promise.offset_days",
            _l("Working days a promise may be late"),
            _l("Before it counts as broken and the items are chased again."),
        ),
        Control("promise.quick_days", _l("Days of a quick promise"), _l("Counted from today.")),
        Control("promise.quick_status", _l("Status of a quick promise"), "", Kind.STATUS),
        Control(
            "reply.escalate_days",
            _l("Working days an answer may wait"),
            _l("Then the credit managers are told."),
        ),
        Control("links.days", _l("Days a customer's link lives")),
        Control("links.internal_days", _l("Days a colleague's link lives")),
    ),
)
FIGURES = Section(
    "figures",
    _l("Figures and late interest"),
    (
        Control(
            "figures.buckets",
            _l("Limits of the aging buckets"),
            _l("Days, rising, separated by semicolons, such as 30;60;90."),
            Kind.TEXT,
        ),
        Control(
            "figures.overdue_from",
            _l("An item counts as overdue"),
            "",
            Kind.CHOICE,
            (
                ("0", _l("from the day after its due date")),
                ("30", _l("after 30 days")),
                ("60", _l("after 60 days")),
                ("90", _l("after 90 days")),
            ),
        ),
        Control(
            "penalties.rate",
            _l("Late interest in percent a year"),
            _l("Empty: what the law of the customer's country says."),
            Kind.TEXT,
        ),
        Control("penalties.recovery_cost", _l("Fixed recovery cost"), _l("For each overdue invoice."), Kind.AMOUNT),
        Control(
            "penalties.day_base",
            _l("Days of a year"),
            _l("For late interest."),
            Kind.CHOICE,
            (("365", "365"), ("360", "360")),
        ),
    ),
)
SECURITY = Section(
    "security",
    _l("Security"),
    (
        Control(
            "security.password_months",
            _l("Months until a password is renewed"),
            _l("0 = never."),
        ),
        Control(
            "security.idle_months",
            _l("Months unused until a user is deactivated"),
            _l("0 = never. One administrator always stays."),
        ),
        Control(
            "security.restrict_roles",
            _l("Roles that see linked customers only"),
            "",
            Kind.SEVERAL,
            _RESTRICTABLE,
        ),
    ),
    _l("For the whole installation."),
)
SECTIONS = (WHEN, WHAT, DEFAULTS, PROMISES, FIGURES, SENDING, SECURITY)
