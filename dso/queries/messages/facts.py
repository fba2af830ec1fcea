"""What a message is made of, as plain values: no row is touched while a text is rendered or a server is talked to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dso.domain.codes import Flavour, StepType
from dso.domain.documents import Line
from dso.domain.letters import Address
from dso.domain.salutations import Reader
from dso.domain.settings import CollectionSettings


@dataclass(frozen=True, slots=True)
class Account:
    """A bank account of the company."""

    currency: str
    holder: str
    bank: str
    iban: str
    bic: str
    details: str


@dataclass(frozen=True, slots=True)
class Company:
    """The selling company as messages and letters show it."""

    id: int
    name: str
    legal_id: str
    vat_number: str
    address: str
    phone: str
    email: str
    website: str
    country: str
    currency: str
    timezone: str
    language: str
    colour: str
    footers: Mapping[str, str]
    accounts: tuple[Account, ...]
    mail_from: str
    mail_bcc: str
    logo: bytes | None = None
    logo_type: str = ""

    def footer(self, language: str) -> str:
        """The legal footer in a language; else in the company's, else any, else name and address (4.3)."""
        for wanted in (language, language.partition("-")[0], self.language):
            if self.footers.get(wanted):
                return self.footers[wanted]
        given = [text for text in self.footers.values() if text]
        return given[0] if given else ", ".join([self.name, *self.address.splitlines()])


@dataclass(frozen=True, slots=True)
class Debtor:
    """The account written to."""

    id: int
    code: str
    name: str
    address: Address
    country: str
    legal_id: str
    vat_number: str
    payment_term: str
    language: str
    interactive: bool
    penalties: bool
    recovery_cost: bool
    custom: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who signs: the collector, else a manager, else an administrator; or one fixed address."""

    user_id: int | None
    name: str
    email: str
    phone: str = ""
    mobile: str = ""
    job_title: str = ""
    signature: str = ""
    picture: bytes | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """One addressee of an action's message."""

    address: str
    name: str
    reader: Reader
    language: str = ""
    contact_id: int | None = None
    user_id: int | None = None

    @property
    def is_colleague(self) -> bool:
        """Whether it is somebody of the selling company."""
        return self.user_id is not None


@dataclass(frozen=True, slots=True)
class Standing:
    """The status an action follows up."""

    name: str
    labels: Mapping[str, str]
    comment: str
    visible: bool
    on: date | None
    promised_on: date | None
    resolver: str


@dataclass(frozen=True, slots=True)
class Template:
    """Subject and body with hashtags."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Companion:
    """Another account of the payment centre, for which the same message speaks (3.4)."""

    message_id: int
    debtor: Debtor
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """Everything one action's message can say, on one day."""

    today: date
    company: Company
    debtor: Debtor
    sender: Sender
    lines: tuple[Line, ...]
    leader_id: int | None
    #: Items the action is about; a specific action speaks of these alone.
    selected_ids: frozenset[int]
    specific: bool
    settings: CollectionSettings
    type: StepType
    flavour: Flavour
    action_name: str
    scenario_language: str
    templates: Mapping[str, Template]
    attachments: tuple[str, ...]
    #: Codes of the custom fields a text may name, whether this customer has a value or not.
    custom_fields: tuple[str, ...] = ()
    standing: Standing | None = None
    previous_on: date | None = None
    cc: tuple[str, ...] = ()
    #: Percent a year and fixed cost as texts of plain numbers, where a rule is set.
    penalty_rate: str = ""
    recovery_cost: str = ""
    companions: tuple[Companion, ...] = ()

    @property
    def all_lines(self) -> tuple[Line, ...]:
        """The open items of the account and of those the message speaks for as well."""
        return (*self.lines, *(line for one in self.companions for line in one.lines))

    @property
    def debtors(self) -> tuple[Debtor, ...]:
        """The account and those the message speaks for as well."""
        return (self.debtor, *(one.debtor for one in self.companions))
