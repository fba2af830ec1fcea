"""Values a mapping gives every row, looked at before any row is read."""

from dso.domain.codes import ImportKind
from dso.domain.imports.constants import Reason, WrongConstant, why_not
from dso.domain.imports.dumps import listed
from dso.domain.imports.fields import CUSTOM, Cell, is_custom
from dso.domain.imports.mapping import FileMapping, cell_of
from dso.domain.imports.profile import Formats
from dso.domain.imports.rejects import UNKNOWN_ENTITY
from dso.domain.imports.words import folded
from dso.models import Entity
from dso.services.imports import mappings
from dso.services.imports.companies import companies, ids_by_name


def wrong_constants(entity: Entity, kind: ImportKind, mapping: FileMapping) -> dict[str, WrongConstant]:
    """The values no row could go in with, by field."""
    own = mappings.custom_fields(kind, mapping, Formats({}, {})) if mapping.constants else {}
    labels = {name: label for name, (label, _type) in mappings.own_fields(kind, mapping).items()} if own else {}
    found = {}
    for target, value in mapping.constants.items():
        custom = own.get(target.removeprefix(CUSTOM)) if is_custom(target) else None
        reason = why_not(kind, target, value, custom) or _company(entity, kind, target, value)
        if reason is not None:
            found[target] = WrongConstant(target, labels.get(target, target), value, reason)
    return found


def refuse_wrong_constants(entity: Entity, kind: ImportKind, mapping: FileMapping) -> None:
    """Refused, naming the first of them."""
    for wrong in wrong_constants(entity, kind, mapping).values():
        raise wrong


def _company(entity: Entity, kind: ImportKind, target: str, value: str) -> Reason | None:
    """A name that no company of the installation has."""
    names = []
    if cell_of(kind, target) is Cell.ENTITY and companies(entity).own(value.strip()) is None:
        names = [value.strip()]
    elif cell_of(kind, target) is Cell.ENTITIES:
        known = ids_by_name()
        names = [name for name in listed(value.replace(";", ",")) if folded(name) not in known]
    return (UNKNOWN_ENTITY, {"name": names[0][:80]}) if names else None
