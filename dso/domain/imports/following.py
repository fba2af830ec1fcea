"""What was decided for one shape of file, followed by a file with other headers: columns that are new or gone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dso.domain.codes import ImportKind
from dso.domain.imports.currencies import may_be
from dso.domain.imports.fields import IGNORE
from dso.domain.imports.headers import HOUSE, amounts_named, propose
from dso.domain.imports.mapping import FileMapping


@dataclass(frozen=True)
class Followed:
    """A mapping carried over to other headers."""

    mapping: FileMapping
    #: Headers nobody decided on before.
    new: Sequence[str] = ()
    #: Headers that meant something and are no longer there.
    gone: Sequence[str] = ()

    @property
    def kept(self) -> int:
        """How many columns still mean what was decided."""
        return sum(bool(target) and header not in self.new for header, target in self.mapping.columns.items())


def followed(kind: ImportKind, mapping: FileMapping, headers: Sequence[str], *, home: str) -> Followed:
    """The mapping for these headers: what was decided stands, new headers mean what they say where that is free.

    `home` is the currency of the company: amounts are in it where nothing else is said.
    """
    new = [header for header in headers if header not in mapping.columns]
    gone = [header for header, target in mapping.columns.items() if target != IGNORE and header not in headers]
    columns = {header: target for header, target in mapping.columns.items() if header in headers}
    used = {*columns.values(), *mapping.constants}
    proposed = {header: IGNORE if target in used else target for header, target in propose(kind, new).items()}
    columns |= _of_one_currency(kind, mapping, columns, proposed, home)
    return Followed(replace(mapping, columns={header: columns[header] for header in headers}), new, gone)


def _of_one_currency(
    kind: ImportKind, mapping: FileMapping, decided: Mapping[str, str], proposed: Mapping[str, str], home: str
) -> dict[str, str]:
    """What is proposed for new headers without what would mix currencies with the columns decided on.

    A new amount may name the currency those are in; a new column of currencies speaks of no amounts that name theirs.
    """
    by_row, constant = "currency" in decided.values(), mapping.constants.get("currency", "").strip().upper()
    unnamed = {""} if by_row or constant else {"", HOUSE}
    strange = {
        header
        for header, named in amounts_named(kind, proposed).items()
        if named not in unnamed and (by_row or not may_be(named, constant or home))
    }
    if any(amounts_named(kind, decided).values()):
        strange |= {header for header, target in proposed.items() if target == "currency"}
    return {header: IGNORE if header in strange else target for header, target in proposed.items()}
