"""`dso check`: whether this installation can work, in words and by its exit code."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import SQLAlchemyError

from dso import clock, create_app, paths, schema
from dso.cli import cli
from dso.cli.common import emit, opened
from dso.config import Config
from dso.db import db
from dso.domain.errors import Refused
from dso.domain.imports.sources import program_of
from dso.models import Entity
from dso.queries import import_tasks, jobs
from dso.services import mail_tests
from dso.services.imports import folder, tasks

OK, WARNING, FAILED = "ok", "warning", "failed"
#: Less free space than this is worth a word; less than that stops imports and files.
_LITTLE, _TOO_LITTLE = 2 * 1024**3, 200 * 1024**2
#: Files that failed are named so many.
_MOST_FAILED = 5
#: The machine's clock and the database server's may differ so much.
_DRIFT = timedelta(seconds=60)
#: A machine whose clock was never set shows a day before the product existed.
_PRODUCT_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    state: str
    words: str


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def check(as_json: bool) -> None:
    """Look at configuration, database, schema, mail server, clock, disk; exit code 1 when something does not work."""
    found = list(_all())
    good = all(each.state != FAILED for each in found)
    width = max(len(each.name) for each in found)
    lines = [f"{each.state:<7}  {each.name:<{width}}  {each.words}" for each in found]
    emit({"ok": good, "checks": [asdict(each) for each in found]}, as_json, "\n".join(lines))
    if not good:
        sys.exit(1)


def _all() -> Iterator[Check]:
    try:
        config = Config.load()
        app = create_app(config)
    except Refused as refusal:
        yield Check("configuration", FAILED, str(refusal))
        return
    yield _configuration(config)
    yield _assets()
    with opened(app):
        yield from _database(config)
    yield _disk(config)
    if config.watch_path is not None:
        yield _watched(config.watch_path)


def _configuration(config: Config) -> Check:
    if not config.secure:
        return Check("configuration", OK, f"people reach it at {config.public_url}, without TLS")
    return Check("configuration", OK, f"people reach it at {config.public_url}")


def _assets() -> Check:
    missing = paths.missing_assets()
    return Check("assets", FAILED, missing) if missing else Check("assets", OK, "the browser's files are there")


def _database(config: Config) -> Iterator[Check]:
    shown = make_url(config.database_url).render_as_string(hide_password=True)
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        yield Check("database", FAILED, f"{shown} cannot be reached: {_first_line(error)}")
        return
    yield Check("database", OK, shown)
    try:
        schema.ensure_current()
    except Refused as refusal:
        yield Check("schema", FAILED, str(refusal))
        return
    yield Check("schema", OK, f"version {schema.head()}")
    for look in (_clock, _scheduler):
        yield look()
    yield from _mail()
    if config.watch_path is not None and config.watch_path.is_dir():
        yield from _strays(config.watch_path)
    yield from _failed_files()


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", error)).strip().splitlines()[0]


def _clock() -> Check:
    now = clock.now()
    if "DSO_NOW" in os.environ:
        return Check("clock", WARNING, f"stands still at {now.isoformat()}: DSO_NOW is set")
    if now < _PRODUCT_BEGAN:
        return Check("clock", FAILED, f"the machine says it is {now.isoformat()}: set its clock")
    drift = abs(now - _server_time(now))
    if drift > _DRIFT:
        return Check("clock", FAILED, f"{int(drift.total_seconds())} seconds away from the database server's")
    return Check("clock", OK, now.isoformat(timespec="seconds"))


def _server_time(now: datetime) -> datetime:
    """The database server's clock; SQLite has none but the machine's."""
    if db.engine.dialect.name == "sqlite":
        return now
    with db.engine.connect() as connection:
        found: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return found


def _scheduler() -> Check:
    if jobs.scheduler_is_alive(clock.now()):
        return Check("scheduler", OK, "at work")
    return Check("scheduler", WARNING, "not running: nothing happens by the clock (dso serve or dso scheduler)")


def _mail() -> Iterator[Check]:
    entities = db.session.scalars(select(Entity).order_by(Entity.id)).all()
    servers = [(f"mail server of {entity.name}", mail_tests.server_of(entity)) for entity in entities]
    # A server that answers slowly keeps nobody from the database.
    db.session.rollback()
    for name, server in servers:
        if server is None:
            yield Check(name, WARNING, "none: messages stay in the outbox")
            continue
        problem = mail_tests.reach(server)
        words = problem or f"{server.host}:{server.port} answers"
        yield Check(name, FAILED if problem else OK, words)


def _disk(config: Config) -> Check:
    folder = config.files_path
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = min(shutil.disk_usage(each).free for each in _places(config))
    except OSError as error:
        return Check("disk", FAILED, f"{folder} cannot be written: {error.strerror}")
    state = FAILED if free < _TOO_LITTLE else WARNING if free < _LITTLE else OK
    return Check("disk", state, f"{free / 1024**3:.1f} GiB free for files in {folder}")


def _places(config: Config) -> list[Path]:
    """Where files and, on SQLite, the database lie."""
    database = make_url(config.database_url)
    inside = [Path(database.database).parent] if database.drivername == "sqlite" and database.database else []
    return [config.files_path, *inside]


def _strays(root: Path) -> Iterator[Check]:
    with suppress(OSError):
        if found := folder.strays(root):
            words = f"nobody looks at {', '.join(found[:5])}: the files of a company lie in a folder named like it"
            yield Check("watched files", WARNING, words)


def _failed_files() -> Iterator[Check]:
    """What failed of the watched folder and of programs, and nobody looked at on the pages: at most the last ones."""
    for each in import_tasks.failed()[:_MOST_FAILED]:
        why = str(tasks.refusal(dict(each.problem))) if each.problem else "it failed"
        by = f" of the program {program}" if (program := program_of(each.source)) else ""
        yield Check(f"file of {each.company}", WARNING, f"{each.file}{by} was not taken in: {why}")


def _watched(root: Path) -> Check:
    """Files are moved within the folder, so it has to be writable; done/ and failed/ too once they are there."""
    name = "watched folder"
    if not root.is_dir():
        return Check(name, FAILED, f"{root} is no folder: make it, or leave DSO_WATCH_PATH out")
    below = [*root.glob("*"), *root.glob("*/*")]
    places = [root, *(each for each in below if each.is_dir() and not each.is_symlink())]
    shut = next((each for each in places if not os.access(each, os.R_OK | os.W_OK | os.X_OK)), None)
    if shut is not None:
        return Check(name, FAILED, f"{shut} cannot be read and written by this user")
    return Check(name, OK, f"{root} is looked at every few seconds by the scheduler")
