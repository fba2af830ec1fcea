"""What the OpenAPI document promises, held against the application by schemathesis: no 500, no undocumented answer."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.db import db
from dso.domain.codes import Channel, ReplyKind, StatusType
from dso.models import Action, Customer, Entity, Message, Status, User
from dso.services import links, replies, tagging
from tests import factories
from tests.api.conftest import Program, said
from tests.conftest import NOW, TODAY
from tests.databases import SERVER
from tests.services.agenda import run

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
#: Requests of each kind tried on each operation; a server refuses more (letters it cannot keep, numbers too large).
TRIES = 8 if SERVER else 4
TRIED = settings(
    max_examples=TRIES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@schemathesis.serializer("text/csv")
def csv_body(_context: Any, value: Any) -> Any:
    """The body of a CSV endpoint as it is."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@pytest.fixture
def ledger(entity: Entity, admin: User, session: Session) -> dict[str, int]:
    """One of everything, and its ids by the names addresses give them."""
    customer = factories.a_customer(code="C1", scenario_id=factories.a_scenario().id, penalties=True)
    contact = factories.a_contact(customer)
    items = [factories.an_item(customer, number=f"F{n}") for n in range(3)]
    status = factories.a_status(StatusType.DISPUTE)
    words = tagging.Said(["F1"], status.name, comment="Broken")
    tagging.tag(customer, words, actor=admin, today=TODAY, now=NOW)
    run(entity)
    link = links.create(customer, None, contact.email, now=NOW)
    answered: dict[str, Any] = {"text": "Soon", "author": "Zoé", "email": contact.email, "today": TODAY, "now": NOW}
    reply = replies.receive(link, items=items[2:], kind=ReplyKind.COMMENT, **answered)
    action = session.query(Action).order_by(Action.id).first()
    assert action
    message = _message(customer, action)
    named = {"customer_id": customer.id, "item_id": items[0].id, "action_id": action.id}
    return {**named, "message_id": message.id, "reply_id": reply.id}


def _message(customer: Customer, action: Action) -> Message:
    message = Message(
        entity_id=customer.entity_id,
        customer_id=customer.id,
        action_id=action.id,
        channel=Channel.EMAIL,
        recipient="zoe@client.example",
        queued_at=NOW,
    )
    db.session.add(message)
    db.session.flush()
    return message


Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


@pytest.fixture
def api(app: Flask, program: Program, ledger: dict[str, int]) -> Any:
    """The document as schemathesis reads it, over the application in the transaction of the test."""

    def fresh(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        with app.app_context():
            return app(environ, start)

    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", fresh)


def operations(api: Any) -> Iterator[Any]:
    for found in api.get_all_operations():
        yield found.ok()


#: What a row needs to be one, and an act of tagging; what else it says is made up.
ROWS: dict[str, dict[str, str]] = {
    "/api/v1/customers": {"code": "C1", "business_name": "Garnier SAS"},
    "/api/v1/contacts": {"customer": "C1", "last_name": "Hébert"},
    "/api/v1/items": {
        "customer": "C1", "number": "G1", "type": "FAC", "erp_type": "FAC", "issued_on": "2026-10-01",
        "due_on": "2026-10-31", "amount": "5.00",
    },
}  # fmt: skip
FILES = {
    "/api/clients": "client_code;client_business_name\nC1;Garnier SAS\n",
    "/api/items": "client_code;item_number;item_date_issue;item_date_due;item_amount_initial_inc_tax\n"
    "C1;G1;2026-10-01;2026-10-31;5.00\n",
    "/api/contacts": "client_code;last_name\nC1;Weber\n",
    "/api/users": "email;last_name;role\nzoe@acme.example;Weber;collector\n",
}


def aimed(case: Any, entity: Entity) -> Any:
    """The case, with the company and the customer there are in place of made-up ones: else all ends at their doors."""
    for part in (case.query, case.body):
        if isinstance(part, dict):
            for name, value in (("entity", entity.name), ("customer", "C1")):
                if isinstance(part.get(name), str):
                    part[name] = value
    return case


def whole(case: Any) -> Any:
    """The case, with all that its rows need: else whatever is written ends at the first thing missing."""
    for row in case.body["rows"] if case.path in ROWS and case.method == "POST" else []:
        row.update(ROWS[case.path])
    if case.path == "/api/v1/qualifications" and case.method == "POST":
        case.body |= {"items": ["F2"], "status": db.session.scalars(select(Status.name)).first()}
    return case


def answers_of(operation: Any, mode: GenerationMode, headers: dict[str, str], entity: Entity) -> set[int]:
    """Try an operation with values that fit its description, or with some that do not."""
    seen: set[int] = set()

    @TRIED
    @given(case=operation.as_strategy(generation_mode=mode))
    def attempt(case: Any) -> None:
        case = whole(case) if mode is GenerationMode.POSITIVE else case
        answer = aimed(case, entity).call(headers=headers)
        seen.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    attempt()
    return seen


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_whatever_is_asked_is_answered_as_the_document_says(
    api: Any, program: Program, entity: Entity, mode: GenerationMode
) -> None:
    seen = {each.label: answers_of(each, mode, program.bearer, entity) for each in operations(api)}
    assert len(seen) >= 20
    reached = {label for label, statuses in seen.items() if statuses & {200, 207}}
    listed = {label for label in seen if "/v1/" in label and "{" not in label}
    assert mode is GenerationMode.NEGATIVE or reached >= listed


def test_a_file_taken_in_is_answered_in_the_shape_the_document_says(api: Any, program: Program) -> None:
    fed = [each for each in operations(api) if each.path in FILES]
    assert len(fed) == len(FILES)
    for operation in fed:
        case = operation.Case(body=FILES[operation.path], media_type="text/csv")
        answer = case.call(headers=program.bearer)
        assert answer.status_code == 200, (operation.label, answer.text)
        case.validate_response(answer, checks=CHECKS)


def test_what_is_there_has_the_shape_the_document_says(api: Any, program: Program, ledger: dict[str, int]) -> None:
    read = [each for each in operations(api) if each.method == "get"]
    assert len(read) >= 13
    for operation in read:
        ids = {name: ledger[name] for name in ledger if f"{{{name}}}" in operation.path}
        case = operation.Case(path_parameters=ids)
        answer = case.call(headers=program.bearer)
        assert answer.status_code == 200, operation.label
        case.validate_response(answer, checks=CHECKS)
        rows = answer.json().get("rows", True)
        assert rows, f"{operation.label} is empty: give the ledger one"


def test_every_operation_asks_for_a_secret_and_names_every_error_it_may_answer(program: Program) -> None:
    of_what_was_sent = {"409", "413", "415"}
    paths = said(program.client.get("/api/v1/openapi.json"))["paths"]
    for path, methods in paths.items():
        for method, operation in methods.items():
            assert operation["security"] == [{"bearer": []}, {"basic": []}], (path, method)
            answers = set(operation["responses"])
            assert {"200", "400", "401", "403", "404", "422", "429", "503"} <= answers
            assert answers & of_what_was_sent == (of_what_was_sent if method == "post" else set())


def test_the_document_names_every_view_of_the_api(app: Flask, program: Program) -> None:
    paths = said(program.client.get("/api/v1/openapi.json"))["paths"]
    described = {operation["operationId"] for methods in paths.values() for operation in methods.values()}
    views = {rule.endpoint.partition(".")[2] for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")}
    assert views - described == {"document"}
