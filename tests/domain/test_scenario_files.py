"""Scenario files are read strictly: a wrong word is named instead of lost (10.2, 11.9)."""

from decimal import Decimal
from typing import Any

import pytest

from dso.domain import scenario_files
from dso.domain.codes import Flavour, Mode, StartRule, StepType
from dso.domain.errors import Refused

#: The example of the specification.
SHORT: dict[str, Any] = {
    "name": "Short",
    "language": "en",
    "start": "first",
    "steps": [
        {
            "name": "First reminder",
            "type": "email",
            "flavour": "interactive",
            "after_due": 3,
            "mode": "automatic",
            "templates": {
                "en": {"subject": "Invoice #leader_number", "body": "Dear #contact_name, #items_list_overdue"}
            },
        },
        {"name": "Call", "type": "phone", "after_previous": 7, "mode": "manual"},
    ],
}


def step(**words: Any) -> dict[str, Any]:
    """A scenario of one step with these words."""
    return {"name": "S", "steps": [{"name": "One", "type": "email", "after_due": 3} | words]}


def test_the_example_of_the_specification_is_read() -> None:
    scenario = scenario_files.read(SHORT)
    first, call = scenario.steps
    assert (scenario.name, scenario.start) == ("Short", StartRule.FIRST)
    assert (first.type, first.flavour, first.after_due, first.mode) == (
        StepType.EMAIL,
        Flavour.INTERACTIVE,
        3,
        Mode.AUTOMATIC,
    )
    assert first.templates["en"].subject == "Invoice #leader_number"
    assert (call.after_previous, call.mode, call.pass_over_after) == (7, Mode.MANUAL, 5)


def test_a_file_without_start_means_first() -> None:
    assert scenario_files.read({"name": "S", "steps": []}).start is StartRule.FIRST


def test_a_message_without_mode_is_to_be_confirmed_and_the_rest_manual() -> None:
    assert scenario_files.read(step()).steps[0].mode is Mode.CONFIRM
    assert scenario_files.read(step(type="task")).steps[0].mode is Mode.MANUAL


def test_a_call_may_be_kept_for_ever() -> None:
    assert scenario_files.read(step(type="phone", pass_over_after=None)).steps[0].pass_over_after is None


def test_what_a_step_may_carry_is_read() -> None:
    words = {
        "recipients": ["collection", "director", "boss@client.example"],
        "sender": "manager",
        "attachments": ["statement"],
        "also_by": "letter",
        "pass_over_after": 8,
        "minimum_leader": "1000.50",
        "once_in_days": 30,
    }
    one = scenario_files.read(step(**words)).steps[0]
    assert one.recipients == {"to": ["collection", "director", "boss@client.example"]}
    assert (one.sender, one.attachments, one.also_by) == ("manager", ("statement",), StepType.LETTER)
    assert (one.pass_over_after, one.minimum_leader, one.once_in_days) == (8, Decimal("1000.50"), 30)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "one JSON object"),
        ({"steps": []}, '"name" is missing'),
        ({"name": "S", "step": []}, 'nobody knows the word "step"'),
        ({"name": "S", "steps": {}}, '"steps" is a list'),
        ({"name": "S", "start": "last"}, "none of first, matching, continue"),
        ({"name": "S", "library": "yes"}, "true or false"),
        ({"name": "S" * 101}, "longer than 100"),
        ({"name": "S", "steps": [{"name": "One", "after_due": 3}]}, 'step "One", type'),
        ({"name": "S", "steps": [3]}, "Step 1 is no JSON object"),
        (step(after_previous=3), "two triggers"),
        ({"name": "S", "steps": [{"name": "One", "type": "email"}]}, "no trigger"),
        (step(after_due="3"), "whole number of days"),
        (step(after_due=True), "whole number of days"),
        (step(after_due=99999), "whole number of days"),
        (step(after_du=3), 'nobody knows the word "after_du"'),
        (step(mode="automatic", type="registered_letter"), "never automatic"),
        (step(mode="automatic", type="handover"), "never automatic"),
        (step(mode="confirm", type="phone"), "never automatic"),
        (step(flavour="interactive", type="letter"), "only an e-mail has a flavour"),
        (step(also_by="phone"), "second channel"),
        (step(also_by="email"), "the first one"),
        (step(recipients=["everybody"]), 'nobody is "everybody"'),
        (step(recipients=[1]), "lists of words"),
        (step(recipients={"bcc": ["a@b.example"]}), 'nobody knows the word "bcc"'),
        (step(attachments=["virus"]), "statement, invoices"),
        (step(minimum_leader=1.5), "an amount as text"),
        (step(minimum_leader="-1"), "an amount as text"),
        (step(minimum_leader="NaN"), "an amount as text"),
        (step(once_in_days=0), "from 1 to"),
        (step(templates=[]), "object of languages"),
        (step(templates={"en": "Hello"}), "subject"),
        (step(templates={"en": {"subject": 3}}), "are text"),
        ({"name": "S", "steps": [*step()["steps"], *step()["steps"]]}, "Two steps are named"),
    ],
)
def test_what_is_wrong_is_named(data: object, words: str) -> None:
    with pytest.raises(Refused, match=words):
        scenario_files.read(data)
