"""Customers and contacts files: made, updated by policy, merged, flags that move (2.4, 11.5)."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from dso.db import db
from dso.domain.codes import ContactRole, ImportKind, StatusType
from dso.domain.errors import Refused
from dso.domain.imports.mapping import FileMapping, GroupsMode, Policy
from dso.models import Action, Contact, Customer, CustomField, Event, Group, Item, customer_groups
from dso.services import settings
from dso.services.statuses import Tagging, qualify
from tests import factories
from tests.factories import NOW, TODAY
from tests.services.imports.helpers import Importer, counts, customer, money, reasons

ALL = "code;business name;city;credit limit;blocked;groups;email"


def _mapping(**more: object) -> FileMapping:
    columns = {"code": "code", "business name": "business_name", "city": "city", "groups": "groups"}
    return FileMapping(columns=columns, **more)  # type: ignore[arg-type]


def _groups(code: str) -> list[str]:
    query = select(Group.name).join(customer_groups).where(customer_groups.c.customer_id == customer(code).id)
    return sorted(db.session.scalars(query))


def _of_code(code: str) -> Sequence[Customer]:
    return db.session.scalars(select(Customer).where(Customer.code == code).order_by(Customer.business_name)).all()


def test_unknown_codes_are_made_and_known_ones_updated_where_a_value_differs(take: Importer) -> None:
    assert counts(take.customers("C1;Acme;Lyon;1 000,50;;;", "C9;Nine;Paris;;oui;;", headers=ALL)) == {
        "new": 1,
        "changed": 1,
    }
    assert (customer("C1").business_name, customer("C1").city, customer("C1").credit_limit) == (
        "Acme",
        "Lyon",
        Decimal("1000.50"),
    )
    assert customer("C9").blocked is True
    assert counts(take.customers("C1;Acme;Lyon;1 000,50;;;", "C9;Nine;Paris;;oui;;", headers=ALL)) == {"unchanged": 2}


def test_new_customers_get_the_defaults_of_the_settings(take: Importer) -> None:
    scenario = factories.a_scenario(entity=take.entity, name="Standard")
    collector = factories.a_user(email="cora@acme.example")
    settings.set_value(take.entity, "collection.default_collector", "cora@acme.example", actor=None, now=NOW)
    settings.set_value(take.entity, "collection.default_penalties", "on", actor=None, now=NOW)
    take.customers("C9;Nine")
    made = customer("C9")
    assert (made.scenario_id, made.collector_id, made.interactive, made.penalties, made.recovery_cost) == (
        scenario.id, collector.id, True, True, False,
    )  # fmt: skip
    assert made.draft is False


def test_a_draft_becomes_a_customer_when_a_customers_file_brings_it(take: Importer) -> None:
    take.items("N7;F5;FAC;2026-09-01;2026-10-01;5;5", create_customers=True)
    assert counts(take.customers("N7;Seven")) == {"changed": 1}
    assert (customer("N7").draft, customer("N7").business_name) == (False, "Seven")


def test_a_code_twice_in_the_file_rejects_both_rows(take: Importer) -> None:
    report = take.customers("C9;Nine", "C1;One", "C9;Neuf")
    assert counts(report) == {"changed": 1, "rejected": 2}
    assert reasons(report) == ["2: the code C9 stands in the file twice", "4: the code C9 stands in the file twice"]


def test_an_empty_cell_leaves_the_old_value_unless_empty_clears(take: Importer) -> None:
    take.customers("C1;One;Lyon;", mapping=_mapping(), headers="code;business name;city;groups")
    take.customers("C1;One;;", mapping=_mapping(), headers="code;business name;city;groups")
    assert customer("C1").city == "Lyon"
    take.customers("C1;One;;", mapping=_mapping(empty_clears=True), headers="code;business name;city;groups")
    assert customer("C1").city == ""


@pytest.mark.parametrize(
    ("policy", "city"), [(Policy.ALWAYS, "Paris"), (Policy.IF_EMPTY, "Lyon"), (Policy.NEVER, "Lyon")]
)
def test_the_overwrite_policy_of_a_field(take: Importer, policy: Policy, city: str) -> None:
    take.customers("C1;One;Lyon;", headers="code;business name;city;groups")
    mapping = _mapping(policies={"city": policy})
    take.customers("C1;One;Paris;", "C9;New;Nice;", mapping=mapping, headers="code;business name;city;groups")
    assert customer("C1").city == city
    assert customer("C9").city == "Nice"


@pytest.mark.parametrize(
    ("mode", "expected"),
    [(GroupsMode.IMPORTED, ["By hand", "New"]), (GroupsMode.ADD, ["By hand", "New", "Old"]), (GroupsMode.ALL, ["New"])],
)
def test_groups_are_replaced_as_chosen(take: Importer, mode: GroupsMode, expected: list[str]) -> None:
    headers = "code;business name;city;groups"
    take.customers("C1;One;;Old", headers=headers)
    group = Group(entity_id=take.entity.id, name="By hand")
    db.session.add(group)
    db.session.flush()
    db.session.execute(customer_groups.insert().values(customer_id=customer("C1").id, group_id=group.id, by_import="0"))
    mapping = _mapping(groups=mode)
    assert counts(take.customers("C1;One;;New", mapping=mapping, headers=headers)) == {"changed": 1}
    assert _groups("C1") == expected
    assert counts(take.customers("C1;One;;New", mapping=mapping, headers=headers)) == {"unchanged": 1}


BLOCKED = "code;business name;blocked;blocked_on"


def test_the_day_of_a_block_comes_and_goes_with_it(take: Importer) -> None:
    rows = ("C1;One;yes;", "C2;Two;yes;2026-01-31", "C9;Nine;x;", "N;New;no;2026-01-31")
    assert counts(take.customers(*rows, headers=BLOCKED)) == {"changed": 2, "new": 2}
    days = [customer(code).blocked_on for code in ("C1", "C2", "C9", "N")]
    assert days == [TODAY, date(2026, 1, 31), TODAY, None]
    later = TODAY + timedelta(days=1)
    assert counts(take.customers(*rows, headers=BLOCKED, today=later)) == {"unchanged": 4}
    assert counts(take.customers("C1;One;no", headers="code;business name;blocked")) == {"changed": 1}
    assert (customer("C1").blocked, customer("C1").blocked_on) == (False, None)


def test_an_empty_day_of_a_block_never_clears_it(take: Importer) -> None:
    columns = {"code": "code", "business name": "business_name", "blocked": "blocked", "blocked_on": "blocked_on"}
    mapping = FileMapping(columns=columns, empty_clears=True)
    take.customers("C1;One;yes;2026-01-31", headers=BLOCKED, mapping=mapping)
    assert counts(take.customers("C1;One;yes;", headers=BLOCKED, mapping=mapping)) == {"unchanged": 1}
    assert counts(take.customers("C1;One;;", headers=BLOCKED, mapping=mapping)) == {"changed": 1}
    assert (customer("C1").blocked, customer("C1").blocked_on) == (False, None)


def test_customers_that_share_a_code_are_told_apart_by_their_unique_identifier(take: Importer) -> None:
    headers = "code;business name;unique_id"
    assert counts(take.customers("S;One;s1", "S;Two;s2", "C1;First;c1", headers=headers)) == {"new": 2, "changed": 1}
    assert customer("C1").unique_id == "c1"
    assert counts(take.customers("S;One;s1", "S;Deux;s2", headers=headers)) == {"changed": 1, "unchanged": 1}
    assert reasons(take.customers("S;Three")) == ["2: two customers have the code S: map a unique identifier"]


def test_two_rows_never_become_one_customer_without_a_unique_identifier(take: Importer) -> None:
    headers = "code;business name;unique_id"
    report = take.customers("C1;Alpha;u1", "C1;Beta;u2", "C2;Two;u3", headers=headers)
    assert counts(report) == {"changed": 1, "rejected": 2}
    assert reasons(report) == [
        f"{line}: two rows of the file have the code C1, which a customer without a unique identifier has: "
        "give that customer the right one first"
        for line in (2, 3)
    ]
    assert customer("C1").unique_id is None
    customer("C1").unique_id = "u1"
    assert counts(take.customers("C1;Alpha;u1", "C1;Beta;u2", headers=headers)) == {"changed": 1, "new": 1}


def test_a_row_whose_unique_identifier_is_known_takes_nobody_over(take: Importer) -> None:
    headers = "code;business name;unique_id"
    take.customers("C9;Nine;u1", headers=headers)
    report = take.customers("C1;Nine;u1", "C1;One;u2", headers=headers)
    assert counts(report) == {"changed": 2}
    assert [each.business_name for each in _of_code("C1")] == ["Nine", "One"]


def test_items_follow_when_a_customer_is_collected_by_another(take: Importer) -> None:
    take.items("C2;F1;FAC;2026-09-01;2026-10-01;5;5")
    take.customers("C2;Two;C1", headers="code;business name;collected_by")
    assert customer("C2").collected_by_id == customer("C1").id
    assert db.session.scalars(select(Item)).one().account_id == customer("C1").id


def test_specific_actions_follow_their_items_to_the_pilot(take: Importer) -> None:
    """Members show a notice and no actions."""
    take.items("C2;F1;FAC;2026-09-01;2026-10-01;50;50")
    item = db.session.scalars(select(Item)).one()
    tagging = Tagging(factories.a_status(StatusType.DISPUTE))
    act = qualify([item], tagging, actor=factories.a_user(), today=TODAY, now=NOW)
    take.customers("C2;Two;C1", headers="code;business name;collected_by")
    db.session.expire_all()
    action = db.session.get_one(Action, act.action_id)
    assert action.customer_id == item.account_id == customer("C1").id
    assert item.held_by_id == action.id


def test_custom_fields_of_customers_are_typed_by_their_definition(take: Importer) -> None:
    db.session.add(CustomField(subject="customer", code="rank", label="Rank", type="number"))
    db.session.flush()
    report = take.customers("C1;One;1 000,5", headers="code;business name;Rank", columns={"Rank": "custom:rank"})
    assert counts(report) == {"changed": 1}
    assert customer("C1").custom == {"rank": "1000.5"}


def test_a_custom_field_that_cannot_be_read_stays_as_it_is_known_and_the_customer_goes_in(take: Importer) -> None:
    db.session.add(CustomField(subject="customer", code="rank", label="Rank", type="number"))
    db.session.flush()
    head: Any = {"headers": "code;business name;Rank", "columns": {"Rank": "custom:rank"}}
    take.customers("C1;One;7", **head)
    for rows in (("C1;Uno;many", "C9;Nine;few"), ("C1;One;many",)):
        assert take.customers(*rows, **head).rejected == 0
        db.session.expire_all()
        assert (customer("C1").custom, customer("C9").custom) == ({"rank": "7"}, {})
    report = take.customers("C1;One;many", dry=True, **head)
    assert counts(report) == {"unchanged": 1}
    told = [(each.line, each.column, each.value, str(each)) for each in report.remark_rows]
    assert told == [(2, "Rank", "many", "not a number: left out")]


def test_a_limit_in_another_currency_is_left_out_with_a_remark_and_the_known_one_stays(take: Importer) -> None:
    take.customers("C1;One;700", headers="code;business name;credit limit")
    report = take.customers("C1;Uno;$500.00", "C9;Nine;$500.00", headers="code;business name;credit limit")
    assert counts(report) == {"new": 1, "changed": 1}
    db.session.expire_all()
    assert (customer("C1").credit_limit, customer("C9").credit_limit) == (money("700"), None)
    assert [str(each) for each in report.remark_rows] == ["the amount is in $, not in EUR: left out"] * 2


def test_what_changed_stands_on_the_timeline_with_old_and_new(take: Importer) -> None:
    report = take.customers("C1;One;Lyon", headers="code;business name;city")
    events = select(Event).where(Event.customer_id == customer("C1").id).order_by(Event.id)
    event = db.session.scalars(events).all()[-1]
    assert event.text % event.data["params"] == "Changed by the import of file.csv: business_name, city"
    assert event.data["changes"]["city"] == ["", "Lyon"]
    assert event.data["import_run_id"] == report.run_id


def test_a_preview_of_customers_says_the_same_and_changes_nothing(take: Importer) -> None:
    rows = ("C1;One;Lyon", "C9;Nine;Paris", ";None;x")
    headers = "code;business name;city"
    report = take.customers(*rows, headers=headers, dry=True)
    assert db.session.scalar(select(Customer).where(Customer.code == "C9")) is None
    (sample,) = report.parts["changed"].samples
    assert [(each.field, each.new) for each in sample.changes] == [("business_name", "One"), ("city", "Lyon")]
    assert take.customers(*rows, headers=headers).as_json() == report.as_json()


def test_contacts_are_added_and_the_same_again_changes_nothing(take: Importer) -> None:
    rows = ("C1;Zoé;Hébert;zoe@c.example;1;1", "C2;Max;Noël;max@c.example;2;")
    assert counts(take.contacts(*rows)) == {"new": 2}
    assert counts(take.contacts(*rows)) == {"unchanged": 2}


def test_a_contact_is_found_by_customer_and_email_else_by_name(take: Importer) -> None:
    take.contacts("C1;Zoé;Hébert;zoe@c.example;1;", "C1;Max;Noël;;2;")
    assert counts(take.contacts("C1;Zoe;Hebert-Roy;ZOE@c.example;1;")) == {"changed": 1}
    assert counts(take.contacts("C1;MAX;Noel;max@c.example;2;")) == {"changed": 1}
    emails = sorted(db.session.scalars(select(Contact.email)))
    assert emails == ["ZOE@c.example", "max@c.example"]


def test_two_persons_of_one_name_in_a_file_stay_two(take: Importer) -> None:
    rows = ("C1;Jean;Martin;j1@c.example;1;", "C1;Jean;Martin;j2@c.example;2;")
    assert counts(take.contacts(*rows)) == {"new": 2}
    assert counts(take.contacts(*rows)) == {"unchanged": 2}


def test_two_rows_for_one_contact_are_merged_and_the_later_filled_cell_wins(take: Importer) -> None:
    report = take.contacts(
        "C1;Zoé;Hébert;zoe@c.example;1;1", "C2;Max;Noël;;5;", "C1;Zoé;;zoe@c.example;3;", "C1;Zoé;Roy;zoe@c.example;;"
    )
    assert reasons(report) == ["4: Last name is missing"]
    made = db.session.scalars(select(Contact).where(Contact.email == "zoe@c.example")).one()
    assert (made.last_name, made.phone, made.for_collection) == ("Roy", "1", True)
    # Three rows go in and two contacts are made: the result says which row is no contact of its own.
    assert counts(report) == {"new": 2, "rejected": 1}
    assert [f"{each.line}: {each}" for each in report.remark_rows] == [
        "5: the same contact as on line 2: the two were made one"
    ]


def test_the_flag_moves_and_at_most_one_has_it(take: Importer) -> None:
    take.contacts("C1;Zoé;Hébert;zoe@c.example;1;1")
    assert counts(take.contacts("C1;Zoé;Hébert;zoe@c.example;1;", "C1;Max;Noël;max@c.example;2;1")) == {
        "new": 1,
        "unchanged": 1,
    }
    query = select(Contact.first_name).where(Contact.for_collection)
    assert db.session.scalars(query).all() == ["Max"]
    take.contacts("C1;Zoé;Hébert;zoe@c.example;1;1", "C1;Max;Noël;max@c.example;2;1")
    assert db.session.scalars(query).all() == ["Max"]


def test_a_file_without_a_mark_leaves_the_flag_where_it_is(take: Importer) -> None:
    take.contacts("C1;Zoé;Hébert;zoe@c.example;1;1")
    take.contacts("C1;Zoé;Hébert;zoe@c.example;2;")
    assert db.session.scalars(select(Contact)).one().for_collection is True


def test_contacts_of_unknown_customers_are_rejected(take: Importer) -> None:
    report = take.contacts("C9;Zoé;Hébert;zoe@c.example;1;1", "C1;Max;Noël;nowhere;2;", "C1;;;x@c.example;2;")
    assert reasons(report) == [
        "2: there is no customer with the code C9", "3: this is not an e-mail address", "4: Last name is missing",
    ]  # fmt: skip


def test_an_empty_role_is_that_of_others_where_empty_clears(take: Importer) -> None:
    headers = "customer;last name;role"
    take.contacts("C1;Hébert;Buchhaltung", headers=headers)
    columns = {"customer": "customer", "last name": "last_name", "role": "role"}
    mapping = FileMapping(columns=columns, empty_clears=True)
    assert counts(take.contacts("C1;Hébert;", headers=headers, mapping=mapping)) == {"changed": 1}
    assert db.session.scalars(select(Contact.role)).one() is ContactRole.OTHER
    assert counts(take.contacts("C1;Hébert;", headers=headers, mapping=mapping)) == {"unchanged": 1}


def test_a_new_address_forgets_that_the_old_one_bounced(take: Importer) -> None:
    factories.a_contact(customer("C1"), first_name="Zoé", last_name="Hébert", email="old@c.example", bounced=True)
    take.contacts("C1;Zoé;Hébert;new@c.example;1;")
    made = db.session.scalars(select(Contact)).one()
    assert (made.email, made.bounced) == ("new@c.example", False)


def test_formulas_and_script_are_kept_as_the_text_they_are(take: Importer) -> None:
    take.customers('C9;"=HYPERLINK(""http://x"")";<script>alert(1)</script>', headers="code;business name;city")
    assert (customer("C9").business_name, customer("C9").city) == (
        '=HYPERLINK("http://x")',
        "<script>alert(1)</script>",
    )


def test_a_mapping_is_remembered_for_the_next_file_of_this_shape(take: Importer) -> None:
    headers = "Konto;Bezeichnung"
    with pytest.raises(Refused, match="No column is mapped to code, business_name"):
        take.text(ImportKind.CUSTOMERS, headers, "K1;Eins")
    said = {"Konto": "code", "Bezeichnung": "business_name"}
    assert counts(take.text(ImportKind.CUSTOMERS, headers, "K1;Eins", columns=said)) == {"new": 1}
    assert counts(take.text(ImportKind.CUSTOMERS, headers, "K1;Eins", "K2;Zwei")) == {"new": 1, "unchanged": 1}
