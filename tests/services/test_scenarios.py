"""Scenarios made, changed, copied, exported and taken in, and given to customers (3.2)."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from dso.db import db
from dso.domain.codes import Mode, StepType
from dso.domain.errors import Refused
from dso.domain.scenario_files import StepFile
from dso.models import ConsumedStep, Customer, Entity, Event, Scenario, User
from dso.paths import SHIPPED
from dso.queries import scenarios as queries
from dso.services import actions, scenarios
from tests.domain.test_scenario_files import SHORT
from tests.factories import NOW, TODAY, a_customer, an_item
from tests.services.agenda import a_debtor, after, at, item_of, open_of, planned, reason_of, run

WHEN: dict[str, Any] = {"today": TODAY, "now": NOW}


def imported(entity: Entity, data: dict[str, Any]) -> Scenario:
    return scenarios.import_file(entity, data, **WHEN)[0]


def names(scenario: Scenario) -> list[str]:
    return [step.name for step in queries.steps_of(scenario)]


@pytest.mark.parametrize("path", sorted((SHIPPED / "scenarios").glob("*.json")), ids=lambda path: path.stem)
def test_every_shipped_scenario_comes_out_as_it_went_in(entity: Entity, path: Any) -> None:
    first = scenarios.export(imported(entity, json.loads(path.read_text("utf-8"))))
    again = scenarios.export(imported(entity, {**first, "name": "Copy"}))
    assert again == {**first, "name": "Copy"}


def test_the_shipped_scenarios_are_loaded_once(entity: Entity) -> None:
    made = scenarios.load_shipped(entity, now=NOW)
    assert {scenario.name for scenario in made} >= {"Standard", "No automatic collection"}
    assert scenarios.load_shipped(entity, now=NOW) == []


def test_a_file_of_a_known_name_changes_that_scenario_and_keeps_its_steps(entity: Entity) -> None:
    before = imported(entity, SHORT)
    first = queries.steps_of(before)[0].id
    edited = {
        **SHORT,
        "steps": [{**SHORT["steps"][0], "after_due": 9}, {"name": "New", "type": "task", "after_due": 12}],
    }
    after_, known = scenarios.import_file(entity, edited, **WHEN)
    assert known
    assert after_.id == before.id
    assert names(after_) == ["First reminder", "New"]
    assert (queries.steps_of(after_)[0].id, queries.steps_of(after_)[0].after_due) == (first, 9)


def test_a_step_that_was_done_is_archived_when_a_file_leaves_it_out(entity: Entity, admin: User) -> None:
    scenario = imported(entity, SHORT)
    customer = a_debtor(scenario)
    run(entity)  # test mode: the first reminder counts as sent
    only_call = {**SHORT, "steps": SHORT["steps"][1:]}
    imported(entity, only_call)
    assert names(scenario) == ["Call"]
    archived = [step for step in scenario.steps if step.archived_at]
    assert [step.name for step in archived] == ["First reminder"]
    assert db.session.scalars(select(ConsumedStep)).one().step_id == archived[0].id
    assert planned(customer).name == "Call"


def test_an_unknown_hashtag_is_named(entity: Entity) -> None:
    wrong = {**SHORT, "steps": [{**SHORT["steps"][0], "templates": {"en": {"subject": "#invoice_number", "body": ""}}}]}
    with pytest.raises(Refused, match="#invoice_number"):
        imported(entity, wrong)


def test_texts_are_cleaned_when_they_come_in(entity: Entity) -> None:
    body = "<p>Dear #contact_name</p><script>alert(1)</script>"
    step = {**SHORT["steps"][0], "templates": {"en": {"subject": "Hello\nBcc: x", "body": body}}}
    text = queries.steps_of(imported(entity, {**SHORT, "steps": [step]}))[0].templates[0]
    assert "script" not in text.body
    assert "\n" not in text.subject


def test_giving_another_scenario_replaces_the_plan_at_once(entity: Entity, admin: User) -> None:
    customer = a_debtor()
    run(entity)
    before = planned(customer)
    actions.redate(before, after(5), actor=admin, **WHEN)
    count = scenarios.assign(entity, imported(entity, SHORT), [customer.id], actor=admin, **WHEN)
    assert count == 1
    assert (planned(customer).id, planned(customer).name) == (before.id, "First reminder")
    assert (planned(customer).on, planned(customer).user_dated) == (TODAY, False)
    entry = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert entry is not None and entry.text % entry.data["params"] == "Scenario: Short"


def test_all_customers_of_the_entity_get_a_scenario_but_archived_ones(entity: Entity, admin: User) -> None:
    first, gone = a_customer(), a_customer(archived_at=NOW)
    scenario = imported(entity, SHORT)
    assert scenarios.assign(entity, scenario, None, actor=admin, **WHEN) == 1
    assert scenarios.assign(entity, scenario, None, actor=admin, **WHEN) == 1
    db.session.refresh(first)
    assert (first.scenario_id, gone.scenario_id) == (scenario.id, None)


def test_taking_the_scenario_away_withdraws_the_plan(entity: Entity, admin: User) -> None:
    customer = a_debtor()
    run(entity)
    scenarios.assign(entity, None, [customer.id], actor=admin, **WHEN)
    assert (open_of(customer), reason_of(customer)) == (None, "no_scenario")


def test_a_library_is_given_to_nobody(entity: Entity, admin: User) -> None:
    library = imported(entity, {"name": "Texts", "library": True})
    with pytest.raises(Refused, match="cannot be given"):
        scenarios.assign(entity, library, None, actor=admin, **WHEN)


def test_an_empty_scenario_is_a_valid_choice(entity: Entity) -> None:
    customer = a_customer(scenario_id=imported(entity, {"name": "Never", "steps": []}).id)
    an_item(customer)
    run(entity)
    assert reason_of(customer) == "scenario_empty"


def test_two_scenarios_cannot_have_one_name(entity: Entity) -> None:
    scenario = imported(entity, SHORT)
    with pytest.raises(Refused, match="already a scenario"):
        scenarios.create(entity, "short", now=NOW)
    other = scenarios.create(entity, "Other", now=NOW)
    with pytest.raises(Refused, match="already a scenario"):
        scenarios.rename(entity, other, "SHORT")
    scenarios.rename(entity, scenario, "Shorter")
    assert scenario.name == "Shorter"


def test_a_copy_has_the_same_plan_and_texts(entity: Entity) -> None:
    scenario = imported(entity, SHORT)
    copy = scenarios.duplicate(entity, scenario, "Copy", now=NOW)
    assert scenarios.export(copy) == {**scenarios.export(scenario), "name": "Copy"}


def test_a_scenario_customers_have_is_not_taken_out_of_use(entity: Entity) -> None:
    scenario = imported(entity, SHORT)
    a_customer(scenario_id=scenario.id)
    with pytest.raises(Refused, match="still have the scenario"):
        scenarios.archive(entity, scenario, now=NOW)


def test_an_unused_scenario_is_deleted_a_used_one_archived(entity: Entity, admin: User) -> None:
    unused, used = imported(entity, SHORT), imported(entity, {**SHORT, "name": "Used"})
    customer = a_debtor(used)
    run(entity)
    scenarios.assign(entity, None, [customer.id], actor=admin, **WHEN)
    for scenario in (unused, used):
        scenarios.archive(entity, scenario, now=NOW)
    assert db.session.scalars(select(Scenario.name).where(Scenario.id == unused.id)).all() == []
    assert used.archived_at == NOW


def test_an_edited_step_moves_open_actions_at_once(entity: Entity) -> None:
    scenario = imported(entity, {"name": "S", "steps": [{"name": "One", "type": "task", "after_due": 30}]})
    customer = a_debtor(scenario)
    run(entity)
    assert planned(customer).on == after(10)
    step = queries.steps_of(scenario)[0]
    later = StepFile("One", StepType.TASK, Mode.MANUAL, after_due=40)
    scenarios.save_step(entity, scenario, step, later, **WHEN)
    assert planned(customer).on == after(20)


def test_an_edited_mode_holds_for_the_open_action(entity: Entity) -> None:
    scenario = imported(entity, {"name": "S", "steps": [{"name": "One", "type": "email", "after_due": 3}]})
    customer = a_debtor(scenario)
    run(entity)
    assert planned(customer).mode is Mode.CONFIRM
    step = queries.steps_of(scenario)[0]
    by_hand = StepFile("One, by hand", StepType.EMAIL, Mode.MANUAL, after_due=3)
    scenarios.save_step(entity, scenario, step, by_hand, **WHEN)
    assert (planned(customer).mode, planned(customer).name) == (Mode.MANUAL, "One, by hand")


def test_steps_are_added_moved_and_removed(entity: Entity) -> None:
    scenario = imported(entity, SHORT)
    task = scenarios.save_step(
        entity, scenario, None, StepFile("Think", StepType.TASK, Mode.MANUAL, after_due=1), **WHEN
    )
    first, call = queries.steps_of(scenario)[:2]
    scenarios.reorder(entity, scenario, [task.id, first.id, call.id], **WHEN)
    assert names(scenario) == ["Think", "First reminder", "Call"]
    scenarios.remove_step(entity, scenario, first, **WHEN)
    assert names(scenario) == ["Think", "Call"]
    with pytest.raises(Refused, match="each step"):
        scenarios.reorder(entity, scenario, [task.id], **WHEN)


def test_two_steps_cannot_have_one_name(entity: Entity) -> None:
    scenario = imported(entity, SHORT)
    with pytest.raises(Refused, match="Another step"):
        scenarios.save_step(entity, scenario, None, StepFile("Call", StepType.TASK, Mode.MANUAL, after_due=1), **WHEN)


def test_a_paused_scenario_sends_nothing(entity: Entity) -> None:
    scenario = imported(entity, SHORT)
    customer = a_debtor(scenario)
    scenarios.set_paused(entity, scenario, True, **WHEN)
    assert reason_of(customer) == "paused"
    assert run(entity).queued == 0
    scenarios.set_paused(entity, scenario, False, **WHEN)
    assert run(entity).queued == 1


def test_after_the_last_step_the_scenario_is_finished(entity: Entity, admin: User) -> None:
    scenario = imported(entity, {"name": "S", "steps": [{"name": "One", "type": "task", "after_due": 1}]})
    customer = a_debtor(scenario)
    run(entity)
    actions.complete(planned(customer), actor=admin, **WHEN)
    assert (open_of(customer), reason_of(customer)) == (None, "scenario_finished")
    run(entity, after(60), at(after(60)))
    assert reason_of(customer) == "scenario_finished"
    assert item_of(customer).is_open
    assert db.session.scalars(select(Customer)).one().scenario_id == scenario.id
