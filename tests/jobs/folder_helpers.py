"""A watched folder of the tests, and the clock process that looks at it."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.jobs import imports as job
from dso.jobs.folder import Watch
from dso.models import ImportRun

CUSTOMERS = "code;business name\nC1;Alpha\nC2;Beta\n"
HEADERS = "customer;number;type;issue date;due date;amount;remaining\n"
ITEMS = HEADERS + "C1;F1;FAC;2026-10-13;2026-11-13;100.00;100.00\nC2;F2;FAC;2026-10-13;2026-11-13;50.00;50.00\n"


def a_drop(app: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch) -> "Drop":
    """An empty watched folder within another one."""
    path = folder / "watched"
    path.mkdir()
    monkeypatch.setitem(app.config, "DSO", replace(app.config["DSO"], watch_path=path))
    return Drop(path)


def always() -> bool:
    """There is time to go on."""
    return True


class Drop:
    """A watched folder and the clock process that looks at it."""

    def __init__(self, path: Path) -> None:
        self.path, self.watch = path, Watch()

    def put(self, name: str, text: str) -> Path:
        """A file in it."""
        path = self.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    def look(self, times: int = 1) -> None:
        """Look at it."""
        for _ in range(times):
            self.watch("me", always)

    def work(self, looks: int = 2) -> None:
        """Two looks until a file counts as whole, the import, one look to put it away."""
        self.look(looks)
        job.work("me", always)
        self.look()

    def names(self, place: str = ".") -> list[str]:
        """The files that lie there."""
        return sorted(each.name for each in (self.path / place).iterdir() if each.is_file())

    def result(self, name: str) -> dict[str, Any]:
        """What the file beside a file says."""
        found: dict[str, Any] = json.loads((self.path / f"{name}.result.json").read_text())
        return found


def runs(session: Session) -> list[str]:
    """The files taken in, in order."""
    return list(session.scalars(select(ImportRun.file_name).order_by(ImportRun.id)))


def failing(error: Exception, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    """A function that fails for the file of this name, and does what it did for all others."""

    def call(one: Any, *given: Any, **named: Any) -> Any:
        if getattr(one, "name", getattr(one, "file_name", "")) == name:
            raise error
        return real(one, *given, **named)

    return call
