"""What a password has to be."""

import pytest

from dso.domain import passwords
from dso.domain.errors import Refused

GOOD = "Plum-Tree 47 Lantern"


def test_a_long_mixed_password_will_do() -> None:
    assert passwords.problems(GOOD) == []


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("Ab1-ghjk", passwords.TOO_SHORT),
        ("A" + "b1-c" * 50, passwords.TOO_LONG),
        ("PLUM-TREE-47", passwords.NO_LETTER),
        ("plum-tree-47", passwords.NO_CAPITAL),
        ("Plum-tree-lantern", passwords.NO_DIGIT),
        ("PlumTree47Lantern", passwords.NO_SYMBOL),
    ],
)
def test_each_kind_of_character_is_asked_for(password: str, problem: str) -> None:
    assert passwords.problems(password) == [problem]


@pytest.mark.parametrize(
    "password",
    [
        "Password1!",
        "P@ssw0rd2026!",
        "Motdepasse1!",
        "Azerty123!",
        "Qwertyuiop1!",
        "Welcome-2026",
        "!!Admin123!!",
        "Aaaa1111!!!!",
    ],
)
def test_a_common_word_with_decoration_is_refused(password: str) -> None:
    assert passwords.TOO_COMMON in passwords.problems(password)


def test_the_own_name_or_address_in_a_password_is_refused() -> None:
    assert passwords.problems("Lantern-Hebert-47", personal=["zoe.hebert@acme.example"]) == [passwords.PERSONAL]


def test_short_parts_of_a_name_do_not_count() -> None:
    assert passwords.problems("Plum-Zoe-47-Tree", personal=["Zoe"]) == []


def test_the_check_says_the_first_problem_in_words() -> None:
    with pytest.raises(Refused, match="at least 9 characters"):
        passwords.check("Ab1-")
