"""HTML to PDF by xhtml2pdf, reading nothing but the product's own fonts; tables of items are drawn by reportlab.

xhtml2pdf needs some 8 ms a table row; reportlab draws the same table thirty times faster, so that a statement of
thousands of items takes a second or two. Both draw into one document, so that pages are counted through.
"""

import io
import re
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import LongTable, Spacer, TableStyle
from xhtml2pdf import parser as xhtml2pdf_parser
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy
from xhtml2pdf.tags import pisaTag

from dso import paths

REGULAR, BOLD, WIDE = "GridSans", "GridSans-Bold", "GridWide"
_FILES = {REGULAR: "DejaVuSans.ttf", BOLD: "DejaVuSans-Bold.ttf"}
#: Fonts of systems that have one for Chinese, Japanese and Korean; the first that is there is used.
WIDE_FONTS = (
    Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"),
    Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"),
    Path("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"),
    Path("/usr/share/fonts/truetype/arphic/uming.ttc"),
)
_SIZE, _LEADING = 7.5, 9.5
_PADDING = 3
_HAIRLINE = HexColor("#ccd4d8")
_QUIET = HexColor("#5b6970")


class PdfError(RuntimeError):
    """The document could not be drawn as it should be; says what the renderer complained about, without the text."""


def fonts() -> Path:
    """Where the embedded fonts are."""
    return paths.VENDOR / "fonts"


@lru_cache(maxsize=1)
def _faces() -> dict[str, TTFont]:
    """The fonts by name, registered with reportlab."""
    found = {name: TTFont(name, str(fonts() / file)) for name, file in _FILES.items()}
    wide = next((path for path in WIDE_FONTS if path.is_file()), None)
    if wide is not None:
        found[WIDE] = TTFont(WIDE, str(wide))
    return found


def _register() -> None:
    """xhtml2pdf forgets registered fonts after each document, so they are named again before each."""
    for name, face in _faces().items():
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(face)


@lru_cache(maxsize=1)
def _drawable() -> frozenset[int]:
    """Characters some font of ours can draw."""
    covered: set[int] = set()
    for face in _faces().values():
        covered.update(face.face.charToGlyph)
    return frozenset(covered)


def covered(text: str) -> str:
    """The text with what no font can draw replaced by a visible mark, instead of a page that fails."""
    known = _drawable()
    return "".join(c if ord(c) in known or c in "\n\r\t" else "\u25a1" for c in text)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid."""

    text: str
    right: bool = False
    span: int = 1


@dataclass(slots=True)
class Grid:
    """A table of items as text: header, rows, and the style of each row ("", "sum", "part")."""

    header: list[Cell] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)


_ITEMS = re.compile(r'<table class="items"[^>]*>.*?</table>', re.DOTALL)
_grids: ContextVar[tuple[list[Grid], Color, float]] = ContextVar("dso_pdf_grids")


class _GridReader(HTMLParser):
    """Reads the tables that `mail/_items.html` writes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.grid = Grid()
        self._row: list[Cell] | None = None
        self._text: list[str] | None = None
        self._given: dict[str, str | None] = {}
        self._style = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._row, self._style = [], dict(attrs).get("class") or ""
        elif tag in ("td", "th"):
            self._text, self._given = [], dict(attrs)
        elif tag == "br" and self._text is not None:
            self._text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._row is not None and self._text is not None:
            span = int(self._given.get("colspan") or 1)
            right = "right" in (self._given.get("class") or "")
            self._row.append(Cell("".join(self._text).strip(), right, span))
            self._text = None
            if tag == "th":
                self._style = "head"
        elif tag == "tr" and self._row is not None:
            if self._style == "head":
                self.grid.header = self._row
            else:
                self.grid.rows.append(self._row)
                self.grid.styles.append(self._style)
            self._row = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)


def _read_grid(markup: str) -> Grid:
    reader = _GridReader()
    reader.feed(markup)
    reader.close()
    return reader.grid


class _ItemsTag(pisaTag):
    """`<dsoitems data-index="0">`: the place of a grid."""

    def start(self, c: Any) -> None:
        """Put the table into the story of the document."""
        grids, accent, width = _grids.get()
        c.addPara()
        c.addStory(_table(grids[int(self.node.getAttribute("data-index"))], accent, width))
        c.addStory(Spacer(1, 3 * mm))


#: xhtml2pdf looks its tags up among the names of its parser module.
xhtml2pdf_parser.pisaTagDSOITEMS = _ItemsTag


def render(markup: str, *, accent: str = "#0f5c63", width_mm: float = 174) -> bytes:
    """The PDF of a document; PdfError when anything in it could not be drawn.

    `width_mm` is the width of the text, which tables of items fill.
    """
    _register()
    grids: list[Grid] = []

    def place(found: re.Match[str]) -> str:
        grids.append(_read_grid(found.group()))
        return f'<dsoitems data-index="{len(grids) - 1}"></dsoitems>'

    markup = covered(_ITEMS.sub(place, markup))
    policy = ResourceAccessPolicy.server(paths.STATIC, allow_remote=False, max_document_bytes=50 * 1024 * 1024)
    token = _grids.set((grids, HexColor(accent), width_mm * mm))
    out = io.BytesIO()
    try:
        result = pisa.CreatePDF(markup, dest=out, path=str(paths.STATIC / "document.html"), resource_policy=policy)
    finally:
        _grids.reset(token)
    if result.err or result.warn:
        raise PdfError(f"{result.err} errors and {result.warn} warnings while drawing a PDF")
    return out.getvalue()


