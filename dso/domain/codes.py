"""The codes of specification 11.1: the same words in database, files, JSON and command line."""

from enum import StrEnum


class Role(StrEnum):
    """Roles of people (8.1)."""

    ADMIN = "admin"
    CREDIT_MANAGER = "credit_manager"
    COLLECTOR = "collector"
    SALES_ADMIN = "sales_admin"
    SALES = "sales"
    CONTROLLER = "controller"
    EXECUTIVE = "executive"
    GUEST = "guest"


class ColleagueRole(StrEnum):
    """The part a colleague plays for a customer."""

    SALES = "sales"
    SALES_ADMIN = "sales_admin"
    MANAGER = "manager"
    OTHER = "other"


class ContactRole(StrEnum):
    """What a contact does at the customer; `company` is the one carried by the customers file."""

    ACCOUNTANT = "accountant"
    BUYER = "buyer"
    DIRECTOR = "director"
    COMPANY = "company"
    OTHER = "other"


class ItemType(StrEnum):
    """Internal item types (1.4)."""

    INVOICE = "FAC"
    CREDIT_NOTE = "AVO"
    PAYMENT = "RGL"
    MISCELLANEOUS = "ODI"
    DRAFT = "TRT"
    DOWN_PAYMENT = "DPA"


#: Types that do not count in the receivable: a down-payment request is a memorandum.
MEMORANDUM_TYPES = (ItemType.DOWN_PAYMENT,)
#: Types that do.
RECEIVABLE_TYPES = tuple(each for each in ItemType if each not in MEMORANDUM_TYPES)
#: Types whose sign is always debit, always credit.
DEBIT_TYPES = (ItemType.INVOICE, ItemType.DRAFT, ItemType.DOWN_PAYMENT)
CREDIT_TYPES = (ItemType.CREDIT_NOTE, ItemType.PAYMENT)
#: Types whose open credits net what is asked for (3.1).
NETTING_TYPES = (ItemType.CREDIT_NOTE, ItemType.PAYMENT, ItemType.MISCELLANEOUS)


class ClearedBy(StrEnum):
    """How it became known that an item was cleared."""

    FILE = "file"
    ABSENCE = "absence"
    HAND = "hand"


class StatusType(StrEnum):
    """The five fixed status types (1.5)."""

    ONGOING = "ongoing"
    PROMISE = "promise"
    DISPUTE = "dispute"
    DISPUTE_RESOLVED = "dispute_resolved"
    LITIGATION = "litigation"


class StepType(StrEnum):
    """What a step or an action is."""

    EMAIL = "email"
    LETTER = "letter"
    REGISTERED_LETTER = "registered_letter"
    SMS = "sms"
    PHONE = "phone"
    TASK = "task"
    HANDOVER = "handover"


#: Step types that produce a message.
MESSAGE_TYPES = (StepType.EMAIL, StepType.LETTER, StepType.REGISTERED_LETTER, StepType.SMS)
#: Step types that are never sent without a person (3.2).
NEVER_AUTOMATIC = (StepType.REGISTERED_LETTER, StepType.HANDOVER, StepType.PHONE, StepType.TASK)


class Flavour(StrEnum):
    """Flavours of an e-mail step."""

    PLAIN = "plain"
    INTERACTIVE = "interactive"
    INTERNAL = "internal"


class Mode(StrEnum):
    """Who lets an action go."""

    MANUAL = "manual"
    CONFIRM = "confirm"
    AUTOMATIC = "automatic"


class StartRule(StrEnum):
    """Where a new leader starts in the scenario (3.3)."""

    FIRST = "first"
    MATCHING = "matching"
    CONTINUE = "continue"


class ActionKind(StrEnum):
    """Where an action comes from."""

    SCENARIO = "scenario"
    SPECIFIC = "specific"
    ONE_OFF = "one_off"


