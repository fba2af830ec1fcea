"""The forms of a customer and its contacts."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.domain.codes import ColleagueRole, FieldType, Role
from dso.models import Contact, Customer, CustomField, Entity, User
from tests.conftest import Client
from tests.factories import a_contact, a_customer, a_scenario, a_user

Login = Callable[[User], Client]


def fields(client: Client, url: str) -> dict[str, Any]:
    """What a browser would send back when nothing is changed."""
    import html5lib

    page = html5lib.parse(client.get(url).get_data(as_text=True), namespaceHTMLElements=False)
    form = next(each for each in page.iter("form") if each.get("class", "").startswith("form-page"))
    found: dict[str, Any] = {}
    for element in (each for each in form.iter() if each.tag in ("input", "textarea", "select")):
        name, kind = element.get("name"), element.get("type")
        if not name or (kind == "checkbox" and element.get("checked") is None):
            continue
        if element.tag == "select":
            chosen = [each for each in element.iter("option") if each.get("selected") is not None]
            options = list(element.iter("option"))
            found[name] = (chosen or options)[0].get("value", "")
        else:
            found[name] = element.text or "" if element.tag == "textarea" else element.get("value", "")
    return found


@pytest.fixture
def full(entity: Entity, session: Session) -> Customer:
    """A customer with something in every part of the form."""
    session.add(CustomField(subject="customer", code="vip", label="VIP", type=FieldType.YESNO, choices=[]))
    session.add(CustomField(subject="customer", code="since", label="Since", type=FieldType.DATE, choices=[]))
    return a_customer(
        code="C1",
        business_name="Garnier <b>",
        unique_id="U1",
        city="Lille",
        comment="calls\nonly in the morning",
        country="FR",
        language="fr-BE",
        collector_id=a_user(active=False).id,
        scenario_id=a_scenario().id,
        interactive=False,
        penalties=True,
        credit_limit=Decimal("1500.50"),
        custom={"vip": True, "since": "2020-02-29"},
    )


def test_a_form_sent_back_unchanged_changes_nothing(
    login: Login, admin: User, full: Customer, session: Session
) -> None:
    client = login(admin)
    with_people = fields(client, f"/customers/{full.id}/edit") | {
        "groups": "Nord, Ouest",
        "colleague-0": str(admin.id),
        "part-0": "manager",
    }
    assert client.post(f"/customers/{full.id}/edit", data=with_people).status_code == 303
    before = {name: getattr(full, name) for name in Customer.__table__.columns.keys()}  # noqa: SIM118 - columns
    again = fields(client, f"/customers/{full.id}/edit")
    assert again["groups"] == "Nord, Ouest" and again["part-0"] == "manager"
    assert client.post(f"/customers/{full.id}/edit", data=again).status_code == 303
    assert {name: getattr(full, name) for name in before} == before
    assert [group.name for group in full.groups] == ["Nord", "Ouest"]
    assert [(link.user_id, link.role) for link in full.colleagues] == [(admin.id, ColleagueRole.MANAGER)]


def test_a_customer_is_changed_in_all_its_parts(login: Login, admin: User, full: Customer) -> None:
    client, other = login(admin), a_scenario(name="Other plan")
    changed = fields(client, f"/customers/{full.id}/edit") | {
        "city": "Lyon",
        "country": "de",
        "credit_limit": "1 234,50",
        "scenario_id": str(other.id),
        "collector_id": str(admin.id),
        "custom-since": "2021-01-01",
        "blocked": "y",
    }
    del changed["penalties"]
    client.post(f"/customers/{full.id}/edit", data=changed)
    assert (full.city, full.country, full.credit_limit) == ("Lyon", "DE", Decimal("1234.50"))
    assert (full.scenario_id, full.collector_id) == (other.id, admin.id)
    assert full.custom == {"vip": True, "since": "2021-01-01"}
    assert full.blocked and full.blocked_on is not None and not full.penalties


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("country", "XX", "no country code"),
        ("email", "nobody", "not an e-mail address"),
        ("language", "français", "Write a language"),
        ("credit_limit", "much", "not an amount"),
        ("credit_limit", "1.234,567", "at most 2 decimals"),
        ("business_name", "", "Write a name"),
        ("custom-since", "soon", "does not fit"),
        ("code", "TAKEN", "has the code"),
    ],
)
def test_what_does_not_fit_is_said_beside_the_field_and_kept(
    login: Login, admin: User, full: Customer, name: str, value: str, words: str
) -> None:
    a_customer(code="TAKEN")
    client = login(admin)
    typed = fields(client, f"/customers/{full.id}/edit") | {"unique_id": "", name: value, "colleague-1": str(admin.id)}
    answer = client.post(f"/customers/{full.id}/edit", data=typed)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and words in text
    assert f'value="{admin.id}" selected' in text
    assert full.city == "Lille" and full.colleagues == []


def test_a_new_customer_begins_with_the_defaults_of_the_settings(
    login: Login, admin: User, entity: Entity, session: Session
) -> None:
    plan = a_scenario(name="Standard")
    client = login(admin)
    start = fields(client, "/customers/new")
    assert start["scenario_id"] == str(plan.id) and "interactive" in start
    answer = client.post("/customers/new", data=start | {"code": "N1", "business_name": "New one"})
    made = session.scalars(select(Customer).where(Customer.code == "N1")).one()
    assert answer.location.endswith(f"/customers/{made.id}")
    assert (made.scenario_id, made.interactive, made.draft) == (plan.id, True, False)


def test_limits_are_on_the_form_of_those_who_may_set_them(login: Login, admin: User, full: Customer) -> None:
    una = a_user(role=Role.COLLECTOR)
    mine = fields(login(una), f"/customers/{full.id}/edit")
    assert "credit_limit" not in mine
    login(una).post(f"/customers/{full.id}/edit", data=mine | {"credit_limit": "1", "city": "Metz"})
    assert (full.credit_limit, full.city) == (Decimal("1500.50"), "Metz")


def test_a_customer_is_archived_and_taken_back(login: Login, admin: User, full: Customer) -> None:
    client = login(admin)
    client.post(f"/customers/{full.id}/archive")
    assert full.archived_at is not None
    assert "archived" in client.get(f"/customers/{full.id}").get_data(as_text=True)
    client.post(f"/customers/{full.id}/archive")
    assert full.archived_at is None


def contacts_of(session: Session, customer: Customer) -> list[Contact]:
    return list(session.scalars(select(Contact).where(Contact.customer_id == customer.id).order_by(Contact.id)))


def test_contacts_are_added_changed_moved_and_removed(
    login: Login, admin: User, full: Customer, session: Session
) -> None:
    client, base = login(admin), f"/customers/{full.id}/contacts"
    first = {"last_name": "One", "role": "buyer", "email": "one@client.example", "for_collection": "y", "language": ""}
    assert client.post(f"{base}/new", data=first).status_code == 303
    client.post(f"{base}/new", data={"last_name": "Two", "role": "other", "language": "fr"})
    one, two = contacts_of(session, full)
    assert (one.for_collection, two.for_collection, two.language) == (True, False, "fr")
    client.post(f"{base}/{two.id}/collection")
    assert (one.for_collection, two.for_collection) == (False, True)
    client.post(f"{base}/{one.id}", data=first | {"last_name": "Uno"})
    assert (one.last_name, one.for_collection, two.for_collection) == ("Uno", True, False)
    page = client.get(base).get_data(as_text=True)
    assert "Uno" in page and "for collection" in page
    client.post(f"{base}/{one.id}/remove")
    assert [contact.last_name for contact in contacts_of(session, full)] == ["Two"]


def test_a_contact_that_cannot_be_is_refused_in_words(login: Login, admin: User, full: Customer) -> None:
    answer = login(admin).post(
        f"/customers/{full.id}/contacts/new", data={"last_name": "X", "role": "other", "language": "", "email": "x"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "is not an e-mail address" in page
    assert "is-invalid" in page, "the words stand beside the field"


def test_contacts_of_others_are_not_there(login: Login, admin: User, full: Customer) -> None:
    foreign = a_contact(a_customer())
    client = login(admin)
    for way in (f"{foreign.id}", f"{foreign.id}/remove", f"{foreign.id}/collection"):
        assert client.post(f"/customers/{full.id}/contacts/{way}").status_code == 404
