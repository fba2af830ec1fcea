"""Rights: every page of every role, every page with somebody else's customer, and what sales may do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from dso.db import db
from dso.domain.codes import (
    ActionKind,
    Channel,
    ColleagueRole,
    EventKind,
    ImportKind,
    Mode,
    ReplyKind,
    Role,
    StatusType,
    StepType,
)
from dso.domain.permissions import ROLES, Capability, can
from dso.http.guard import access_of
from dso.models import (
    Action,
    ActionItem,
    Attachment,
    Customer,
    CustomerColleague,
    Entity,
    Event,
    ImportRun,
    ImportUpload,
    Message,
    Qualification,
    Reply,
    User,
)
from dso.services import api_users, links
from dso.services.settings import set_value
from tests import conftest
from tests.conftest import NOW, TODAY, Client
from tests.factories import a_contact, a_customer, a_scenario, a_status, a_user, an_entity, an_item

Login = Callable[[User], Client]
#: Ways into a page that need no log-in declare it; everything else is asked for in the tests below.
NOT_STAFF = ("static", "portal", "portal_files", "questions", "health")
#: As htmx asks: an error is then a sentence, not a whole page.
SHORT = {"HX-Request": "true"}


def _rules(app: Flask) -> list[Rule]:
    found = (rule for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] not in NOT_STAFF)
    return sorted(found, key=lambda rule: rule.rule)


def _asks(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) & {"GET", "POST"})


def _path(rule: Rule, **values: int) -> str:
    """The address with these values, and with ones nothing has for the rest."""
    made = {name: str(values.get(name, 999_999)) for name in rule.arguments}
    made |= {name: word for name, word in (("token", "x"), ("key", "x"), ("form", "csv")) if name in rule.arguments}
    built = rule.build(made, append_unknown=False)
    assert built is not None, rule
    return built[1]


@contextmanager
def _writes() -> Iterator[list[str]]:
    """The statements that changed something meanwhile."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_every_view_says_who_may_open_it(app: Flask) -> None:
    silent = [rule.endpoint for rule in app.url_map.iter_rules() if access_of(app, rule.endpoint) is None]
    assert silent == []


def test_a_number_longer_than_any_id_is_no_page_of_ours(app: Flask, login: Login, admin: User) -> None:
    client = login(admin)
    for address in ("/messages/", "/replies/", "/customers/", "/actions/", "/files/", "/scenarios/", "/imports/"):
        assert client.get(address + "9" * 26).status_code == 404, address
    for text in ("9" * 26, "²"):
        assert client.post("/entity", data={"entity": text}).status_code == 404
        assert client.get("/items", query_string={"customer": text}).status_code == 200


def test_no_two_views_claim_one_address(app: Flask) -> None:
    claimed: dict[tuple[str, str], str] = {}
    for rule in app.url_map.iter_rules():
        for method in _asks(rule):
            other = claimed.setdefault((rule.rule, method), rule.endpoint)
            assert other == rule.endpoint, f"{rule.rule} belongs to {other} and {rule.endpoint}"


def test_without_log_in_every_page_leads_to_the_log_in(app: Flask, client: Client, entity: Entity) -> None:
    for rule in _rules(app):
        if access_of(app, rule.endpoint):
            for method in _asks(rule):
                with _writes() as changed:
                    answer = client.open(_path(rule), method=method)
                where = (answer.location or "").partition("?")[0]
                assert (answer.status_code, where) == ((401, "") if _of_programs(rule) else (303, "/login")), rule
                assert changed == [], rule


def _of_programs(rule: Rule) -> bool:
    """Whether the address is one of the API, which knows no sessions."""
    return str(rule.endpoint).startswith("api.")


