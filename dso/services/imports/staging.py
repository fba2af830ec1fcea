"""Scratch tables of one import: typed rows, rejected rows, what is gone. Temporary, so that nobody else sees them."""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    exists,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.types import TypeEngine

from dso.db import db, on_postgresql
from dso.domain.imports.item_stage import Staged
from dso.domain.imports.rejects import Reject
from dso.models import Item

#: Columns of a staged row that the items table has not.
_OWN: dict[str, TypeEngine[Any]] = {
    "line": BigInteger(),
    "cleared_given": Integer(),
    "rejected": Integer(),
    "custom": Text(),
    "custom_kept": Text(),
    "unsaid": BigInteger(),
}
_ITEMS: Table = Item.__table__  # type: ignore[assignment]

#: Rows of an index SQLite looks at for its statistics: enough to tell small from large.
_LOOKED_AT = 1_000
#: Rejects kept back while rows are loading.
_MOST_WAITING = 10_000

#: What becomes of a staged row.
NEW, CHANGED, CLEARED, REOPENED, SAME, MOVED, REJECTED = "N", "C", "L", "O", "S", "M", "R"


def _key(name: str) -> Column[Any]:
    """A key of numbers: the row number itself on SQLite."""
    return Column(name, BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False)


@lru_cache(maxsize=64)
def _tables(columns: tuple[str, ...]) -> Mapping[str, Table]:
    """The scratch tables of files with these columns: the same ones each time, so that statements are compiled once."""
    typed = [Column(name, _OWN[name] if name in _OWN else _ITEMS.c[name].type) for name in columns]
    change: Column[Any] = Column("change", String(1), server_default=NEW)
    texts: list[Column[Any]] = [Column(name, Text()) for name in ("column", "value", "reason", "params")]
    whose: list[Column[Any]] = [Column("customer_id", BigInteger()), Column("number", Text())]
    parts: dict[str, list[Column[Any]]] = {
        "rows": [_key("line"), *typed[1:], Column("item_id", BigInteger()), change],
        "rejects": [Column("line", BigInteger()), *texts, *whose],
        "gone": [_key("item_id")],
        "differing": [_key("line"), Column("item_id", BigInteger())],
        "unmet": [_key("item_id")],
        "left": [_key("fingerprint")],
    }
    meta = MetaData()
    return {name: Table(f"imported_{name}", meta, *own, prefixes=["TEMPORARY"]) for name, own in parts.items()}


def schema() -> str:
    """Where the scratch tables of the session's connection lie."""
    return "pg_temp" if on_postgresql() else "temp"


