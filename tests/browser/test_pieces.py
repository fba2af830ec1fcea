"""What the shared pieces do in a browser: ticking, sums, dialog, keys, themes, one post per click."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dso.db import db
from tests import factories
from tests.browser.conftest import Live, axe_finds

pytestmark = pytest.mark.browser
Open = Callable[[int, str], Page]


@pytest.fixture(scope="module")
def somebody(live: Live) -> int:
    """A collector of a company."""
    with live.app.app_context():
        factories.an_entity()
        user_id: int = factories.a_user().id
        db.session.commit()
    return user_id


def test_totals_of_ticked_items_are_exact_and_per_currency(open_as: Open, somebody: int) -> None:
    page = open_as(somebody, "/pieces/ticks")
    bar = page.locator("[data-selection]")
    expect(bar).to_be_hidden()
    for number in ("A1", "A2", "A4"):
        page.get_by_label(f"Tick {number}", exact=True).check()
    expect(bar).to_contain_text("3 ticked")
    expect(bar.locator("[data-totals]")).to_have_text("0.00 EUR")
    for number in ("A3", "A5"):
        page.get_by_label(f"Tick {number}", exact=True).check()
    expect(bar.locator("[data-totals]")).to_have_text("9,007,199,254,740,993.01 EUR · 1,200 JPY")


def test_shift_and_click_ticks_the_rows_between(open_as: Open, somebody: int) -> None:
    page = open_as(somebody, "/pieces/ticks")
    page.get_by_label("Tick A1", exact=True).click()
    page.get_by_label("Tick A4", exact=True).click(modifiers=["Shift"])
    expect(page.locator("[data-tick]:checked")).to_have_count(4)
    page.get_by_label("Tick all").click()
    expect(page.locator("[data-tick]:checked")).to_have_count(5)
    page.get_by_label("Tick all").click()
    expect(page.locator("[data-tick]:checked")).to_have_count(0)


def test_a_double_click_posts_once(open_as: Open, somebody: int) -> None:
    page = open_as(somebody, "/pieces/ticks")
    page.get_by_label("Tick A2", exact=True).check()
    page.get_by_role("button", name="Send").dblclick()
    expect(page.locator("body")).to_contain_text('"A2"')
    assert page.locator("body").inner_text().count("A2") == 1


def test_the_dialog_opens_with_the_part_and_closes_with_escape(open_as: Open, somebody: int) -> None:
    page = open_as(somebody, "/pieces/ticks")
    page.get_by_role("link", name="Help", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("What the colours mean")
    assert axe_finds(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Close").click()
    expect(dialog).to_be_hidden()


def test_slash_and_control_k_lead_to_the_search(open_as: Open, somebody: int) -> None:
    page = open_as(somebody, "/pieces/ticks")
    for key in ("/", "Control+k"):
        page.keyboard.press(key)
        expect(page.locator("#search-box")).to_be_focused()
        expect(page.locator("#search-box")).to_have_value("")
        page.keyboard.press("Escape")


def test_a_key_works_its_form(open_as: Open, somebody: int) -> None:
    page = open_as(somebody, "/pieces/ticks")
    page.keyboard.press("u")
    expect(page.locator("body")).to_contain_text('"undone"')


@pytest.mark.parametrize("theme", ["Light", "Dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_the_chosen_theme_stays_and_axe_finds_nothing(open_as: Open, somebody: int, theme: str, width: int) -> None:
    page = open_as(somebody, "/pieces/ticks")
    page.set_viewport_size({"width": width, "height": 900})
    page.locator("details.menu-end > summary").click()
    page.get_by_role("button", name=theme).click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", theme.lower())
    page.get_by_label("Tick A1", exact=True).check()
    assert axe_finds(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the window"


def test_the_menu_folds_on_a_narrow_window_and_works_without_script(
    live: Live, somebody: int, new_context: Callable[..., object]
) -> None:
    context = new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    context.add_cookies([live.cookie_of(somebody)])  # type: ignore[attr-defined]
    page: Page = context.new_page()  # type: ignore[attr-defined]
    page.goto(f"{live.url}/pieces/ticks")
    fold = page.locator(".nav-fold")
    expect(fold.get_by_role("link", name="To-do")).to_be_hidden()
    fold.locator("summary").click()
    expect(fold.get_by_role("link", name="To-do")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    page.get_by_label("Tick A5", exact=True).check()
    page.get_by_role("button", name="Send").click()
    expect(page.locator("body")).to_contain_text('"A5"')
