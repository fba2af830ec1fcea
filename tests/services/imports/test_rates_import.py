"""Rates: the files of the European Central Bank as published, and plain tables (1.6)."""

import hashlib
import tracemalloc
import zipfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from dso.db import db
from dso.domain.codes import ImportKind
from dso.domain.errors import Refused
from dso.models import Customer, CustomerState, ImportRun, Rate
from dso.services import files, imports
from dso.services.imports.readers import open_table
from tests.factories import TODAY
from tests.services.imports.helpers import Importer, counts, reasons

RATES = ImportKind.RATES
DAILY = "Date, USD, JPY, GBP, \n27 November 2026, 1.0570, 160.25, 0.83188, \n"
HISTORY = (
    "Date,USD,JPY,CYP,GBP,\n"
    "2026-11-27,1.0570,160.25,N/A,0.83188,\n"
    "2026-11-26,1.0478,159.90,N/A,0.83285,\n"
    "2007-12-31,1.4721,164.93,0.585274,0.73335,\n"
)
XML = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" \
xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
	<gesmes:subject>Reference rates</gesmes:subject>
	<gesmes:Sender>
		<gesmes:name>European Central Bank</gesmes:name>
	</gesmes:Sender>
	<Cube>
%s	</Cube>
</gesmes:Envelope>"""
DAY = (
    "\t\t<Cube time='%s'>\n"
    "\t\t\t<Cube currency='USD' rate='%s'/>\n\t\t\t<Cube currency='JPY' rate='160.25'/>\n\t\t</Cube>\n"
)


def _file(take: Importer, name: str, text: str) -> Path:
    path = take._folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _units() -> dict[tuple[str, str, str], str]:
    rows = db.session.execute(select(Rate.reference, Rate.currency, Rate.on, Rate.units))
    return {(row.reference, row.currency, row.on.isoformat()): row.units for row in rows}


def test_the_banks_daily_csv_goes_in_as_it_is(take: Importer) -> None:
    assert counts(take.file(RATES, _file(take, "eurofxref.csv", DAILY))) == {"new": 3}
    day = "2026-11-27"
    assert _units() == {("EUR", "USD", day): "1.057", ("EUR", "JPY", day): "160.25", ("EUR", "GBP", day): "0.83188"}


def test_the_banks_history_goes_in_and_what_is_not_available_is_left_out(take: Importer) -> None:
    assert counts(take.file(RATES, _file(take, "eurofxref-hist.csv", HISTORY))) == {"new": 9}
    assert _units()["EUR", "USD", "2007-12-31"] == "1.4721"
    assert counts(take.file(RATES, _file(take, "eurofxref.csv", DAILY))) == {"unchanged": 3}


@pytest.mark.parametrize("days", [[("2026-11-27", "1.0570")], [("2026-11-27", "1.0570"), ("2026-11-26", "1.0478")]])
def test_the_banks_xml_goes_in_as_it_is(take: Importer, days: list[tuple[str, str]]) -> None:
    text = XML % "".join(DAY % day for day in days)
    assert counts(take.file(RATES, _file(take, "eurofxref-daily.xml", text))) == {"new": 2 * len(days)}
    assert _units()["EUR", "USD", "2026-11-27"] == "1.057"


def _packed(take: Importer, *parts: tuple[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> Path:
    path = take._folder / "eurofxref-hist.zip"
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("name", ["eurofxref-hist.csv", "EUROFXREF.CSV", "rates/daily.csv"])
def test_the_banks_csv_goes_in_packed_as_it_is_published(take: Importer, packing: int, name: str) -> None:
    path = _packed(take, (name, HISTORY.encode()), packing=packing)
    report = take.file(RATES, path)
    assert counts(report) == {"new": 9}
    assert _units()["EUR", "USD", "2007-12-31"] == "1.4721"
    run = db.session.scalars(select(ImportRun)).one()
    assert files.path_of(run.stored_as).read_bytes() == path.read_bytes()
    assert (run.file_name, run.sha256) == ("eurofxref-hist.zip", hashlib.sha256(path.read_bytes()).hexdigest())


def test_any_csv_of_rates_goes_in_packed_and_its_encoding_is_recognised(take: Importer) -> None:
    path = _packed(
        take, ("cours.csv", "Devise;Date du cours;Cours;Libellé\nUSD;27/11/2026;1,0570;été\n".encode("cp1252"))
    )
    assert open_table(path, RATES).recognised == "cp1252"
    assert counts(take.file(RATES, path)) == {"new": 1}


DAILY_PART = ("eurofxref.csv", DAILY.encode())


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([DAILY_PART, ("other.csv", b"a;b\n")], "holds no XLSX workbook and not just one CSV file"),
        ([DAILY_PART, ("readme.txt", b"x")], "holds no XLSX workbook and not just one CSV file"),
        ([("eurofxref.xml", XML.encode())], "holds no XLSX workbook and not just one CSV file"),
        ([("eurofxref.csv", b"%PDF-1.7 rest")], "PDF document"),
        ([("eurofxref.csv", b" \r\n")], "The file is empty"),
        ([("eurofxref.csv", b"Date, USD, \n\0\0, 1, \n")], "NUL byte"),
        ([("eurofxref.csv", "Date;USD;été é\nü".encode() + b"\xff\n")], "Line 2 holds bytes that are no UTF-8"),
    ],
)
def test_an_archive_of_anything_else_is_refused_in_words(
    take: Importer, parts: list[tuple[str, bytes]], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        take.file(RATES, _packed(take, *parts))


@pytest.mark.parametrize("kind", [kind for kind in imports.KINDS if kind is not RATES])
def test_a_packed_csv_is_taken_for_rates_only(take: Importer, kind: ImportKind) -> None:
    with pytest.raises(Refused, match="a ZIP archive but no XLSX workbook"):
        take.file(kind, _packed(take, DAILY_PART))


def test_rates_still_come_as_a_workbook(take: Importer) -> None:
    path = take._folder / "rates.xlsx"
    book = openpyxl.Workbook()
    for row in (["currency", "date", "rate"], ["USD", "2026-11-27", 1.057]):
        book.worksheets[0].append(row)
    book.save(path)
    assert counts(take.file(RATES, path)) == {"new": 1}


def _claiming(path: Path, real: int, claimed: int) -> Path:
    path.write_bytes(path.read_bytes().replace(real.to_bytes(4, "little"), claimed.to_bytes(4, "little")))
    return path


def test_a_packed_bomb_is_refused_before_it_unpacks(take: Importer) -> None:
    path = _packed(take, ("eurofxref.csv", b"Date, USD, \n" + b"0" * 1_000_000))
    with pytest.raises(Refused, match="unpacks to more than can be read"):
        take.file(RATES, _claiming(path, 1_000_012, 1 << 31))


@pytest.mark.parametrize("claimed", [12, 500_000])
def test_a_packed_file_that_lies_about_its_size_is_refused_and_fills_no_memory(take: Importer, claimed: int) -> None:
    rows = b"2026-11-27, 1.0570, \n" * 3_000_000
    path = _claiming(_packed(take, ("eurofxref.csv", rows)), len(rows), claimed)
    tracemalloc.start()
    with pytest.raises(Refused, match="cannot be read: send it again"):
        take.file(RATES, path)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.parametrize("damage", ["cut", "changed", "sealed", "packed otherwise"])
def test_a_damaged_archive_is_refused_in_words(take: Importer, damage: str) -> None:
    packing = zipfile.ZIP_BZIP2 if damage == "packed otherwise" else zipfile.ZIP_STORED
    path = _packed(take, DAILY_PART, packing=packing)
    data = path.read_bytes()
    if damage == "sealed":
        place = data.index(b"PK\x01\x02") + 8
        data = data[:place] + b"\x01" + data[place + 1 :]
    path.write_bytes({"cut": data[:-30], "changed": data.replace(b"1.0570", b"2.0570")}.get(damage, data))
    with pytest.raises(Refused, match="with a password" if damage == "sealed" else "cannot be read: send it again"):
        take.file(RATES, path)


def test_a_changed_rate_is_changed_and_the_same_file_twice_changes_nothing(take: Importer) -> None:
    take.file(RATES, _file(take, "a.csv", DAILY))
    assert counts(take.file(RATES, _file(take, "a.csv", DAILY.replace("1.0570", "1.06")))) == {
        "changed": 1,
        "unchanged": 2,
    }
    assert _units()["EUR", "USD", "2026-11-27"] == "1.06"


def test_a_plain_table_goes_in_with_every_digit(take: Importer) -> None:
    report = take.text(RATES, "Devise;Date;Cours", "USD;27/11/2026;1,0570123456789", "jpy;28/11/2026;160,25")
    assert counts(report) == {"new": 2}
    assert _units()["EUR", "USD", "2026-11-27"] == "1.0570123456789"


def test_rates_against_another_reference_are_kept_apart(take: Importer) -> None:
    take.text(RATES, "base;currency;date;rate", "USD;CAD;2026-11-27;1.40", "EUR;CAD;2026-11-27;1.48")
    assert _units() == {("USD", "CAD", "2026-11-27"): "1.4", ("EUR", "CAD", "2026-11-27"): "1.48"}


def test_rows_that_are_no_rates_are_rejected_alone(take: Importer) -> None:
    rows = ("USD;2026-11-27;0", "EUR;2026-11-27;1", "XXQ;2026-11-27;2", "GBP;2026-11-27;0.8", "GBP;2026-11-27;0.9")
    report = take.text(RATES, "currency;date;rate", *rows, "CHF;2026-11-27;0.93", "SEK;1900-01-01;11")
    assert counts(report) == {"new": 1, "rejected": 6}
    assert reasons(report) == [
        "2: this is not a rate",
        "3: a currency has no rate against itself",
        "4: this is not a currency",
        "5: the file has two rates of GBP for 2026-11-27",
        "6: the file has two rates of GBP for 2026-11-27",
        "8: the year is not between 1940 and 2099",
    ]


BOMB = '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><Cube>&lol2;</Cube>'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, "declares a document type"),
        ('<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "declares a document type"),
        ('<?xml version="1.0"?><other/>', "holds no reference rates"),
        (XML[:300], "damaged or not whole"),
        (XML.replace("UTF-8", "foo"), "an encoding that is not read"),
        (XML.replace("UTF-8", "shift_jis"), "an encoding that is not read"),
        (XML.replace("UTF-8", "punycode"), "an encoding that is not read"),
    ],
)
def test_xml_that_is_unsafe_or_something_else_is_refused_in_words(take: Importer, text: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        take.file(RATES, _file(take, "rates.xml", text))


def test_figures_of_foreign_ledgers_follow_the_new_rates(take: Importer) -> None:
    issued, due = TODAY - timedelta(days=60), TODAY - timedelta(days=30)
    take.items(f"C1;F1;FAC;{issued};{due};100;USD", headers="customer;number;type;issue date;due date;amount;currency")
    state = select(CustomerState).join(Customer, Customer.id == CustomerState.customer_id).where(Customer.code == "C1")
    assert db.session.scalars(state).one().unconverted is True
    take.text(RATES, "currency;date;rate", f"USD;{TODAY - timedelta(days=1)};2")
    db.session.expire_all()
    found = db.session.scalars(state).one()
    assert (found.receivable, found.overdue, found.unconverted) == (Decimal(50), Decimal(50), False)
    take.text(RATES, "currency;date;rate", f"USD;{TODAY};4")
    db.session.expire_all()
    assert db.session.scalars(state).one().receivable == Decimal(25)


def test_what_has_no_rate_is_named_beside_the_effect_exactly_and_in_its_own_currency(take: Importer) -> None:
    headers = "customer;number;type;issue date;due date;amount;currency"
    take.text(RATES, "currency;date;rate", f"USD;{TODAY};2")
    late, due = "2026-09-01;2026-10-01", "2026-11-01;2026-12-01"
    first = take.items(f"C1;F1;FAC;{late};100;EUR", f"C1;F2;FAC;{late};5000;KWD", headers=headers)
    assert (first.receivable_before, first.receivable_after) == (Decimal(0), Decimal(100))
    told = {"receivable_before": "0.000", "overdue_before": "0.000", "overdue_after": "5000.000"}
    assert first.as_json()["unconverted"] == [{"currency": "KWD", "receivable_after": "5000.000", **told}]
    kept = db.session.scalars(select(ImportRun.counts).where(ImportRun.kind == ImportKind.ITEMS)).one()
    assert kept["unconverted"] == first.as_json()["unconverted"]
    more = (f"C1;F3;FAC;{due};0.25;KWD", f"C2;F4;FAC;{due};8;USD", f"C2;D1;DPA;{late};9;CHF")
    report = take.items(*more, headers=headers, dry=True)
    assert report.receivable_after == Decimal(104)
    assert [(each.currency, each.receivable_before, each.receivable_after) for each in report.unconverted] == [
        ("KWD", Decimal(5000), Decimal("5000.25"))
    ]
    assert (report.unconverted[0].overdue_before, report.unconverted[0].overdue_after) == (Decimal(5000), Decimal(5000))
    take.text(RATES, "currency;date;rate", f"KWD;{TODAY};0.5")
    assert "unconverted" not in take.items(*more, headers=headers, dry=True).as_json()
