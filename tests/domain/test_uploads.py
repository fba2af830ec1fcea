"""Which files are taken in."""

import io
import zipfile

import pytest

from dso.domain.errors import Refused
from dso.domain.uploads import KINDS, LARGEST, clean_name, kind_of, picture_type

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def archive(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, "x" * 100)
    return made.getvalue()


GOOD = {
    "pdf": b"%PDF-1.7\n...",
    "docx": archive("[Content_Types].xml", "word/document.xml"),
    "xlsx": archive("[Content_Types].xml", "xl/workbook.xml"),
    "pptx": archive("[Content_Types].xml", "ppt/presentation.xml"),
    "txt": "Réglé le 12 — merci".encode(),
    "csv": "a;b\r\n1;2\r\n".encode("latin-1"),
    "jpg": b"\xff\xd8\xff\xe0" + b"\0" * 20,
    "jpeg": b"\xff\xd8\xff\xe0" + b"\0" * 20,
    "png": b"\x89PNG\r\n\x1a\n" + b"\0" * 20,
    "doc": OLE,
    "xls": OLE,
    "ppt": OLE,
    "msg": OLE,
    "eml": b"From: a@b.example\r\nSubject: x\r\n\r\nhello",
    "zip": archive("a.txt"),
    "7z": b"7z\xbc\xaf\x27\x1c" + b"\0" * 20,
    "xml": b'\xef\xbb\xbf<?xml version="1.0"?><a/>',
}


def test_there_is_an_example_of_every_kind() -> None:
    assert set(GOOD) == set(KINDS)


@pytest.mark.parametrize("extension", sorted(GOOD))
def test_each_type_of_the_list_is_taken(extension: str) -> None:
    assert kind_of(f"Proof.{extension.upper()}", io.BytesIO(GOOD[extension])).content_type


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("program.exe", b"MZ\x90\0"),
        ("page.html", b"<html>"),
        ("drawing.svg", b"<svg onload='x'/>"),
        ("noextension", b"text"),
        (".pdf", b"MZ\x90\0"),
        ("invoice.pdf.exe", b"%PDF-1.7"),
    ],
)
def test_other_types_are_refused_by_name(name: str, content: bytes) -> None:
    with pytest.raises(Refused, match=r"not taken|does not hold"):
        kind_of(name, io.BytesIO(content))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"MZ\x90\0"),
        ("a.png", b"<svg/>"),
        ("a.docx", archive("a.txt")),
        ("a.xlsx", archive("[Content_Types].xml", "word/document.xml")),
        ("a.txt", b"text\0with a NUL"),
        ("a.csv", b"MZ\x90\0\x03"),
        ("a.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'),
        ("a.eml", b"no header here"),
        ("a.zip", b"PK no"),
        ("a.doc", b"%PDF-1.7"),
    ],
)
def test_a_content_that_is_not_what_the_name_says_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(Refused, match="does not hold"):
        kind_of(name, io.BytesIO(content))


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(Refused, match="empty"):
        kind_of("a.txt", io.BytesIO(b""))


def test_a_file_of_more_than_50_mb_is_refused() -> None:
    with pytest.raises(Refused, match="50 MB"):
        kind_of("a.txt", io.BytesIO(b"x" * (LARGEST + 1)))


def test_a_zip_bomb_is_recognised_as_an_archive_and_never_unpacked() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("bomb", b"\0" * 200_000_000)
    assert len(made.getvalue()) < 300_000
    assert kind_of("a.zip", made).content_type == "application/zip"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\proof.pdf", "proof.pdf"),
        ("a\0b\r\nSet-Cookie: x.pdf", "abSet-Cookie_ x.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("  spaced   out .pdf ", "spaced out .pdf"),
        ("..", "file"),
        ("", "file"),
        ("<script>.pdf", "_script_.pdf"),
        ("Règlement n° 12.pdf", "Règlement n° 12.pdf"),
    ],
)
def test_tricks_in_file_names_are_neutralised(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_a_long_name_keeps_its_extension() -> None:
    assert len(clean_name("x" * 400 + ".pdf")) == 150
    assert clean_name("x" * 400 + ".pdf").endswith(".pdf")


def test_pictures_are_known_by_their_first_bytes() -> None:
    assert picture_type(GOOD["png"]) == "image/png"
    assert picture_type(b"RIFF1234WEBPxx") == "image/webp"
    assert picture_type(b"<svg/>") is None
