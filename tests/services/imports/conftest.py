"""Fixtures of the tests of imports."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from dso.models import Entity
from tests import factories
from tests.services.imports.helpers import Importer


@pytest.fixture
def take(session: Session, entity: Entity, tmp_path: Path) -> Importer:
    """Takes files in for an entity with the customers C1 and C2."""
    factories.a_customer(entity=entity, code="C1", payment_term="30 jours")
    factories.a_customer(entity=entity, code="C2")
    return Importer(entity, tmp_path)
