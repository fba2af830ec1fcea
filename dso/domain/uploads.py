"""Which files are taken in: by extension and by what they really hold. Archives are recognised, never opened."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from dso.domain.errors import Refused

#: 8.3: the largest file, and how many may come with one answer (5.2).
LARGEST = 50 * 1024 * 1024
MOST_FILES = 10
_LONGEST_NAME = 150
_CHUNK = 1024 * 1024

#: Characters that turn the reading direction or cannot be seen: an "exe" written backwards must not look like a PDF.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER_LINE = re.compile(rb"\A(?:From [^\n]*\n)?[A-Za-z][A-Za-z0-9-]*:[^\n]*\n")


@dataclass(frozen=True)
class Kind:
    """A type of file: what it is served as, and whether a content is one."""

    content_type: str
    holds: Callable[[BinaryIO], bool]


def _head(stream: BinaryIO, size: int = 4096) -> bytes:
    stream.seek(0)
    return stream.read(size)


def _starts(*signatures: bytes) -> Callable[[BinaryIO], bool]:
    return lambda stream: _head(stream).startswith(signatures)


def _is_pdf(stream: BinaryIO) -> bool:
    return b"%PDF-" in _head(stream, 1024)


def _mentions(stream: BinaryIO, *words: bytes) -> bool:
    """Whether all words stand somewhere in the bytes; read in pieces, nothing is unpacked."""
    missing, tail = set(words), b""
    stream.seek(0)
    while missing and (chunk := stream.read(_CHUNK)):
        window = tail + chunk
        missing = {word for word in missing if word not in window}
        tail = chunk[-64:]
    return not missing


def _office(folder: bytes) -> Callable[[BinaryIO], bool]:
    """Office files are archives whose entry names, never compressed, say which program they belong to."""
    return lambda stream: _head(stream).startswith(_ZIP) and _mentions(stream, b"[Content_Types].xml", folder)


def _is_text(stream: BinaryIO) -> bool:
    """Text has no NUL or other control bytes but in UTF-16, which says so in its first two."""
    stream.seek(0)
    first = stream.read(2)
    if first in (b"\xff\xfe", b"\xfe\xff"):
        return True
    stream.seek(0)
    allowed = frozenset(range(32, 256)) | {9, 10, 12, 13, 27}
    return all(allowed.issuperset(chunk) for chunk in iter(lambda: stream.read(_CHUNK), b""))


def _is_xml(stream: BinaryIO) -> bool:
    start = _head(stream).lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith(b"<") and _is_text(stream) and not _mentions(stream, b"<!ENTITY")


def _is_mail(stream: BinaryIO) -> bool:
    return bool(_HEADER_LINE.match(_head(stream).replace(b"\r\n", b"\n"))) and _is_text(stream)


_OFFICE = "application/vnd.openxmlformats-officedocument."
_JPEG = Kind("image/jpeg", _starts(b"\xff\xd8\xff"))
KINDS = {
    "pdf": Kind("application/pdf", _is_pdf),
    "docx": Kind(_OFFICE + "wordprocessingml.document", _office(b"word/")),
    "xlsx": Kind(_OFFICE + "spreadsheetml.sheet", _office(b"xl/")),
    "pptx": Kind(_OFFICE + "presentationml.presentation", _office(b"ppt/")),
    "txt": Kind("text/plain", _is_text),
    "csv": Kind("text/csv", _is_text),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "png": Kind("image/png", _starts(b"\x89PNG\r\n\x1a\n")),
    "doc": Kind("application/msword", _starts(_OLE)),
    "xls": Kind("application/vnd.ms-excel", _starts(_OLE)),
    "ppt": Kind("application/vnd.ms-powerpoint", _starts(_OLE)),
    "msg": Kind("application/vnd.ms-outlook", _starts(_OLE)),
    "eml": Kind("message/rfc822", _is_mail),
    "zip": Kind("application/zip", _starts(_ZIP, b"PK\x05\x06")),
    "7z": Kind("application/x-7z-compressed", _starts(b"7z\xbc\xaf\x27\x1c")),
    "xml": Kind("application/xml", _is_xml),
}
#: For the `accept` attribute of file fields and for sentences.
EXTENSIONS = tuple(KINDS)
#: Pictures a browser may show inside a page; by signature.
_PICTURES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))


def clean_name(name: str) -> str:
    """The last part of a file name, without paths, unseen characters and tricks; never empty."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    seen = "".join(c for c in last if unicodedata.category(c) not in _UNSEEN)
    seen = " ".join(re.sub(r'[<>:"|?*]', "_", seen).split()).strip(". ")
    stem, dot, extension = seen.rpartition(".")
    if len(seen) > _LONGEST_NAME and dot:
        seen = f"{stem[: _LONGEST_NAME - len(extension) - 1]}.{extension}"
    return seen[:_LONGEST_NAME] or "file"


def kind_of(name: str, stream: BinaryIO) -> Kind:
    """The kind of a file by its name, if its content is of that kind; Refused in words otherwise."""
    shown = clean_name(name)
    kind = KINDS.get(shown.rpartition(".")[2].lower()) if "." in shown else None
    if kind is None:
        raise Refused(
            '"%(name)s" is of a type that is not taken. Allowed are %(types)s.',
            name=shown,
            types=", ".join(EXTENSIONS),
        )
    size = stream.seek(0, 2)
    if size == 0:
        raise Refused('"%(name)s" is empty.', name=shown)
    if size > LARGEST:
        raise Refused('"%(name)s" is larger than %(limit)s MB.', name=shown, limit=LARGEST // 1024**2)
    if not kind.holds(stream):
        raise Refused('"%(name)s" does not hold what its name says.', name=shown)
    stream.seek(0)
    return kind


def picture_type(content: bytes) -> str | None:
    """The type of a picture by its first bytes; None when it is not one a browser should show."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((found for signature, found in _PICTURES if content.startswith(signature)), None)
