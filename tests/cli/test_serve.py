"""`dso serve` keeps web server and scheduler running and ends them with itself, however it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from dso import create_app, schema
from dso.cli.supervisor import listen
from dso.db import db
from dso.domain.errors import Refused
from tests.cli.conftest import Run
from tests.conftest import make_config
from tests.databases import new_database

pytestmark = [pytest.mark.real_clock, pytest.mark.network]


class Served:
    """One `dso serve` on a free port over a database of its own."""

    def __init__(self, url: str, folder: Path) -> None:
        self.port = free_port()
        environment = {
            **os.environ,
            "DSO_DATABASE_URL": url.replace("+psycopg", ""),
            "DSO_SECRET_KEY": "tests only",
            "DSO_INSTANCE_PATH": str(folder),
        }
        words = [sys.executable, "-m", "dso", "serve", "--port", str(self.port), "--workers", "1"]
        self.process = subprocess.Popen(words, env=environment, cwd=folder)

    def answer(self, path: str) -> tuple[int, dict[str, str]]:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            return error.code, json.load(error)
        except (URLError, ConnectionError, TimeoutError):
            return 0, {}

    def children(self) -> dict[str, int]:
        """Process numbers of the children by what they are."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                words = (folder / "cmdline").read_bytes().split(b"\0")
            except (OSError, IndexError):
                continue
            if parent == self.process.pid and b"dso" in words:
                found[words[words.index(b"dso") + 1].decode()] = int(folder.name)
        return found


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def alive(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def soon(is_so: Callable[[], bool], seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with new_database(tmp_path) as url:
        app = create_app(make_config(url, tmp_path))
        with app.app_context():
            schema.upgrade()
            db.engine.dispose()
        one = Served(url, tmp_path)
        soon(lambda: one.answer("/readyz")[0] == 200)
        children = one.children().values()
        try:
            yield one
        finally:
            if one.process.poll() is None:
                one.process.terminate()
            one.process.wait(240)
            soon(lambda: not any(alive(number) for number in children))


def test_web_server_and_scheduler_run_are_started_again_when_killed_and_stop_together(served: Served) -> None:
    assert served.answer("/healthz") == (200, {"status": "alive"})
    before = served.children()
    assert set(before) == {"web", "scheduler"}
    for number in before.values():
        os.kill(number, signal.SIGKILL)
    soon(lambda: served.answer("/readyz")[0] == 200 and set(served.children()) == set(before))
    assert not set(before.values()) & set(served.children().values())
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(240) == 0


def test_its_children_end_when_it_is_killed(served: Served) -> None:
    children = served.children().values()
    served.process.kill()
    served.process.wait()
    soon(lambda: not any(alive(number) for number in children))


def test_a_port_in_use_is_said_in_words() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Refused, match=f"Cannot listen on 127.0.0.1:{port}: Address already in use"):
            listen("127.0.0.1", port)


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("command", ["web", "scheduler", "serve"])
def test_an_empty_database_is_said_in_one_line(command: str, dso: Run) -> None:
    done = dso(command)
    assert (done.code, done.out) == (1, "")
    assert done.err == "dso: The database is empty: run dso init (or dso demo) first.\n"
