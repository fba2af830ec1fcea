"""What the commands share: an application context, who acts, on which day, for which entity, and JSON out."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click
from flask import Flask
from sqlalchemy import select

from dso import clock, create_app, schema
from dso.db import LARGEST_ID, db, may_write
from dso.domain.codes import Role
from dso.domain.errors import Forbidden, Refused
from dso.domain.permissions import DESCRIPTIONS, Capability
from dso.models import Customer, Entity, User
from dso.queries import settings
from dso.queries.finding import by_code
from dso.queries.scope import entities_of, refuse_portfolio
from dso.services import actions

F = TypeVar("F", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """An ISO day on the command line."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Text to day."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f'"{value}" is not a day such as 2026-11-22', param, ctx)


DAY = Day()
#: The number of a record.
ID = click.IntRange(1, LARGEST_ID)


@dataclass(frozen=True)
class Acting:
    """Who does something on which day for which entity."""

    actor: User
    entity: Entity
    today: date
    now: datetime
    #: No company was named although there are several: what is done concerns the whole installation.
    whole: bool = False

    def need(self, capability: Capability) -> None:
        """Forbidden when the person lacks the right, as on the pages."""
        if not self.actor.can(capability):
            raise Forbidden("%(who)s may not %(what)s.", who=self.actor.email, what=DESCRIPTIONS[capability])
        if capability is Capability.DATA_IMPORT:
            refuse_portfolio(self.actor)

    def customer(self, code: str) -> Customer:
        """The customer of a code (or unique identifier); Refused when unknown, hidden or shared by two."""
        found = by_code(self.actor, code, self.entity.name)
        if not found:
            raise Refused('There is no customer "%(code)s" in %(entity)s.', code=code, entity=self.entity.name)
        if len(found) > 1:
            raise Refused('Two customers have the code "%(code)s": name the unique identifier.', code=code)
        return found[0]


def _find_entity(actor: User, name: str | None) -> Entity:
    allowed = entities_of(actor)
    if name:
        chosen = [entity for entity in allowed if entity.name == name]
        if not chosen:
            raise Refused('There is no entity "%(name)s".', name=name)
        return chosen[0]
    if not allowed:
        raise Refused("There is no entity yet: run dso init.")
    if len(allowed) > 1:
        raise Refused("There are several entities: name one with --entity.")
    return allowed[0]


def _find_actor(email: str | None) -> User:
    query = select(User).order_by(User.id)
    if email:
        found: User | None = db.session.scalar(query.where(User.email == email.strip().lower(), User.active.is_(True)))
        if found is None:
            raise Refused('There is no active user "%(email)s".', email=email)
        return found
    admin: User | None = db.session.scalar(query.where(User.role == Role.ADMIN, User.active.is_(True)))
    if admin is None:
        raise Refused("There is no administrator yet: run dso init.")
    return admin


def opening(entity: Entity, day: date) -> datetime:
    """The instant at which a day's work begins at the entity: the start of its sending hours."""
    start, _end = settings.collection_settings(entity).sending_hours
    return datetime.combine(day, start, tzinfo=ZoneInfo(entity.timezone)).astimezone(UTC)


#: So far ahead of the clock a day may be worked; a slip of the finger would lock out every day before it.
_FARTHEST = timedelta(days=1100)


def _check_day(entity: Entity, on: date, reads: bool) -> None:
    """Refused for a day nobody can mean, and for changes on a day before the last run (11.6)."""
    if on > clock.today(entity.timezone) + _FARTHEST:
        raise Refused("%(day)s lies more than three years ahead.", day=on)
    if not reads:
        actions.refuse_earlier(entity, on)


@contextmanager
def opened(app: Flask) -> Iterator[None]:
    """A context of the application, at whose end its connections to the database are closed."""
    with app.app_context():
        engine = db.engine
    try:
        with app.app_context():
            yield
    finally:
        engine.dispose()


@contextmanager
def acting(
    as_email: str | None = None,
    entity_name: str | None = None,
    on: date | None = None,
    *,
    whole: bool = False,
    reads: bool = False,
) -> Iterator[Acting]:
    """An application context in which somebody acts; commits at the end, rolls back on any error.

    `whole`: of several companies none need be named; then the first stands for all of them. `reads`: nothing is
    changed, so that on SQLite nobody is waited for.
    """
    with opened(create_app()), ExitStack() as stack:
        if reads:
            stack.callback(may_write.reset, may_write.set(False))
        try:
            schema.ensure_current()
            actor = _find_actor(as_email)
            several = whole and not entity_name and len(entities_of(actor)) > 1
            entity = entities_of(actor)[0] if several else _find_entity(actor, entity_name)
            if on is not None:
                _check_day(entity, on, reads)
                stack.enter_context(clock.at(opening(entity, on)))
            yield Acting(actor, entity, clock.today(entity.timezone), clock.now(), several)
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise


def shared_options(day: bool = False, whole: bool = False, reads: bool = False) -> Callable[[F], F]:
    """Adds --as, --entity, --json and, where a day matters, --date; the command gets `do: Acting` and `as_json`.

    `whole`: the command may concern the whole installation, so that no company need be named. `reads`: it only reads.
    """

    def decorate(command: F) -> F:
        @wraps(command)
        def run(
            *args: Any, as_email: str | None, entity_name: str | None, as_json: bool, on: date | None = None, **kw: Any
        ) -> Any:
            with acting(as_email, entity_name, on, whole=whole, reads=reads) as do:
                return command(*args, do=do, as_json=as_json, **kw)

        options = [
            click.option("--as", "as_email", metavar="EMAIL", help="Act as this user (default: first administrator)."),
            click.option(
                "--entity", "entity_name", metavar="NAME", help="The selling company, when there are several."
            ),
            click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else."),
        ]
        if day:
            options.append(click.option("--date", "on", type=DAY, help="Work this day instead of today."))
        decorated: Any = run
        for option in reversed(options):
            decorated = option(decorated)
        return decorated  # type: ignore[no-any-return]

    return decorate


def emit(value: Any, as_json: bool, words: str | None = None) -> None:
    """Print the JSON, or the words for a person (a table of the rows when there are none)."""
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False, default=str))
    elif words is not None:
        click.echo(words)
    elif isinstance(value, list):
        click.echo(table(value))
    else:
        click.echo("\n".join(f"{name}: {_cell(each)}" for name, each in value.items()))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else str(value)


def table(rows: list[dict[str, Any]]) -> str:
    """Rows of equal keys as aligned text."""
    if not rows:
        return "nothing"
    names = list(rows[0])
    lines = [names, *([_cell(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(names))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
