"""What follows a file is done in bulk: as many statements for many touched customers as for few."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import ActionKind, ActionState, MessageState, Mode, StatusType, StepType
from dso.models import Action, Customer, Item, Message, QualificationItem, User
from dso.services import actions
from dso.services.actions import specific
from dso.services.statuses import Tagging, qualify
from tests import factories
from tests.counting import statements
from tests.factories import NOW, TODAY
from tests.services.agenda import a_debtor, after, automatic_plan, go_live, item_of
from tests.services.imports.after_helpers import FRIDAY, MONDAY, Files, row
from tests.services.imports.helpers import Importer

DAYS: dict[str, Any] = {"due_on": date(2026, 10, 31), "issued_on": date(2026, 10, 1)}


def _tagged(some: list[Item], by: User, tagging: Tagging) -> None:
    qualify(some, tagging, actor=by, today=TODAY, now=NOW)


def _crowd(many: int, mark: str, by: User) -> list[str]:
    """Rows that pay what was reminded of, one of two promised items and a dispute; a grace is over by then."""
    promise, dispute = (Tagging(factories.a_status(kind)) for kind in (StatusType.PROMISE, StatusType.DISPUTE))
    promise, plan = replace(promise, promised_on=MONDAY), automatic_plan()
    what: dict[str, Any] = {"type": StepType.TASK, "mode": Mode.MANUAL, "basis": {"release_on": after(5).isoformat()}}
    rows: list[str] = []
    for n in range(many):
        one = a_debtor(plan, code=f"{mark}{n}")
        some = [item_of(one), *(factories.an_item(one, number=f"{mark}{n}-{place}", **DAYS) for place in range(4))]
        _tagged(some[1:3], by, promise)
        _tagged(some[3:4], by, dispute)
        specific.create(some[4:], name="Grace", on=after(5), actor=by, today=TODAY, now=NOW, **what)
        paid = (some[place] for place in (0, 1, 3))
        rows += [
            row(each.number, "0", one.code, "2026-11-23").replace("2026-10-01", f"{each.issued_on}") for each in paid
        ]
    return rows


def _outcome(mark: str) -> tuple[Counter[Any], ...]:
    """What became of promises, follow-ups and messages of the customers whose code begins so."""
    db.session.expire_all()
    mine = select(Customer.id).where(Customer.code.startswith(mark))
    promises = select(QualificationItem.kept).join(Item, Item.id == QualificationItem.item_id)
    ended = select(Action.state).where(Action.kind == ActionKind.SPECIFIC, Action.customer_id.in_(mine))
    messages = select(Message.state).where(Message.customer_id.in_(mine))
    queries = (promises.where(Item.customer_id.in_(mine), Item.promise_until.is_not(None)), ended, messages)
    return tuple(Counter(db.session.scalars(query)) for query in queries)


def test_all_of_it_takes_as_many_statements_for_many_customers_as_for_few(files: Files, admin: User) -> None:
    go_live(files.entity)
    sent = {}
    for mark, many in (("W", 1), ("A", 20), ("B", 100)):
        rows = _crowd(many, mark, admin)
        actions.plan_day(files.entity, today=TODAY, now=NOW)
        db.session.expire_all()
        with statements() as found:
            files.take(*rows, on=FRIDAY)
        sent[many] = len(found)
        assert _outcome(mark) == (
            {True: many, False: many},
            {ActionState.DONE: 2 * many, ActionState.PLANNED: many},
            {MessageState.CANCELLED: many},
        )
    assert sent[20] == sent[100]


def test_the_database_looks_at_its_tables_anew_where_a_tenth_of_all_came_in(take: Importer) -> None:
    """PostgreSQL only: SQLite plans without."""
    once = [True] if db.session.get_bind().dialect.name == "postgresql" else []
    number = iter(range(10_000))

    def looked(count: int) -> list[bool]:
        rows = [f"C1;F{next(number)};FAC;2026-09-01;2026-10-01;100;100" for _ in range(count)]
        with statements() as sent:
            take.items(*rows)
        return [True for each in sent if each.startswith("ANALYZE customers")]

    assert looked(499) == []
    assert looked(5_000) == once
    assert looked(500) == []