class ActionState(StrEnum):
    """States of an action."""

    PLANNED = "planned"
    CONFIRMED = "confirmed"
    QUEUED = "queued"
    DONE = "done"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    ERROR = "error"


#: States in which an action still stands on the agenda.
OPEN_ACTION_STATES = (ActionState.PLANNED, ActionState.CONFIRMED, ActionState.QUEUED, ActionState.ERROR)


class Consumed(StrEnum):
    """How a step was used up for a leader (11.2)."""

    DONE = "done"
    SKIPPED = "skipped"
    PASSED_OVER = "passed_over"


class MessageState(StrEnum):
    """States of a message."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNCERTAIN = "uncertain"
    WITHHELD = "withheld"


class Channel(StrEnum):
    """How a message travels."""

    EMAIL = "email"
    LETTER = "letter"
    SMS = "sms"


class MessageKind(StrEnum):
    """Why a message exists: from an action, or a notice of the product itself (invitation, reply received)."""

    ACTION = "action"
    NOTICE = "notice"


class CallOutcome(StrEnum):
    """How a telephone call ended."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    PROMISE = "promise"
    DISPUTE = "dispute"
    WRONG_PERSON = "wrong_person"


#: Outcomes that were a conversation with the debtor, so a dunning contact (11.2).
CONVERSATIONS = (CallOutcome.REACHED, CallOutcome.PROMISE, CallOutcome.DISPUTE)


class DisputeOutcome(StrEnum):
    """How a dispute ended (3.7)."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PARTLY = "partly"


class ReplyKind(StrEnum):
    """What a debtor or a colleague answered."""

    PROMISE = "promise"
    PAID = "paid"
    PROCESSING = "processing"
    DISPUTE = "dispute"
    COMMENT = "comment"


class ReplyState(StrEnum):
    """What became of a reply."""

    NEW = "new"
    VALIDATED = "validated"
    QUALIFIED = "qualified"
    DELETED = "deleted"


class ImportKind(StrEnum):
    """Kinds of files taken in."""

    CUSTOMERS = "customers"
    ITEMS = "items"
    CONTACTS = "contacts"
    USERS = "users"
    RATES = "rates"


class ImportMode(StrEnum):
    """Modes of an items file (2.3)."""

    STOCK = "stock"
    DELTA = "delta"


class FieldType(StrEnum):
    """Types of custom fields."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    YESNO = "yesno"
    LIST = "list"
    LINK = "link"
    SETTING = "setting"


class ReasonCode(StrEnum):
    """Why an account stands where it stands, in order of precedence (11.1)."""

    ARCHIVED = "archived"
    COLLECTED_BY = "collected_by"
    INSOLVENT = "insolvent"
    NO_OPEN_ITEMS = "no_open_items"
    PAUSED = "paused"
    REPLY_WAITING = "reply_waiting"
    LEDGER_INCOMPLETE = "ledger_incomplete"
    LEDGER_OLD = "ledger_old"
    NO_SCENARIO = "no_scenario"
    SCENARIO_EMPTY = "scenario_empty"
    SCENARIO_FINISHED = "scenario_finished"
    NOTHING_CHASEABLE = "nothing_chaseable"
    COVERED_BY_CREDITS = "covered_by_credits"
    BELOW_MINIMUM = "below_minimum"
    NO_CONTACT = "no_contact"
    BUDGET = "budget"
    TO_CONFIRM = "to_confirm"
    ACTION_DUE = "action_due"
    ACTION_PLANNED = "action_planned"


class EventKind(StrEnum):
    """Kinds of entries on a customer's timeline."""

    MESSAGE = "message"
    CALL = "call"
    ACTION = "action"
    STATUS = "status"
    REPLY = "reply"
    ITEM = "item"
    IMPORT = "import"
    CUSTOMER = "customer"
    CONTACT = "contact"
    SCENARIO = "scenario"
    NOTE = "note"
    FILE = "file"
    LINK = "link"
    SETTING = "setting"
