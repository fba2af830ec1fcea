"""Items by what people type."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from dso.db import db
from dso.domain.errors import Refused
from dso.models import Customer, Item


def by_numbers(customer: Customer, text: str) -> list[Item]:
    """The customer's items of a list "N,N"; see `by_words`."""
    return by_words(customer, text.split(","))


def by_words(customer: Customer, said: Iterable[str]) -> list[Item]:
    """The customer's items by numbers or ids, in that order; Refused when one is unknown or unclear.

    A number that several items share means the open one.
    """
    words = list(dict.fromkeys(word.strip() for word in said if word.strip()))
    if not words:
        raise Refused("Name at least one item.")
    ids = [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 19]
    mine = (Item.customer_id == customer.id) | (Item.account_id == customer.id)
    rows = db.session.scalars(select(Item).where(mine, Item.number.in_(words) | Item.id.in_(ids))).all()
    return [_one(word, rows, customer) for word in words]


def _one(word: str, rows: Sequence[Item], customer: Customer) -> Item:
    named = [item for item in rows if item.number == word]
    named = [item for item in named if item.is_open] or named
    if len(named) > 1:
        raise Refused('Several items have the number "%(number)s": name the id of one.', number=word)
    named = named or [item for item in rows if str(item.id) == word]
    if not named:
        raise Refused('There is no item "%(number)s" of customer %(code)s.', number=word, code=customer.code)
    return named[0]
