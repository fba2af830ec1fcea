"""What an import does after its rows, in the same run: plans, promises, follow-ups, figures (2.4, 3.7, 11.4)."""

from decimal import Decimal

import pytest
from sqlalchemy import select, update

from dso.db import db
from dso.domain.codes import ActionKind, ActionState, DisputeOutcome, MessageState, ReasonCode, StatusType
from dso.models import Action, Customer, Message, QualificationItem, Scenario, User
from dso.services import actions, disputes, settings
from dso.services.imports import after as steps
from dso.services.imports import befores
from dso.services.statuses import Tagging, qualify
from tests import factories
from tests.factories import NOW, TODAY
from tests.services.agenda import after, at, automatic_plan, go_live, open_of, planned, reason_of, state_of
from tests.services.imports.after_helpers import FRIDAY, MONDAY, THURSDAY, Files, row
from tests.services.imports.helpers import STOCK, customer, item
from tests.services.imports.undo_helpers import dump, take_back


def promise(number: str, by: User, amount: Decimal | None = None, *, follow_up: str = "default") -> None:
    tagging = Tagging(factories.a_status(StatusType.PROMISE), promised_on=MONDAY, amount=amount, follow_up=follow_up)  # type: ignore[arg-type]
    tag(number, tagging, by)


def tag(number: str, tagging: Tagging, by: User) -> None:
    qualify([item(number)], tagging, actor=by, today=TODAY, now=NOW)
    actions.review(item(number).customer.entity, None, today=TODAY, now=NOW)


