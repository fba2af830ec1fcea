"""`kill -9` of `dso import` at random moments: the file is in as a whole or not at all, and then it goes in."""

import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing, suppress
from datetime import timedelta
from operator import itemgetter
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import Connection, select, text

from dso import clock, create_app
from dso.db import db
from dso.domain.codes import Mode
from dso.models import Entity
from dso.services import actions
from tests import factories
from tests.conftest import NOW, TODAY, make_config
from tests.databases import SERVER, copy_database, new_database
from tests.ledgers import Ledger, connected, differences, ledger

pytestmark = pytest.mark.slow
#: How often the import is killed; more when somebody asks for it.
KILLS = int(os.environ.get("DSO_TEST_KILLS", "9"))
SEED = int(os.environ.get("DSO_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 30)
CUSTOMERS, ITEMS, NEW = 30, 300, 800
WORDS = ["import", "items", "stock.csv", "--mode", "stock", "--create-customers", "--force", "--json"]
PHASES = ["reading", "comparing", "writing", "reviewing", "committing"]

Phases = list[tuple[str, float]]


class Warm:
    """A process with the commands loaded; each import is a fork of it."""

    def __init__(self, url: str, folder: Path) -> None:
        environment = {
            **os.environ,
            "DSO_DATABASE_URL": url.replace("+psycopg", ""),
            "DSO_SECRET_KEY": "tests only",
            "DSO_INSTANCE_PATH": str(folder),
            "DSO_NOW": (NOW + timedelta(hours=1)).isoformat(),
        }
        words = [sys.executable, "-m", "tests.cli.warm"]
        self.process = subprocess.Popen(
            words, env=environment, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._says() == "ready"

    def _says(self) -> str:
        said = _open(self.process.stdout).readline().rstrip()
        assert said, "the process that forks has ended"
        return said

    def _begin(self) -> int:
        """Fork an import; its process number."""
        stdin = _open(self.process.stdin)
        stdin.write(json.dumps(WORDS) + "\n")
        stdin.flush()
        return int(self._says().removeprefix("begun "))

    def run(self) -> tuple[int, Phases]:
        """An import nobody disturbs: its exit code, and its phases with the seconds each took."""
        self._begin()
        phases, at = ["loading"], [time.monotonic()]
        while not (said := self._says()).startswith("ended"):
            phases.append(said)
            at.append(time.monotonic())
        lengths = [end - begin for begin, end in itertools.pairwise([*at, time.monotonic()])]
        return int(said.removeprefix("ended ")), list(zip(phases, lengths, strict=True))

    def killed(self, place: int, seconds: float) -> int:
        """An import that is killed so long after it entered its so-and-so-many-th phase; its exit code."""
        process = self._begin()
        said = [self._says() for _ in range(place)]
        time.sleep(seconds)
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        while not (said and said[-1].startswith("ended")):
            said.append(self._says())
        return int(said[-1].removeprefix("ended "))

    def close(self) -> None:
        _open(self.process.stdin).close()
        assert self.process.wait(60) == 0
        _open(self.process.stdout).close()


def _open(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


@pytest.fixture
def before(installed: str, tmp_path: Path) -> str:
    """A database with a ledger in the middle of its work, and a full file beside it that changes all of it."""
    app = create_app(make_config(installed, tmp_path))
    with app.app_context(), clock.at(NOW):
        fill()
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    (tmp_path / "stock.csv").write_text(stock(), encoding="utf-8")
    return installed


def fill() -> None:
    """Customers with a contact each, their items, and what is planned for them."""
    entity = db.session.scalars(select(Entity)).one()
    scenario = factories.a_scenario({"name": "Reminder", "after_due": 7, "mode": Mode.MANUAL}, entity=entity)
    for number in range(CUSTOMERS):
        customer = factories.a_customer(entity=entity, code=f"C{number}", scenario_id=scenario.id, language="en")
        factories.a_contact(customer)
        for place in range(ITEMS // CUSTOMERS):
            factories.an_item(customer, "1000", number=f"F{number}-{place}", days_late=40 - 5 * place)
    actions.plan_day(entity, today=TODAY, now=NOW)


def stock() -> str:
    """A third of the items gone, a third paid in part, a third as they were; new ones; rows that cannot go in."""
    lines = ["customer;number;type;issue date;due date;amount;remaining"]
    for number, place in itertools.product(range(CUSTOMERS), range(ITEMS // CUSTOMERS)):
        due = TODAY - timedelta(days=40 - 5 * place)
        if place % 3:
            left = 1000 if place % 3 == 1 else 400
            lines.append(f"C{number};F{number}-{place};FAC;{due - timedelta(days=30)};{due};1000;{left}")
    for number in range(NEW):
        # No two are alike: of equals, a server may take any for the one that leads.
        amount, due = f"{number + 1}.10", TODAY - timedelta(days=60 - number // 30)
        rest = "x" if number % 100 == 7 else amount
        lines.append(f"C{number % (CUSTOMERS + 5)};N{number};FAC;2026-09-01;{due};{amount};{rest}")
    return "\n".join(lines) + "\n"


def found(url: str) -> Ledger:
    """The ledger, once the server has noticed that its client is dead."""
    with connected(url) as connection:
        deadline = time.monotonic() + 240
        while SERVER and _others(connection):
            assert time.monotonic() < deadline, "the server still works for a dead client"
            time.sleep(0.02)
        return ledger(connection)


def _others(connection: Connection) -> int:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    number: int = connection.execute(text(query)).scalar_one()
    connection.rollback()
    return number


def places(phases: Phases, chance: random.Random) -> list[int]:
    """Phases to kill in: each once, then the longer ones more often."""
    every = range(len(phases))
    more = chance.choices(every, [seconds for _name, seconds in phases], k=max(KILLS - len(phases), 0))
    return [*every, *more]


def test_killed_at_any_moment_an_import_is_in_as_a_whole_or_not_at_all(before: str, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    with new_database(tmp_path) as url, closing(Warm(url, tmp_path)) as warm:
        copy_database(before, url)
        was = found(url)
        code, phases = warm.run()
        whole = found(url)
        assert code == 2 and {name for name, _seconds in phases} == {"loading", *PHASES}
        assert {"customers", "items", "item_changes", "rejected_rows", "actions"} <= set(differences(was, whole))
        copy_database(before, url)
        for place in places(phases, chance):
            seconds = chance.uniform(0, phases[place][1])
            ended = warm.killed(place, seconds)
            now, moment = found(url), f"{phases[place][0]} + {seconds:.3f} s, seed {SEED}"
            assert now in (was, whole), f"{moment}: {differences(was, now)}, {differences(whole, now)}"
            assert ended == -signal.SIGKILL or now == whole, moment
            if now == whole or SERVER:
                # A server never gives an id twice: by another copy, the ids are the same again.
                copy_database(before, url)
        warm.killed(phases.index(max(phases, key=itemgetter(1))), 0)
        assert warm.run()[0] == 2
        now = found(url)
        assert {name: len(rows) for name, rows in now.items()} == {name: len(rows) for name, rows in whole.items()}
        assert SERVER or now == whole
