"""Files of several companies on the import pages: which one a file goes to, and what is said when another is chosen."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.models import Entity, ImportUpload, User
from tests import factories
from tests.conftest import Client
from tests.web.test_imports import CUSTOMERS, decide, send, take


def test_a_file_goes_to_the_company_its_page_spoke_of(importer: Client, session: Session, entity: Entity) -> None:
    other = factories.an_entity(name="Other")
    session.commit()
    importer.post("/entity", data={"entity": other.id})
    address = send(importer, "customers", CUSTOMERS, entity=entity.id)
    assert session.scalars(select(ImportUpload.entity_id)).all() == [entity.id]
    importer.post("/entity", data={"entity": other.id})
    answer = importer.get(address)
    assert answer.status_code == 409 and "was sent for" in answer.get_data(as_text=True)


def test_a_file_of_a_company_that_is_not_chosen_is_said_to_be_one_and_gone_on_with(
    importer: Client, session: Session, entity: Entity
) -> None:
    other = factories.an_entity(name="Other")
    session.commit()
    preview = decide(importer, send(importer, "customers", CUSTOMERS))
    importer.post("/entity", data={"entity": other.id})
    answer = importer.post(preview.replace("/preview", "/run"))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409 and f"This file was sent for {entity.name}" in page
    assert "Another company is chosen" in page and "does not exist" not in page and 'href="/imports"' in page
    columns = preview.replace("/preview", "")
    assert f'action="/entity/{entity.id}"' in page and f'name="next" value="{columns}"' in page
    assert importer.post(f"/entity/{entity.id}", data={"next": columns}).location == columns
    assert importer.get(columns).status_code == 200


def test_a_file_for_a_company_one_may_see_no_more_is_no_longer_there(
    importer: Client, session: Session, admin: User
) -> None:
    address, other = send(importer, "customers", CUSTOMERS), factories.an_entity(name="Other")
    admin.entities = [other]
    session.commit()
    answer = importer.get(address)
    assert answer.status_code == 404 and "was sent for" not in answer.get_data(as_text=True)


def test_choosing_another_company_on_a_page_of_one_record_leads_to_the_list(importer: Client, session: Session) -> None:
    factories.an_entity(name="Other")
    session.commit()
    result = take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))
    assert 'name="next" value="/imports"' in importer.get(result).get_data(as_text=True)
