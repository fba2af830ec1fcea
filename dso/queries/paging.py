"""Long lists in parts: by ascending ids, so that what comes in meanwhile neither repeats a row nor loses one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select

T = TypeVar("T")
Query = TypeVar("Query", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True)
class Slice:
    """The rows with ids above `after`, `limit` at most; one more is read to know whether there are others."""

    after: int = 0
    limit: int = 100

    def of(self, query: Query, key: Any) -> Query:
        """The query, ordered by the ids and cut."""
        beyond: ColumnElement[bool] = key > self.after
        return query.where(beyond).order_by(None).order_by(key).limit(self.limit + 1)

    def of_rows(self, rows: Iterable[T], key: Callable[[T], int]) -> list[T]:
        """The same of rows that are found already."""
        beyond = (row for row in rows if key(row) > self.after)
        return sorted(beyond, key=key)[: self.limit + 1]

    def cut(self, rows: Sequence[T]) -> tuple[Sequence[T], bool]:
        """The rows of this part, and whether others follow."""
        return rows[: self.limit], len(rows) > self.limit
