"""Fixtures of the tests of imports."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from dso.models import Entity
from tests import factories
from tests.services.imports.after_helpers import Files, row
from tests.services.imports.helpers import Importer


@pytest.fixture
def take(session: Session, entity: Entity, tmp_path: Path) -> Importer:
    """Takes files in for an entity with the customers C1 and C2."""
    factories.a_customer(entity=entity, code="C1", payment_term="30 jours")
    factories.a_customer(entity=entity, code="C2")
    return Importer(entity, tmp_path)


@pytest.fixture
def files(session: Session, entity: Entity, tmp_path: Path) -> Files:
    """Takes files in for an entity whose ledger is one late invoice, F1 of D1, that came by a file."""
    found = Files(entity, tmp_path)
    one = factories.a_customer(code="D1", scenario_id=factories.a_scenario().id, language="en")
    factories.a_contact(one)
    found.take(row("F1"))
    return found
