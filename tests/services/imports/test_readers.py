"""Files are opened by what they are; what is no table is refused in a sentence and fills no memory."""

import csv
import io
import tracemalloc
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dso.domain.codes import ImportKind
from dso.domain.errors import Refused
from dso.domain.imports.amounts import Exact
from dso.domain.imports.plain_rows import PlainRows
from dso.domain.imports.profile import Undecided
from dso.services.imports import text_files, workbooks
from dso.services.imports.readers import Table, open_table

ITEMS = ImportKind.ITEMS


def _text(folder: Path, data: bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def _rows(table: Table) -> list[list[str]]:
    return [row for rows, _lines in table.chunks() for row in rows]


def _book(folder: Path, *sheets: tuple[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = folder / "book.xlsx"
    book.save(path)
    return path


def test_rows_come_with_the_line_they_begin_on_and_blank_ones_are_left_out(tmp_path: Path) -> None:
    path = _text(tmp_path, b'customer;text\r\n\r\nC1;"two\r\nlines"\r\n;\r\nC2;x\r\n\x1a')
    assert list(open_table(path, ITEMS).chunks()) == [([["C1", "two\r\nlines"], ["C2", "x"]], [3, 6])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_are_recognised(tmp_path: Path, encoding: str, ends: str) -> None:
    text = ends.join(["customer\tVille", "C1\tBéziers", "C2\tÉvreux", ""])
    assert _rows(open_table(_text(tmp_path, text.encode(encoding)), ITEMS)) == [["C1", "Béziers"], ["C2", "Évreux"]]


def test_a_declared_separator_is_obeyed(tmp_path: Path) -> None:
    table = open_table(_text(tmp_path, b"sep=|\ncustomer|a;b\nC1|1;2\n"), ITEMS)
    assert (table.headers, _rows(table)) == (["customer", "a;b"], [["C1", "1;2"]])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty"),
        (b"\r\n \r\n", "The file is empty"),
        (b"\xef\xbb\xbf", "The file is empty"),
        (b"C1;24/09/2026;12,00\n", "no header row"),
        (b"customer;number\nC1;a\0b\n", "Line 2 holds a NUL byte"),
        (b'customer;number\nC1;"abc\n', "ends within a quote"),
        (b'customer;number\nC1;"abc\nC2;d\nC3;e', "ends within a quote"),
        (b'customer;number\nC1;"' + b"x\n" * 2_000, "ends within a quote"),
        (b'customer;number\n"C1' + b'";"x\n' * 300_000, "does not end: a quote is not closed"),
        (b"customer;number\n" + b";" * 5_000, "more than a thousand columns"),
        (b"PK\x03\x04nonsense", "The workbook cannot be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1nonsense", "The workbook cannot be read"),
        (b"%PDF-1.7 rest", "PDF document"),
        (b"\x89PNG\r\n\x1a\n", "a picture and no table"),
        (b"\x1f\x8b\x08\x00", "compressed"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b'<?xml version="1.0"?><a/>', "an XML document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "protected with a password"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        _rows(open_table(_text(tmp_path, data), ITEMS))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_an_encoding_named_wrongly_is_refused_in_a_sentence(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(Refused) as refused:
        open_table(_text(tmp_path, "customer;é\n".encode("cp1252")), ITEMS, encoding=encoding)
    assert str(refused.value) == "The file cannot be read as utf-8: name its encoding."


DAMAGED = (
    "Line 3 holds bytes that are no UTF-8, while the rest of the file is: it is damaged or cut off. "
    "Export it again, or name its encoding if it is another one."
)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("said", ["", "utf-8", "UTF8", "utf-8-sig"])
@pytest.mark.parametrize(
    ("begin", "stray"), [("customer;Société", b"\xe9"), ("\ufeffcustomer;number", b"\xe9"), ("sep=;", b"\xff")]
)
def test_damaged_utf_8_is_refused_naming_the_line(
    tmp_path: Path, ends: str, said: str, begin: str, stray: bytes
) -> None:
    last = "customer;number" if begin == "sep=;" else "C1;Béziers"
    data = f"{begin}{ends}{last}{ends}C2;vres".encode() + stray + f"{ends}C3;Béziers é{ends}".encode()
    with pytest.raises(Refused) as refused:
        open_table(_text(tmp_path, data), ITEMS, encoding=said)
    assert str(refused.value) == DAMAGED


def test_a_file_cut_within_a_letter_is_refused_naming_its_last_line(tmp_path: Path) -> None:
    data = "customer;name\nC1;Société\nC2;Société".encode()[:-1]
    with pytest.raises(Refused) as refused:
        open_table(_text(tmp_path, data), ITEMS)
    assert str(refused.value) == DAMAGED


def test_what_looks_like_damaged_utf_8_is_read_by_the_encoding_named(tmp_path: Path) -> None:
    path = _text(tmp_path, "customer;name\nC1;SociÃ©tÃ©\nC2;é\n".encode("cp1252"))
    assert _rows(open_table(path, ITEMS, encoding="cp1252")) == [["C1", "SociÃ©tÃ©"], ["C2", "é"]]


def test_the_line_of_a_byte_is_counted_over_pieces_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_files, "_PIECE", 3)
    path = _text(tmp_path, b"a\r\nbb\r\n\nc\rd\r\ne")
    assert [text_files.line_of(path, place) for place in (0, 3, 7, 8, 10, 13)] == [1, 2, 3, 4, 5, 6]


def test_a_line_of_two_hundred_megabytes_is_refused_without_holding_it(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        for _ in range(200):
            file.write(b"x" * 1_000_000)
    tracemalloc.start()
    with pytest.raises(Refused, match="longer than a million characters"):
        open_table(path, ITEMS)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40_000_000


def test_a_workbook_gives_typed_cells_exactly(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["customer", "Amount", "Date", "x"],
        [10000, 1234.5, datetime(2026, 11, 20, 8, 0), True],  # noqa: DTZ001 - a cell of a workbook has no zone
        ["C1", 0.1, date(2026, 1, 2), None],
    ]
    table = open_table(_book(tmp_path, ("Sheet", rows)), ITEMS)
    assert _rows(table) == [["10000", "1234.5", "2026-11-20", "1"], ["C1", "0.1", "2026-01-02", ""]]
    assert all(type(cell) is Exact for cell in _rows(table)[0][:3])


def test_row_numbers_of_a_sheet_are_the_sheets_own(tmp_path: Path) -> None:
    rows: list[list[object]] = [[], [], ["customer", "a"], [], ["C1", 1]]
    assert [lines for _rows, lines in open_table(_book(tmp_path, ("Sheet", rows)), ITEMS).chunks()] == [[5]]


def test_two_filled_sheets_are_asked_about_and_empty_ones_are_not(tmp_path: Path) -> None:
    filled: list[list[object]] = [["customer"], ["C1"]]
    path = _book(tmp_path, ("One", filled), ("Two", filled), ("Empty", []))
    with pytest.raises(Undecided, match=r"several sheets: One, Two\. Say which with --sheet"):
        open_table(path, ITEMS)
    assert _rows(open_table(path, ITEMS, sheet="Two")) == [["C1"]]
    with pytest.raises(Refused, match='no sheet "Three"'):
        open_table(path, ITEMS, sheet="Three")
    assert _rows(open_table(_book(tmp_path, ("Empty", []), ("One", filled)), ITEMS)) == [["C1"]]


def test_a_workbook_is_known_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    book = _book(tmp_path, ("Sheet", [["customer"], ["C1"]])).rename(tmp_path / "book.csv")
    assert _rows(open_table(book, ITEMS)) == [["C1"]]
    assert _rows(open_table(_text(tmp_path, b"customer;number\nC1;2\n", "text.xlsx"), ITEMS)) == [["C1", "2"]]


def _bomb(folder: Path, content: bytes, times: int, *, claimed: int | None = None) -> Path:
    path = folder / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(times):
                sheet.write(content)
    if claimed is not None:
        data = path.read_bytes()
        real = (len(content) * times).to_bytes(4, "little")
        path.write_bytes(data.replace(real, claimed.to_bytes(4, "little")))
    return path


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_BYTES", 20_000_000)
    with pytest.raises(Refused, match="unpacks to more"):
        open_table(_bomb(tmp_path, b"0" * 1_000_000, 30), ITEMS)


def test_a_zip_bomb_that_lies_about_its_size_is_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_BYTES", 20_000_000)
    with pytest.raises(Refused, match="unpacks to more"):
        open_table(_bomb(tmp_path, b"0" * 1_000_000, 30, claimed=1_000), ITEMS)


def test_two_cells_at_the_far_ends_of_a_sheet_do_not_fill_the_memory(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="unpacks to more"):
        open_table(_bomb(tmp_path, b'<c r="A1"/><c r="XFD1048576"/>', 1), ITEMS)


@pytest.mark.parametrize("name", ["xl/workbook.bin", "content.xml", "invoice.pdf"])
def test_other_archives_are_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, "x")
    with pytest.raises(Refused, match="no XLSX workbook"):
        open_table(path, ITEMS)


@given(st.binary(max_size=400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
def test_any_bytes_give_a_table_or_a_sentence(tmp_path: Path, data: bytes) -> None:
    path = _text(tmp_path, data)
    said = "a table"
    try:
        _rows(open_table(path, ITEMS))
    except Refused as error:
        said = str(error)
    assert said


@given(
    st.binary(max_size=400),
    st.sampled_from([b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"customer;number\n", b"\xff\xfe"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
def test_any_bytes_after_a_known_beginning_give_a_table_or_a_sentence(
    tmp_path: Path, data: bytes, start: bytes
) -> None:
    path = _text(tmp_path, start + data)
    said = "a table"
    try:
        _rows(open_table(path, ITEMS))
    except Refused as error:
        said = str(error)
    assert said


def test_many_long_rows_are_read_to_the_last(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("code;name\n" + "".join(f"{number};{'y' * 400}\n" for number in range(12_000)))
    table = open_table(path, ImportKind.CUSTOMERS)
    assert [row[0] for rows, _lines in table.chunks() for row in rows] == [str(number) for number in range(12_000)]


@given(
    st.sampled_from("\t;,|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.lists(st.lists(st.text('aé1%"\n ', max_size=6).map(str.strip), min_size=2, max_size=2), max_size=12),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
def test_cells_of_any_dialect_are_read_back(
    tmp_path: Path, separator: str, encoding: str, ends: str, quoting: Literal[0, 1], rows: list[list[str]]
) -> None:
    path, rows = tmp_path / "dialect.csv", [[cell.replace("%", separator) for cell in row] for row in rows]
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=separator, quoting=quoting, lineterminator=ends)
        writer.writerows([["customer", "number", "project"], *(["C1", *row] for row in rows)])
    assert _rows(open_table(path, ITEMS)) == [["C1", *row] for row in rows]


def test_a_workbook_whose_xml_declares_entities_unpacks_none_of_them(tmp_path: Path) -> None:
    path = tmp_path / "entities.xlsx"
    laughs = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    with zipfile.ZipFile(_book(tmp_path, ("Sheet", [["customer"], ["C1"]]))) as good, zipfile.ZipFile(path, "w") as bad:
        for name in good.namelist():
            text = good.read(name).decode()
            if name.startswith("xl/worksheets/"):
                head, _, rest = text.partition("?>")
                text = f"{head}?>{laughs}{rest}".replace("<v>1</v>", "<v>&b;</v>")
            bad.writestr(name, text)
    try:
        said = str(_rows(open_table(path, ITEMS)))
    except Refused as error:
        said = str(error)
    assert "haha" not in said


def test_a_workbook_of_five_thousand_columns_is_refused_in_words(tmp_path: Path) -> None:
    wide: list[list[object]] = [["customer", *(f"h{n}" for n in range(5_000))], ["C1"]]
    with pytest.raises(Refused, match="sheet has more than a thousand columns"):
        open_table(_book(tmp_path, ("Sheet", wide)), ITEMS)


def test_quoted_and_plain_stretches_of_one_file_are_read_in_order_with_their_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_files, "_BLOCK", 40)
    plain = [f"A{n};{n}" for n in range(30)]
    rows = [*plain, '"quoted\nover lines";1', '"a;b";2', *plain, "'=marked;3", "", *plain, '"the ""last""";4', "B;5"]
    path = tmp_path / "file.csv"
    path.write_text("\n".join(["code;n", *rows]) + "\n")
    table = text_files.TextTable(path, "utf-8", ";")
    found = [(line, row) for some, lines in table.chunks() for line, row in zip(lines, some, strict=True)]
    line, expected = 2, []
    for row in csv.reader(io.StringIO("\n".join(rows)), delimiter=";"):
        if row:
            expected.append((line, [cell.removeprefix("'") for cell in row]))
        line += 1 + sum(cell.count("\n") for cell in row)
    assert found == expected
    kinds = {type(some) for some, _lines in table.chunks()}
    assert kinds == {list, PlainRows}
