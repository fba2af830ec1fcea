"""Runs migrations on the application's own database, SQLite or PostgreSQL, and writes new ones.

Migrations name plain types only, never the product's own: they must go on working when the product changes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, cast

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import render_op
from alembic.operations import ops
from flask import current_app
from sqlalchemy.engine import Connection

from dso.db import Base, Code, Money, UtcDateTime


class CyclicForeignKeysOp(ops.MigrateOperation):
    """Foreign keys of a cycle of tables: added after them, dropped before them.

    SQLite cannot add them later; there they stand in CREATE TABLE, where they may name what is not yet made.
    """

    def __init__(self, steps: list[ops.CreateForeignKeyOp | ops.DropConstraintOp]) -> None:
        self.steps = steps


@renderers.dispatch_for(CyclicForeignKeysOp)
def _render_cyclic(autogen: AutogenContext, op: CyclicForeignKeysOp) -> list[str | None]:
    lines: list[str | None] = ["if op.get_context().dialect.supports_alter:"]
    for step in op.steps:
        lines += render_op(autogen, step)
    return [*lines, None]


def render_item(kind: str, value: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Our column types by the plain type that stores them."""
    if kind != "type":
        return False
    if isinstance(value, Money):
        return "sa.BigInteger()"
    if isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(value, Code):
        return f"sa.String(length={cast(sa.String, value.impl_instance).length})"
    return False


def shape_revision(_context: object, _revision: object, directives: list[ops.MigrationScript]) -> None:
    """Write no file when nothing changed, and put the foreign keys of cycles where both databases take them."""
    script = directives[0]
    upgrades, downgrades = script.upgrade_ops, script.downgrade_ops
    if upgrades is None or downgrades is None or upgrades.is_empty():
        if getattr(context.config.cmd_opts, "migrate", False):
            directives.clear()
        return
    made = {step.table_name for step in upgrades.ops if isinstance(step, ops.CreateTableOp)}
    cyclic = [
        constraint
        for table in Base.metadata.sorted_tables
        if table.name in made
        for constraint in sorted(table.foreign_key_constraints, key=lambda one: str(one.name))
        if constraint.use_alter
    ]
    if cyclic:
        added = [ops.CreateForeignKeyOp.from_constraint(constraint) for constraint in cyclic]
        for step in added:
            step.kw.pop("use_alter", None)
        upgrades.ops.append(CyclicForeignKeysOp(list(added)))
        downgrades.ops.insert(0, CyclicForeignKeysOp([ops.DropConstraintOp.from_constraint(one) for one in cyclic]))


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew, which its foreign keys must not notice; checked afterwards."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = driver.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration would leave {len(broken)} rows pointing at nothing, first {broken[0]}")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def run_migrations() -> None:
    """Every migration in a transaction of its own, on both databases."""
    with current_app.extensions["migrate"].db.engine.connect() as connection, without_foreign_keys(connection):
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=render_item,
            render_as_batch=True,
            compare_type=True,
            process_revision_directives=shape_revision,
            transactional_ddl=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run_migrations()
