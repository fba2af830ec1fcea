"""The first reading of a file: opened, mapped, its formats and document types decided."""

from collections.abc import Container, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from dso.domain.codes import ImportKind, ItemType
from dso.domain.errors import Refused
from dso.domain.imports.encodings import Damaged
from dso.domain.imports.erp_types import proposals
from dso.domain.imports.mapping import FileMapping, checked
from dso.domain.imports.profile import Formats, Profile, Undecided, decide
from dso.domain.imports.tables import Chunk
from dso.domain.imports.tail import Tail
from dso.domain.money import decimals
from dso.models import Entity
from dso.services.imports import mappings
from dso.services.imports.constants import refuse_wrong_constants
from dso.services.imports.options import ImportOptions
from dso.services.imports.readers import Table, open_table
from dso.services.imports.telling import watched

#: Chunks of a large file that are looked at before it is read; the others have their say while they are read.
_SAMPLED = 4


@dataclass(frozen=True)
class Prepared:
    """A file ready to be typed."""

    kind: ImportKind
    path: Path
    table: Table
    mapping: FileMapping
    formats: Formats
    #: What is known of the columns; of a file that is sampled only, who reads on feeds it what comes after.
    profile: Profile
    #: Chunks the profile has seen; None when it has seen them all.
    sampled: int | None = None
    #: Whether its last rows may be totals and footers: not when its rows were sent one by one.
    has_tail: bool = False

    @property
    def proven(self) -> FileMapping:
        """The mapping with the order of days each column proved: the next file of this shape may leave it open."""
        orders = {header: order for header, order in self.formats.day_orders.items() if order is not None}
        return replace(self.mapping, day_orders={**self.mapping.day_orders, **orders})

    def tail(self, customers: Container[str] = ()) -> Tail:
        """What its last rows are left out by; `customers`: the codes of those that may be called Total."""
        return Tail(self.kind, self.mapping, self.table.headers, customers, sought=self.has_tail)


def opened(path: Path, kind: ImportKind, options: ImportOptions) -> Table:
    """The file as a table, with what was said about it."""
    encoding, separator = _text_said(options)
    sheet = options.sheet or (options.mapping.sheet if options.mapping else "")
    table = open_table(path, kind, encoding=encoding, separator=separator, sheet=sheet)
    return watched(table, options.tell)


def _text_said(options: ImportOptions) -> tuple[str, str]:
    """Encoding and separator the file was opened with; "" where they were recognised."""
    said = options.mapping or FileMapping()
    return options.encoding or said.encoding, options.separator or said.separator


def opened_for(entity: Entity, path: Path, kind: ImportKind, options: ImportOptions) -> Table:
    """The file as a table, read as an earlier one of this shape was where it leaves that open.

    Of a workbook with several sheets the one chosen then; of what seems to be damaged UTF-8 the encoding named then.
    """
    try:
        return opened(path, kind, options)
    except Damaged:
        decided_on = _text_said(options)[0] or (options.mapping and options.mapping.columns)
        for encoding in () if decided_on else mappings.kept_encodings(entity, kind):
            with suppress(Refused):
                table = opened(path, kind, replace(options, encoding=encoding))
                found = mappings.known(entity, kind, table)
                if found is not None and found.encoding == encoding:
                    return table
        raise
    except Undecided as question:
        if question.question != "sheet":
            raise
        for sheet in mappings.kept_sheets(entity, kind, question.columns):
            table = opened(path, kind, replace(options, sheet=sheet))
            if mappings.known(entity, kind, table) is not None:
                return table
        raise


def prepare(entity: Entity, kind: ImportKind, path: Path, options: ImportOptions) -> Prepared:
    """Open a file and decide how it is read; Refused in words, Undecided where only a person can tell.

    The beginning of a large items file decides, if it can; who has read the rest of it asks `decided` again.
    """
    table = opened_for(entity, path, kind, options)
    mapping = mappings.decided(entity, kind, table, options)
    refuse_wrong_constants(entity, kind, mapping)
    if (mapping.encoding, mapping.separator) != _text_said(options):
        table = opened(path, kind, replace(options, mapping=mapping))
        mapping = checked(kind, mapping, table.headers)
    profile = Profile(table.headers, mappings.cells_of(kind, mapping))
    opening = Prepared(kind, path, table, mapping, Formats({}, {}), profile, has_tail=options.tail)
    for seen, (rows, _lines) in enumerate(opening.tail().left_out(table.rows), start=1):
        profile.feed(rows)
        if seen == _SAMPLED and kind is ImportKind.ITEMS:
            with suppress(Undecided):
                return replace(decided(entity, opening), sampled=seen)
    if not profile.rows and not options.force:
        raise Refused("The file holds headers but no rows.")
    return decided(entity, opening)


def telling_chunks(kind: ImportKind, table: Table, mapping: FileMapping) -> Iterator[Chunk]:
    """The rows that tell how a file is to be read: totals and footers at its end tell nothing."""
    return Tail(kind, mapping, table.headers).left_out(table.rows)


def decided(entity: Entity, prepared: Prepared) -> Prepared:
    """How a file is read, by all that its profile has seen so far; Undecided where only a person can tell."""
    profile, mapping = prepared.profile, prepared.mapping
    formats = decide(
        profile,
        mappings.cells_of(prepared.kind, mapping),
        mapping,
        separator=prepared.table.rows.separator,
        currency_decimals=decimals(entity.currency),
    )
    if prepared.kind is ImportKind.ITEMS and not mapping.dump:
        mapping = replace(mapping, types=_types(entity, mapping, profile))
    return replace(prepared, mapping=mapping, formats=formats, sampled=None)


def types_found(mapping: FileMapping, profile: Profile) -> list[str]:
    """The document types a file has, as it writes them."""
    found: dict[str, None] = {}
    for target in ("type", "erp_type"):
        header = next((each for each, used in mapping.columns.items() if used == target), None)
        if header is not None:
            found.update(dict.fromkeys(word for word in profile.columns[header].words or () if word))
        if target in mapping.constants:
            found[mapping.constants[target].strip()] = None
    return list(found)


def _types(entity: Entity, mapping: FileMapping, profile: Profile) -> dict[str, ItemType]:
    """The match of every type found that is said, kept, or known; Undecided when there is none for any row."""
    found = types_found(mapping, profile)
    kept = mappings.known_types(entity)
    said = {code: kind for code, kind in mapping.types.items() if code in found}
    matched = {**proposals([code for code in found if code not in mapping.held], kept), **said}
    if found and not matched:
        words = "None of the ERP types is known: %(types)s. Match them with --type %(example)s=FAC and so on."
        listed = ", ".join(found[:20])
        raise Undecided("types", found, words, types=listed, example=found[0])
    return matched
