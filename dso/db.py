"""The database: session, exact column types, and what SQLite and PostgreSQL each need."""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    Integer,
    MetaData,
    String,
    any_,
    event,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql import operators
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine

from dso.domain.money import from_units, to_units

E = TypeVar("E", bound=StrEnum)

#: Whether transactions begun now may write; SQLite takes its write lock at once for those that may.
may_write: ContextVar[bool] = ContextVar("dso_may_write", default=True)


#: Milliseconds SQLite waits for whoever writes: longer than a file of a million rows takes, shorter than the minute
#: after which servers in front of this one give up.
PATIENCE_MS = 50_000
#: PostgreSQL's words for the same: two waited for one another, a lock was not to be had.
_BUSY_STATES = ("40001", "40P01", "55P03")


def is_busy(error: OperationalError) -> bool:
    """Whether a statement failed only because somebody else was writing: later it may well go through."""
    name = getattr(error.orig, "sqlite_errorname", "")
    return name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) or getattr(error.orig, "sqlstate", "") in _BUSY_STATES


@contextmanager
def reading() -> Iterator[None]:
    """Transactions begun within the block only read, so that on SQLite nobody has to wait for them."""
    token = may_write.set(False)
    try:
        yield
    finally:
        may_write.reset(token)


class Base(DeclarativeBase):
    """Base of all tables; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


#: `create_savepoint` matters only where a session joins a connection that is already in a transaction: the tests.
db = SQLAlchemy(model_class=Base, session_options={"join_transaction_mode": "create_savepoint"})


def on_postgresql() -> bool:
    """Whether the session works on PostgreSQL; else on SQLite."""
    return bool(db.session.get_bind().dialect.name == "postgresql")


def among(column: Any, values: Collection[int] | Collection[str]) -> ColumnElement[bool]:
    """Whether a column is one of these numbers or texts, however many: they go to the database as one parameter."""
    found: ColumnElement[bool]
    if on_postgresql():
        kind = String() if isinstance(column.type, String) else BigInteger()
        found = column == any_(literal(list(values), ARRAY(kind)))
    else:
        each = func.json_each(json.dumps(list(values))).table_valued("value")
        found = column.in_(select(each.c.value))
    return found


def is_being_written() -> bool:
    """Whether somebody writes to SQLite this very instant, and even signs of life have to wait.

    False on PostgreSQL, where nobody waits for who writes elsewhere. Asked on a connection of its own, which waits
    for nothing and keeps nothing.
    """
    if on_postgresql():
        return False
    path = str(db.session.get_bind().engine.url.database)
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        connection.execute("ROLLBACK")
    return False


def read_again(is_stale: Callable[[object], bool]) -> None:
    """Have rows that the session holds read again: they were changed behind its back."""
    for row in list(db.session.identity_map.values()):
        if is_stale(row):
            db.session.expire(row)


def narrowed(query: Any, column: Any, ids: Collection[int] | None) -> Any:
    """The query for these ids, or for all."""
    return query if ids is None else query.where(among(column, ids))


def data_version() -> tuple[int, int] | None:
    """What the session's connection sees of the database: the same until another one commits, or it writes itself.

    None on PostgreSQL, which has nothing like it. To be compared on one connection only.
    """
    if on_postgresql():
        return None
    by_others = int(db.session.scalar(text("PRAGMA data_version")) or 0)
    driver: Any = db.session.connection().connection.driver_connection
    return by_others, int(driver.total_changes)


#: Kibibytes of the database that SQLite keeps in memory, for each connection; while much is written, and otherwise.
_WIDE_CACHE, _CACHE = 262_144, 65_536


@contextmanager
def wide_cache() -> Iterator[None]:
    """More of the database in memory, for who writes all over it: SQLite would write pages out and read them again.

    Of a million items a tenth of the time, and half of what the disk is asked for.
    """
    if on_postgresql():
        yield
        return
    driver: Any = db.session.connection().connection.driver_connection
    driver.execute(f"PRAGMA cache_size=-{_WIDE_CACHE}")
    try:
        yield
    finally:
        # A connection that broke is closed already.
        with suppress(sqlite3.Error):
            driver.execute(f"PRAGMA cache_size=-{_CACHE}")


#: Whole numbers as keys: 64 bits on PostgreSQL, SQLite's rowid on SQLite.
Key = BigInteger().with_variant(Integer(), "sqlite")
#: The largest there can be: databases refuse longer numbers instead of finding nothing.
LARGEST_ID = 2**63 - 1
#: Structured values; compared as text nowhere.
Json = JSON(none_as_null=True)


class Money(TypeDecorator[Decimal]):
    """An exact amount: Decimal in Python, whole ten-thousandths in a BIGINT.

    Keeps + and -, refuses x and / in SQL (a product of two scaled integers is wrong by 10 000), refuses floats and
    more than four decimals.
    """

    impl = BigInteger
    cache_ok = True

    class comparator_factory(TypeDecorator.Comparator[Decimal]):  # noqa: N801 - the name SQLAlchemy looks for
        """Arithmetic that stays exact."""

        def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
            """Add, subtract, compare; anything else is refused."""
            if op in (operators.mul, operators.truediv, operators.floordiv, operators.mod):
                raise TypeError("amounts are not multiplied or divided in SQL: use Python's Decimal")
            return super().operate(op, *other, **kwargs)

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        """Compare and add with other amounts as amounts."""
        return self

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        """Decimal (or int) to ten-thousandths."""
        if value is None:
            return None
        if isinstance(value, float):
            raise TypeError("an amount is never a float")
        return to_units(value if isinstance(value, Decimal) else Decimal(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Ten-thousandths to Decimal; sums of BIGINT come back as Decimal on PostgreSQL and int on SQLite."""
        return None if value is None else from_units(int(value))


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database; a naive datetime is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware instant to UTC; SQLite stores it without an offset."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC from the database to an aware instant."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Code(TypeDecorator[E]):
    """An enum stored by its value as text, so that files, JSON and database say the same word."""

    impl = String(20)
    cache_ok = True

    def __init__(self, enum: type[E]) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: E | str | None, dialect: Dialect) -> str | None:
        """Only words of the enum reach the database."""
        return None if value is None else self.enum(value).value

    def process_literal_param(self, value: E | str | None, dialect: Dialect) -> str:
        """Literals for fixed predicates of partial indexes."""
        return "NULL" if value is None else f"'{self.enum(value).value}'"

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], E | None]:
        """Back to the enum; by a table, for there are thousands at once. KeyError for a word that is none of it."""
        words: dict[Any, E | None] = {None: None, **{each.value: each for each in self.enum}}
        return words.__getitem__


def enum_by_value(enum: type[E]) -> Code[E]:
    """Column type of an enum."""
    return Code(enum)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Foreign keys, write-ahead log, patience; the driver's own transactions off (they leak savepoints).

    Every commit is on the disk before it counts: a hand-over lost in a power cut would be a message sent twice.
    """
    if type(connection).__module__ != "sqlite3":
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", f"busy_timeout={PATIENCE_MS}", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute(f"PRAGMA cache_size=-{_CACHE}")
    cursor.close()


@event.listens_for(Engine, "connect")
def _prepare_postgresql(connection: Any, _record: object) -> None:
    """No compiling of queries at run time: for ours it costs seconds (measured on a million items) and saves none."""
    if type(connection).__module__.partition(".")[0] != "psycopg":
        return
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
    connection.commit()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    """Begin for real; a transaction that may write takes the lock at once instead of failing half-way."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if may_write.get() else "BEGIN")
