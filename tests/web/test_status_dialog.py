"""The status dialogue: what is missing is said beside the field it is missing from."""

from collections.abc import Callable

import pytest
from flask import Flask

from dso.domain.codes import StatusType
from dso.models import Entity, User
from dso.web.action_forms import EndForm
from tests import factories
from tests.conftest import Client

Login = Callable[[User], Client]


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({}, "promised_on", "Say for which day it was promised."),
        ({"promised_on": "2027-01-04", "next_step": "specific"}, "follow_up_on", "Say on which day to follow up."),
        ({"promised_on": "2027-01-04", "mail": "internal"}, "mail_to", "Choose the colleague to ask."),
    ],
)
def test_what_is_missing_is_said_beside_its_field(
    login: Login, admin: User, entity: Entity, more: dict[str, str], field: str, words: str
) -> None:
    item = factories.an_item(factories.a_customer(entity=entity))
    status = factories.a_status(StatusType.PROMISE)
    sent = {"items": str(item.id), "status": str(status.id), "comment": "kept <b>words", **more}
    page = login(admin).post("/statuses/qualify", data=sent)
    assert page.status_code == 422 and words in page.text and "kept &lt;b&gt;words" in page.text
    marked = [part for part in page.text.split("<") if "is-invalid" in part]
    assert len(marked) == 1 and f'name="{field}"' in marked[0]


def test_a_part_that_was_accepted_is_asked_for_beside_its_field(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"outcome": "partly"}):
        form = EndForm(meta={"csrf": False})
        assert not form.validate()
        assert [str(words) for words in form.amount.errors] == ["Say which amount was accepted."]
    with app.test_request_context(method="POST", data={"outcome": "partly", "amount": "12.50"}):
        assert EndForm(meta={"csrf": False}).validate()
