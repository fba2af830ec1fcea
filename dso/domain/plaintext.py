"""The text part of a message, made from its HTML: paragraphs, lists, aligned tables, links with their address."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "div", "ul", "ol", "table", "h1", "h2", "h3", "h4", "blockquote", "hr"})
_SILENT = frozenset({"style", "script", "head", "title"})
_SPACES = re.compile(r"[ \t\r\n\f]+")
_MANY_LINES = re.compile(r"\n{3,}")


class _Reader(HTMLParser):
    """Collects text; tables are kept as cells until they end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.rows: list[list[str]] | None = None
        self.right: list[bool] = []
        #: Of a table of items the numbers are links to one page, which the button names once.
        self.is_list = False
        self.links: list[tuple[str, int]] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _SILENT:
            self.silent += 1
        elif tag == "table":
            self._break()
            self.rows = []
            self.is_list = "items" in (given.get("class") or "").split()
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self._cell(self.rows[-1], given)
        elif tag == "br":
            self._write("\n" if self.rows is None else " ")
        elif tag == "li":
            self._write("\n- ")
        elif tag == "a":
            self.links.append((given.get("href") or "", len(self.parts)))
        elif tag in _BLOCKS:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag == "table" and self.rows is not None:
            rows, self.rows = self.rows, None
            self.parts.append(_aligned(rows, self.right))
            self.right = []
            self._break()
        elif tag == "a" and self.links:
            self._end_link()
        elif tag in _BLOCKS:
            self._break()

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self._write(_SPACES.sub(" ", data))

    def _cell(self, row: list[str], given: dict[str, str | None]) -> None:
        span = given.get("colspan") or "1"
        row.extend([""] * (max(1, int(span) if span.isdigit() else 1)))
        right = "right" in f"{given.get('class') or ''} {given.get('align') or ''}"
        while len(self.right) < len(row):
            self.right.append(False)
        self.right[len(row) - 1] = self.right[len(row) - 1] or right

    def _end_link(self) -> None:
        href, start = self.links.pop()
        if self.rows is not None and self.is_list:
            return
        words = "".join(self.parts[start:]).strip() if self.rows is None else self._cell_text()
        if href.startswith(("http", "mailto:")) and href.removeprefix("mailto:") != words:
            self._write(f": {href} " if words else href)

    def _cell_text(self) -> str:
        return self.rows[-1][-1].strip() if self.rows and self.rows[-1] else ""

    def _write(self, text: str) -> None:
        if self.rows is None:
            self.parts.append(text)
        elif self.rows and self.rows[-1]:
            self.rows[-1][-1] += text

    def _break(self) -> None:
        if self.rows is None:
            self.parts.append("\n\n")
        else:
            self._write(" ")


def _aligned(rows: list[list[str]], right: list[bool]) -> str:
    cells = [[_SPACES.sub(" ", cell).strip() for cell in row] for row in rows if any(cell.strip() for cell in row)]
    count = max((len(row) for row in cells), default=0)
    cells = [row + [""] * (count - len(row)) for row in cells]
    widths = [max((len(row[i]) for row in cells), default=0) for i in range(count)]
    lines = []
    for row in cells:
        columns = [
            cell.rjust(widths[i]) if i < len(right) and right[i] else cell.ljust(widths[i])
            for i, cell in enumerate(row)
            if widths[i]
        ]
        lines.append("  ".join(columns).rstrip())
    return "\n".join(lines)


def from_html(markup: str) -> str:
    """The text of an HTML body, without trailing spaces and with single blank lines between its blocks."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    lines = [line.strip(" ") if "  " not in line.strip() else line.rstrip() for line in _joined(reader).split("\n")]
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip() + "\n"


def _joined(reader: _Reader) -> str:
    return re.sub(r" +\n", "\n", "".join(reader.parts))