class Stage:
    """The scratch tables of one items file."""

    def __init__(self, columns: Sequence[str]) -> None:
        """`columns`: names of a typed row's columns, in order (`item_rows.stage_columns`)."""
        self.columns = list(columns)
        # Stands beside the tables: what another file left in a pooled connection is never taken for this one's.
        self._mark = f"imported_by_{secrets.token_hex(4)}"
        self._tables = _tables(tuple(columns))
        self.rows, self.rejects = self._tables["rows"], self._tables["rejects"]
        self.gone, self.differing = self._tables["gone"], self._tables["differing"]
        self.unmet, self.left = self._tables["unmet"], self._tables["left"]
        #: Rows that say what their item holds already: they are not staged; `unmet` has the open items without one.
        self.met = 0
        self._copy: Any = None
        self._copying = ExitStack()
        self._waiting: list[Reject] = []

    @property
    def connection(self) -> Connection:
        """The session's connection: temporary tables are its own."""
        return db.session.connection()

    def create(self) -> None:
        """Make the tables, empty; what a broken import left in this connection goes."""
        for name in self._standing():
            self.connection.execute(text(f"DROP TABLE {schema()}.{name}"))
        for table in self._tables.values():
            table.create(self.connection, checkfirst=False)
        self.connection.execute(text(f"CREATE TEMPORARY TABLE {self._mark} (stands INTEGER)"))

    def drop(self) -> None:
        """Remove them."""
        for name in (*(table.name for table in self._tables.values()), self._mark):
            self.connection.execute(text(f"DROP TABLE IF EXISTS {schema()}.{name}"))

    @property
    def stands(self) -> bool:
        """Whether the session still has the connection the tables are in."""
        return self._mark in self._standing()

    def _standing(self) -> list[str]:
        """Scratch tables of this connection."""
        if not on_postgresql():
            query = "SELECT name FROM temp.sqlite_master WHERE type = 'table' AND name LIKE 'imported\\_%' ESCAPE '\\'"
        else:
            query = (
                "SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema() "
                "AND relkind = 'r' AND relname LIKE 'imported\\_%'"
            )
        return list(self.connection.execute(text(query)).scalars())

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Rows and rejects go in within the block; no other statement may run in it.

        A file that turns out to be no table half-way leaves the transaction fit for use.
        """
        with db.session.begin_nested(), ExitStack() as self._copying:
            yield
            self._flush()

    def load(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Put typed rows in, by the quickest way each database has.

        PostgreSQL takes all of them in one COPY and works on them while the next are being typed.
        """
        if not on_postgresql():
            _insert(self.connection, self.rows.name, self.columns, rows)
            return
        if self._copy is None:
            driver: Any = self.connection.connection.driver_connection
            names = ", ".join(f'"{name}"' for name in self.columns)
            cursor = self._copying.enter_context(driver.cursor())
            self._copy = self._copying.enter_context(cursor.copy(f"COPY {self.rows.name} ({names}) FROM STDIN"))
        write = self._copy.write_row
        for row in rows:
            write(row)

    def reject(self, rejects: Sequence[Reject]) -> None:
        """Put rejected rows in; within the loading they wait."""
        self._waiting += rejects
        if self._copy is None or len(self._waiting) > _MOST_WAITING:
            self._flush()

    def _flush(self) -> None:
        self._copying.close()
        self._copy = None
        rows = [
            (
                each.line, each.column[:200], each.value[:500], each.reason,
                json.dumps(dict(each.params), ensure_ascii=False), each.customer_id, each.number,
            )
            for each in self._waiting
        ]  # fmt: skip
        self._waiting = []
        if rows:
            names = [column.name for column in self.rejects.c]
            self.connection.execute(self.rejects.insert(), [dict(zip(names, row, strict=True)) for row in rows])

    def settle(self) -> None:
        """After loading: mark rejected rows, and let the planner know how many there are."""
        rows = self.rows
        self.connection.execute(rows.update().where(rows.c.rejected == 1).values(change=REJECTED))
        self.analyse(*self._tables.values())

    def index_key(self, *names: str) -> None:
        """An index on the identity."""
        self._index("key", *names)

    def index_items(self) -> None:
        """An index on the items found, and how many there are: what is gone is looked for by it."""
        self._index("item", "item_id")
        self.analyse(self.rows)

    def _index(self, name: str, *columns: str) -> None:
        """SQLite joins by index only; PostgreSQL joins by hash and needs none."""
        if not on_postgresql():
            words = f"CREATE INDEX temp.ix_imported_{name} ON {self.rows.name} ({', '.join(columns)})"
            self.connection.execute(text(words))

    def analyse(self, *filled: Table) -> None:
        """Statistics for the planner: of small scratch tables and large ones of the ledger it takes the small first."""
        if not on_postgresql():
            self.connection.execute(text(f"PRAGMA analysis_limit={_LOOKED_AT}"))
        for table in filled:
            self.connection.execute(text(f"ANALYZE {schema()}.{table.name}"))

    def holds(self, table: Table) -> bool:
        """Whether a scratch table has any row: what joins an empty one need not be asked."""
        return bool(self.connection.scalar(select(exists(select(literal(1)).select_from(table)))))

    def count(self, change: str) -> int:
        """How many rows have a change."""
        query = select(func.count()).select_from(self.rows).where(self.rows.c.change == change)
        return int(self.connection.scalar(query) or 0)

    def strangers(self) -> int:
        """How many customers nobody knows the new rows name: each has a placeholder, a negative id."""
        named = self.rows.c.customer_id
        query = select(func.count(named.distinct())).where(self.rows.c.change == NEW, named < 0)
        return int(self.connection.scalar(query) or 0)

    def rejected(self) -> int:
        """How many rows are rejected."""
        return int(self.connection.scalar(select(func.count()).select_from(self.rejects)) or 0)

    def read_rejects(self, limit: int) -> Iterator[Reject]:
        """The rejected rows in the order of the file."""
        table = self.rejects
        for row in self.connection.execute(select(table).order_by(table.c.line).limit(limit)):
            yield Reject(row[0], row[1], row[2], row[3], json.loads(row[4]), row[5], row[6])


def _insert(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows by the driver's own statement; columns that are empty in all of them are left out.

    The driver asks each None anew how it is written, which takes as long as all the rest of its row.
    """
    if not rows:
        return
    kept = [
        place for place, cell in enumerate(rows[0]) if cell is not None or set(map(itemgetter(place), rows)) != {None}
    ]
    names = ", ".join(f'"{columns[place]}"' for place in kept)
    places = ", ".join("?" * len(kept))
    statement = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 - the names are this module's own
    connection.exec_driver_sql(statement, list(map(itemgetter(*kept), rows)))


assert set(Staged._fields) - _OWN.keys() <= set(_ITEMS.c.keys()), "every staged column is one of items"  # noqa: S101
