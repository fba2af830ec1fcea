"""What a door says about a file: options of `dso import`, or a whole mapping from the screens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dso.domain.codes import ImportMode, ItemType
from dso.domain.imports.dates import DayOrder
from dso.domain.imports.mapping import FileMapping

#: Source of a file of the watched folder: nobody who has logged in brings it.
FOLDER = "folder"


def _nothing() -> None:
    """No more than that."""


def silent(_phase: str, _rows: int) -> None:
    """Who imports without anybody watching."""


@dataclass(frozen=True)
class ImportOptions:
    """Everything said beside the file itself; what is not said is remembered or recognised."""

    file_name: str = ""
    #: For this run; None = partial, whatever is remembered.
    mode: ImportMode | None = None
    #: The whole mapping (screens); the single words below are laid over the remembered or proposed one.
    mapping: FileMapping | None = None
    mapping_name: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, ItemType] = field(default_factory=dict)
    day_order: DayOrder | None = None
    decimal: str = ""
    unsigned: bool | None = None
    #: For this run; None = as remembered.
    create_customers: bool | None = None
    #: For this run: the sales colleagues of a customers file take the place of those earlier files set.
    replace_colleagues: bool = False
    #: For this run; "" = as remembered, else as recognised.
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    #: Go in although the brake stops.
    force: bool = False
    #: The door it came by: "web", "cli", "folder", or "api NAME".
    source: str = ""
    #: The file in the file store, where a door has put it there already; else it is copied in.
    stored_as: str = ""
    #: The last rows may be totals and footers, as in exports of programs; rows a program sends one by one are none.
    tail: bool = True
    #: Keep the mapping for the next file of this shape.
    remember: bool = True
    #: Decide on the accounts at the end; who reads a whole dump does so himself when all of it is in.
    review: bool = True
    #: Called between reading and writing: a door can end its reading transaction here and begin a writing one.
    begin_writing: Callable[[], None] = _nothing
    #: Told how far the reading is: the phase, and the rows read so far, those of earlier readings included.
    tell: Callable[[str, int], None] = silent
