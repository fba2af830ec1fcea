"""The To-do list: tabs, filters, counters, order."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from dso.db import db
from dso.domain.codes import ActionKind, ActionState, Mode, ReplyKind, Role, StepType
from dso.models import Action, Customer, CustomerColleague, CustomerState, Entity, Group, Reply, User
from dso.queries.todo import AUTOMATIC, DONE, MANUAL, Counter, TodoFilter, counters, todo
from tests import factories
from tests.factories import NOW, TODAY

ALL = TodoFilter()


def an_action(customer: Customer, **values: Any) -> Action:
    defaults: dict[str, Any] = {
        "entity_id": customer.entity_id,
        "customer_id": customer.id,
        "kind": ActionKind.SPECIFIC,
        "type": StepType.PHONE,
        "name": "Call",
        "on": TODAY,
        "mode": Mode.MANUAL,
        "created_at": NOW,
        "updated_at": NOW,
    }
    action = Action(**{**defaults, **values})
    db.session.add(action)
    db.session.flush()
    return action


def a_state(customer: Customer, overdue: str, **values: Any) -> None:
    amount = Decimal(overdue)
    db.session.add(
        CustomerState(
            customer_id=customer.id, entity_id=customer.entity_id, overdue=amount, receivable=amount, **values
        )
    )
    db.session.flush()


def ids(user: User, entity: Entity, tab: str, wanted: TodoFilter = ALL, **more: Any) -> list[int]:
    return [row.id for row in todo(user, entity, tab, wanted, today=TODAY, **more).rows]


def test_actions_stand_on_the_tab_of_their_mode_and_ended_ones_on_done(entity: Entity, admin: User) -> None:
    customer = factories.a_customer()
    manual = an_action(customer)
    to_confirm = an_action(customer, mode=Mode.CONFIRM)
    automatic = an_action(customer, mode=Mode.AUTOMATIC, on=TODAY + timedelta(days=1))
    done = an_action(customer, state=ActionState.DONE, done_at=NOW)
    assert ids(admin, entity, MANUAL) == [manual.id]
    assert ids(admin, entity, AUTOMATIC) == [to_confirm.id, automatic.id]
    assert ids(admin, entity, DONE) == [done.id]


def test_the_default_order_is_by_date_then_overdue_amount(entity: Entity, admin: User) -> None:
    small, large = factories.a_customer(), factories.a_customer()
    a_state(small, "10")
    a_state(large, "20")
    later = an_action(large, on=TODAY + timedelta(days=1))
    second, first = an_action(small), an_action(large)
    assert ids(admin, entity, MANUAL) == [first.id, second.id, later.id]


@pytest.mark.parametrize(("sort", "order"), [("overdue", [0, 1]), ("-overdue", [1, 0]), ("nonsense", [1, 0])])
def test_any_column_sorts_both_ways_and_an_unknown_one_does_nothing(
    entity: Entity, admin: User, sort: str, order: list[int]
) -> None:
    customers = [factories.a_customer(), factories.a_customer()]
    actions = []
    for customer, overdue in zip(customers, ("10", "20"), strict=True):
        a_state(customer, overdue)
        actions.append(an_action(customer))
    assert ids(admin, entity, MANUAL, sort=sort) == [actions[n].id for n in order]


def test_counters_tell_planned_and_due_and_follow_the_filters(entity: Entity, admin: User) -> None:
    mine, other = factories.a_customer(collector_id=admin.id), factories.a_customer()
    an_action(mine)
    an_action(mine, on=TODAY + timedelta(days=3))
    an_action(other, mode=Mode.AUTOMATIC)
    db.session.add(
        Reply(
            entity_id=entity.id, customer_id=other.id, kind=ReplyKind.COMMENT, author="Z", email="z@c.example", at=NOW
        )
    )
    found = counters(admin, entity, ALL, today=TODAY)
    assert (found.manual, found.automatic, found.replies) == (Counter(2, 1), Counter(1, 1), 1)
    found = counters(admin, entity, TodoFilter(collector=admin.id), today=TODAY)
    assert (found.manual, found.automatic, found.replies) == (Counter(2, 1), Counter(0, 0), 0)


def test_each_filter_narrows(session: Session, entity: Entity, admin: User) -> None:
    scenario = factories.a_scenario()
    group = Group(entity_id=entity.id, name="Nord")
    one = factories.a_customer(business_name="50%_Off", country="DE", scenario_id=scenario.id, groups=[group])
    other = factories.a_customer()
    session.add(CustomerColleague(customer_id=one.id, user_id=admin.id))
    a_state(one, "500")
    a_state(other, "5")
    status = factories.a_status()
    factories.an_item(one, status_id=status.id, status_type=status.type)
    wanted = an_action(one, type=StepType.EMAIL, on=TODAY - timedelta(days=2))
    an_action(other, on=TODAY + timedelta(days=9), kind=ActionKind.ONE_OFF)
    for narrowed in (
        TodoFilter(country="DE"),
        TodoFilter(scenario=scenario.id),
        TodoFilter(group=group.id),
        TodoFilter(colleague=admin.id),
        TodoFilter(status=status.id),
        TodoFilter(overdue_from=Decimal(100)),
        TodoFilter(type=StepType.EMAIL),
        TodoFilter(kind=ActionKind.SPECIFIC),
        TodoFilter(due="late"),
        TodoFilter(due="now"),
        TodoFilter(date_to=TODAY),
        TodoFilter(text="50%_o"),
    ):
        assert ids(admin, entity, MANUAL, narrowed) == [wanted.id], narrowed
    assert ids(admin, entity, MANUAL, replace(ALL, text="%")) == [wanted.id]


def test_a_restricted_role_sees_the_actions_of_linked_customers_only(entity: Entity) -> None:
    sales = factories.a_user(role=Role.SALES)
    an_action(factories.a_customer())
    mine = an_action(factories.a_customer(collector_id=sales.id))
    assert ids(sales, entity, MANUAL) == [mine.id]
    assert counters(sales, entity, ALL, today=TODAY).manual.planned == 1


def test_another_entity_s_actions_are_never_seen(entity: Entity, admin: User) -> None:
    an_action(factories.a_customer(entity=factories.an_entity()))
    assert ids(admin, entity, MANUAL) == []


def test_the_number_of_statements_does_not_grow_with_the_rows(session: Session, entity: Entity, admin: User) -> None:
    def statements() -> int:
        seen: list[str] = []
        session.flush()

        def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        connection = session.connection()
        event.listen(connection, "before_cursor_execute", note)
        todo(admin, entity, MANUAL, ALL, today=TODAY)
        event.remove(connection, "before_cursor_execute", note)
        return len(seen)

    for _ in range(2):
        an_action(factories.a_customer())
    statements()  # settings are read once
    few = statements()
    for _ in range(20):
        an_action(factories.a_customer())
    assert statements() == few
