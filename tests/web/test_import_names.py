"""What a difference and what a file changed call the people and records that customers refer to."""

import csv
import io
from typing import Any

import pytest
from sqlalchemy.orm import Session

from dso.models import Entity
from tests import factories
from tests.conftest import Client
from tests.web.test_imports import decide, send, take

HEADER = "Code client;Raison sociale;Groupe;Recouvreur;Scenario;Pilote;Commercial;Centre;Bloqué\n"
MEANS = {
    "column-2": "groups", "column-3": "collector", "column-4": "scenario", "column-5": "collected_by",
    "column-6": "sales_email", "column-7": "payment_centre", "column-8": "blocked",
}  # fmt: skip


@pytest.fixture
def people(importer: Client, session: Session, entity: Entity) -> None:
    """Two collectors, two salespeople, two scenarios and a customer that has the first of each."""
    for name in ("ann", "ben", "sam", "sue"):
        factories.a_user(email=f"{name}@corp.local", first_name=name.title(), last_name="Ray")
    for name in ("Gentle", "Firm"):
        factories.a_scenario(name=name)
    session.commit()
    first = "C1;Alpha;;ann@corp.local;Gentle;;sam@corp.local;North;\nP1;Pilot;;;;;;;\nP2;Pilot 2;;;;;;;\n"
    take(importer, decide(importer, send(importer, "customers", HEADER + first), **MEANS))


def changed(importer: Client) -> tuple[list[str], str]:
    """The pages of the difference and of what it changed, and the address of the result."""
    row = "C1;Alpha;B, A;ben@corp.local;Firm;P2;sue@corp.local;South;oui\n"
    preview = importer.get(send(importer, "customers", HEADER + row)).location
    difference = importer.get(preview).get_data(as_text=True)
    result = take(importer, preview)
    return [difference, importer.get(f"{result}/changes").get_data(as_text=True)], result


@pytest.mark.usefixtures("people")
def test_pages_call_people_and_records_by_name_and_never_by_key(importer: Client) -> None:
    for page in changed(importer)[0]:
        for words in (
            "Groups: – → <strong>A, B</strong>",
            "Collector (e-mail): Ann Ray → <strong>Ben Ray</strong>",
            "Scenario: Gentle → <strong>Firm</strong>",
            "Collected by (code): – → <strong>P2</strong>",
            "Colleagues (e-mail:part): Sam Ray → <strong>Sam Ray, Sue Ray</strong>",
            "Payment centre: North → <strong>South</strong>",
            "Blocked: no → <strong>yes</strong>",
        ):
            assert words in page


@pytest.mark.usefixtures("people")
def test_files_call_people_by_address_as_other_lists_do(importer: Client) -> None:
    kept = importer.get(f"{changed(importer)[1]}/changes.csv").get_data().decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(kept))
    told: dict[str, Any] = {row["field"]: (row["old"], row["new"]) for row in rows}
    told.pop("blocked_on")
    assert told == {
        "groups": ("", "A, B"),
        "collector": ("ann@corp.local", "ben@corp.local"),
        "scenario": ("Gentle", "Firm"),
        "collected_by": ("", "P2"),
        "colleagues": ("sam@corp.local", "sam@corp.local, sue@corp.local"),
        "payment_centre": ("North", "South"),
        "blocked": ("False", "True"),
    }


def test_people_of_one_name_are_told_apart(importer: Client, session: Session) -> None:
    for name in ("ann1", "ann2"):
        factories.a_user(email=f"{name}@corp.local", first_name="Ann", last_name="Ray")
    session.commit()
    header, said = "Code client;Raison sociale;Recouvreur\n", {"column-2": "collector"}
    take(importer, decide(importer, send(importer, "customers", f"{header}C1;Alpha;ann1@corp.local\n"), **said))
    preview = importer.get(send(importer, "customers", f"{header}C1;Alpha;ann2@corp.local\n")).location
    page = importer.get(preview).get_data(as_text=True)
    assert "Ann Ray (ann1@corp.local) → <strong>Ann Ray (ann2@corp.local)</strong>" in page


def test_users_are_told_companies_and_deputies_by_name(importer: Client, session: Session, entity: Entity) -> None:
    factories.an_entity(name="Other Ltd")
    factories.a_user(email="ann@corp.local", last_name="Ann", first_name="", entities=[entity])
    factories.a_user(email="ben@corp.local", first_name="Ben", last_name="Ray")
    session.commit()
    header = "email;last name;role;companies;stands in\n"
    row = "ann@corp.local;Ann;collector;Other Ltd;ben@corp.local\n"
    said = {"column-3": "entities", "column-4": "deputy"}
    page = importer.get(decide(importer, send(importer, "users", header + row), **said)).get_data(as_text=True)
    assert f"Companies: {entity.name} → <strong>Other Ltd</strong>" in page
    assert "Deputy: – → <strong>Ben Ray</strong>" in page


def test_a_contact_that_had_nothing_is_told_with_a_dash(importer: Client) -> None:
    take(importer, decide(importer, send(importer, "customers", "Code client;Raison sociale\nC1;Alpha\n")))
    header = "Code client;Nom;Téléphone\n"
    take(importer, decide(importer, send(importer, "contacts", f"{header}C1;Ann;\n")))
    result = take(importer, importer.get(send(importer, "contacts", f"{header}C1;Ann;01 02\n")).location)
    page = importer.get(f"{result}/changes").get_data(as_text=True)
    assert "Phone: – → <strong>01 02</strong>" in page and "None" not in page
