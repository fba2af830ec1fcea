"""The status dialogue: what is missing is said beside the field it is missing from."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dso.domain.codes import Role, StatusType
from dso.models import Action, Entity, Item, Qualification, User
from dso.services import scenarios
from dso.web.action_forms import EndForm
from tests import factories
from tests.conftest import NOW, Client

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


@pytest.fixture
def dispute(entity: Entity, admin: User) -> dict[str, str]:
    """What the dialogue of an administrator sends: a dispute over one invoice, told to the customer."""
    scenarios.load_shipped(entity, now=NOW)
    customer = factories.a_customer(entity=entity)
    factories.a_contact(customer)
    item = factories.an_item(customer, number="F4711")
    status = factories.a_status(StatusType.DISPUTE, name="Price dispute")
    return {"items": str(item.id), "status": str(status.id), "comment": "Ten per cent too much", "mail": "customer"}


def test_the_text_of_the_e_mail_is_filled_in_and_nothing_is_saved(
    login: Login, admin: User, dispute: dict[str, str], session: Session
) -> None:
    page = login(admin).post("/statuses/mail", data=dispute, headers={"HX-Request": "true"})
    assert page.status_code == 200 and 'id="status-mail"' in page.text
    assert "#items_list_selected" in page.text
    assert session.scalar(select(func.count()).select_from(Qualification)) == 0
    assert session.scalar(select(func.count()).select_from(Action)) == 0


def test_the_preview_speaks_of_the_items_as_they_will_be(
    login: Login, admin: User, dispute: dict[str, str], session: Session
) -> None:
    body = "#status_name, #status_comment: #items_list_selected"
    sent = {**dispute, "visible": "1", "body": body}
    answer = login(admin).post("/statuses/preview", data=sent)
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "dispute, Ten per cent too much" in answer.text and "F4711" in answer.text
    assert session.get_one(Item, int(dispute["items"])).status_id is None


def test_a_preview_without_a_status_says_what_is_missing(login: Login, admin: User, dispute: dict[str, str]) -> None:
    browser = login(admin)
    unsaid = {**dispute, "status": ""}
    assert "Complete the status first" in browser.post("/statuses/preview", data=unsaid).text
    part = browser.post("/statuses/mail", data=unsaid, headers={"HX-Request": "true"})
    assert part.status_code == 422 and 'role="alert"' in part.text


def test_the_author_edits_the_last_status_from_the_item_and_what_was_said_is_kept(
    login: Login, admin: User, entity: Entity, session: Session
) -> None:
    item, other = (factories.an_item(factories.a_customer(entity=entity), number=number) for number in ("F1", "F2"))
    status = factories.a_status(StatusType.PROMISE)
    browser = login(admin)
    told = {"items": str(item.id), "status": str(status.id), "promised_on": "2026-12-01", "comment": "on the phone"}
    assert browser.post("/statuses/qualify", data=told).status_code == 303
    assert item.qualification_id is not None
    first = session.get_one(Qualification, item.qualification_id)

    door = f"/statuses/dialog?corrects={first.id}"
    assert door in browser.get(f"/items/{item.id}").text
    dialog = browser.get(door).text
    assert 'value="2026-12-01"' in dialog and "on the phone" in dialog

    edited = {**told, "items": str(other.id), "corrects": str(first.id), "promised_on": "2026-12-03"}
    assert browser.post("/statuses/qualify", data=edited).status_code == 303
    assert (str(item.promised_on), other.status_id) == ("2026-12-03", None)
    last = session.get_one(Qualification, item.qualification_id)
    assert (last.corrects_id, str(first.promised_on)) == (first.id, "2026-12-01")

    assert door not in browser.get(f"/items/{item.id}").text, "only the last one is edited"
    refused = browser.post("/statuses/qualify", data=edited)
    assert refused.status_code == 422 and "Only the last qualification of an item can be edited." in refused.text


def test_nobody_edits_what_somebody_else_said(login: Login, admin: User, entity: Entity, session: Session) -> None:
    item = factories.an_item(factories.a_customer(entity=entity))
    status = factories.a_status(StatusType.ONGOING)
    login(admin).post("/statuses/qualify", data={"items": str(item.id), "status": str(status.id)})
    colleague = login(factories.a_user(role=Role.CREDIT_MANAGER))
    assert "corrects=" not in colleague.get(f"/items/{item.id}").text
    sent = {"corrects": str(item.qualification_id), "status": str(status.id), "comment": "not mine"}
    refused = colleague.post("/statuses/qualify", data=sent)
    assert refused.status_code == 422 and "Only the author may edit a qualification." in refused.text
    assert item.status_comment == ""
