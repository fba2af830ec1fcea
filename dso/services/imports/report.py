"""What an import did, or would do."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from dso.domain.codes import ImportKind, ImportMode
from dso.domain.imports.brake import Measures, Stop
from dso.domain.imports.mapping import FileMapping
from dso.domain.imports.rejects import Reject, counted
from dso.domain.imports.unconverted import Unconverted
from dso.domain.money import ZERO, rounded


@dataclass(frozen=True)
class Change:
    """One field of one record: from what to what, as text."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Sample:
    """One record of a difference, for the preview."""

    line: int | None
    name: str
    customer: str = ""
    amount: Decimal | None = None
    currency: str = ""
    changes: Sequence[Change] = ()


@dataclass(frozen=True)
class Part:
    """One part of the difference: how many records, what they come to per currency, the first of them."""

    count: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)
    samples: Sequence[Sample] = ()


#: Parts of a difference, in the order shown.
PARTS = ("new", "changed", "cleared", "reopened", "unchanged")


@dataclass
class ImportReport:
    """Counts, rejects, effect; JSON of 10.2 by `as_json`."""

    kind: ImportKind
    mode: ImportMode | None
    currency: str
    mapping: FileMapping
    rows: int = 0
    parts: dict[str, Part] = field(default_factory=dict)
    rounded: int = 0
    #: Rows left out because they name another company, by its name.
    others: Counter[str] = field(default_factory=Counter)
    rejected: int = 0
    rejects: list[Reject] = field(default_factory=list)
    remarks: Counter[str] = field(default_factory=Counter)
    remark_rows: list[Reject] = field(default_factory=list)
    #: Customers made as drafts.
    created_customers: int = 0
    #: Nothing was cleared by absence because the identity of this many rejected rows could not be read.
    unidentified: int = 0
    before: Measures = field(default_factory=dict)
    after: Measures = field(default_factory=dict)
    receivable_before: Decimal = ZERO
    receivable_after: Decimal = ZERO
    overdue_before: Decimal = ZERO
    overdue_after: Decimal = ZERO
    #: What none of these four holds, since there is no rate.
    unconverted: list[Unconverted] = field(default_factory=list)
    #: Why the brake stops it; a preview shows them, an import is refused unless forced.
    stops: list[Stop] = field(default_factory=list)
    run_id: int | None = None

    def count(self, part: str) -> int:
        """Records of one part."""
        return self.parts.get(part, Part()).count

    @property
    def nothing_goes_in(self) -> bool:
        """Whether every row is rejected or another company's: such a file says nothing of the ledger."""
        return self.rows <= self.rejected and bool(self.rows or self.others)

    def as_json(self) -> dict[str, Any]:
        """The shape `import` of 10.2."""
        return {
            **self.counts(),
            "rejects": [
                {"line": each.line, "column": each.column, "value": each.value, "reason": str(each)}
                for each in self.rejects
            ],
            "receivable_before": self._effect(self.receivable_before),
            "receivable_after": self._effect(self.receivable_after),
        }

    def _effect(self, amount: Decimal) -> str | None:
        """Only items have one."""
        return f"{rounded(amount, self.currency):f}" if self.kind is ImportKind.ITEMS else None

    def counts(self) -> dict[str, Any]:
        """The counts alone."""
        return {
            "kind": self.kind.value,
            "mode": self.mode.value if self.mode else None,
            "rows": self.rows,
            **{part: self.count(part) for part in PARTS},
            "rounded": self.rounded,
            "rejected": self.rejected,
            **({"other_entities": dict(self.others)} if self.others else {}),
            **({"remarks": counted(self.remarks)} if self.remarks else {}),
            **({"unconverted": [each.as_json() for each in self.unconverted]} if self.unconverted else {}),
            **({"unidentified": self.unidentified} if self.unidentified else {}),
        }
