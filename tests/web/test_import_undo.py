"""Taking an import back on screen: asked with figures, refused with a list, shown as taken back."""

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dso.domain.codes import EventKind, Role
from dso.models import Customer, Event, ImportRun, User
from tests import factories
from tests.conftest import NOW, Client
from tests.web.test_imports import CUSTOMERS, decide, send, take

Login = Callable[[User], Client]


def _taken(importer: Client, text: str = CUSTOMERS) -> str:
    address = send(importer, "customers", text)
    again = importer.get(address)
    preview = again.location if again.status_code == 303 else decide(importer, address)
    return take(importer, preview)


def _page(importer: Client, address: str) -> str:
    return importer.get(address).get_data(as_text=True)


def test_the_last_import_is_taken_back_after_a_page_that_names_what_it_touches(
    session: Session, importer: Client
) -> None:
    result = _taken(importer)
    assert f'href="{result}/undo"' in _page(importer, result) and f'href="{result}/undo"' in _page(importer, "/imports")
    assert ">2<" in _page(importer, f"{result}/undo")
    answer = importer.post(f"{result}/undo")
    assert answer.status_code == 303 and answer.location.endswith("/imports")
    assert session.scalar(select(func.count()).select_from(Customer)) == 0
    assert "everything stands as it did before" in _page(importer, "/imports")


def test_a_run_taken_back_says_so_and_claims_no_changes(importer: Client, admin: User) -> None:
    result = _taken(importer)
    importer.post(f"{result}/undo")
    page, history = _page(importer, result), _page(importer, "/imports")
    assert "<h1>Taken back</h1>" in page and admin.full_name in page and f"{result}/changes" not in page
    assert "Every row went in." not in page and f"{result}/undo" not in page
    assert "taken back" in history and f"{result}/undo" not in history


def test_what_depends_on_it_is_listed_and_nothing_is_taken_back(session: Session, importer: Client) -> None:
    first = _taken(importer)
    second = _taken(importer, CUSTOMERS.replace("Lyon", "Paris"))
    page = _page(importer, f"{first}/undo")
    assert f'href="{second}"' in page and "returns to how it stood" not in page
    assert "take that back first" in page and 'method="post" action="' + first not in page
    answer = importer.post(f"{first}/undo")
    assert answer.status_code == 409 and "take that back first" in answer.get_data(as_text=True)
    assert session.scalar(select(func.count()).where(ImportRun.undone_at.is_not(None))) == 0


def test_what_depends_on_it_is_said_in_the_language_of_the_reader(
    session: Session, importer: Client, admin: User
) -> None:
    first = _taken(importer)
    _taken(importer, CUSTOMERS.replace("Lyon", "Paris"))
    admin.language = "fr"
    session.commit()
    assert "annulez d’abord celui-là" in _page(importer, f"{first}/undo")


def test_a_hand_made_note_on_a_customer_of_the_file_is_named_with_the_customer(
    session: Session, importer: Client, admin: User
) -> None:
    result = _taken(importer)
    one = session.scalars(select(Customer).where(Customer.code == "C1")).one()
    note = {"kind": EventKind.NOTE, "text": "Called him", "at": NOW, "actor_id": admin.id}
    session.add(Event(entity_id=one.entity_id, customer_id=one.id, **note))
    session.flush()
    page = _page(importer, f"{result}/undo")
    assert "Called him" in page and f"/customers/{one.id}" in page


def test_a_run_taken_back_twice_leads_to_the_history_with_a_sentence(importer: Client) -> None:
    result = _taken(importer)
    importer.post(f"{result}/undo")
    assert importer.get(f"{result}/undo").status_code == 303
    assert importer.post(f"{result}/undo").status_code == 303
    assert "is taken back already" in _page(importer, "/imports")


def test_without_the_right_to_import_nothing_is_taken_back(importer: Client, login: Login) -> None:
    result = _taken(importer)
    reader = login(factories.a_user(role=Role.GUEST, may_import=False))
    assert reader.get(f"{result}/undo").status_code == 403
    assert reader.post(f"{result}/undo").status_code == 403
