"""The debtor page in a browser: with script and without, wide and on a phone, in the light and in the dark."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, expect
from sqlalchemy import func, select

from dso.db import db
from dso.domain.codes import ItemType, StatusType
from dso.models import BankAccount, Reply
from dso.services import links
from tests import factories
from tests.browser.conftest import Live, axe_finds
from tests.conftest import NOW

pytestmark = pytest.mark.browser
WIDE, PHONE = ViewportSize(width=1400, height=900), ViewportSize(width=390, height=844)


@pytest.fixture(scope="module")
def link(live: Live) -> str:
    """The address of an account that has something of everything."""
    with live.app.app_context():
        entity = factories.an_entity(phone="+33 1 42 00 00 00", email="hello@acme.example", address="1 rue\nParis")
        collector = factories.a_user(first_name="Zoé", last_name="Lambert", phone="+33 1 42 00 00 17")
        customer = factories.a_customer(entity=entity, collector_id=collector.id, business_name="Garnier")
        dispute = factories.a_status(StatusType.DISPUTE, name="Price contested", labels={"en": "Price query"})
        tagged = {"status_id": dispute.id, "status_type": StatusType.DISPUTE, "disputed_amount": Decimal(100)}
        factories.an_item(customer, "1200", number="FC1", days_late=62, **tagged)
        factories.an_item(customer, "0.10", number="FC2", days_late=33, order_number="PO-77")
        factories.an_item(customer, "0.20", number="FC3", days_late=-5)
        factories.an_item(customer, "-300", number="AV1", type=ItemType.CREDIT_NOTE)
        factories.an_item(customer, "5000", number="DP1", type=ItemType.DOWN_PAYMENT)
        factories.an_item(customer, "40", number="US1", currency="USD")
        db.session.add(BankAccount(entity_id=entity.id, currency="EUR", iban="FR7630006000011234567890189"))
        made = links.create(customer, None, "ines@client.example", now=NOW, name="Inès Moreau", language="en")
        address = links.url(made).removeprefix("http://localhost")
        db.session.commit()
    return live.url + address


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A debtor's browser; it fails the test when the page complains on its console."""
    complaints: list[str] = []

    def note(said: ConsoleMessage) -> None:
        # Chromium tells of the page's own 404 and 422 as well; a missing picture or script is another matter.
        if said.type == "error" and "/p/" not in said.location["url"]:
            complaints.append(f"{said.text} {said.location['url']}")

    opened = context.new_page()
    opened.set_viewport_size(WIDE)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", note)
    yield opened
    assert complaints == []


