"""Why rows do not go in, or go in with a remark: English sentences with places, so that doors can translate them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

MISSING = "%(field)s is missing"
UNREADABLE_DATE = "this is not a date"
UNREADABLE_AMOUNT = "this is not an amount"
UNREADABLE_YESNO = "this is neither yes nor no"
UNREADABLE_SIGN = "this is neither debit nor credit"
UNREADABLE_NUMBER = "this is not a number"
NOT_A_CHOICE = "this is none of the choices of the list"
TOO_LONG = "this is longer than %(length)s characters"
UNKNOWN_CUSTOMER = "there is no customer with the code %(code)s"
AMBIGUOUS_CUSTOMER = "two customers have the code %(code)s"
UNKNOWN_CURRENCY = "this is not a currency"
FOREIGN_AMOUNT = (
    "the amount is in %(sign)s, but the currency of the row is %(currency)s: "
    "say the currency in a column, or as one value for all rows"
)
OTHER_CURRENCY = "the amount is in %(sign)s, but the row says that its currency is %(currency)s"
UNSAID_CURRENCY = "item %(number)s is in %(currency)s: say the currency of its amounts"
UNKNOWN_TYPE = 'the ERP type "%(code)s" is not matched to a type yet: match it with the columns of the file'
NO_DUE_DATE = "the due date is missing and the customer has no payment term in days"
NOT_UNIQUE = "item number %(number)s is not unique in %(year)s: map a unique identifier"
UNIQUE_ID_TWICE = "the unique identifier %(unique_id)s stands in the file twice"
EMPTY_UNIQUE_ID = "the unique identifier is empty"
TOO_MANY_CELLS = "the row has %(cells)s cells, the header has %(headers)s"
BREAKS_OFF = "the file breaks off in this row: send it whole, or end its last row with a line end"
CODE_TWICE = "the code %(code)s stands in the file twice"
SHARED_CODE = "two customers have the code %(code)s: map a unique identifier"
WHOSE_CODE = (
    "two rows of the file have the code %(code)s, which a customer without a unique identifier has: "
    "give that customer the right one first"
)
UNREADABLE_JSON = "this is not what dso export writes here"
NOT_AN_EMAIL = "this is not an e-mail address"
UNKNOWN_ENTITY = "there is no company named %(name)s"
UNKNOWN_ROLE = "this is none of the roles"
USER_TWICE = "the e-mail address %(email)s stands in the file twice"
ONLY_ADMINS = "only administrators make and change administrators"
FOREIGN_USER = "this user works for companies that are not yours"
NAME_A_COMPANY = "name at least one of your companies: you may not give access to all of them"
NOT_ONESELF = "nobody changes the own role, rights or companies by a file"
NO_RIGHTS_BY_FOLDER = (
    "the watched folder neither touches administrators nor changes what anybody may do: "
    "a person has to bring this row, in the browser or on the command line"
)
LAST_ADMIN = "there would be no active administrator left"
NOT_A_RATE = "this is not a rate"
RATE_OF_ITSELF = "a currency has no rate against itself"
RATE_TWICE = "the file has two rates of %(currency)s for %(on)s"
IMPLAUSIBLE_DATE = "the year is not between %(first)s and %(last)s"
TOO_LARGE = "this amount is larger than any that can be kept"
TOO_MUCH_TEXT = "this text of %(length)s characters is too long for any field"

SIGN_AGAINST_TYPE = "the sign is against the type %(type)s: taken in as ODI"
MINUS_OF_UNSIGNED = (
    "the amount is negative in the file, although its amounts are said to have no sign: "
    "taken in with the sign of the type %(type)s"
)
CLEARED_WITH_REMAINING = "cleared with an amount remaining"
REMAINING_AGAINST_AMOUNT = "what remains has the other sign than the amount"
SHORTENED = "shortened to %(length)s characters"
EMAIL_LEFT_OUT = "not an e-mail address: left out"
COUNTRY_LEFT_OUT = "not a country: left out"
AMOUNT_LEFT_OUT = "the amount is in %(sign)s, not in %(currency)s: left out"
NUMBER_LEFT_OUT = "not a number: left out"
DATE_LEFT_OUT = "not a date: left out"
YESNO_LEFT_OUT = "neither yes nor no: left out"
CHOICE_LEFT_OUT = "none of the choices of the list: left out"
LANGUAGE_LEFT_OUT = "not a language: left out"
USER_LEFT_OUT = "no user with this e-mail address: left out"
COLLEAGUE_LEFT_OUT = "no single user with this e-mail address or name: the sales colleague is left out"
SCENARIO_LEFT_OUT = "no scenario of this name: left out"
CUSTOMER_LEFT_OUT = "no single customer with this code: left out"
SAME_CONTACT = "the same contact as on line %(other)s: the two were made one"
ONE_LIMIT = "the accounts of a legal entity share this: line %(other)s counts"
TOTALS = "a row of totals at the end of the file: left out"
FOOTER = "a footer at the end of the file: left out"
RENUMBERED_YEAR = "item number %(number)s: issue date corrected from %(old)s to %(new)s"

#: All of the above, for the catalogues of pages.
SENTENCES = {name: text for name, text in list(globals().items()) if name.isupper() and isinstance(text, str)}


@dataclass(frozen=True)
class Reject:
    """A row that does not go in: where, what, why. `reason % params` is the sentence."""

    line: int
    column: str
    value: str
    reason: str
    params: Mapping[str, str] = field(default_factory=dict)
    #: Whose ledger is incomplete without the row, and the number of the item, where they can be told.
    customer_id: int | None = None
    number: str = ""

    def __str__(self) -> str:
        return self.reason % self.params if self.params else self.reason


#: Characters of a value that is shown or kept.
MOST_SHOWN = 500
#: Characters of a value that a sentence repeats.
_MOST_REPEATED = 200
#: Remarks listed one by one; beyond this they are only counted.
_MOST_LISTED = 1_000


@dataclass
class Remarks:
    """Remarks on rows that did go in: the first ones listed, all counted by what they say."""

    listed: list[Reject] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, line: int, column: str, value: str, reason: str, **params: str) -> None:
        """One remark."""
        self.counts[reason] += 1
        if len(self.listed) < _MOST_LISTED:
            self.listed.append(Reject(line, column, value, reason, params))


class _Open(dict[str, str]):
    """The places of a sentence, left open."""

    def __missing__(self, name: str) -> str:
        return "…"


def general(sentence: str) -> str:
    """What a sentence (in any language) says of many rows: its places left open."""
    return sentence % _Open()


def counted(remarks: Mapping[str, int]) -> dict[str, int]:
    """Remarks by what they say of their rows together, the most frequent first."""
    return {general(reason): count for reason, count in sorted(remarks.items(), key=lambda pair: -pair[1])}


def short(params: Mapping[str, str]) -> dict[str, str]:
    """The places of a sentence, which repeats no cell of a thousand letters."""
    return {name: text[:_MOST_REPEATED] for name, text in params.items()}


class RowRejected(Exception):
    """The row does not go in because of one cell."""

    def __init__(self, target: str, reason: str, value: str = "", **params: str) -> None:
        self.target, self.reason, self.value, self.params = target, reason, value, short(params)
        super().__init__(reason)
