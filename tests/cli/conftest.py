"""The command line as a shell sees it: words in; exit code, standard output and standard error out."""

import gc
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from dso import cli as program
from dso import clock
from dso.db import db
from tests.cli.application import shared_application
from tests.conftest import NOW
from tests.databases import new_database

PASSWORD = "Plum-Tree 47 Lantern"
INIT = ("init --entity Acme --currency EUR --country FR --timezone Europe/Paris --admin-email ada@acme.example").split()
Run = Callable[..., "Result"]


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which is to be JSON and nothing else."""
        return json.loads(self.out)


def run_words(words: list[str]) -> int:
    """Run the program in this process; the exit code."""
    before, sys.argv = sys.argv, ["dso", *words]
    try:
        with shared_application():
            program.main()
    except SystemExit as ended:
        return int(ended.code or 0)
    finally:
        sys.argv = before
        # What one command froze would stay in this process for ever, with its whole application.
        gc.unfreeze()
        _hang_up()
    return 0


def _hang_up() -> None:
    """A process that ends closes its connections; a database somebody is connected to cannot be copied."""
    for engines in db._app_engines.values():
        for engine in engines.values():
            if isinstance(engine, Engine):
                engine.dispose()


@pytest.fixture(scope="session")
def _installed_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database in which `dso init` ran once; tests work on copies."""
    folder = tmp_path_factory.mktemp("installed")
    with new_database(folder) as url:
        with environment(url, folder):
            assert run_words([*INIT, "--admin-password", PASSWORD]) == 0
        yield url


@contextmanager
def environment(url: str, folder: Path) -> Iterator[None]:
    """The environment and the clock of commands run once for many tests."""
    with pytest.MonkeyPatch.context() as patch, clock.at(NOW):
        _settle(patch, url, folder)
        yield


def _settle(patch: pytest.MonkeyPatch, url: str, folder: Path) -> None:
    patch.setenv("DSO_DATABASE_URL", url)
    patch.setenv("DSO_SECRET_KEY", "tests only")
    patch.setenv("DSO_INSTANCE_PATH", str(folder))
    patch.delenv("DSO_SMTP_URL", raising=False)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The environment of a new machine: a database without tables."""
    with new_database(tmp_path) as url:
        _settle(monkeypatch, url, tmp_path)
        yield url


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _installed_database: str) -> Iterator[str]:
    """The environment after `dso init`: Acme in Paris, ada@acme.example its administrator."""
    with new_database(tmp_path, like=_installed_database) as url:
        _settle(monkeypatch, url, tmp_path)
        yield url


@pytest.fixture
def dso(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command: `dso("setting", "get", "sending.mode", "--json").json`."""

    def run(*words: str) -> Result:
        capsys.readouterr()
        code = run_words(list(words))
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run
