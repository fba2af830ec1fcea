"""Every sample file goes in with the figures an independent reading of it gives."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from dso.db import db
from dso.domain.codes import ImportKind, ItemType
from dso.models import Contact, Customer, Entity, Group, Item, customer_groups
from tests import factories
from tests.factories import NOW, TODAY
from tests.services.imports.helpers import DATA, STOCK, Importer, counts, customer, item, reasons
from tests.services.imports.samples import Rows, american, american_day, french, rows_of, sap

CUSTOMERS, CONTACTS, ITEMS = ImportKind.CUSTOMERS, ImportKind.CONTACTS, ImportKind.ITEMS
FIRST, SECOND = "fr_ecritures_2026-11-20.csv", "fr_ecritures_2026-11-21.csv"


def _open(entity: Entity, *keys: Any) -> dict[tuple[str, ...], Decimal]:
    columns = keys or (Item.currency, Item.erp_type)
    query = select(*columns, func.sum(Item.remaining)).where(Item.entity_id == entity.id, Item.cleared_on.is_(None))
    return {tuple(map(str, row[:-1])): row[-1] for row in db.session.execute(query.group_by(*columns))}


def _french_sums(rows: Rows) -> dict[tuple[str, ...], Decimal]:
    sums: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row[8], row[1]] += french(row[7])
    return dict(sums)


def _french_ledger(take: Importer) -> None:
    take.file(CUSTOMERS, DATA / "fr_clients.csv")
    take.file(CONTACTS, DATA / "fr_contacts.csv")


def test_the_french_customers_have_their_fields_and_groups(take: Importer) -> None:
    assert counts(take.file(CUSTOMERS, DATA / "fr_clients.csv")) == {"new": 80}
    assert counts(take.file(CUSTOMERS, DATA / "fr_clients.csv")) == {"unchanged": 80}
    one = customer("C10007")
    assert (one.business_name, one.street, one.postal_code, one.city, one.country) == (
        "Quéré Distribution", "7 rue du Général Leclerc", "13002", "Marseille", "FR",
    )  # fmt: skip
    assert (one.legal_id, one.payment_term, one.payment_method, one.business_line) == (
        "883226946",
        "60 jours",
        "Virement",
        "Négoce",
    )
    assert one.credit_limit == Decimal(20_000)
    assert [group.name for group in one.groups] == ["Est", "Ouest"]
    assert customer("C10000").credit_limit is None
    rows = rows_of("fr_clients.csv", "cp1252", ";")
    limits = sum((french(row[10]) for row in rows if row[10]), Decimal(0))
    assert db.session.scalar(select(func.sum(Customer.credit_limit))) == limits
    links = sum(len(row[9].split(",")) for row in rows)
    assert db.session.scalar(select(func.count()).select_from(customer_groups)) == links
    assert set(db.session.scalars(select(Group.name))) == {"Nord", "Sud", "Est", "Ouest"}


def test_the_french_contacts_are_eighty_five_and_each_customer_has_one_for_collection(take: Importer) -> None:
    take.file(CUSTOMERS, DATA / "fr_clients.csv")
    report = take.file(CONTACTS, DATA / "fr_contacts.csv")
    assert counts(report) == {"new": 85}
    assert report.rows == 86
    zoe = db.session.scalars(select(Contact).where(Contact.email == "zo.hbert.0@client0.example")).one()
    assert (zoe.first_name, zoe.last_name, zoe.role.value, zoe.phone, zoe.for_collection) == (
        "Zoé",
        "Hébert",
        "director",
        "01 90 90 84 17",
        True,
    )
    flagged = {row[0] for row in rows_of("fr_contacts.csv", "cp1252", ";") if row[6] == "1"}
    query = select(Customer.code).join(Contact, Contact.customer_id == Customer.id).where(Contact.for_collection)
    assert set(db.session.scalars(query)) == flagged
    assert counts(take.file(CONTACTS, DATA / "fr_contacts.csv")) == {"unchanged": 85}


def test_the_first_french_day_has_the_sums_of_its_file(take: Importer) -> None:
    _french_ledger(take)
    report = take.file(ITEMS, DATA / FIRST, mode=STOCK)
    rows = rows_of(FIRST, "cp1252", ";")
    assert counts(report) == {"new": 897}
    assert _open(take.entity) == _french_sums(rows)
    types = {row[0]: row[1] for row in db.session.execute(select(Item.erp_type, Item.type).distinct())}
    assert types == {"FC": "FAC", "AV": "AVO", "RG": "RGL", "OD": "ODI", "LCR": "TRT", "AC": "DPA"}
    euros = sum((french(row[7]) for row in rows if row[8] == "EUR" and row[1] != "AC"), Decimal(0))
    assert report.as_json()["receivable_after"] == f"{euros:.2f}"
    before = sum((french(row[5]) for row in rows), Decimal(0))
    assert db.session.scalar(select(func.sum(Item.amount_excl_tax))) == before
    assert item("FC2610002").project == "Chantier Gare; lot 2"


def test_the_second_french_day_clears_what_is_gone_and_rejects_two_rows(take: Importer) -> None:
    _french_ledger(take)
    take.file(ITEMS, DATA / FIRST, mode=STOCK)
    tomorrow = TODAY + timedelta(days=1)
    report = take.file(ITEMS, DATA / SECOND, mode=STOCK, today=tomorrow)
    old, new = ({row[2]: row for row in rows_of(name, "cp1252", ";")} for name in (FIRST, SECOND))
    good = {number: row for number, row in new.items() if number not in ("FC2699998", "FC2699999")}
    assert counts(report) == {
        "new": len(good.keys() - old.keys()),
        "cleared": len(old.keys() - new.keys()),
        "changed": sum(1 for number in good.keys() & old.keys() if good[number] != old[number]),
        "unchanged": sum(1 for number in good.keys() & old.keys() if good[number] == old[number]),
        "rejected": 2,
    }
    assert reasons(report) == ["42: this is not an amount", "82: there is no customer with the code C99999"]
    assert (report.rejects[0].column, report.rejects[0].value) == ("Montant TTC", "12 3x4,00")
    assert _open(take.entity) == _french_sums(list(good.values()))
    gone = select(func.count()).where(Item.cleared_on == tomorrow, Item.cleared_by == "absence")
    assert db.session.scalar(gone) == len(old.keys() - new.keys())
    assert customer("C10000").ledger_incomplete is True
    again = take.file(ITEMS, DATA / SECOND, mode=STOCK, today=tomorrow)
    assert counts(again) == {"unchanged": 856, "rejected": 2}


def test_the_sap_list_has_the_sums_of_its_file(take: Importer) -> None:
    assert counts(take.file(CUSTOMERS, DATA / "sap_customers.txt")) == {"new": 40}
    assert (customer("0000010000").business_name, customer("0000010000").country) == ("Ölçer Médical", "DE")
    known = rows_of("sap_customers.txt", "utf-16", "\t")
    query = select(Customer.code, Customer.business_name, Customer.payment_term)
    assert {tuple(row) for row in db.session.execute(query)} >= {(row[0], row[1], row[7]) for row in known}
    links = sum(len(row[8].split(",")) for row in known if row[8])
    assert db.session.scalar(select(func.count()).select_from(customer_groups)) == links
    report = take.file(ITEMS, DATA / "sap_items.txt", mode=STOCK)
    rows = rows_of("sap_items.txt", "utf-16", "\t")
    assert counts(report) == {"new": len(rows)}
    sums: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row[6], row[2]] += sap(row[5])
    assert _open(take.entity) == dict(sums)
    types = {row[0]: row[1] for row in db.session.execute(select(Item.erp_type, Item.type).distinct())}
    assert types == {"RV": "FAC", "DG": "AVO", "DZ": "RGL", "AB": "ODI", "DW": "TRT", "DA": "DPA"}
    assert item("1800000003").issued_on == date(2026, 10, 1)


def test_the_american_package_has_the_sums_of_its_file(session: object, tmp_path: Any) -> None:
    there = Importer(factories.an_entity(currency="USD", country="US", timezone="America/Chicago"), tmp_path)
    assert counts(there.file(CUSTOMERS, DATA / "us_customers.csv")) == {"new": 30}
    assert (customer("C10000").state, customer("C10000").credit_limit) == ("IL", Decimal(150_000))
    limits = [american(row[7]) for row in rows_of("us_customers.csv", "utf-8-sig", ",") if row[7]]
    assert db.session.scalar(select(func.sum(Customer.credit_limit))) == sum(limits)
    company = db.session.scalars(select(Contact).where(Contact.customer_id == customer("C10000").id)).one()
    assert (company.role.value, company.email, company.for_collection) == ("company", "ap0@buyer0.example", False)
    report = there.file(ITEMS, DATA / "us_open_invoices.csv", mode=STOCK)
    rows = rows_of("us_open_invoices.csv", "utf-8-sig", ",")
    assert counts(report) == {"new": len(rows)}
    sums: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for row in rows:
        sums["USD", row[2]] += american(row[6])
    assert _open(there.entity) == dict(sums)
    assert (item("10001").issued_on, item("10001").due_on) == (date(2026, 11, 2), date(2026, 12, 17))
    types = {row[0]: row[1] for row in db.session.execute(select(Item.erp_type, Item.type).distinct())}
    expected = ("Invoice", "Credit Memo", "Payment", "Journal Entry", "Deposit Request")
    kinds = (ItemType.INVOICE, ItemType.CREDIT_NOTE, ItemType.PAYMENT, ItemType.MISCELLANEOUS, ItemType.DOWN_PAYMENT)
    assert types == dict(zip(expected, kinds, strict=True))


def test_the_public_sample_goes_in_settled_with_its_customers_made(take: Importer) -> None:
    report = take.file(ITEMS, DATA / "invoices.csv", create_customers=True, now=NOW)
    rows = rows_of("invoices.csv", "utf-8", ",")
    assert counts(report) == {"new": 2466}
    assert report.created_customers == 100
    assert db.session.scalar(select(func.sum(Item.cleared_amount))) == sum(
        (Decimal(row[6]) for row in rows), Decimal(0)
    )
    assert db.session.scalar(select(func.count()).where(Item.cleared_on.is_(None))) == 0
    known = {row[3]: (row[1], american_day(row[4]), american_day(row[5]), american_day(row[8])) for row in rows}
    query = select(Item.number, Customer.code, Item.issued_on, Item.due_on, Item.cleared_on).join(
        Customer, Item.customer_id == Customer.id
    )
    assert {row[0]: tuple(row[1:]) for row in db.session.execute(query)} == known
    delays = sum((american_day(row[8]) - american_day(row[4])).days for row in rows)
    assert delays == sum(int(row[10]) for row in rows)
    assert counts(take.file(ITEMS, DATA / "invoices.csv", create_customers=True)) == {"unchanged": 2466}
