"""The whole job in a browser: a ledger, who owes what, a reminder by a real mail server, an answer, a changed plan."""

import email
import email.policy
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, ViewportSize, expect

from dso import create_app
from dso.db import db
from dso.jobs import outbox
from dso.services.demo.ledger import TYPES
from dso.services.installation import Administrator, Company, install
from tests.browser.conftest import Live, axe_finds, serving
from tests.conftest import NOW, make_config
from tests.databases import new_database

pytestmark = [pytest.mark.browser, pytest.mark.network, pytest.mark.slow]
DATA = Path(__file__).parent.parent / "data"
WIDE, PHONE = ViewportSize(width=1400, height=900), ViewportSize(width=390, height=844)
EMAIL, PASSWORD = "alice@acme.example", "Lantern-47-acme"
PROMISED_ON = "2026-11-27"


@dataclass
class Mails:
    """A mail server's memory."""

    port: int
    taken: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        return "250 OK"


@pytest.fixture
def mails() -> Iterator[Mails]:
    """A mail server on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        kept = Mails(port=probe.getsockname()[1])
    controller = Controller(kept, hostname="127.0.0.1", port=kept.port)
    controller.start()
    yield kept
    controller.stop()


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Live]:
    """What `dso init` leaves behind, served under the address that its mails name."""
    with new_database(tmp_path) as url:
        config = make_config(url, tmp_path)
        app = create_app(config)
        with serving(app) as live:
            app.config["DSO"] = replace(config, public_url=live.url)
            with app.app_context():
                person = Administrator(EMAIL, PASSWORD, "Alice", "Martin")
                install(Company("Acme", "EUR", "FR", "Europe/Paris"), person, now=NOW)
                db.session.commit()
            yield live


@contextmanager
def _browser(browser: Browser, size: ViewportSize) -> Iterator[Page]:
    """A browser of somebody's own; it fails the test when a page complains on its console."""
    complaints: list[str] = []

    def note(said: ConsoleMessage) -> None:
        if said.type == "error":
            complaints.append(f"{said.text} {said.location['url']}")

    context: BrowserContext = browser.new_context(viewport=size, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", note)
    try:
        yield page
    finally:
        context.close()
    assert complaints == []


def test_from_an_export_of_the_ledger_to_an_answer_and_a_changed_plan(
    company: Live, mails: Mails, browser: Browser
) -> None:
    with _browser(browser, WIDE) as page:
        _log_in(page, company)
        _look_after_all(page, company)
        _take_in_the_ledger(page, company)
        _turn_sending_on(page, company, mails)
        name = _find_what_to_do(page, company)
        number = _read_the_customer_file(page, name)
        _send_the_reminder(page, company, name)
        _drain(company)
        link = _link_in(mails)
        with _browser(browser, PHONE) as phone:
            _promise(phone, link, name, number)
        _see_the_answer(page, company, name)
        _nothing_leaves_by_itself(page, name)
        _qualify(page, company, name)
        _see_the_changed_plan(page, company, name, number)


def _log_in(page: Page, company: Live) -> None:
    page.goto(company.url)
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("h1")).to_be_visible()
    expect(page.get_by_role("link", name="To-do").first).to_be_visible()


def _look_after_all(page: Page, company: Live) -> None:
    """New customers get the administrator as their collector."""
    page.goto(company.url + "/settings#defaults")
    section = page.locator("#defaults")
    section.get_by_label("Collector").select_option(label="Alice Martin")
    section.get_by_role("button", name="Save").click()
    expect(page.locator("body")).to_contain_text("Saved: New customers")


def _take_in_the_ledger(page: Page, company: Live) -> None:
    """The three files of the ERP as they are; the items as a full file."""
    assert _take_in(page, company, "Customers", "fr_clients.csv") == "80"
    assert _take_in(page, company, "Contacts", "fr_contacts.csv") == "86"
    assert _take_in(page, company, "Open items", "fr_ecritures_2026-11-20.csv") == "897"


def _take_in(page: Page, company: Live, kind: str, file: str) -> str:
    """Choose, map, preview, import; how many rows were taken in."""
    page.goto(company.url + "/imports")
    page.get_by_role("radio", name=kind, exact=True).check()
    page.locator("input[type=file]").set_input_files(DATA / file)
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("h1")).to_have_text("What the columns mean")
    assert axe_finds(page) == []
    if kind == "Open items":
        page.get_by_label("Yes, it is a full file").check()
        for code, type in TYPES.items():
            page.get_by_label(code, exact=True).select_option(value=type.value)
    page.get_by_role("button", name="See what it would change").click()
    expect(page.locator("h1")).to_have_text("What it would change")
    assert axe_finds(page) == []
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("h1")).to_have_text("Taken in")
    assert axe_finds(page) == []
    expect(page.locator("main")).to_contain_text("Every row went in.")
    return page.locator("dl.figures dd").first.inner_text()


def _turn_sending_on(page: Page, company: Live, mails: Mails) -> None:
    page.goto(company.url + "/settings/company")
    server = page.locator("#mail")
    server.get_by_label("Server").fill("127.0.0.1")
    server.get_by_label("Port").fill(str(mails.port))
    server.get_by_label("Encryption").select_option(value="none")
    server.get_by_label("Sender address").fill("accounts@acme.example")
    server.get_by_role("button", name="Save").click()
    page.locator("#mail").get_by_role("button", name="Send me a test message").click()
    expect(page.locator("body")).to_contain_text("The mail server took a test message")
    assert [mail["To"] for mail in mails.taken] == [EMAIL]
    mails.taken.clear()
    page.goto(company.url + "/settings")
    page.get_by_role("link", name="Turn sending on…").click()
    page.get_by_role("button", name="Turn sending on").click()
    expect(page.locator("#sending-switch")).to_contain_text("Messages leave by the mail server.")


