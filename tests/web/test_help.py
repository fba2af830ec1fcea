"""Help is there for everybody who is logged in, as a page and as a part for the dialog."""

from collections.abc import Callable

import pytest

from dso.domain.codes import Role
from dso.models import Entity
from tests import factories
from tests.conftest import Client

Login = Callable[..., Client]


@pytest.mark.parametrize("role", list(Role))
def test_every_role_finds_the_keys(role: Role, entity: Entity, login: Login) -> None:
    answer = login(factories.a_user(role=role)).get("/help")
    assert answer.status_code == 200 and "Ctrl K" in answer.text


def test_the_dialog_gets_the_part_only(entity: Entity, login: Login) -> None:
    answer = login(factories.a_user()).get("/help", headers={"HX-Request": "true"})
    assert "<html" not in answer.text and 'id="help-keys"' in answer.text
