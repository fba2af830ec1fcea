"""The scenarios that come with the product: their plan, their texts, their hashtags."""

import json
from typing import Any

import pytest

from dso.domain import hashtags
from dso.domain.codes import Flavour, Mode, StartRule, StepType
from dso.paths import SHIPPED

FILES = sorted((SHIPPED / "scenarios").glob("*.json"))
SCENARIOS: dict[str, dict[str, Any]] = {
    scenario["name"]: scenario for scenario in (json.loads(file.read_text("utf-8")) for file in FILES)
}
STEPS = [
    pytest.param(step, id=f"{name}: {step['name']}")
    for name, scenario in SCENARIOS.items()
    for step in scenario["steps"]
]
OVERLOOKED = ("overlooked", "oubli", "übersehen")


def _plan(name: str) -> list[tuple[str, int | None, int | None, str]]:
    return [
        (step["type"], step.get("after_due"), step.get("after_previous"), step["mode"])
        for step in SCENARIOS[name]["steps"]
    ]


def test_the_shipped_scenarios_are_those_of_the_specification() -> None:
    assert set(SCENARIOS) == {
        "Standard",
        "Standard with a friendly note",
        "Risky customers",
        "Public bodies",
        "No automatic collection",
        "Templates for specific actions",
    }


def test_standard_is_the_plan_of_the_specification() -> None:
    assert _plan("Standard") == [
        ("email", 7, None, "confirm"),
        ("email", 15, None, "confirm"),
        ("phone", 22, None, "manual"),
        ("email", 35, None, "confirm"),
        ("registered_letter", None, 15, "manual"),
        ("handover", None, 30, "manual"),
    ]
    formal = SCENARIOS["Standard"]["steps"][3]
    assert formal["also_by"] == "letter"
    assert "statement" in SCENARIOS["Standard"]["steps"][1]["attachments"]


def test_the_friendly_note_comes_five_days_before_for_large_leaders_once_in_thirty_days() -> None:
    note, *rest = SCENARIOS["Standard with a friendly note"]["steps"]
    assert (note["after_due"], note["minimum_leader"], note["once_in_days"]) == (-5, "1000", 30)
    assert rest == SCENARIOS["Standard"]["steps"]


def test_risky_customers_are_chased_earlier_and_public_bodies_later_than_standard() -> None:
    def due(name: str) -> list[int]:
        return [step["after_due"] for step in SCENARIOS[name]["steps"] if "after_due" in step]

    assert max(due("Risky customers")) < max(due("Standard")) < max(due("Public bodies"))
    assert due("Risky customers")[0] < due("Standard")[0] < due("Public bodies")[0]


def test_no_automatic_collection_has_no_steps_and_the_library_no_triggers() -> None:
    assert SCENARIOS["No automatic collection"]["steps"] == []
    library = SCENARIOS["Templates for specific actions"]
    assert library["library"] is True
    assert not [s for s in library["steps"] if "after_due" in s or "after_previous" in s]


def test_scenarios_that_chase_continue_where_an_item_was_already_named() -> None:
    chasing = [s for s in SCENARIOS.values() if s["steps"] and not s.get("library")]
    assert {StartRule(s["start"]) for s in chasing} == {StartRule.CONTINUE}


def test_calls_are_passed_over_and_formal_notices_never() -> None:
    for scenario in SCENARIOS.values():
        if scenario.get("library"):
            continue
        for step in scenario["steps"]:
            assert (step["type"] == "phone") == ("pass_over_after" in step), step["name"]


def test_step_names_are_told_apart_within_a_scenario() -> None:
    for scenario in SCENARIOS.values():
        names = [step["name"] for step in scenario["steps"]]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("step", STEPS)
def test_codes_of_a_step_are_known(step: dict[str, Any]) -> None:
    StepType(step["type"])
    Mode(step["mode"])
    Flavour(step.get("flavour", "plain"))
    if step["type"] in ("registered_letter", "handover", "phone", "task"):
        assert step["mode"] == "manual"
    assert step["mode"] != "automatic"


@pytest.mark.parametrize("step", STEPS)
def test_every_step_has_its_texts_in_english_french_and_german_with_known_hashtags(step: dict[str, Any]) -> None:
    assert set(step["templates"]) == {"en", "fr", "de"}
    used = []
    for language, text in step["templates"].items():
        hashtags.validate(text["subject"], text["body"], what=f"{step['name']} ({language})")
        assert text["subject"].strip()
        assert "\n" not in text["subject"]
        used.append(sorted(set(hashtags.used(text["subject"] + " " + text["body"]))))
    assert used[0] == used[1] == used[2]


@pytest.mark.parametrize("step", STEPS)
def test_the_three_languages_of_a_text_are_built_alike(step: dict[str, Any]) -> None:
    paragraphs = {len(text["body"].split("\n\n")) for text in step["templates"].values()}
    assert len(paragraphs) == 1


@pytest.mark.parametrize("step", STEPS)
def test_a_debtor_is_told_that_an_item_was_overlooked_in_a_first_reminder_only(step: dict[str, Any]) -> None:
    if step["name"] == "First reminder":
        return
    for text in step["templates"].values():
        assert not any(word in text["body"] for word in OVERLOOKED)


@pytest.mark.parametrize("step", STEPS)
def test_a_letter_holds_no_page_of_its_own(step: dict[str, Any]) -> None:
    if step["type"] in ("letter", "registered_letter"):
        for text in step["templates"].values():
            assert not any(name.startswith("interactive_page") for name in hashtags.used(text["body"]))


@pytest.mark.parametrize("step", STEPS)
def test_what_speaks_of_an_enclosed_statement_encloses_it(step: dict[str, Any]) -> None:
    words = ("is enclosed", "enclosed as a PDF", "ci-joint", "est joint", "pièce jointe", "liegt bei", "im Anhang")
    says = any(word in text["body"] for text in step["templates"].values() for word in words)
    assert not says or "statement" in step.get("attachments", [])
