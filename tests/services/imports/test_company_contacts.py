"""The contact a customers file carries: found, made, overwritten where a column speaks of it (2.4)."""

from sqlalchemy import select

from dso.db import db
from dso.domain.codes import ContactRole
from dso.domain.imports.mapping import FileMapping, Policy
from dso.models import Contact
from tests import factories
from tests.services.imports.helpers import Importer, counts, customer

HEADERS = "code;business name;email;phone"


def test_a_company_contact_comes_with_the_customers_file_and_is_overwritten_by_the_next(take: Importer) -> None:
    headers = "code;business name;email;phone"
    assert counts(take.customers("C1;One;ap@one.example;1", headers=headers)) == {"changed": 1}
    assert counts(take.customers("C1;One;ap@one.example;1", headers=headers)) == {"unchanged": 1}
    take.customers("C1;One;new@one.example;2", headers=headers)
    made = db.session.scalars(select(Contact)).one()
    assert (made.role.value, made.last_name, made.email, made.phone, made.for_collection) == (
        "company",
        "One",
        "new@one.example",
        "2",
        False,
    )


def test_of_two_company_contacts_the_one_with_the_address_is_meant_else_the_first(take: Importer) -> None:
    company = {"role": ContactRole.COMPANY, "last_name": "Doe", "for_collection": False}
    front = factories.a_contact(customer("C1"), first_name="Front", email="front@one.example", **company)
    boss = factories.a_contact(customer("C1"), first_name="Boss", email="boss@one.example", **company)
    assert counts(take.customers("C1;One;Boss@one.example;7", headers=HEADERS)) == {"changed": 1}
    assert (front.phone, boss.first_name, boss.phone, boss.email) == ("", "Boss", "7", "Boss@one.example")
    take.customers("C1;One;new@one.example;8", headers=HEADERS)
    assert (front.email, front.phone, boss.phone) == ("new@one.example", "8", "7")
    assert counts(take.customers("C1;One;new@one.example;8", headers=HEADERS)) == {"unchanged": 1}


def test_what_no_column_says_of_a_company_contact_stays(take: Importer) -> None:
    take.customers("C1;One;ap@one.example;1", headers=HEADERS)
    made = db.session.scalars(select(Contact)).one()
    made.first_name, made.last_name, made.mobile, made.bounced = "Ann", "Page", "06", True
    take.customers("C1;Uno;ap@one.example;2", headers=HEADERS)
    take.customers("C1;Uno;ap@one.example;", headers=HEADERS)
    assert (made.full_name, made.mobile, made.phone, made.bounced) == ("Ann Page", "06", "2", True)
    take.customers("C1;Uno;new@one.example;2", headers=HEADERS)
    assert made.bounced is False


def test_a_company_contact_that_bears_the_name_of_the_company_is_renamed_with_it(take: Importer) -> None:
    take.customers("C1;One;ap@one.example;1", headers=HEADERS)
    take.customers("C1;Uno;ap@one.example;1", headers=HEADERS)
    assert db.session.scalars(select(Contact.last_name)).one() == "Uno"


def test_a_company_contact_is_changed_by_the_policies_of_its_columns(take: Importer) -> None:
    columns = {"code": "code", "name": "business_name", "email": "email", "mail": "contact_email"}
    mapping = FileMapping(columns=columns, policies={"contact_email": Policy.NEVER})
    take.customers("C1;One;;ap@one.example", headers="code;name;email;mail", mapping=mapping)
    take.customers("C1;One;;new@one.example", headers="code;name;email;mail", mapping=mapping)
    assert db.session.scalars(select(Contact.email)).one() == "ap@one.example"


def test_nobody_known_by_that_address_becomes_two(take: Importer) -> None:
    factories.a_contact(customer("C1"), email="ap@one.example")
    take.customers("C1;One;AP@one.example;1", headers="code;business name;email;phone")
    assert len(db.session.scalars(select(Contact)).all()) == 1


def test_clearing_by_empty_cells_leaves_a_company_contact_its_name(take: Importer) -> None:
    columns = {"code": "code", "name": "business_name", "mail": "contact_email", "who": "contact_last_name"}
    mapping, headers = FileMapping(columns=columns, empty_clears=True), "code;name;mail;who"
    take.customers("C1;One;ap@one.example;Page", headers=headers, mapping=mapping)
    assert counts(take.customers("C1;One;ap@one.example;", headers=headers, mapping=mapping)) == {"unchanged": 1}
    take.customers("C1;One;;Page", headers=headers, mapping=mapping)
    made = db.session.scalars(select(Contact)).one()
    assert (made.last_name, made.email) == ("Page", "")
