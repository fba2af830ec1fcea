"""What a debtor may answer."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dso.domain.codes import ReplyKind
from dso.domain.replies import Answer, Subject, fingerprint, only_relevant, problems

TODAY = date(2026, 11, 20)
ITEMS = (Subject(1, Decimal("100.00"), "EUR"), Subject(2, Decimal("-20.00"), "EUR"))


def answer(kind: ReplyKind, **facts: Any) -> Answer:
    return Answer(kind, "Zoé Hébert", "zoe@client.example", **facts)


def wrong(given: Answer, items: tuple[Subject, ...] = ITEMS, files: int = 0) -> dict[str, str]:
    found = problems(given, items, files=files, today=TODAY)
    return {field: str(words) for field, words in found.items()}


def test_a_promise_with_a_day_is_taken() -> None:
    assert wrong(answer(ReplyKind.PROMISE, promised_on=date(2026, 11, 28))) == {}


def test_a_promise_for_today_is_taken() -> None:
    assert wrong(answer(ReplyKind.PROMISE, promised_on=TODAY)) == {}


@pytest.mark.parametrize("on", [None, date(2026, 11, 19), date(2036, 1, 1)])
def test_a_promise_needs_a_day_from_today_on_and_not_years_ahead(on: date | None) -> None:
    assert set(wrong(answer(ReplyKind.PROMISE, promised_on=on))) == {"promised_on"}


@pytest.mark.parametrize("on", [None, date(2026, 11, 21), date(2016, 11, 21)])
def test_a_payment_needs_a_day_up_to_today_and_not_years_ago(on: date | None) -> None:
    assert set(wrong(answer(ReplyKind.PAID, paid_on=on))) == {"paid_on"}


@pytest.mark.parametrize("kind", [kind for kind in ReplyKind if kind is not ReplyKind.COMMENT])
def test_answers_about_what_is_owed_need_ticked_items(kind: ReplyKind) -> None:
    assert "items" in wrong(answer(kind, text="x", promised_on=TODAY, paid_on=TODAY), items=())


def test_a_promise_on_credits_alone_is_refused() -> None:
    given = answer(ReplyKind.PROMISE, promised_on=TODAY)
    assert set(wrong(given, items=(ITEMS[1],))) == {"items"}


def test_a_part_of_the_amount_may_be_promised_up_to_what_the_items_amount_to() -> None:
    assert wrong(answer(ReplyKind.PROMISE, promised_on=TODAY, amount=Decimal(80))) == {}
    assert set(wrong(answer(ReplyKind.PROMISE, promised_on=TODAY, amount=Decimal("80.01")))) == {"amount"}


@pytest.mark.parametrize("amount", ["0", "-1", "10.001", "1000000000000000"])
def test_an_amount_has_to_be_one_in_the_currency(amount: str) -> None:
    assert set(wrong(answer(ReplyKind.DISPUTE, text="too dear", amount=Decimal(amount)))) == {"amount"}


def test_an_amount_over_two_currencies_is_refused() -> None:
    items = (*ITEMS, Subject(3, Decimal(5), "USD"))
    assert set(wrong(answer(ReplyKind.DISPUTE, text="x", amount=Decimal(1)), items=items)) == {"amount"}


def test_a_dispute_needs_a_reason_or_words() -> None:
    assert set(wrong(answer(ReplyKind.DISPUTE))) == {"text"}
    assert wrong(answer(ReplyKind.DISPUTE, reason="Price dispute")) == {}
    assert wrong(answer(ReplyKind.DISPUTE, text="Wrong price")) == {}


def test_a_comment_needs_words_or_a_file_and_no_items() -> None:
    assert set(wrong(answer(ReplyKind.COMMENT), items=())) == {"text"}
    assert wrong(answer(ReplyKind.COMMENT), items=(), files=1) == {}


def test_a_text_of_a_whole_book_is_refused() -> None:
    assert set(wrong(answer(ReplyKind.COMMENT, text="x" * 5_001))) == {"text"}


def test_facts_of_other_kinds_are_left_out() -> None:
    facts = {"promised_on": TODAY, "paid_on": TODAY, "amount": Decimal(1), "reason": "Price dispute", "text": "x"}
    kept = only_relevant(answer(ReplyKind.PAID, **facts))
    assert (kept.promised_on, kept.paid_on, kept.amount, kept.reason, kept.text) == (None, TODAY, None, "", "x")


def test_the_same_form_with_the_same_content_has_the_same_fingerprint_and_an_edited_one_another() -> None:
    given = answer(ReplyKind.COMMENT, text="hello")
    once = fingerprint("key", given, [2, 1], [("a.pdf", "ff")])
    assert once == fingerprint("key", given, [1, 2], [("a.pdf", "ff")])
    assert once != fingerprint("key", answer(ReplyKind.COMMENT, text="hello!"), [1, 2], [("a.pdf", "ff")])
    assert once != fingerprint("other", given, [1, 2], [("a.pdf", "ff")])
    assert once != fingerprint("key", given, [1], [("a.pdf", "ff")])
    assert once != fingerprint("key", given, [1, 2], [])
