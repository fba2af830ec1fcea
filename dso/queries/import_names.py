"""What the records are called that values of a difference refer to: nobody knows a user or a scenario by its key."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Select, or_, select

from dso.db import among, db
from dso.models import Customer, Entity, Scenario, User

#: Fields that hold the key of one record, and what it is called by.
_KEYS: Mapping[str, Any] = {"scenario": Scenario.name, "collected_by": Customer.code, "entities": Entity.name}
#: Fields that hold people, by key or by address.
_PEOPLE = ("collector", "deputy", "colleagues")
#: Stands for a record that is gone.
_GONE = "?"

#: A field and a value it has, or had.
Said = tuple[str, Any]


class Names:
    """The names of all records that some values refer to: a statement for each kind of record."""

    def __init__(self, values: Iterable[Said], *, emails: bool = False) -> None:
        """`emails`: people are called by their address, as in files; else by their name."""
        found = list(values)
        self._called = {field: _of_records(field, column, found) for field, column in _KEYS.items()}
        self._people = _of_people(found, emails=emails)

    def of(self, field: str, value: Any) -> Any:
        """A value with names in the place of keys; lists are told one after the other, other values as they are."""
        if isinstance(value, list | tuple):
            return ", ".join(str(self._one(field, each)) for each in value)
        return self._one(field, value)

    def _one(self, field: str, value: Any) -> Any:
        if isinstance(value, list | tuple):
            # A colleague with the part played, or a guarantee with its amount and expiry.
            who, *more = value
            told = [each for each in more if each is not None and not isinstance(each, bool)]
            return " ".join(map(str, (self._one(field, who), *told)))
        if field in _PEOPLE:
            return self._people.get(value, _GONE if _is_key(value) else value)
        return self._called[field].get(value, _GONE) if field in _KEYS and _is_key(value) else value


def _is_key(value: Any) -> bool:
    return type(value) is int


def _single(field: str, found: Iterable[Said]) -> Iterator[Any]:
    """Every value of a field, those of lists one by one."""
    for name, value in found:
        if name == field:
            for each in value if isinstance(value, list | tuple) else (value,):
                yield each[0] if isinstance(each, list | tuple) and each else each


def _of_records(field: str, column: Any, found: Iterable[Said]) -> dict[Any, str]:
    keys = {each for each in _single(field, found) if _is_key(each)}
    query: Select[Any] = select(column.class_.id, column).where(among(column.class_.id, keys))
    return dict(db.session.execute(query).all()) if keys else {}


def _of_people(found: Iterable[Said], *, emails: bool) -> dict[Any, str]:
    """By key and by address; of two of one name each with the address as well."""
    said = {each for field in _PEOPLE for each in _single(field, found)}
    keys, addresses = {each for each in said if _is_key(each)}, {each for each in said if isinstance(each, str)}
    if not keys and (emails or not addresses):
        return {}
    query = select(User).where(or_(among(User.id, keys), among(User.email, addresses)))
    users = db.session.scalars(query).all()
    shared = Counter(user.full_name for user in users)
    called: dict[Any, str] = {}
    for user in users:
        name = user.full_name if shared[user.full_name] == 1 else f"{user.full_name} ({user.email})"
        called[user.id] = called[user.email] = user.email if emails or not user.full_name else name
    return called
