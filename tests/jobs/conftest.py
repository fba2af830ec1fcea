"""Fixtures of the tests of jobs."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from dso.models import Entity
from tests.jobs.folder_helpers import Drop


@pytest.fixture
def drop(app: Flask, entity: Entity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drop:
    """An empty watched folder of an installation with one company."""
    path = tmp_path / "watched"
    path.mkdir()
    monkeypatch.setitem(app.config, "DSO", replace(app.config["DSO"], watch_path=path))
    return Drop(path)