def _row(page: Page, name: str) -> Locator:
    return page.locator("tr[data-row]").filter(has_text=name)


def _find_what_to_do(page: Page, company: Live) -> str:
    """The To-do list says what and why; the customer of the first reminder that is due."""
    page.goto(company.url + "/todo?tab=automatic&due=now&type=email")
    row = page.locator("tr[data-row]").filter(has_text="waits to be confirmed").first
    expect(row).to_contain_text("First reminder")
    expect(row).to_contain_text("to be confirmed")
    return row.locator("td.card-title a").inner_text()


def _read_the_customer_file(page: Page, name: str) -> str:
    """Who owes what: the figures, the reason, the items; the number of the leader."""
    _row(page, name).get_by_role("link", name=name).click()
    expect(page.locator("h1")).to_have_text(name)
    figures = page.locator("dl.figures").first
    expect(figures).to_contain_text("Receivable")
    expect(figures).to_contain_text("Overdue")
    expect(page.locator("#customer-next")).to_contain_text("First reminder")
    expect(page.locator("#customer-next")).to_contain_text("after item")
    leader = page.locator("#statement tbody tr").filter(has=page.get_by_label("leader"))
    return leader.locator("td.card-title a").inner_text()


def _send_the_reminder(page: Page, company: Live, name: str) -> None:
    """From the row by the composer into the outbox."""
    page.goto(company.url + "/todo?tab=automatic&due=now&type=email")
    _row(page, name).get_by_role("link", name="Do it").click()
    expect(page.get_by_label("To", exact=True)).to_have_value(re.compile("@"))
    expect(page.frame_locator("iframe[name=message-preview]").locator("body")).to_contain_text("Acme")
    assert axe_finds(page) == []
    page.get_by_label("Subject").fill("A word about your account, edited")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("body")).to_contain_text("The message is in the outbox.")


def _drain(company: Live) -> None:
    """One turn of the clock's sender."""
    with company.app.app_context():
        outbox.send("test", lambda: True)
        db.session.remove()


def _link_in(mails: Mails) -> str:
    [mail] = mails.taken
    assert mail["Subject"] == "A word about your account, edited"
    html, plain = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None
    assert plain is not None
    [link] = set(re.findall(r"http://127\.0\.0\.1:\d+/p/[\w.-]+", plain.get_content()))
    assert link in html.get_content()
    mails.taken.clear()
    return str(link)


def _promise(phone: Page, link: str, name: str, number: str) -> None:
    """The debtor reads the statement on a phone, in French as the contact does, and promises the whole of it."""
    phone.goto(link)
    expect(phone.locator("html")).to_have_attribute("lang", "fr")
    expect(phone.locator("main")).to_contain_text(name)
    expect(phone.locator("#statement")).to_contain_text(number)
    for tick in phone.locator("input[name=items]").all():
        tick.check()
    phone.get_by_text("Promesse de règlement", exact=True).first.click()
    phone.locator("[name=promised_on]").fill(PROMISED_ON)
    phone.get_by_label("Votre message").fill("Avec notre prochain virement")
    phone.get_by_role("button", name="Envoyer la réponse").click()
    expect(phone.locator("h1")).to_contain_text("votre réponse")


def _see_the_answer(page: Page, company: Live, name: str) -> None:
    page.goto(company.url + "/todo")
    page.get_by_role("navigation", name="Lists").get_by_role("link", name="Replies").click()
    card = page.locator("article").filter(has_text=name)
    expect(card).to_contain_text("Avec notre prochain virement")
    expect(card).to_contain_text("promised for")
    card.get_by_role("link", name=name).click()


def _nothing_leaves_by_itself(page: Page, name: str) -> None:
    expect(page.locator("h1")).to_have_text(name)
    expect(page.locator("#customer-next")).to_contain_text("A reply received on")
    expect(page.locator("#waiting-replies")).to_contain_text("this account gets no automatic message")


def _qualify(page: Page, company: Live, name: str) -> None:
    page.goto(company.url + "/replies")
    page.locator("article").filter(has_text=name).get_by_role("link", name="Qualify…").click()
    dialog = page.locator("#status-dialog")
    dialog.get_by_label("Status", exact=True).select_option(label="Promise to pay")
    expect(dialog.get_by_label("Promised for")).to_have_value(PROMISED_ON)
    assert axe_finds(page) == []
    dialog.get_by_role("button", name="Submit and finish").click()
    expect(dialog).to_have_count(0)
    expect(page.locator("#reply-list")).not_to_contain_text(name)


def _see_the_changed_plan(page: Page, company: Live, name: str, number: str) -> None:
    """The items are held until the promised day, and nothing is planned on them meanwhile."""
    page.get_by_role("searchbox").first.fill(name)
    page.get_by_role("searchbox").first.press("Enter")
    page.locator("main").get_by_role("link", name=name).first.click()
    expect(page.locator("h1")).to_have_text(name)
    following = page.locator("#customer-next")
    expect(following).to_contain_text("promised until")
    expect(following).not_to_contain_text("Second reminder")
    expect(page.locator("#waiting-replies")).to_be_empty()
    row = page.locator("#statement tbody tr").filter(has_text=number)
    expect(row).to_contain_text("Promise to pay")
    page.get_by_role("link", name="Timeline").click()
    expect(page.locator("main")).to_contain_text("Avec notre prochain virement")
    page.goto(company.url + "/todo?tab=automatic&due=now&type=email")
    expect(_row(page, name)).to_have_count(0)
