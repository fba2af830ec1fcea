"""ZIP archives, as workbooks and packed texts are: what they hold, and that they may be broken."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from dso.domain.errors import Refused

#: The part every XLSX workbook has.
WORKBOOK = "xl/workbook.xml"


@contextmanager
def unpacking(broken: str) -> Iterator[None]:
    """Refused in these words within the block when the archive is damaged, or not as large as it claims."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise Refused(broken) from error
