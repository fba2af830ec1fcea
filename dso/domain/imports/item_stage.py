"""What is known before the rows of an items file are checked, and what checking them gives."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from dso.domain.codes import ItemType
from dso.domain.imports.companies import Companies
from dso.domain.imports.customs import CustomField
from dso.domain.imports.rejects import Remarks


class Account(NamedTuple):
    """What an item needs to know of its customer; a negative id stands for one made at the end of the run."""

    id: int
    account_id: int
    term: str


#: Stands in the customers for a code that two of them share.
AMBIGUOUS = Account(0, 0, "")


class Staged(NamedTuple):
    """A row on its way in, without the fields carried along; a rejected one only says that its item is in the file."""

    line: int
    customer_id: int | None
    account_id: int | None
    unique_id: str | None
    number: str | None
    issued_year: int | None
    type: str | None
    erp_type: str | None
    issued_on: str | None
    due_on: str | None
    cleared_on: str | None
    #: 1 when the file gives the day of payment, 0 when the day of the import stands for it.
    cleared_given: int
    expected_clearing_on: str | None
    amount: int | None
    amount_excl_tax: int | None
    remaining: int | None
    remaining_excl_tax: int | None
    cleared_amount: int | None
    currency: str | None
    rejected: int
    #: Proof of a plain row that says the same another day; rows that need more than their cells have none.
    fingerprint: int | None


class Clearing(NamedTuple):
    """What a row says of the payment of its item, in the fields of `Staged`."""

    on: str | None
    given: int
    expected: str | None
    remaining: int
    remaining_excl_tax: int | None
    amount: int | None


@dataclass
class Context:
    """What the typing of rows needs to know of the entity."""

    currency: str
    today: date
    #: By unique identifier, and by code where it is one customer's alone; AMBIGUOUS where it is not.
    customers: dict[str, Account]
    by_unique_id: Mapping[str, Account]
    #: ERP type as in the file to internal type; types not in it hold their rows back.
    types: Mapping[str, ItemType]
    custom_fields: Mapping[str, CustomField] = field(default_factory=dict)
    companies: Companies = field(default_factory=Companies)


@dataclass
class Result:
    """What typing a file gives beside the rows."""

    #: Codes to be made customers, with their negative ids.
    created: dict[str, Account] = field(default_factory=dict)
    #: Rows of other companies, by name.
    others: Counter[str] = field(default_factory=Counter)
    rounded: int = 0
    #: Rejected rows whose identity could not be read: nothing may be cleared by absence.
    unidentified: int = 0
    remarks: Remarks = field(default_factory=Remarks)
