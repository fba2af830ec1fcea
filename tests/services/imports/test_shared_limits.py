"""Limits and guarantees are the legal entity's: what a file changes on one account it changes on all (chapter 7)."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from dso.db import db
from dso.domain.imports.mapping import FileMapping, Policy
from dso.models import Customer, Entity, Event
from tests import factories
from tests.services.imports.helpers import Importer, counts, customer
from tests.services.imports.undo_helpers import dump, take_back

HEADERS = "code;business name;legal_id;credit_limit;insurer_reference"
LIMITS = "code;business name;credit_limit"


@pytest.fixture
def group(take: Importer) -> Importer:
    """C1, C2 and C3 are accounts of the legal entity L with a limit of 100; C4 is one of M."""
    for code, legal_id in (("C3", "L"), ("C4", "M")):
        factories.a_customer(entity=take.entity, code=code, legal_id=legal_id)
    for code in ("C1", "C2", "C3", "C4"):
        customer(code).legal_id = customer(code).legal_id or "L"
        customer(code).business_name, customer(code).credit_limit = "Acme", Decimal(100)
    db.session.flush()
    return take


def _limits(entity: Entity) -> dict[str, Decimal | None]:
    query = select(Customer.code, Customer.credit_limit).where(Customer.entity_id == entity.id)
    return dict(db.session.execute(query.order_by(Customer.code)).all())


def test_a_limit_a_file_changes_on_one_account_is_changed_on_all(group: Importer) -> None:
    other = factories.an_entity()
    factories.a_customer(entity=other, code="X", legal_id="L", credit_limit=Decimal(7))
    assert counts(group.customers("C1;Acme;300", headers=LIMITS)) == {"changed": 1}
    assert _limits(group.entity) == {"C1": 300, "C2": 300, "C3": 300, "C4": 100}
    assert _limits(other) == {"X": 7}
    assert counts(group.customers("C1;Acme;300", "C2;Acme;", headers=LIMITS)) == {"unchanged": 2}


def test_an_account_whose_limit_follows_says_so_on_its_timeline(group: Importer) -> None:
    report = group.customers("C1;Acme;300", headers=LIMITS)
    event = db.session.scalars(select(Event).where(Event.customer_id == customer("C2").id)).one()
    assert event.text % event.data["params"] == "Changed by the import of file.csv: credit_limit"
    assert event.data["changes"] == {"credit_limit": ["100.0000", "300.0000"]}
    assert event.data["import_run_id"] == report.run_id


def test_limits_that_followed_go_back_when_the_import_is_taken_back(group: Importer) -> None:
    before = dump(group.entity)
    group.customers("C1;Acme;300", "N;New;5", headers=LIMITS)
    take_back(group.entity)
    assert dump(group.entity) == before


def test_of_two_limits_for_one_legal_entity_the_later_one_counts_for_all(group: Importer) -> None:
    rows = ("C1;Acme;L;200;", "N;New;L;250,00;", "C2;Acme;L;;R1", "C4;Acme;M;100;")
    report = group.customers(*rows, headers=HEADERS)
    assert counts(report) == {"new": 1, "changed": 2, "unchanged": 1}
    assert [f"{each.line} {each.column} {each.value}: {each}" for each in report.remark_rows] == [
        "2 credit_limit 200.00: the accounts of a legal entity share this: line 3 counts"
    ]
    assert _limits(group.entity) == {"C1": 250, "C2": 250, "C3": 250, "C4": 100, "N": 250}
    assert {customer(code).insurer_reference for code in ("C1", "C2", "C3", "N")} == {"R1"}
    assert counts(group.customers(*rows, headers=HEADERS)) == {"unchanged": 4}


def test_a_row_that_is_rejected_counts_for_no_other(group: Importer) -> None:
    assert counts(group.customers("C1;Acme;200", "C2;;300", headers=LIMITS)) == {"changed": 1, "rejected": 1}
    assert _limits(group.entity) == {"C1": 200, "C2": 200, "C3": 200, "C4": 100}


def test_an_empty_cell_that_clears_gives_way_to_the_limit_of_another_account(group: Importer) -> None:
    columns = {"code": "code", "business name": "business_name", "credit_limit": "credit_limit"}
    mapping = FileMapping(columns=columns, empty_clears=True)
    rows = ("C1;Acme;200", "C2;Acme;")
    group.customers(*rows, headers=LIMITS, mapping=mapping)
    assert _limits(group.entity) == {"C1": 200, "C2": 200, "C3": 200, "C4": 100}
    assert counts(group.customers(*rows, headers=LIMITS, mapping=mapping)) == {"unchanged": 2}
    group.customers("C1;Acme;", headers=LIMITS, mapping=mapping)
    assert _limits(group.entity) == {"C1": None, "C2": None, "C3": None, "C4": 100}


@pytest.mark.parametrize(("policy", "others"), [(Policy.NEVER, 100), (Policy.IF_EMPTY, 100), (Policy.ALWAYS, 300)])
def test_the_limits_of_known_accounts_follow_a_new_one_by_the_policy(
    group: Importer, policy: Policy, others: int
) -> None:
    columns = {"code": "code", "business name": "business_name", "legal_id": "legal_id", "credit_limit": "credit_limit"}
    mapping = FileMapping(columns=columns, policies={"credit_limit": policy})
    group.customers("N;New;L;300;", headers=HEADERS, mapping=mapping)
    assert _limits(group.entity) == {"C1": others, "C2": others, "C3": others, "C4": 100, "N": 300}
