"""Customers collected by others, where a file brings both: the pilot is looked for once all of them are in (2.4)."""

import pytest

from dso.db import db
from dso.domain.imports.mapping import FileMapping, Policy
from dso.models import Customer
from tests.services.imports.helpers import Importer, counts, customer, reasons

HEADERS = "code;business name;collected_by"
LEFT_OUT = "no single customer with this code: left out"


def _mapping(**more: object) -> FileMapping:
    columns = {"code": "code", "business name": "business_name", "collected_by": "collected_by"}
    return FileMapping(columns=columns, **more)  # type: ignore[arg-type]


def _led(code: str) -> str | None:
    pilot = db.session.get(Customer, customer(code).collected_by_id or 0)
    return pilot.code if pilot else None


def _remarks(report: object) -> list[str]:
    return [f"{each.line} {each.column} {each.value}: {each}" for each in report.remark_rows]  # type: ignore[attr-defined]


@pytest.fixture
def led(take: Importer) -> Importer:
    """C1 is collected by C2."""
    take.customers("C1;One;C2", headers=HEADERS)
    assert _led("C1") == "C2"
    return take


@pytest.mark.parametrize("policy", [Policy.NEVER, Policy.IF_EMPTY])
def test_a_pilot_new_in_the_file_leads_nobody_the_policy_leaves_alone(led: Importer, policy: Policy) -> None:
    mapping = _mapping(policies={"collected_by": policy})
    report = led.customers("P;Pilot;", "C1;Uno;P", "N;New;P", headers=HEADERS, mapping=mapping)
    assert counts(report) == {"new": 2, "changed": 1}
    assert (_led("C1"), _led("N")) == ("C2", "P")


@pytest.mark.parametrize("dry", [True, False])
def test_a_pilot_whose_row_is_rejected_leads_nobody_away(led: Importer, dry: bool) -> None:
    rows = ("C1;One;P", "P;;", "N;New;P", "P2;;")
    report = led.customers(*rows, headers=HEADERS, dry=dry)
    assert reasons(report) == ["3: Business name is missing", "5: Business name is missing"]
    assert _remarks(report) == [f"2 collected_by P: {LEFT_OUT}", f"4 collected_by P: {LEFT_OUT}"]
    assert counts(report) == {"new": 1, "unchanged": 1, "rejected": 2}
    assert _led("C1") == "C2"


def test_a_pilot_two_new_customers_could_be_leads_nobody(led: Importer) -> None:
    rows = ("C1;One;P;c1", "P;Pilot;;p1", "P;Pilot;;p2")
    report = led.customers(*rows, headers=f"{HEADERS};unique_id")
    assert _remarks(report) == [f"2 collected_by P: {LEFT_OUT}"]
    assert (counts(report), _led("C1")) == ({"new": 2, "changed": 1}, "C2")


def test_a_pilot_that_comes_after_its_customer_leads_it(led: Importer) -> None:
    assert counts(led.customers("C1;One;P", "P;Pilot;", headers=HEADERS)) == {"new": 1, "changed": 1}
    assert _led("C1") == "P"
    assert counts(led.customers("C1;One;P", "P;Pilot;", headers=HEADERS)) == {"unchanged": 2}


def test_what_is_left_out_of_a_row_clears_nothing(led: Importer) -> None:
    customer("C1").language = "fr"
    columns = {**_mapping().columns, "language": "language"}
    mapping = FileMapping(columns=columns, empty_clears=True)
    assert counts(led.customers("C1;One;C9;?", headers=f"{HEADERS};language", mapping=mapping)) == {"unchanged": 1}
    assert (_led("C1"), customer("C1").language) == ("C2", "fr")
    led.customers("C1;One;;", headers=f"{HEADERS};language", mapping=mapping)
    assert (_led("C1"), customer("C1").language) == (None, "")


def test_a_pilot_may_be_named_by_unique_identifier_alone(led: Importer) -> None:
    customer("C1").unique_id, customer("C2").unique_id = "c1", "c2"
    headers = "code;business name;unique_id;collected_by_unique_id"
    led.customers("C2;Two;c2;p1", "C1;One;c1;p1", "P;Pilot;p1;", headers=headers)
    assert (_led("C1"), _led("C2")) == ("P", "P")
    led.customers("C2;Two;c2;c1", "C1;One;c1;", headers=headers)
    assert (_led("C1"), _led("C2")) == ("P", "C1")
