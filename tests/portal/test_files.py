"""Files that come with an answer, and files the debtor fetches."""

import io
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dso.models import Attachment, Reply
from dso.services import files
from tests import factories
from tests.conftest import NOW, Client
from tests.portal.world import a_link, an_account, answer, path

PDF = b"%PDF-1.7 proof"


def replies(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Reply)) or 0


def upload(name: str, content: bytes = PDF) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def test_files_come_with_the_answer_under_random_names_outside_the_web_root(session: Session, client: Client) -> None:
    customer, _ = an_account()
    item = factories.an_item(customer)
    sent = [upload("../../proof.pdf"), upload("note.txt", b"hello")]
    response = answer(client, a_link(customer), [item], kind="paid", paid_on="2026-11-12", files=sent)
    assert response.status_code == 303
    found = list(session.scalars(select(Attachment).order_by(Attachment.id)))
    assert [(file.name, file.size, file.content_type) for file in found] == [
        ("proof.pdf", len(PDF), "application/pdf"),
        ("note.txt", 5, "text/plain"),
    ]
    assert all(not file.visible_to_debtor and file.customer_id == customer.id for file in found)
    assert files.path_of(found[0].stored_as).read_bytes() == PDF
    assert "proof" not in found[0].stored_as


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("virus.exe", b"MZ\x90\0", "is of a type that is not taken"),
        ("proof.pdf", b"MZ\x90\0", "does not hold what its name says"),
        ("page.html", b"<script>", "is of a type that is not taken"),
        ("empty.pdf", b"", "is empty"),
    ],
)
def test_a_file_of_a_wrong_type_is_refused_beside_the_field_and_nothing_is_kept(
    session: Session, client: Client, name: str, content: bytes, sentence: str
) -> None:
    customer, _ = an_account()
    response = answer(client, a_link(customer), [], files=[upload("good.pdf"), upload(name, content)])
    text = response.get_data(as_text=True)
    assert response.status_code == 422
    assert sentence in text and "Please choose your files again." in text
    assert replies(session) == 0
    assert session.scalar(select(func.count()).select_from(Attachment)) == 0


def test_ten_files_are_taken_and_eleven_are_refused(session: Session, client: Client) -> None:
    customer, _ = an_account()
    link = a_link(customer)
    assert answer(client, link, [], files=[upload(f"{n}.pdf") for n in range(11)]).status_code == 422
    assert answer(client, link, [], files=[upload(f"{n}.pdf") for n in range(10)]).status_code == 303


def test_an_answer_larger_than_all_files_together_may_be_is_refused_politely(
    session: Session, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dso.portal.pages.LARGEST_ANSWER", 1000)
    customer, _ = an_account()
    response = answer(client, a_link(customer), [], files=[upload("big.pdf", PDF * 200)])
    assert response.status_code == 413
    assert "too large" in response.get_data(as_text=True)


def test_a_debtor_fetches_only_files_shown_to_it(session: Session, client: Client) -> None:
    customer, collector = an_account()
    other, _ = an_account()
    item = factories.an_item(customer)
    values: dict[str, Any] = {"actor": collector, "now": NOW}
    checked = files.check_all([files.Upload("note.pdf", io.BytesIO(PDF))])
    (shown,) = files.attach(checked, customer, items=[item], visible_to_debtor=True, **values)
    (hidden,) = files.attach(checked, customer, items=[item], **values)
    (theirs,) = files.attach(checked, other, visible_to_debtor=True, **values)
    link = a_link(customer)
    assert "note.pdf" in client.get(path(link)).get_data(as_text=True)
    response = client.get(path(link, f"/files/{shown.id}"))
    assert response.data == PDF
    assert response.headers["Content-Disposition"] == "attachment; filename=note.pdf"
    response.close()
    for file in (hidden, theirs):
        assert client.get(path(link, f"/files/{file.id}")).status_code == 404
