"""Text that no spreadsheet takes for a formula, and the way back: what was made neutral comes back as it was (8.3)."""

import re

#: Beginnings a spreadsheet program may take for a formula or a command, apostrophes before them counted in: so that a
#: text that begins with an apostrophe of its own is told apart from one that was given it.
_RISKY = re.compile(r"'*[=+\-@\t\r\n]|'+[0-9]")
#: Spreadsheets mark numbers that are to stay text in the same way.
_MARKED = re.compile(r"'+[=+\-@\t\r\n0-9]")
_CONTROLS = dict.fromkeys(code for code in range(32) if code not in (9, 10, 13))


def printable(text: str) -> str:
    """The text without control characters, which no spreadsheet takes."""
    return text if text.isprintable() else text.translate(_CONTROLS)


def neutral(text: str) -> str:
    """Text that stays text when a spreadsheet opens it: an apostrophe before what looks like a formula."""
    return f"'{text}" if _RISKY.match(text) else text


def original(cell: str) -> str:
    """What `neutral` was given, or a spreadsheet meant: one apostrophe that marks a text is taken off."""
    return cell[1:] if _MARKED.match(cell) else cell


def may_hold_marks(text: str) -> bool:
    """Whether some cell of a stretch of a file may be marked so."""
    return "'" in text and _MARKED.search(text) is not None
