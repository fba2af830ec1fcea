"""A file goes in while somebody else works on its ledger: it counts as the ledger stands, and can be taken back."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from dso.db import db, may_write
from dso.domain.codes import ClearedBy
from dso.domain.errors import Refused
from dso.models import Entity
from dso.services import customers, items
from dso.services.imports.writing import Writing
from tests import factories
from tests.factories import NOW, TODAY
from tests.services.imports.helpers import STOCK, Importer, counts, customer, item, money, reasons
from tests.services.imports.undo_helpers import dump, take_back

F1 = "C1;F1;FAC;2026-09-01;2026-10-01;100.00;100.00"
F2 = "C1;F2;FAC;2026-09-02;2026-10-02;200.00;200.00"


@pytest.fixture
def company(own_app: Flask, tmp_path: Path) -> Flask:
    """A company whose ledger came by a full file."""
    with own_app.app_context():
        factories.a_customer(entity=factories.an_entity(), code="C1")
        _importer(tmp_path).stock(F1, F2)
        db.session.commit()
    return own_app


def _importer(folder: Path) -> Importer:
    return Importer(db.session.scalars(select(Entity)).one(), folder)


def _clear_f1() -> None:
    items.clear([item("F1")], on=TODAY, actor=None, today=TODAY, now=NOW)


def _comment_on_c1() -> None:
    customers.save(customer("C1"), customers.CustomerData({"comment": "call"}), actor=None, today=TODAY, now=NOW)


def _work(app: Flask, by_hand: Callable[[], None], ends: list[str]) -> None:
    """What somebody does by hand, in a transaction of its own; how it ended."""
    with app.app_context():
        try:
            by_hand()
            db.session.commit()
            ends.append("done")
        except Refused as error:
            ends.append(str(error))
        finally:
            db.session.remove()


@contextmanager
def _meanwhile(app: Flask, by_hand: Callable[[], None]) -> Iterator[list[str]]:
    """Within the block somebody begins to work by hand when a file begins to write, and ends when the block ends."""
    ends: list[str] = []
    other = threading.Thread(target=_work, args=(app, by_hand, ends))
    insert_new = Writing.insert_new

    def beginning(self: Writing) -> Any:
        other.start()
        other.join(0.5)
        return insert_new(self)

    with app.app_context(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(Writing, "insert_new", beginning)
        yield ends
        db.session.commit()
        other.join(30)


def test_an_item_cleared_by_hand_while_a_file_goes_in_waits_for_the_file(company: Flask, tmp_path: Path) -> None:
    with company.app_context():
        before = dump(_importer(tmp_path).entity)
    with _meanwhile(company, _clear_f1) as ends:
        _importer(tmp_path).items(F2, mode=STOCK, force=True)
    with company.app_context():
        assert (item("F1").cleared_by, item("F1").cleared_amount) == (ClearedBy.ABSENCE, money("100"))
        assert ends == ["F1 is cleared already."]
        entity = _importer(tmp_path).entity
        take_back(entity)
        assert dump(entity) == before


@pytest.mark.parametrize(("first", "then"), [("no", "100.00"), ("100.00", "no")])
def test_a_customer_edited_while_a_file_goes_in_waits_for_the_file(
    company: Flask, tmp_path: Path, first: str, then: str
) -> None:
    row = F1.removesuffix("100.00")
    with company.app_context():
        _importer(tmp_path).stock(f"{row}{first}", F2)
        db.session.commit()
    with _meanwhile(company, _comment_on_c1) as ends:
        _importer(tmp_path).stock(f"{row}{then}", F2)
    with company.app_context():
        assert ends == ["done"]
        assert (customer("C1").comment, customer("C1").ledger_incomplete) == ("call", then == "no")


@pytest.mark.parametrize("else_nothing", [True, False])
def test_an_item_cleared_by_hand_between_reading_and_writing_is_compared_as_it_is_now(
    company: Flask, tmp_path: Path, else_nothing: bool
) -> None:
    ends: list[str] = []

    def between() -> None:
        db.session.commit()
        if not else_nothing:
            other = threading.Thread(target=_work, args=(company, _clear_f1, ends))
            other.start()
            other.join(30)
        may_write.set(True)

    with company.app_context():
        reading = may_write.set(False)
        try:
            report = _importer(tmp_path).stock(F1, F2, begin_writing=between)
        finally:
            may_write.reset(reading)
        db.session.commit()
        assert counts(report) == ({"unchanged": 2} if else_nothing else {"reopened": 1, "unchanged": 1})
        assert ends == ([] if else_nothing else ["done"])
        assert item("F1").remaining == money("100")


def _done(_work: object) -> None:
    """What somebody else did is to be seen."""
    db.session.commit()


def test_rows_of_a_customer_whose_file_is_taken_back_while_they_are_read_are_rejected(take: Importer) -> None:
    take.items(F1)
    take.customers("N1;Newcomer")
    row = "N1;G1;FAC;2026-09-01;2026-10-01;50;50"
    report = take.items(F1, row, begin_writing=lambda: _done(take_back(take.entity)))
    assert reasons(report) == ["3: there is no customer with the code N1"]
    assert (counts(report), report.receivable_after) == ({"unchanged": 1, "rejected": 1}, money("100"))


def test_rows_of_a_customer_who_comes_in_while_they_are_read_go_in(take: Importer, tmp_path_factory: Any) -> None:
    row, other = "N1;G1;FAC;2026-09-01;2026-10-01;50;50", Importer(take.entity, tmp_path_factory.mktemp("other"))
    report = take.items(row, begin_writing=lambda: _done(other.customers("N1;Newcomer")))
    assert counts(report) == {"new": 1}
    assert item("G1").customer.code == "N1"


def test_an_item_goes_under_the_pilot_its_customer_got_while_the_file_was_read(take: Importer) -> None:
    headers = "customer;number;type;issue date;due date;amount;remaining;unique_id"
    take.items(f"{F1};u1", headers=headers)

    def meanwhile() -> None:
        customer("C2").collected_by_id = factories.a_customer(entity=take.entity, code="P1").id
        db.session.commit()

    take.items(f"{F1.replace('C1', 'C2')};u1", headers=headers, begin_writing=meanwhile)
    assert (item("F1").customer.code, item("F1").account_id) == ("C2", customer("P1").id)


def test_a_file_of_which_a_row_would_get_lost_is_refused(take: Importer, monkeypatch: pytest.MonkeyPatch) -> None:
    insert_new = Writing.insert_new

    def meanwhile(self: Writing) -> Any:
        db.session.execute(delete(self._stage.rows).where(self._rows.number == "F2"))
        return insert_new(self)

    monkeypatch.setattr(Writing, "insert_new", meanwhile)
    with pytest.raises(Refused, match="1 of 2 new items"):
        take.items(F1, F2)
