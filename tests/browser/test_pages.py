"""Every page of the staff in a browser, wide and light, narrow and dark: axe finds nothing, nothing is cut off."""

from decimal import Decimal
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.routing import Rule

from dso.db import db
from dso.domain.codes import ActionKind, Channel, EventKind, MessageState, Mode, ReplyKind, Role, StatusType, StepType
from dso.models import Action, BankAccount, Contact, Customer, Entity, Group, Item, Message, Reply
from dso.services import history, links
from dso.services.actions import plan_day
from tests import factories
from tests.browser.conftest import Live, axe_finds
from tests.conftest import NOW, TODAY

pytestmark = [pytest.mark.browser, pytest.mark.slow]
#: Doors that are not the staff's, and the pages of these tests.
ELSEWHERE = ("static", "portal", "portal_files", "questions", "health", "pieces")
#: Names in addresses that stand for no row of the ledger below: links from mails, uploads, kinds of files.
UNNAMED = frozenset(
    "token key filename form kind number code file_id event_id qualification_id field_id run_id upload_id".split()
)
#: Colours and widths every page is looked at in, after one loading.
LOOKS: tuple[tuple[Literal["light", "dark"], int], ...] = (("light", 1400), ("dark", 390))
#: Longer than any column likes.
NAME = "Société Nouvelle d’Exploitation des Établissements Lefèvre & Fils"
#: A code two customers share.
TWINS = "C-2"


@pytest.fixture(scope="module")
def ids(live: Live) -> dict[str, int]:
    """A company with a little of everything: the numbers that addresses name."""
    with live.app.app_context():
        entity = factories.an_entity(name="Ledger of pages")
        found = _settings(entity)
        for _account in range(6):
            found |= _account_of(entity, found)
        plan_day(entity, today=TODAY, now=NOW)
        found |= _post(db.session.get_one(Customer, found["customer_id"]))
        db.session.commit()
    return found


def _settings(entity: Entity) -> dict[str, int]:
    admin = factories.a_user(role=Role.ADMIN, first_name="Camille", last_name="Durand")
    scenario = factories.a_scenario(entity=entity, name="Standard")
    dispute = factories.a_status(StatusType.DISPUTE, name="Price dispute")
    account = BankAccount(entity_id=entity.id, currency="EUR", iban="FR7630006000011234567890189")
    group = Group(entity_id=entity.id, name="North")
    db.session.add_all([account, group])
    db.session.flush()
    return {
        "entity_id": entity.id,
        "user_id": admin.id,
        "scenario_id": scenario.id,
        "step_id": scenario.steps[0].id,
        "status_id": dispute.id,
        "account_id": account.id,
        "group_id": group.id,
    }


def _account_of(entity: Entity, known: dict[str, int]) -> dict[str, int]:
    customer = factories.a_customer(
        entity=entity,
        business_name=NAME,
        collector_id=known["user_id"],
        scenario_id=known["scenario_id"],
        comment="Calls only in the morning.",
    )
    contact: Contact = factories.a_contact(customer)
    for days in (-20, 3, 40, 75, 130):
        factories.an_item(customer, Decimal("12345.67"), days_late=days)
    tagged = {"status_id": known["status_id"], "status_type": StatusType.DISPUTE, "status_comment": "Wrong price."}
    item: Item = factories.an_item(customer, "99.10", currency="USD", days_late=9, **tagged)
    for number in ("one", "two"):
        factories.a_customer(
            entity=entity, business_name=f"Twin {number}", code=TWINS, unique_id=f"{customer.id} {number}"
        )
    return {"customer_id": customer.id, "contact_id": contact.id, "item_id": item.id}


def _post(customer: Customer) -> dict[str, int]:
    """An action, the message it made, a link, and an answer that came by it."""
    whose = {"entity_id": customer.entity_id, "customer_id": customer.id}
    action = Action(
        **whose,
        kind=ActionKind.ONE_OFF,
        type=StepType.PHONE,
        name="Call",
        on=TODAY,
        mode=Mode.MANUAL,
        created_at=NOW,
        updated_at=NOW,
    )
    db.session.add(action)
    db.session.flush()
    message = Message(
        **whose,
        action_id=action.id,
        channel=Channel.EMAIL,
        state=MessageState.WITHHELD,
        recipient="zoe@client.example",
        subject="Your account",
        body_html="<p>Dear customer</p>",
        body_text="Dear customer",
        queued_at=NOW,
    )
    link = links.create(customer, None, "zoe@client.example", now=NOW)
    reply = Reply(**whose, kind=ReplyKind.COMMENT, author="Zoé", email="zoe@client.example", text="Which one?", at=NOW)
    db.session.add_all([message, reply])
    history.record(customer, EventKind.NOTE, "Called back", actor=None, now=NOW)
    db.session.flush()
    return {"action_id": action.id, "message_id": message.id, "link_id": link.id, "reply_id": reply.id}


def _pages(live: Live, ids: dict[str, int]) -> list[str]:
    """The address of every page of the staff that is read."""
    found = []
    with live.app.test_request_context():
        for rule in live.app.url_map.iter_rules():
            mine = rule.endpoint.partition(".")[0] not in ELSEWHERE and "GET" in (rule.methods or ())
            if mine and not rule.arguments & UNNAMED:
                found.append(_address(rule, ids))
    return sorted({*found, "/todo?tab=automatic", "/customers?q=no-such-name", "/search?q=soc"})


def _address(rule: Rule, ids: dict[str, int]) -> str:
    unknown = rule.arguments - ids.keys() - {"code"}
    assert not unknown, f"{rule}: say in this file what {unknown} is"
    built = rule.build({name: str(ids[name]) for name in rule.arguments if name != "code"} | {"code": TWINS})
    assert built
    return built[1]


def test_axe_finds_nothing_on_any_page_and_no_page_is_cut_off(
    live: Live, browser: Browser, ids: dict[str, int]
) -> None:
    context = browser.new_context()
    context.add_cookies([live.cookie_of(ids["user_id"])])  # type: ignore[list-item]
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    seen = 0
    for address in _pages(live, ids):
        answer = context.request.get(live.url + address)
        headers = answer.headers
        # A letter in its frame is shut off from all script, axe included.
        shut = "sandbox" in headers.get("content-security-policy", "")
        if shut or not headers.get("content-type", "").startswith("text/html") or answer.status in (404, 409):
            continue
        seen += 1
        if answer.status >= 500:
            faults.append(f"{address}: answers {answer.status}")
            continue
        page.goto(live.url + address)
        faults += [f"{address}: {fault}" for fault in _looked_at(page)]
    context.close()
    assert faults == []
    assert seen > 30, "pages are missing"


def _looked_at(page: Page) -> list[str]:
    """What is wrong with a page on a wide light screen, and on a narrow dark one; loading decides neither."""
    faults: list[str] = []
    for theme, width in LOOKS:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 900})
        faults += [f"{theme}, {width}: {fault}" for fault in axe_finds(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append(f"wider than a window of {width}")
    return faults
