"""What was decided for one shape of file, followed by a file with other headers: columns that are new or gone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dso.domain.codes import ImportKind
from dso.domain.imports.fields import IGNORE
from dso.domain.imports.headers import propose
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


def followed(kind: ImportKind, mapping: FileMapping, headers: Sequence[str]) -> Followed:
    """The mapping for these headers: what was decided stands, new headers mean what they say where that is free."""
    new = [header for header in headers if header not in mapping.columns]
    gone = [header for header, target in mapping.columns.items() if target != IGNORE and header not in headers]
    columns = {header: target for header, target in mapping.columns.items() if header in headers}
    used = {*columns.values(), *mapping.constants}
    columns |= {header: IGNORE if target in used else target for header, target in propose(kind, new).items()}
    return Followed(replace(mapping, columns={header: columns[header] for header in headers}), new, gone)
