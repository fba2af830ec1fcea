"""Remarks on rows that go in are counted by what they say, wherever a result is told (2.3: counted in the result)."""

from sqlalchemy import select

from dso.db import db
from dso.domain.imports import rejects
from dso.models import ImportRun
from tests.services.imports.helpers import Importer


def _against(number: int) -> str:
    return f"C1;A{number};AVO;2026-10-13;2026-11-13;10.00;10.00"


def test_a_sign_against_the_type_is_counted_in_the_result(take: Importer) -> None:
    report = take.items(*map(_against, range(3)), "C1;F1;FAC;2026-10-13;2026-11-13;-5.00;-5.00")
    counted = {"the sign is against the type …: taken in as ODI": 4}
    assert report.as_json()["remarks"] == counted
    kept = db.session.scalars(select(ImportRun.counts)).one()
    assert rejects.counted(kept["remarks"]) == counted


def test_a_file_without_remarks_says_nothing_of_them(take: Importer) -> None:
    assert "remarks" not in take.items("C1;F1;FAC;2026-10-13;2026-11-13;5.00;5.00").as_json()


def test_only_items_have_an_effect_on_the_receivable(take: Importer) -> None:
    take.items("C1;F1;FAC;2026-10-13;2026-11-13;5.00;5.00")
    told = take.customers("C3;Gamma").as_json()
    assert (told["receivable_before"], told["receivable_after"]) == (None, None)
