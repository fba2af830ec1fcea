"""Notes on the timeline."""

import pytest
from sqlalchemy.orm import Session

from dso.domain.errors import Refused
from dso.models import Entity, User
from dso.queries.customers.timeline import timeline
from dso.services import notes
from tests.factories import NOW, a_customer


def test_a_note_is_kept_as_written_and_pinned_ones_come_first(session: Session, entity: Entity, admin: User) -> None:
    customer = a_customer()
    first = notes.add(customer, " 50 %(off)s <b>!  ", actor=admin, now=NOW)
    notes.add(customer, "second", actor=admin, now=NOW)
    notes.pin(first, True)
    found = timeline(customer)
    assert [entry.text for entry in found.entries] == ["second", "50 %(off)s <b>!"]
    assert [entry.text for entry in found.pinned] == ["50 %(off)s <b>!"]
    assert found.entries[0].by == admin.full_name


def test_an_empty_note_is_refused(entity: Entity, admin: User) -> None:
    with pytest.raises(Refused, match="empty"):
        notes.add(a_customer(), "  ", actor=admin, now=NOW)
