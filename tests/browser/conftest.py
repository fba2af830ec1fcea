"""A real Chromium against a real server on loopback, with a database of its own and the tests' clock."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask
from playwright.sync_api import BrowserContext, Page

from dso import clock, create_app
from dso.db import Base, db
from dso.http.guard import signed_in
from dso.models import User
from dso.paths import CLONE
from tests.conftest import NOW, make_config
from tests.databases import new_database
from tests.serving import served

AXE = CLONE / "node_modules" / "axe-core" / "axe.min.js"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: Quiet, and able to run as root in a container.
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
).split()


#: Sums of these are wrong by a cent or more wherever a float is used.
ITEMS = [
    ("A1", Decimal("0.10"), "EUR"),
    ("A2", Decimal("0.20"), "EUR"),
    ("A3", Decimal("9007199254740993.01"), "EUR"),
    ("A4", Decimal("-0.30"), "EUR"),
    ("A5", Decimal(1200), "JPY"),
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium of the machine instead of one that playwright would download."""
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    assert found, "the browser tests need Chromium: sh scripts/chromium.sh"
    return {**browser_type_launch_args, "executable_path": found, "args": FLAGS}


@pytest.fixture(scope="session")
def base_url(live: "Live") -> str:
    """Where the server is; the plugin's own fixture of this name is written in a way that pytest 9 warns of."""
    return live.url


@dataclass(frozen=True)
class Live:
    """The product as it runs for people."""

    app: Flask
    url: str

    def cookie_of(self, user_id: int) -> dict[str, str]:
        """The cookie of a browser in which this person has logged in."""
        with self.app.app_context(), self.app.test_client() as browser:
            user = db.session.get_one(User, user_id)
            with browser.session_transaction() as session:
                session.update({"_user_id": user.get_id(), "_fresh": True})
            value = browser.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
            assert value
            return {"name": value.key, "value": value.value, "url": self.url}


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A running server with empty tables, and pages with the shared pieces alone."""
    folder: Path = tmp_path_factory.mktemp("live")
    with new_database(folder) as url:
        app = create_app(make_config(url, folder))
        app.register_blueprint(_pieces())
        with serving(app) as found:
            yield found


@contextmanager
def serving(app: Flask) -> Iterator[Live]:
    """Makes the tables and serves; one thread, so that all of it lives at the tests' instant."""
    with app.app_context():
        Base.metadata.create_all(db.engine)
    try:
        with served(app, within=lambda: clock.at(NOW)) as address:
            yield Live(app, f"http://{address}")
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def _pieces() -> Blueprint:
    """Pages with the shared pieces alone, for tests of what they do in a browser."""
    bp = Blueprint("pieces", __name__, template_folder="pages", url_prefix="/pieces")
    counted: list[str] = []

    @bp.route("/ticks", methods=["GET", "POST"])
    @signed_in()
    def ticks() -> Any:
        from flask import render_template, request

        if request.method == "POST":
            counted.append(",".join(request.form.getlist("item")))
            return {"posted": counted}
        return render_template("pieces/ticks.html", items=ITEMS)

    return bp


@pytest.fixture
def open_as(live: Live, context: BrowserContext) -> Callable[[int, str], Page]:
    """Opens a page as a user, and fails the test when the page complains on its console."""
    complaints: list[str] = []

    def open_page(user_id: int, path: str) -> Page:
        context.add_cookies([live.cookie_of(user_id)])  # type: ignore[list-item]
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        answer = page.goto(live.url + path)
        assert answer and answer.ok, f"{path} answered {answer and answer.status}"
        assert complaints == []
        return page

    return open_page


#: Once what htmx fetches has settled and what is drawn has come to rest: half faded in, every text has too
#: little contrast. Four frames in a row without either, as one request may start another; a page that never comes
#: to rest is a fault.
AT_REST = """async () => {
    const busy = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added";
    const frame = () => new Promise(drawn => requestAnimationFrame(drawn));
    const until = performance.now() + 20000;
    for (let quiet = 0; quiet < 4; quiet++) {
        await frame();
        if (performance.now() > until) throw new Error("htmx does not come to rest");
        if (document.querySelector(busy)) quiet = -1;
    }
    await Promise.allSettled(document.getAnimations().map(each => each.finished));
}"""


def axe_finds(page: Page) -> list[str]:
    """What axe has against a page, in words; empty is right."""
    page.evaluate(AT_REST)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{found['id']} ({found['impact']}): {found['help']}: {node['html'][:160]}"
        for found in result["violations"]
        for node in found["nodes"]
    ]
