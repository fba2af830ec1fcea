"""An import sends as many statements for many rows as for few."""

from dso.services.imports.report import ImportReport
from tests.counting import statements
from tests.services.imports.helpers import Importer, counts

COLOURED = "customer;number;type;issue date;due date;amount;remaining;Colour"
GROUPED = "code;business name;groups"


def _colours(take: Importer, many: int, colour: str) -> ImportReport:
    rows = (f"C1;F{n};FAC;2026-09-01;2026-10-01;5;5;{colour}" for n in range(many))
    return take.items(*rows, headers=COLOURED, columns={"Colour": "custom:colour"})


def _groups(take: Importer, many: int, suffix: str) -> ImportReport:
    return take.customers(*(f"D{n};Name {n};{suffix}{n},all" for n in range(many)), headers=GROUPED)


def test_custom_fields_of_many_items_are_merged_in_as_many_statements_as_those_of_few(take: Importer) -> None:
    _colours(take, 40, "red")
    with statements() as few:
        assert counts(_colours(take, 2, "blue")) == {"changed": 2}
    with statements() as many:
        assert counts(_colours(take, 40, "green")) == {"changed": 40}
    assert len(many) == len(few)


def test_groups_of_many_customers_are_made_and_left_in_as_many_statements_as_those_of_few(take: Importer) -> None:
    _groups(take, 40, "old")
    with statements() as few:
        assert counts(_groups(take, 2, "new")) == {"changed": 2}
    with statements() as many:
        assert counts(_groups(take, 40, "other")) == {"changed": 40}
    assert len(many) == len(few)