def _table(grid: Grid, accent: Color, width: float) -> LongTable:
    _register()
    everything = [grid.header, *grid.rows]
    widths = _widths(everything, width)
    data = [_wrapped(row, widths, bold=_is_bold(grid, i)) for i, row in enumerate(everything)]
    table = LongTable(data, colWidths=widths, repeatRows=1, hAlign="LEFT")
    table.setStyle(TableStyle([*_base_style(grid, accent), *_cell_styles(everything, grid)]))
    return table


def _is_bold(grid: Grid, index: int) -> bool:
    return index == 0 or grid.styles[index - 1] == "sum"


def _expanded(row: Sequence[Cell]) -> list[Cell]:
    """One cell per column: a wide cell is followed by empty ones."""
    return [part for cell in row for part in (cell, *[Cell("")] * (cell.span - 1))]


def _widths(rows: Sequence[Sequence[Cell]], width: float) -> list[float]:
    """Columns as wide as their longest text; where that is too much, text columns share what figures leave."""
    count = max(sum(cell.span for cell in row) for row in rows)
    wanted = [0.0] * count
    right = [False] * count
    for row in rows:
        for i, cell in enumerate(_expanded(row)):
            if cell.text and cell.span == 1:
                wanted[i] = max(wanted[i], _text_width(cell.text) + 2 * _PADDING)
                right[i] = right[i] or cell.right
    spare = width - sum(wanted)
    flexible = [i for i in range(count) if not right[i]]
    if spare >= 0:
        return [size + spare / count for size in wanted]
    share = max(width - sum(wanted[i] for i in range(count) if right[i]), width / 3)
    return _shared(wanted, flexible, share)


def _shared(wanted: list[float], flexible: list[int], share: float) -> list[float]:
    """Narrow text columns keep their width, the wide ones divide the rest evenly."""
    result = list(wanted)
    left = sorted(flexible, key=lambda i: wanted[i])
    while left:
        fair = share / len(left)
        i = left.pop(0)
        result[i] = min(wanted[i], fair)
        share -= result[i]
    return result


def _text_width(text: str) -> float:
    font = _font(text, bold=True)
    widest: float = max(pdfmetrics.stringWidth(line, font, _SIZE) for line in text.split("\n"))
    return widest


def _font(text: str, *, bold: bool = False) -> str:
    """The face a cell is drawn in: the wide one for what the regular one lacks."""
    faces = _faces()
    if WIDE in faces and any(ord(c) not in faces[REGULAR].face.charToGlyph for c in text if c != "\n"):
        return WIDE
    return BOLD if bold else REGULAR


def _wrapped(row: Sequence[Cell], widths: Sequence[float], *, bold: bool) -> list[str]:
    found = []
    for i, cell in enumerate(_expanded(row)):
        text = covered(cell.text)
        room = sum(widths[i : i + cell.span]) - 2 * _PADDING + 0.5
        font = _font(text, bold=bold)
        if any(pdfmetrics.stringWidth(line, font, _SIZE) > room for line in text.split("\n")):
            text = "\n".join(_split(text, font, room))
        found.append(text)
    return found


def _split(text: str, font: str, room: float) -> Iterable[str]:
    """Lines that fit; a word longer than the column is cut."""
    for whole in simpleSplit(text, font, _SIZE, room):
        line = whole
        while line and pdfmetrics.stringWidth(line, font, _SIZE) > room:
            cut = len(line)
            while cut > 1 and pdfmetrics.stringWidth(line[:cut], font, _SIZE) > room:
                cut -= 1
            yield line[:cut]
            line = line[cut:]
        yield line


def _base_style(grid: Grid, accent: Color) -> list[tuple[Any, ...]]:
    return [
        ("FONT", (0, 0), (-1, -1), REGULAR, _SIZE, _LEADING),
        ("FONT", (0, 0), (-1, 0), BOLD, _SIZE, _LEADING),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("LEFTPADDING", (0, 0), (-1, -1), _PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING),
        ("TOPPADDING", (0, 0), (-1, -1), 2.2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.2),
        ("LINEBELOW", (0, 0), (-1, 0), 0.9, accent),
        ("LINEBELOW", (0, 1), (-1, len(grid.rows)), 0.3, _HAIRLINE),
    ]


def _cell_styles(rows: Sequence[Sequence[Cell]], grid: Grid) -> Iterable[tuple[Any, ...]]:
    count = max(sum(cell.span for cell in row) for row in rows)
    for i, cell in enumerate(_expanded(grid.header)):
        yield ("ALIGN", (i, 0), (min(i, count - 1), -1), "RIGHT" if cell.right else "LEFT")
    for r, row in enumerate(rows[1:], 1):
        style = grid.styles[r - 1]
        if style == "sum":
            yield ("FONT", (0, r), (-1, r), BOLD, _SIZE, _LEADING)
        if style == "part":
            yield ("TEXTCOLOR", (0, r), (-1, r), _QUIET)
        for i, cell in enumerate(_expanded(row)):
            if cell.span > 1:
                yield ("SPAN", (i, r), (i + cell.span - 1, r))
            if cell.text and _font(cell.text) == WIDE:
                yield ("FONT", (i, r), (i, r), WIDE, _SIZE, _LEADING)
