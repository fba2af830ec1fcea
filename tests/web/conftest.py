"""Browsers that several pages' tests use."""

from collections.abc import Callable

import pytest

from dso.models import User
from tests.conftest import Client


@pytest.fixture
def importer(admin: User, login: Callable[[User], Client]) -> Client:
    """An administrator's browser on an entity without scenarios."""
    return login(admin)
