"""The order of day and month on the mapping screen: what earlier files proved, and what a person says."""

import re
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dso.models import Item
from tests.conftest import Client
from tests.web.test_imports import CUSTOMERS, decide, send, take

DAYS = "Code client;N° pièce;Date facture;Échéance;Montant TTC\n"


def shown(importer: Client, address: str) -> str:
    return importer.get(address).get_data(as_text=True)


def day_choice(page: str) -> tuple[str, str]:
    """What the choice of the order of day and month says first, and what is chosen."""
    body = page.partition('name="day_order"')[2].partition("</select>")[0]
    chosen = re.search(r'value="(\w*)" selected', body)
    return re.findall(r"<option[^>]*>([^<]*)<", body)[0], chosen.group(1) if chosen else ""


@pytest.fixture
def proved(importer: Client) -> None:
    """An earlier file of this shape has shown that the day comes first."""
    take(importer, decide(importer, send(importer, "customers", CUSTOMERS)))
    take(importer, decide(importer, send(importer, "items", DAYS + "C1;F1;13/10/2026;13/11/2026;10,00\n")))


def test_the_order_of_days_earlier_files_proved_holds_when_the_columns_are_changed(
    importer: Client, proved: None
) -> None:
    columns = send(importer, "items", DAYS + "C1;F2;01/11/2026;05/12/2026;10,00\n")
    assert importer.get(columns).location == f"{columns}/preview"
    assert day_choice(shown(importer, f"{columns}?edit=1")) == ("as earlier files showed: day first", "")
    preview = importer.get(decide(importer, columns, mode="stock"))
    assert preview.status_code == 200 and "full file" in preview.get_data(as_text=True)


def test_an_order_of_days_a_person_says_stands_above_the_one_earlier_files_proved(
    session: Session, importer: Client, proved: None
) -> None:
    columns = send(importer, "items", DAYS + "C1;F2;01/11/2026;05/12/2026;10,00\n")
    importer.get(columns)
    preview = decide(importer, columns, day_order="mdy")
    assert day_choice(shown(importer, f"{columns}?edit=1")) == ("as earlier files showed: day first", "mdy")
    take(importer, preview, force="1")
    item = session.scalars(select(Item).where(Item.number == "F2")).one()
    assert (item.issued_on, item.due_on) == (date(2026, 1, 11), date(2026, 5, 12))


def test_the_order_of_days_proved_of_a_column_holds_beside_a_new_header(importer: Client, proved: None) -> None:
    header, row = DAYS.replace("\n", ";Remarque\n"), "C1;F2;01/11/2026;05/12/2026;10,00;x\n"
    assert importer.get(decide(importer, send(importer, "items", header + row))).status_code == 200
