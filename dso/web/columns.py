"""Columns of lists that people choose: in the address, and remembered for the session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import request, session

from dso.queries.criteria import Field


@dataclass(frozen=True)
class Column:
    """One column: its name in the address and on the row, its heading, and how a cell is written."""

    name: str
    label: str
    #: "text", "day", "money", "late", "number", "custom", or a name the page writes in its own way.
    kind: str = "text"
    #: What it is sorted by; empty = it is not sorted by.
    sort: str = ""
    #: Shown while nobody chose otherwise.
    usual: bool = True
    #: Always shown.
    fixed: bool = False

    @property
    def num(self) -> bool:
        """Whether it stands to the right."""
        return self.kind in ("money", "late", "number", "percent", "tenths")


@dataclass(frozen=True)
class Chosen:
    """The columns of a list: all that can be had, and those that are shown."""

    known: Sequence[Column]
    shown: Sequence[Column]

    def before(self, name: str) -> int:
        """How many columns stand before one."""
        return next((place for place, column in enumerate(self.shown) if column.name == name), len(self.shown))

    def has(self, name: str) -> bool:
        """Whether a column is shown."""
        return any(column.name == name for column in self.shown)

    @property
    def usual(self) -> bool:
        """Whether nobody chose otherwise."""
        return [column.name for column in self.shown] == [each.name for each in self.known if each.usual or each.fixed]


def chosen(of: str, known: Sequence[Column], custom: Mapping[str, Field]) -> Chosen:
    """The columns named in the address ("usual" = the first ones again), else those chosen before in this session."""
    known = [
        *known,
        *(Column(name, field.label, "custom", usual=False) for name, field in custom.items() if field.label),
    ]
    key = f"columns_{of}"
    named = request.args.getlist("cols")
    if named == ["usual"]:
        session.pop(key, None)
    elif named:
        session[key] = [column.name for column in known if column.name in named]
    names = session.get(key)
    shown = [each for each in known if each.fixed or (each.usual if names is None else each.name in names)]
    return Chosen(known, shown)


def with_sorts(columns: Sequence[Column], names: Sequence[str]) -> list[Column]:
    """The columns, each sorted by its own name where the list knows how."""
    return [
        replace(column, sort=column.name) if column.name in names and not column.sort else column for column in columns
    ]
