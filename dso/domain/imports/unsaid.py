"""What a row of items says nothing of, where that leaves what its item holds: one bit for each field."""

from collections.abc import Mapping

from dso.domain.codes import ImportKind
from dso.domain.imports.fields import FIELDS

#: Fields with their bits; of the type, either field tells it.
UNSAID = {name: 1 << place for place, name in enumerate(FIELDS[ImportKind.ITEMS])}


def unsaid(cells: Mapping[str, str]) -> int:
    """The bits of the fields a row says nothing of."""
    said = {target for target, cell in cells.items() if cell.strip()}
    if "erp_type" in said:
        said.add("type")
    return sum(bit for name, bit in UNSAID.items() if name not in said)
