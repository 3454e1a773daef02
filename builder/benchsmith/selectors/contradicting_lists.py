"""Which labels of two lists of one picture contradict each other.

A list is what one source states about a picture as a whole, or what it marks there. A label that one list states, and that another
one does not although its source looked for it, is disputed. A label and one above it in the tree do not
contradict each other: a bacterial pneumonia is a pneumonia.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from benchsmith.core.absent_labels import ANY_LABEL

Lineage = Callable[[str], Sequence[str]]
"""Returns the ids of a label and of those above it in the tree; empty for a name that is no label."""


@dataclass(slots=True)
class ListedLabels:
    """The labels of one list of one picture, by their names in the lexicon."""

    sample: str
    verb: str = "is"
    """How messages say that the picture has a label."""
    stated: dict[str, list[str]] = field(default_factory=dict)
    """Names of the labels that are true, each with the ids of its findings; none if it has no finding left."""
    raw: dict[str, str] = field(default_factory=dict)
    """The same names, each with the source's word."""
    looked: set[str] = field(default_factory=set)
    """Labels that were looked for; `ANY_LABEL` for all of the list."""
    unknown: set[str] = field(default_factory=set)

    def state(self, name: str, raw: str, finding: str = "") -> None:
        """Add a label that is true, in the source's word, with the id of its finding."""
        self.stated.setdefault(name, []).extend([finding] if finding else [])
        self.raw.setdefault(name, raw)

    def denies(self, name: str, others: AbstractSet[str], lineage: Lineage) -> bool:
        """Return whether a label that another list states, beside `others`, is absent by this list.

        A label below it makes it true. A label above it leaves it undecided, unless the other list
        states both: then the upper label does not replace the lower one.
        """
        if name in self.stated or ANY_LABEL in self.unknown:
            return False
        above = {name, *lineage(name)}
        if any(name in lineage(own) for own in self.stated):
            return False
        if above & (self.stated.keys() - others):
            return False
        if above & self.unknown or any(name in lineage(own) for own in self.unknown):
            return False
        return ANY_LABEL in self.looked or bool(above & self.looked)


@dataclass(frozen=True, slots=True)
class Dispute:
    """A label that one list states and another one denies."""

    name: str
    stating: ListedLabels
    denying: ListedLabels

    def words(self) -> str:
        """Return what both lists say, such as `is 'liver', the other 'spleen'`, in their sources' words."""
        theirs = ", ".join(repr(raw) for raw in sorted(self.denying.raw.values()))
        own = f"{self.stating.verb} {self.stating.raw[self.name]!r}"
        return f"{own}, the other {theirs or 'none of its labels'}"


def disputes_of(lists: Sequence[ListedLabels], lineage: Lineage) -> Iterator[Dispute]:
    """Yield the disputed labels of some lists of one picture, by name; each with the first two lists."""
    for name in sorted(set().union(*(one.stated for one in lists))):
        stating = [one for one in lists if name in one.stated]
        found = (
            Dispute(name, one, other)
            for one in stating
            for other in lists
            if other.denies(name, one.stated.keys(), lineage)
        )
        if (first := next(found, None)) is not None:
            yield first
