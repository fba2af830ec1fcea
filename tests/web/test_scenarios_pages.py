"""The scenario editor."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.domain.codes import Flavour, Mode, Role, StepType
from dso.models import Entity, Scenario, Step, User
from dso.queries import scenarios as queries
from tests.conftest import Client
from tests.factories import a_contact, a_customer, a_scenario, a_user, an_entity, an_item

STEP = {
    "name": "Friendly note",
    "type": "email",
    "trigger": "before_due",
    "days": "5",
    "flavour": "interactive",
    "mode": "confirm",
    "to": ["collection"],
    "sender": "",
    "also_by": "",
    "subject_en": "Invoice #leader_number",
    "body_en": "Dear #contact_name,\n\n#items_list_overdue",
    "subject_fr": "",
    "body_fr": "",
}


@pytest.fixture
def manager(login: Callable[[User], Client], entity: Entity) -> Client:
    """A browser of a credit manager."""
    return login(a_user(role=Role.CREDIT_MANAGER))


@pytest.fixture
def plan(entity: Entity) -> Scenario:
    """A scenario of two steps."""
    return a_scenario(entity=entity, name="Standard")


def _steps(scenario: Scenario) -> list[str]:
    return [step.name for step in queries.steps_of(scenario)]


def test_every_page_of_the_editor_opens(manager: Client, plan: Scenario) -> None:
    pages = [
        "/scenarios",
        f"/scenarios/{plan.id}",
        f"/scenarios/{plan.id}/steps/new",
        f"/scenarios/steps/{plan.steps[0].id}",
    ]
    for path in pages:
        assert manager.get(path).status_code == 200, path


def test_a_scenario_is_made_and_renamed(manager: Client, session: Session) -> None:
    data = {"name": "Short", "language": "fr", "start": "first"}
    manager.post("/scenarios", data=data)
    made = session.scalars(select(Scenario).where(Scenario.name == "Short")).one()
    assert manager.post(f"/scenarios/{made.id}", data={**data, "name": "Shorter"}).status_code == 303
    assert made.name == "Shorter"


def test_a_name_that_is_taken_is_told_beside_its_field(manager: Client, plan: Scenario) -> None:
    answer = manager.post("/scenarios", data={"name": "standard", "language": "fr", "start": "first"})
    assert (answer.status_code, "already" in answer.text) == (422, True)


def test_a_step_is_added_with_everything_it_says(manager: Client, plan: Scenario) -> None:
    data = {
        **STEP,
        "to": ["collection", "director"],
        "to_other": "boss@client.example",
        "cc": "a@acme.example; b@acme.example",
        "colleagues": ["sales"],
        "sender": "address",
        "sender_address": "invoices@acme.example",
        "attachments": ["statement"],
        "also_by": "letter",
        "minimum_leader": "1 000,50",
        "once_in_days": "30",
    }
    answer = manager.post(f"/scenarios/{plan.id}/steps/new", data=data)
    assert answer.status_code == 303, answer.text
    step = queries.steps_of(plan)[-1]
    assert (step.type, step.flavour, step.mode, step.after_due) == (
        StepType.EMAIL,
        Flavour.INTERACTIVE,
        Mode.CONFIRM,
        -5,
    )
    assert step.recipients == {
        "to": ["collection", "director", "boss@client.example"],
        "colleagues": ["sales"],
        "cc": ["a@acme.example", "b@acme.example"],
    }
    assert (step.sender, step.attachments, step.also_by) == ("invoices@acme.example", ["statement"], StepType.LETTER)
    assert (step.minimum_leader, step.once_in_days) == (Decimal("1000.50"), 30)
    assert [text.language for text in step.templates] == ["en"]


def test_a_saved_step_shows_what_was_saved(manager: Client, plan: Scenario) -> None:
    manager.post(f"/scenarios/{plan.id}/steps/new", data={**STEP, "to_other": "boss@client.example"})
    text = manager.get(f"/scenarios/steps/{queries.steps_of(plan)[-1].id}").text
    assert "boss@client.example" in text
    assert "Invoice #leader_number" in text


def test_the_editor_proposes_a_mode_that_asks_first(manager: Client, plan: Scenario) -> None:
    text = manager.get(f"/scenarios/{plan.id}/steps/new").text
    assert '<option selected value="confirm">' in text


def test_an_unknown_hashtag_is_named_and_what_was_typed_stays(manager: Client, plan: Scenario) -> None:
    answer = manager.post(f"/scenarios/{plan.id}/steps/new", data={**STEP, "body_en": "Dear #customer_nmae"})
    assert answer.status_code == 422
    assert "there is no hashtag #customer_nmae" in answer.text
    assert "Dear #customer_nmae" in answer.text
    assert len(queries.steps_of(plan)) == 2


def test_a_call_is_never_automatic(manager: Client, plan: Scenario) -> None:
    answer = manager.post(f"/scenarios/{plan.id}/steps/new", data={**STEP, "type": "phone", "mode": "automatic"})
    assert (answer.status_code, "never automatic" in answer.text) == (422, True)


def test_days_are_asked_for(manager: Client, plan: Scenario) -> None:
    answer = manager.post(f"/scenarios/{plan.id}/steps/new", data={**STEP, "days": ""})
    assert (answer.status_code, "Say after how many days" in answer.text) == (422, True)


def test_steps_are_moved_and_removed(manager: Client, plan: Scenario) -> None:
    first = plan.steps[0]
    manager.post(f"/scenarios/steps/{first.id}/move", data={"to": "down"})
    assert _steps(plan) == ["Second reminder", "First reminder"]
    manager.post(f"/scenarios/steps/{first.id}/remove")
    assert _steps(plan) == ["Second reminder"]


def test_a_copy_has_the_same_steps_and_texts(manager: Client, plan: Scenario, session: Session) -> None:
    for _ in range(2):
        manager.post(f"/scenarios/{plan.id}/duplicate")
    names = session.scalars(select(Scenario.name).order_by(Scenario.id)).all()
    assert names == ["Standard", "Standard (copy 1)", "Standard (copy 2)"]
    copy = session.scalars(select(Scenario).where(Scenario.name == "Standard (copy 2)")).one()
    assert _steps(copy) == _steps(plan)


def test_a_scenario_of_customers_is_not_removed(manager: Client, plan: Scenario) -> None:
    a_customer(scenario_id=plan.id)
    answer = manager.post(f"/scenarios/{plan.id}/archive")
    assert (answer.status_code, "Customers still have the scenario" in answer.text) == (409, True)


def test_an_unused_scenario_is_gone(manager: Client, plan: Scenario, session: Session) -> None:
    manager.post(f"/scenarios/{plan.id}/archive")
    assert session.scalar(select(Scenario.id)) is None


def test_a_preview_shows_the_text_as_typed_to_a_real_customer_and_keeps_nothing(
    manager: Client, plan: Scenario, session: Session
) -> None:
    customer = a_customer(business_name="Garnier & Fils")
    a_contact(customer, last_name="Hébert", language="en")
    item = an_item(customer, number="FC4711")
    data = {
        **STEP,
        "customer": customer.code,
        "preview_language": "en",
        "body_en": "Hello #customer_name #items_list_overdue",
    }
    answer = manager.post(f"/scenarios/{plan.id}/preview", data=data)
    assert answer.status_code == 200
    assert "Garnier &amp; Fils" in answer.text
    assert item.number in answer.text
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert _steps(plan) == ["First reminder", "Second reminder"]
    assert len(session.scalars(select(Step)).all()) == 2


def test_a_preview_names_an_unknown_hashtag(manager: Client, plan: Scenario) -> None:
    customer = a_customer()
    data = {**STEP, "customer": customer.code, "preview_language": "en", "body_en": "#nothing_of_the_kind"}
    assert "there is no hashtag #nothing_of_the_kind" in manager.post(f"/scenarios/{plan.id}/preview", data=data).text


def test_a_preview_of_a_customer_one_may_not_see_is_refused(manager: Client, plan: Scenario) -> None:
    stranger = a_customer(entity=an_entity(), business_name="Stranger")
    answer = manager.post(f"/scenarios/{plan.id}/preview", data={**STEP, "customer": stranger.code})
    assert "There is no such customer" in answer.text


def test_a_script_in_a_text_does_not_survive(manager: Client, plan: Scenario) -> None:
    body = "<p onclick='x()'>Dear <script>alert(1)</script>#contact_name</p>"
    manager.post(f"/scenarios/{plan.id}/steps/new", data={**STEP, "body_en": body})
    (text,) = queries.steps_of(plan)[-1].templates
    assert "script" not in text.body
    assert "onclick" not in text.body


def test_scenarios_of_another_company_are_not_found(manager: Client, plan: Scenario) -> None:
    other = a_scenario(entity=an_entity(), name="Foreign")
    assert manager.get(f"/scenarios/{other.id}").status_code == 404
    assert manager.get(f"/scenarios/steps/{other.steps[0].id}").status_code == 404
    assert manager.post(f"/scenarios/{other.id}/archive").status_code == 404


def test_its_automatic_messages_wait_and_go_on(manager: Client, plan: Scenario) -> None:
    manager.post(f"/scenarios/{plan.id}/pause", data={"paused": "1"})
    assert plan.paused
    manager.post(f"/scenarios/{plan.id}/pause", data={"paused": ""})
    assert not plan.paused