def count_replies(live: Live) -> int:
    with live.app.app_context():
        return db.session.scalar(select(func.count()).select_from(Reply)) or 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing_on_the_page_and_it_never_scrolls_sideways(
    page: Page, link: str, scheme: str, size: ViewportSize
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size(size)
    page.goto(link)
    page.get_by_label("Tick FC1").check()
    page.get_by_text("Search and filter").click()
    for kind in ("Promise to pay", "There is a problem", "Already paid"):
        page.get_by_text(kind, exact=True).first.click()
        assert axe_finds(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing_on_a_link_that_is_no_longer_valid(page: Page, link: str, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    page.goto(f"{link.rpartition('/')[0]}/expired", wait_until="load")
    expect(page.locator("h1")).to_have_text("This link is no longer valid")
    assert axe_finds(page) == []


def test_a_promise_with_script(page: Page, live: Live, link: str, tmp_path: Path) -> None:
    before = count_replies(live)
    proof = tmp_path / "order.pdf"
    proof.write_bytes(b"%PDF-1.7 order")
    page.goto(link)
    bar = page.locator(".answer-bar")
    expect(bar).to_be_hidden()
    page.get_by_label("Tick FC2").check()
    page.get_by_label("Tick FC3").check()
    expect(bar).to_contain_text("2 items ticked")
    expect(bar).to_contain_text("0.30 EUR")
    expect(page.get_by_label("We will pay on")).to_be_hidden()
    page.get_by_text("Promise to pay", exact=True).first.click()
    page.get_by_label("We will pay on").fill("2026-11-28")
    page.get_by_label("Your message").fill("With the next run")
    page.get_by_label("Files").set_input_files(proof)
    page.get_by_role("button", name="Send the answer").dblclick()
    expect(page.locator("h1")).to_contain_text("your answer was received")
    expect(page.locator("main")).to_contain_text("FC2, FC3")
    expect(page.locator("main")).to_contain_text("order.pdf")
    assert axe_finds(page) == []
    page.reload()
    page.go_back()
    page.get_by_label("Your message").wait_for()
    assert count_replies(live) == before + 1


def test_a_mistake_stands_beside_its_field_and_what_was_filled_in_is_kept(page: Page, live: Live, link: str) -> None:
    before = count_replies(live)
    page.goto(link)
    page.get_by_label("Tick FC2").check()
    page.get_by_text("Promise to pay", exact=True).first.click()
    page.get_by_label("We will pay on").fill("2026-11-01")
    page.get_by_label("Your message").fill("Soon")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.locator("#promised_on-error")).to_contain_text("This day has passed")
    expect(page.locator("#promised_on-error")).to_be_in_viewport()
    expect(page.get_by_label("We will pay on")).to_have_value("2026-11-01")
    expect(page.get_by_label("Your message")).to_have_value("Soon")
    expect(page.get_by_label("Tick FC2")).to_be_checked()
    assert axe_finds(page) == []
    assert count_replies(live) == before


def test_searching_and_sorting_keep_ticks_and_words(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Tick FC1").check()
    page.get_by_label("Your message").fill("Half written")
    page.get_by_text("Search and filter").click()
    page.get_by_label("Number, order, words").fill("PO-77")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_label("Tick FC3")).to_have_count(0)
    expect(page.get_by_label("Tick FC2")).to_have_count(1)
    expect(page.get_by_label("Tick FC1")).to_be_checked()
    page.get_by_role("link", name="Number").first.click()
    expect(page.locator("th[aria-sort=ascending]").first).to_contain_text("Number")
    expect(page.get_by_label("Tick FC1")).to_be_checked()
    expect(page.locator(".answer-bar")).to_contain_text("1 item ticked")
    expect(page.get_by_label("Your message")).to_have_value("Half written")


def test_reading_and_answering_without_script_on_a_phone(browser: Browser, live: Live, link: str) -> None:
    before = count_replies(live)
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(link)
    expect(page.locator("main")).to_contain_text("Garnier")
    page.get_by_label("Tick FC1").check()
    page.get_by_text("There is a problem", exact=True).first.click()
    page.get_by_label("Reason").select_option("Price query")
    page.get_by_label("Your message").fill("Too dear")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.locator("h1")).to_contain_text("your answer was received")
    expect(page.locator("main")).to_contain_text("Price query")
    page.get_by_role("link", name="Back").click()
    expect(page.locator("#earlier")).to_contain_text("Too dear")
    context.close()
    assert count_replies(live) == before + 1


def test_the_account_number_is_copied_by_a_click(page: Page, link: str, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(link)
    page.locator("[data-copy=FR7630006000011234567890189]").click()
    assert page.evaluate("navigator.clipboard.readText()") == "FR7630006000011234567890189"


def test_without_script_the_fields_of_the_chosen_answer_show(browser: Browser, link: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=WIDE)
    page = context.new_page()
    page.goto(link)
    expect(page.get_by_label("We paid on")).to_be_visible()
    page.get_by_text("There is a problem", exact=True).first.click()
    expect(page.get_by_label("Reason")).to_be_visible()
    expect(page.get_by_label("Amount, if only a part")).to_be_visible()
    expect(page.get_by_label("We paid on")).to_be_hidden()
    expect(page.get_by_label("We will pay on")).to_be_hidden()
    context.close()
