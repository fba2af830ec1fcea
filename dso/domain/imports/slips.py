"""Why a cell that could not be read could not: the sentence of its rejection."""

from collections.abc import Mapping

from dso.domain.imports import rejects
from dso.domain.imports.amounts import too_large
from dso.domain.imports.dates import YEARS, is_outside

#: A longer text is no slip of a field but of the file: its row does not go in.
MOST_TEXT = 32_767


def of_date(cell: str) -> tuple[str, Mapping[str, str]]:
    """A day of a year no ledger can hold, or no day at all."""
    if is_outside(cell):
        return rejects.IMPLAUSIBLE_DATE, {"first": str(YEARS[0]), "last": str(YEARS[-1])}
    return rejects.UNREADABLE_DATE, {}


def of_amount(cell: str, decimal: str) -> str:
    """An amount beyond all that can be kept, or no amount at all."""
    return rejects.TOO_LARGE if too_large(cell, decimal) else rejects.UNREADABLE_AMOUNT
