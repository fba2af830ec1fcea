"""What the difference of a file does on a phone: the first rows of each list, all of them for the asking."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from dso.db import db
from dso.domain.codes import Role
from tests import factories
from tests.browser.conftest import Live, axe_finds

pytestmark = pytest.mark.browser
Open = Callable[[int, str], Page]
WIDE, PHONE = 1400, 390


@pytest.fixture(scope="module")
def importer(live: Live) -> int:
    """An administrator of a company."""
    with live.app.app_context():
        factories.an_entity()
        user_id: int = factories.a_user(role=Role.ADMIN).id
        db.session.commit()
    return user_id


@pytest.fixture
def difference(open_as: Open, importer: int, tmp_path: Path) -> Page:
    """A customers file of thirty new ones, of twelve without a name, and of four whose address is left out."""
    rows = [f"N{n};Name {n};" for n in range(30)] + [f"R{n};;" for n in range(12)] + [f"M{n};Mail;x" for n in range(4)]
    page = open_as(importer, "/imports?kind=customers")
    look_at(page, tmp_path, "code;business name;email", *rows)
    page.locator("#part-new > summary").click()
    return page


def look_at(page: Page, folder: Path, *lines: str) -> None:
    """Drop a customers file on the page and ask what it would change."""
    (folder / "customers.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(folder / "customers.csv")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("h1")).to_have_text(re.compile("What the columns mean|What it would change"))
    if page.locator("h1").text_content() == "What the columns mean":
        page.get_by_role("button", name="See what it would change").click()
    expect(page.locator("h1")).to_have_text("What it would change")


def shown(rows: Locator) -> int:
    """Rows of a table that are to be seen."""
    return sum(row.is_visible() for row in rows.all())


def test_a_phone_shows_the_first_rows_of_a_long_list_and_the_rest_for_the_asking(difference: Page) -> None:
    difference.set_viewport_size({"width": PHONE, "height": 844})
    new, rejected, remarks = (
        difference.locator(f"{where} tbody tr")
        for where in ("#part-new", "section:has-text('Rejected rows')", "section:has-text('with a remark')")
    )
    assert (shown(new), shown(rejected), shown(remarks)) == (5, 5, 4)
    assert axe_finds(difference) == []
    difference.get_by_label("Show all 34 rows listed: New").check()
    assert (shown(new), shown(rejected)) == (34, 5)
    difference.get_by_label("Show all 12 rows listed: Rejected rows").check()
    assert shown(rejected) == 12
    assert difference.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the window"


def test_a_wide_window_and_paper_have_all_rows_and_nothing_to_ask(difference: Page) -> None:
    rows = difference.locator("#part-new tbody tr")
    difference.set_viewport_size({"width": WIDE, "height": 900})
    assert shown(rows) == 34
    expect(difference.get_by_label("Show all 34 rows listed: New")).to_be_hidden()
    difference.set_viewport_size({"width": PHONE, "height": 844})
    difference.emulate_media(media="print")
    assert shown(rows) == 34


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_long_texts_that_change_are_shown_whole_within_the_window(
    open_as: Open, live: Live, importer: int, tmp_path: Path, width: int
) -> None:
    with live.app.app_context():
        factories.a_customer(code=f"L{width}", comment=f"an old remark {' of some length' * 8}")
        db.session.commit()
    new = f"a new remark {' that goes on for long' * 8}"
    page = open_as(importer, "/imports?kind=customers")
    page.set_viewport_size({"width": width, "height": 900})
    look_at(page, tmp_path, "code;business name;comment", f"L{width};ACME;{new}")
    expect(page.get_by_text("an old remark")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the window"
