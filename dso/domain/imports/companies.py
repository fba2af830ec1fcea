"""Whose rows a file of several companies holds."""

from collections.abc import Collection
from dataclasses import dataclass, field

from dso.domain.imports.words import folded


@dataclass(frozen=True)
class Companies:
    """The company imported into, and the others of the installation, by the names they may be called."""

    mine: Collection[str] = ()
    others: Collection[str] = ()
    _known: dict[str, bool | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    def own(self, name: str) -> bool | None:
        """Whether a name (case and accents aside) is the company's own, or none at all; None when it is nobody's."""
        if name not in self._known:
            word = folded(name)
            own = not word or word in {folded(each) for each in self.mine}
            foreign = word in {folded(each) for each in self.others}
            self._known[name] = True if own else False if foreign else None
        return self._known[name]
