"""Looking back at the files taken in: all of them, a page at a time, and what each changed."""

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from dso.domain.codes import ImportKind
from dso.models import Entity, ImportRun
from dso.queries import imports
from tests.conftest import NOW, TODAY, Client
from tests.web.test_imports import CUSTOMERS, ITEMS, decide, send, take

FAR = "9" * 23


def many_runs(session: Session, entity: Entity, count: int) -> None:
    """Files taken in, named by their numbers."""
    same = {"entity_id": entity.id, "kind": ImportKind.ITEMS, "on": TODAY, "at": NOW, "sha256": "0" * 64}
    same |= {"counts": {}, "measures": {}, "options": {}, "entity_before": {}, "stored_as": "", "source": "web"}
    session.execute(insert(ImportRun), [{**same, "file_name": f"file-{n}.csv"} for n in range(count)])


def test_every_file_ever_taken_in_can_be_reached_from_the_list(
    session: Session, entity: Entity, importer: Client
) -> None:
    many_runs(session, entity, 120)
    first = importer.get("/imports").get_data(as_text=True)
    assert "file-119.csv" in first and "file-69.csv" not in first and 'href="/imports?page=3"' in first
    last = importer.get("/imports?page=3").get_data(as_text=True)
    assert "file-0.csv" in last and "file-20.csv" not in last
    assert "file-0.csv" in importer.get("/imports?size=250").get_data(as_text=True)


def test_the_list_of_the_command_line_stops_nowhere(session: Session, entity: Entity) -> None:
    many_runs(session, entity, 230)
    assert len(imports.history(entity)) == 230


def test_the_pages_of_the_list_are_swapped_alone(session: Session, entity: Entity, importer: Client) -> None:
    many_runs(session, entity, 60)
    part = importer.get("/imports?page=2", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert part.lstrip().startswith("<div") and "file-0.csv" in part and "<html" not in part


@pytest.mark.parametrize("number", [FAR, f"-{FAR}", "0", "x", ""])
def test_a_page_that_cannot_be_is_answered(importer: Client, number: str) -> None:
    take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))
    run = take(importer, decide(importer, send(importer, "items", ITEMS)))
    for address in ("/imports", f"{run}/changes", f"{run}/changes?part=new"):
        mark = "&" if "?" in address else "?"
        assert importer.get(f"{address}{mark}page={number}&size={number}").status_code == 200, address


def test_the_page_of_changes_says_which_records_it_shows(importer: Client) -> None:
    take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))
    run = take(importer, decide(importer, send(importer, "items", ITEMS)))
    for part, word in (("changed", "Changed"), ("new", "New")):
        for headers in ({}, {"HX-Request": "true"}):
            page = importer.get(f"{run}/changes?part={part}", headers=headers).get_data(as_text=True)
            assert page.partition('class="switch"')[2].partition('aria-current="page">')[2].startswith(word)