def _secret_of(user: User) -> dict[str, str]:
    """What a program of the user says; that it was there is noted already, so that its next visit writes nothing."""
    made, secret = api_users.make(f"of {user.id}", user, actor=a_user(role=Role.ADMIN), now=NOW)
    made.last_used_at = NOW
    db.session.flush()
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests open a thousand pages for who may; what stands in them is read elsewhere."""
    monkeypatch.setattr(conftest, "check_html", lambda _text: None)


def _try(login: Login, user: User, rule: Rule, access: tuple[Capability, ...], secret: dict[str, str]) -> None:
    """Open a page by all its methods: it opens for who holds one of the rights, else 403 and nothing changes."""
    allowed = any(can(user.role, right, may_import=user.may_import) for right in access)
    for method in _asks(rule):
        # Of what is refused or not found the short form: the long one is a whole page.
        of_staff = {} if allowed and not rule.arguments else SHORT
        headers = secret if _of_programs(rule) else of_staff
        with _writes() as changed:
            answer = login(user).open(_path(rule), method=method, headers=headers)
        told = f"{user.role} {method} {rule}: {answer.status_code}"
        if allowed:
            assert answer.status_code not in (401, 403, 500), told
        else:
            assert answer.status_code == 403, told
            assert changed == [], told


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_it_may_and_nothing_else(app: Flask, login: Login, entity: Entity, role: Role) -> None:
    user = a_user(role=role, may_import=False)
    secret = _secret_of(user)
    for rule in _rules(app):
        if access := access_of(app, rule.endpoint):
            _try(login, user, rule, access, secret)


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize("role", list(Role))
def test_the_tick_opens_the_import_to_roles_that_see_all(app: Flask, login: Login, entity: Entity, role: Role) -> None:
    set_value(None, "security.restrict_roles", "", actor=None, now=NOW)
    user = a_user(role=role, may_import=True)
    secret = _secret_of(user)
    for rule in _rules(app):
        if Capability.DATA_IMPORT in (access := access_of(app, rule.endpoint) or ()):
            if rule.endpoint == "api.feed_users":
                continue  # needs the right to edit users as well: tests/api/test_feeds.py
            _try(login, user, rule, access, secret)


def test_the_table_of_roles_is_the_one_of_the_specification() -> None:
    """8.1, row by row: which of the eight roles hold a right."""
    everybody = list(Role)
    table = {
        Capability.REPORTS_SEE: everybody,
        Capability.CUSTOMERS_SEE: [role for role in everybody if role is not Role.GUEST],
        Capability.ITEMS_TAG: [Role.ADMIN, Role.CREDIT_MANAGER, Role.COLLECTOR, Role.SALES],
        Capability.DISPUTES_CLOSE: [Role.ADMIN, Role.CREDIT_MANAGER, Role.COLLECTOR, Role.SALES_ADMIN, Role.SALES],
        Capability.COLLECTION_WORK: [Role.ADMIN, Role.CREDIT_MANAGER, Role.COLLECTOR],
        Capability.GROUPS_EDIT: [Role.ADMIN, Role.CREDIT_MANAGER, Role.COLLECTOR],
        Capability.RISK_EDIT: [Role.ADMIN, Role.CREDIT_MANAGER],
        Capability.SETTINGS_EDIT: [Role.ADMIN, Role.CREDIT_MANAGER],
        Capability.COMPANY_EDIT: [Role.ADMIN],
        Capability.DATA_IMPORT: [],
    }
    assert table == {right: [role for role in everybody if right in ROLES[role]] for right in Capability}


def _belongings(stranger: Customer, session: Session) -> dict[str, int]:
    """One of everything that hangs on a customer, by the name addresses give it."""
    contact = a_contact(stranger)
    item = an_item(stranger)
    scenario = a_scenario(entity=stranger.entity)
    action = Action(
        entity_id=stranger.entity_id,
        customer_id=stranger.id,
        kind=ActionKind.SPECIFIC,
        type=StepType.EMAIL,
        name="Reminder",
        step_id=scenario.steps[0].id,
        on=TODAY,
        mode=Mode.MANUAL,
        created_at=NOW,
        updated_at=NOW,
        items=[ActionItem(item=item)],
    )
    session.add(action)
    session.flush()
    message = Message(
        entity_id=stranger.entity_id,
        customer_id=stranger.id,
        action_id=action.id,
        channel=Channel.EMAIL,
        recipient=contact.email,
        body_html="<p>Dear customer</p>",
        queued_at=NOW,
    )
    link = links.create(stranger, None, contact.email, now=NOW)
    whose = {"entity_id": stranger.entity_id, "customer_id": stranger.id}
    reply = Reply(**whose, kind=ReplyKind.COMMENT, author="Zoé", email=contact.email, at=NOW)
    note = Event(**whose, kind=EventKind.NOTE, text="Note", at=NOW)
    act = Qualification(**whose, status_id=a_status().id, on=TODAY, created_at=NOW)
    run = ImportRun(
        entity_id=stranger.entity_id,
        kind=ImportKind.ITEMS,
        on=TODAY,
        at=NOW,
        file_name="items.csv",
        sha256="0" * 64,
    )
    upload = ImportUpload(
        entity_id=stranger.entity_id,
        kind=ImportKind.ITEMS,
        file_name="items.csv",
        stored_as="nowhere either",
        created_at=NOW,
    )
    file = Attachment(
        entity_id=stranger.entity_id,
        customer_id=stranger.id,
        name="invoice.pdf",
        content_type="application/pdf",
        size=3,
        stored_as="nowhere",
        sha256="0" * 64,
        created_at=NOW,
    )
    session.add_all([message, reply, note, act, run, upload, file])
    session.flush()
    return {
        "customer_id": stranger.id,
        "contact_id": contact.id,
        "item_id": item.id,
        "action_id": action.id,
        "message_id": message.id,
        "link_id": link.id,
        "reply_id": reply.id,
        "event_id": note.id,
        "file_id": file.id,
        "qualification_id": act.id,
        "run_id": run.id,
        "upload_id": upload.id,
        "number": 0,
        "entity_id": stranger.entity_id,
        "scenario_id": scenario.id,
        "step_id": scenario.steps[0].id,
    }


#: Addresses whose numbers name nothing of a customer or company.
NOT_OF_CUSTOMERS = {"program_id", "status_id", "user_id", "field_id", "group_id", "account_id"}


def _named(rule: Rule) -> set[str]:
    """What of a customer or company an address names."""
    return {name for name in rule.arguments if name.endswith("_id")} - NOT_OF_CUSTOMERS


def _of_strangers(app: Flask) -> list[Rule]:
    return [rule for rule in _rules(app) if _named(rule)]


def test_an_administrator_of_one_company_finds_nothing_of_another(
    app: Flask, login: Login, entity: Entity, session: Session
) -> None:
    boss = a_user(role=Role.ADMIN, entities=[entity], may_import=True)
    owned = _belongings(a_customer(entity=an_entity()), session)
    secret = _secret_of(boss)
    for rule in _of_strangers(app):
        assert _named(rule) <= set(owned), f"{rule}: give the test one of these"
        headers = secret if _of_programs(rule) else SHORT
        for method in _asks(rule):
            with _writes() as changed:
                answer = login(boss).open(_path(rule, **owned), method=method, headers=headers)
            assert answer.status_code == 404, f"{method} {rule}: {answer.status_code}"
            assert changed == [], f"{method} {rule} changed something"


def test_a_salesman_finds_nothing_of_a_customer_he_is_not_linked_to(
    app: Flask, login: Login, entity: Entity, session: Session
) -> None:
    sales = a_user(role=Role.SALES)
    owned = _belongings(a_customer(), session)
    secret = _secret_of(sales)
    for rule in _of_strangers(app):
        if rule.endpoint == "auth.entity":
            continue
        headers = secret if _of_programs(rule) else SHORT
        for method in _asks(rule):
            answer = login(sales).open(_path(rule, **owned), method=method, headers=headers)
            assert answer.status_code in (403, 404), f"{method} {rule}: {answer.status_code}"


def test_the_items_of_a_stranger_cannot_be_slipped_into_a_form(login: Login, entity: Entity, session: Session) -> None:
    sales, collector = a_user(role=Role.SALES), a_user(role=Role.COLLECTOR, entities=[entity])
    stranger = a_customer(entity=an_entity())
    item, status = an_item(stranger), a_status(StatusType.ONGOING)
    data = {"items": str(item.id), "status": str(status.id), "status_id": str(status.id)}
    for user in (sales, collector):
        for path in ("/statuses/qualify", "/statuses/quick-promise", "/statuses/remove"):
            assert login(user).post(path, data=data).status_code in (403, 404), path
    for path in ("/statuses/specific", "/items/clear", "/items/ignore", "/items/reopen", "/items/take-back"):
        assert login(collector).post(path, data=data).status_code in (403, 404), path
    assert item.status_id is None
    assert item.cleared_on is None


def _linked_salesman(customer: Customer) -> User:
    sales = a_user(role=Role.SALES)
    customer.colleagues.append(CustomerColleague(user_id=sales.id, role=ColleagueRole.SALES))
    return sales


def test_sales_read_their_customers_but_do_not_write_to_them(login: Login, entity: Entity, session: Session) -> None:
    customer = a_customer()
    owned = _belongings(customer, session)
    browser = login(_linked_salesman(customer))
    assert browser.get(f"/customers/{customer.id}").status_code == 200
    assert browser.get("/statuses/dialog", query_string={"items": owned["item_id"]}).status_code == 200
    action, message = owned["action_id"], owned["message_id"]
    for path in (f"/actions/{action}/do", f"/customers/{customer.id}/edit"):
        assert browser.get(path).status_code == 403, path
    posts = (
        f"/actions/{action}/send",
        f"/actions/{action}/confirm",
        f"/actions/{action}/skip",
        f"/messages/{message}/send-again",
        f"/customers/{customer.id}/contacts/new",
        "/items/ignore",
        "/items/clear",
        "/statuses/specific",
    )
    data = {"subject": "Hello", "body": "Pay", "items": owned["item_id"]}
    for path in posts:
        assert browser.post(path, data=data).status_code == 403, path
    assert session.get_one(Message, message).subject == ""


def test_a_deputy_finds_what_the_absent_is_linked_to(login: Login, entity: Entity) -> None:
    customer = a_customer()
    sales, deputy = _linked_salesman(customer), a_user(role=Role.SALES)
    assert login(deputy).get(f"/customers/{customer.id}").status_code == 404
    sales.deputy_id = deputy.id
    sales.absent_from, sales.absent_to = TODAY, TODAY + timedelta(days=7)
    assert login(deputy).get(f"/customers/{customer.id}").status_code == 200


def test_collectors_see_all_unless_their_role_is_restricted(login: Login, entity: Entity, admin: User) -> None:
    collector, other = a_user(role=Role.COLLECTOR), a_customer()
    own = a_customer(collector_id=collector.id)
    assert login(collector).get(f"/customers/{other.id}").status_code == 200
    set_value(None, "security.restrict_roles", "sales,collector", actor=admin, now=NOW)
    assert login(collector).get(f"/customers/{other.id}").status_code == 404
    assert login(collector).get(f"/customers/{own.id}").status_code == 200


def test_no_list_total_or_search_shows_a_restricted_person_a_strangers_customer(
    login: Login, entity: Entity, session: Session
) -> None:
    mine, hidden = a_customer(business_name="Mine SA"), a_customer(business_name="Hidden SA", code="HID1")
    an_item(mine, "10", number="MINE1")
    an_item(hidden, "98765.43", number="HIDDEN1")
    browser = login(_linked_salesman(mine))
    for path in ("/customers", "/items", "/search?q=Hidden", "/reports/aging", "/messages", "/reports/aging.csv"):
        text = browser.get(path).get_data(as_text=True)
        assert "Hidden SA" not in text, path
        assert "HIDDEN1" not in text, path
        assert "98" + "765" not in text.replace(",", "").replace("\u202f", "").replace("\xa0", ""), path
    assert session.get(Customer, hidden.id) is not None
