"""Logging in and the scenario editor, by hand in a browser."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from dso.db import db
from dso.domain.codes import Role
from dso.services import users
from tests import factories
from tests.browser.conftest import Live
from tests.conftest import NOW

pytestmark = pytest.mark.browser
PASSWORD = "Plum-Tree 47 Lantern"


@dataclass(frozen=True)
class Office:
    """A manager, her plan, a customer who owes."""

    manager_id: int
    email: str
    step_id: int
    scenario_id: int
    customer: str


@pytest.fixture(scope="module")
def office(live: Live) -> Office:
    """One company with what the editor needs."""
    with live.app.app_context():
        entity = factories.an_entity(name="Office of the editor")
        manager = factories.a_user(role=Role.CREDIT_MANAGER, entities=[entity])
        users.set_password(manager, PASSWORD, now=NOW)
        scenario = factories.a_scenario(entity=entity, name="Standard")
        customer = factories.a_customer(entity=entity, business_name="Garnier & Fils", scenario_id=scenario.id)
        factories.a_contact(customer, language="en")
        factories.an_item(customer, number="FC4711")
        made = Office(manager.id, manager.email, scenario.steps[0].id, scenario.id, customer.code)
        db.session.commit()
    return made


def test_a_wrong_password_is_told_and_the_right_one_leads_where_one_wanted(
    live: Live, office: Office, page: Page
) -> None:
    page.goto(f"{live.url}/profile")
    page.get_by_label("E-mail address").fill(office.email)
    page.get_by_label("Password").fill("Wrong-Pass 1")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not go together")
    expect(page.get_by_label("E-mail address")).to_have_value(office.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{live.url}/profile")


def test_a_hashtag_goes_where_one_was_writing_and_the_preview_shows_it_filled(
    live: Live, office: Office, open_as: Callable[[int, str], Page]
) -> None:
    page = open_as(office.manager_id, f"/scenarios/steps/{office.step_id}")
    text = page.locator("#body-en")
    text.fill("Hello , today is .")
    text.evaluate("each => each.setSelectionRange(6, 6)")
    page.get_by_text("Customer", exact=True).click()
    page.get_by_role("button", name="#customer_name", exact=True).click()
    expect(text).to_have_value("Hello #customer_name, today is .")
    page.get_by_role("button", name="Preview in English").click()
    frame = page.frame_locator("iframe[name=step-preview]")
    expect(frame.locator("body")).to_contain_text("Hello Garnier & Fils, today is .")
    expect(page.locator("#body-en")).to_have_value("Hello #customer_name, today is .")


def test_what_does_not_go_with_a_call_is_not_asked_for(office: Office, open_as: Callable[[int, str], Page]) -> None:
    page = open_as(office.manager_id, f"/scenarios/{office.scenario_id}/steps/new")
    expect(page.get_by_label("Kind of e-mail")).to_be_visible()
    page.get_by_label("Kind", exact=True).select_option("phone")
    expect(page.get_by_label("Kind of e-mail")).to_be_hidden()
    expect(page.get_by_label("Passed over after")).to_be_visible()
    page.get_by_label("Name").fill("Call the accountant")
    page.get_by_label("Mode").select_option("manual")
    page.get_by_role("button", name="Save the step").click()
    expect(page.get_by_role("link", name="Call the accountant")).to_be_visible()