def kept() -> list[bool | None]:
    query = select(QualificationItem.kept).order_by(QualificationItem.item_id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def follow_up() -> tuple[ActionState, str]:
    """State and explanation of the one specific action."""
    query = select(Action.state, Action.explanation).where(Action.kind == ActionKind.SPECIFIC)
    state, explanation = db.session.execute(query).one()
    return state, explanation


def test_a_file_that_pays_a_promised_item_keeps_the_promise_and_ends_its_follow_up(files: Files, admin: User) -> None:
    promise("F1", admin)
    files.take(row("F1", "0", paid="2026-11-23"), on=MONDAY)
    assert kept() == [True]
    assert follow_up() == (ActionState.DONE, "paid")
    assert (state_of(customer("D1")).promises_kept, state_of(customer("D1")).promises_broken) == (1, 0)


def test_a_file_that_pays_the_promised_part_keeps_the_promise_and_the_rest_is_chased(files: Files, admin: User) -> None:
    promise("F1", admin, Decimal(400))
    files.take(row("F1", "600"), on=MONDAY)
    assert kept() == [True]
    assert follow_up() == (ActionState.CANCELLED, "the promise was kept")


def test_a_file_from_which_a_promised_item_is_absent_keeps_the_promise(files: Files, admin: User) -> None:
    promise("F1", admin)
    files.take(row("F2"), mode=STOCK, on=MONDAY)
    assert kept() == [True]


def test_a_file_after_the_day_of_a_promise_breaks_it_though_it_says_nothing_new_of_it(
    files: Files, admin: User
) -> None:
    promise("F1", admin, follow_up="none")
    files.take(row("F1"), on=THURSDAY)
    assert kept() == [None], "on its day the run of the day judges"
    files.take(row("F1"), on=FRIDAY)
    assert kept() == [False]
    assert item("F1").promise_broken
    assert planned(customer("D1")).leader_id == item("F1").id


def test_a_file_of_customers_has_not_seen_the_ledger_and_breaks_no_promise(files: Files, admin: User) -> None:
    promise("F1", admin)
    files.customers("D1;New name", today=FRIDAY, now=at(FRIDAY))
    assert kept() == [None]


def test_a_promise_broken_by_a_file_is_open_again_when_the_file_is_taken_back(files: Files, admin: User) -> None:
    promise("F1", admin)
    before = dump(files.entity)
    files.take(row("F1"), row("F2"), on=FRIDAY)
    assert kept() == [False]
    take_back(files.entity, today=FRIDAY, now=at(FRIDAY))
    assert (kept(), dump(files.entity)) == ([None], before)


def test_the_follow_up_of_a_dispute_ends_by_itself_when_the_file_pays_its_items(files: Files, admin: User) -> None:
    files.take(row("F1"), row("F2"))
    tagging = Tagging(factories.a_status(StatusType.DISPUTE))
    qualify([item("F1"), item("F2")], tagging, actor=admin, today=TODAY, now=NOW)
    files.take(row("F1", "0"))
    assert follow_up() == (ActionState.PLANNED, "")
    files.take(row("F2", "0"))
    assert follow_up() == (ActionState.DONE, "paid")
    assert item("F2").held_by_id is None
    assert reason_of(customer("D1")) == "no_open_items"


def test_the_credit_a_dispute_waits_for_comes_by_a_file(files: Files, admin: User) -> None:
    factories.a_status(StatusType.DISPUTE_RESOLVED, name="Dispute resolved")
    tag("F1", Tagging(factories.a_status(StatusType.DISPUTE)), admin)
    action = db.session.get_one(Action, item("F1").held_by_id)
    accepted = DisputeOutcome.ACCEPTED
    disputes.close(action, outcome=accepted, amount=Decimal(300), actor=admin, today=TODAY, now=NOW)
    assert item("F1").held_by_id is not None
    files.take("D1;A1;AVO;2026-11-20;2026-11-20;-300;-300;")
    db.session.expire_all()
    assert item("F1").held_by_id is None


def test_the_reminder_that_stands_is_withdrawn_when_the_file_pays_everything(files: Files) -> None:
    standing = planned(customer("D1"))
    files.take(row("F1", "0"))
    assert (open_of(customer("D1")), standing.state) == (None, ActionState.CANCELLED)
    assert reason_of(customer("D1")) == "no_open_items"


def test_a_message_that_waits_is_taken_back_when_the_file_pays_everything(files: Files) -> None:
    go_live(files.entity)
    db.session.execute(update(Customer).values(scenario_id=automatic_plan().id))
    actions.plan_day(files.entity, today=TODAY, now=NOW)
    assert db.session.scalars(select(Message.state)).all() == [MessageState.QUEUED]
    files.take(row("F1", "0"))
    db.session.expire_all()
    assert db.session.scalars(select(Message.state)).all() == [MessageState.CANCELLED]


def test_the_reminder_goes_on_with_the_next_item_when_the_file_pays_the_oldest(files: Files) -> None:
    files.take(row("F1"), row("F2").replace("2026-10-31", "2026-11-01"))
    assert planned(customer("D1")).leader_id == item("F1").id
    files.take(row("F1", "0"))
    assert planned(customer("D1")).leader_id == item("F2").id


def test_the_figures_are_those_of_the_ledger_after_the_file(files: Files) -> None:
    files.take(row("F1", "250"), row("F2"))
    state = state_of(customer("D1"))
    assert (state.receivable, state.overdue, state.open_items) == (Decimal(1250), Decimal(1250), 2)


def test_a_fresh_file_ends_the_wait_of_accounts_it_says_nothing_new_of(files: Files) -> None:
    files.entity.ledger_at = at(after(-20))
    actions.review(files.entity, None, today=TODAY, now=NOW)
    assert reason_of(customer("D1")) == ReasonCode.LEDGER_OLD
    factories.a_customer(code="D2")
    files.take(row("F9", code="D2"))
    assert reason_of(customer("D1")) != ReasonCode.LEDGER_OLD


@pytest.fixture
def defaults(files: Files) -> tuple[int, int]:
    """Scenario and collector of new customers."""
    scenario, collector = factories.a_scenario(name="Gentle"), factories.a_user(email="cora@acme.example")
    said = {"default_scenario": "Gentle", "default_collector": "cora@acme.example", "default_recovery_cost": "on"}
    for name, value in said.items():
        settings.set_value(files.entity, f"collection.{name}", value, actor=None, now=NOW)
    return scenario.id, collector.id


def given(code: str) -> tuple[int | None, int | None, bool]:
    found = customer(code)
    return found.scenario_id, found.collector_id, found.recovery_cost


def test_customers_a_file_of_items_makes_get_the_defaults_and_their_plan_at_once(
    files: Files, defaults: tuple[int, int]
) -> None:
    files.take(row("F9", code="N1"), create_customers=True)
    assert given("N1") == (*defaults, True)
    assert customer("N1").draft
    assert planned(customer("N1")).scenario_id == defaults[0]
    assert state_of(customer("N1")).receivable == Decimal(1000)


def test_customers_of_a_file_get_the_defaults_unless_it_says_more(files: Files, defaults: tuple[int, int]) -> None:
    ben = factories.a_user(email="ben@acme.example")
    files.customers("N1;One;", "N2;Two;ben@acme.example", headers="code;business name;collector")
    assert given("N1") == (*defaults, True)
    assert customer("N2").collector_id == ben.id


def test_known_customers_keep_what_they_have(files: Files, defaults: tuple[int, int]) -> None:
    before = given("D1")
    files.customers("D1;New name")
    assert given("D1") == before != (*defaults, True)


def test_a_default_scenario_that_is_archived_is_given_to_nobody(files: Files, defaults: tuple[int, int]) -> None:
    found = db.session.get_one(Scenario, defaults[0])
    found.archived_at = NOW
    files.customers("N1;One")
    assert given("N1") == (None, defaults[1], True)


@pytest.fixture
def rule(files: Files, monkeypatch: pytest.MonkeyPatch) -> int:
    """An assignment rule that stands among the steps: who is new gets this scenario."""
    strict = factories.a_scenario(name="Strict").id
    table = befores.table_of(Customer)

    def assign(taken: steps.Taken) -> None:
        new = db.session.scalars(befores.made_by(taken.run, table)).all()
        rows = [{"id": each, "scenario_id": strict} for each in new]
        befores.changing(taken.run, table, rows)
        if rows:
            db.session.execute(update(Customer), rows)

    monkeypatch.setattr(steps, "STEPS", (assign, *steps.STEPS))
    return strict


def test_a_rule_among_the_steps_acts_before_the_plan_is_made_for_every_kind_of_file(files: Files, rule: int) -> None:
    files.take(row("F9", code="N1"), create_customers=True)
    files.customers("N2;Two")
    assert (customer("N1").scenario_id, customer("N2").scenario_id) == (rule, rule)
    assert planned(customer("N1")).scenario_id == rule
    assert customer("D1").scenario_id != rule


def test_what_a_rule_did_is_taken_back_with_the_file(files: Files, rule: int) -> None:
    before = dump(files.entity)
    files.take(row("F9", code="N1"), create_customers=True)
    take_back(files.entity)
    assert dump(files.entity) == before
