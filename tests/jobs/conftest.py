"""Fixtures of the tests of jobs."""

from pathlib import Path

import pytest
from flask import Flask

from dso.models import Entity
from tests.jobs.folder_helpers import Drop, a_drop


@pytest.fixture
def drop(app: Flask, entity: Entity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drop:
    """An empty watched folder of an installation with one company."""
    return a_drop(app, tmp_path, monkeypatch)
