"""`dso list replies`."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from dso import create_app
from dso.db import db
from dso.domain.codes import ReplyKind, Role
from dso.models import Entity
from dso.services import links, replies
from tests import factories
from tests.cli.conftest import Run
from tests.conftest import NOW, TODAY


@pytest.fixture
def answered(installed: str) -> str:
    """An installation with two customers who answered; gives the code of the first."""
    with create_app().app_context():
        entity = db.session.scalars(select(Entity)).one()
        for n, text in enumerate(("Soon", "Never")):
            customer = factories.a_customer(entity=entity, code=f"C{n}")
            item = factories.an_item(customer, "500", number=f"FC{n}")
            link = links.create(customer, None, "ines@client.example", now=NOW)
            facts = {"promised_on": date(2026, 11, 28), "amount": Decimal(120)} if n == 0 else {}
            replies.receive(
                link,
                kind=ReplyKind.COMMENT if n else ReplyKind.PROMISE,
                items=[item],
                author="Inès",
                email="ines@client.example",
                text=text,
                now=NOW,
                today=TODAY,
                **facts,  # type: ignore[arg-type]
            )
        factories.a_user(email="sam@acme.example", role=Role.SALES)
        factories.a_user(email="gil@acme.example", role=Role.GUEST)
        db.session.commit()
    return "C0"


def test_replies_are_listed_in_the_shape_of_the_specification(dso: Run, answered: str) -> None:
    first, second = dso("list", "replies", "--json").json
    assert {name: value for name, value in first.items() if name != "id"} == {
        "customer": "C0",
        "author": "Inès",
        "email": "ines@client.example",
        "at": NOW.isoformat(),
        "channel": "page",
        "kind": "promise",
        "items": ["FC0"],
        "text": "Soon",
        "promised_on": "2026-11-28",
        "amount": "120.00",
        "state": "new",
    }
    assert (second["customer"], second["promised_on"], second["amount"]) == ("C1", None, None)


def test_replies_of_one_customer_are_listed_alone(dso: Run, answered: str) -> None:
    assert [row["customer"] for row in dso("list", "replies", "--customer", answered, "--json").json] == ["C0"]
    assert dso("list", "replies", "--customer", "C9").code == 1


def test_somebody_sees_the_replies_of_the_own_customers_only(dso: Run, answered: str) -> None:
    assert dso("list", "replies", "--as", "sam@acme.example", "--json").json == []
    assert dso("list", "replies", "--as", "gil@acme.example", "--json").code == 1


def test_for_people_it_is_a_table(dso: Run, answered: str) -> None:
    out = dso("list", "replies").out
    assert "promised_on" in out and "Soon" in out
