"""A text packed alone into a ZIP archive, as the European Central Bank publishes its rates: read as it unpacks."""

import zipfile
from pathlib import Path
from typing import BinaryIO, Literal, cast

from dso.domain.errors import Refused
from dso.services.imports.archives import WORKBOOK, unpacking

#: What it may unpack to: the whole history of the bank is some eight megabytes.
MOST_BYTES = 128 * 1024 * 1024
_OTHER = "The ZIP archive holds no XLSX workbook and not just one CSV file: send the workbook or the CSV file itself."
_BIG = "The CSV file in the ZIP archive unpacks to more than can be read: send the CSV file itself."
_SEALED = "The ZIP archive is protected with a password: send the CSV file itself."
BROKEN = "The workbook or ZIP archive cannot be read: send it again, or the CSV file itself."


class PackedText:
    """The text in an archive, opened as a path is."""

    def __init__(self, path: Path, part: str) -> None:
        self._path, self._part = path, part

    def open(self, mode: Literal["rb"]) -> BinaryIO:
        """The bytes from the beginning; no more of them come than the archive claims, which was held against limits."""
        with zipfile.ZipFile(self._path) as archive:
            return cast(BinaryIO, archive.open(self._part))

    def beginning(self) -> bytes:
        """Its first bytes; Refused when they cannot be unpacked."""
        with unpacking(BROKEN), self.open("rb") as file:
            return file.read(8)


def packed_text(path: Path) -> PackedText | None:
    """The only part of an archive, a CSV file; None for a workbook, Refused for any other archive."""
    with unpacking(BROKEN), zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    if any(part.filename == WORKBOOK for part in parts):
        return None
    if len(parts) != 1 or not parts[0].filename.lower().endswith(".csv"):
        raise Refused(_OTHER)
    part = parts[0]
    if part.flag_bits & 1:
        raise Refused(_SEALED)
    if part.file_size > MOST_BYTES:
        raise Refused(_BIG)
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused(BROKEN)
    return PackedText(path, part.filename)
