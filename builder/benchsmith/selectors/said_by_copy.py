"""What one picture implies for a copy of it: labels that it denies, or shows as well."""

from __future__ import annotations

from benchsmith.selectors.contradicting_lists import Lineage, ListedLabels, disputes_of
from benchsmith.selectors.stated_lists import Face, StatedLists

Pair = tuple[Face, Face]


class SaidByCopy:
    """What a picture's possible copy says about it."""

    def __init__(self, one: Face, other: Face, stated: StatedLists, lineage: Lineage) -> None:
        self.one, self.other = one, other
        self.pair: Pair = (min(one, other, key=str), max(one, other, key=str))
        self.gone: dict[str, str] = {}
        """Targets of the first picture that must not be asked, each with the reason."""
        mine, theirs = stated.lists(one), stated.lists(other)
        disputed: set[str] = set()
        for name, own in mine.items():
            for other_name, others in theirs.items():
                if name.source == other_name.source and name != other_name:
                    continue
                single = stated.is_single(name) and stated.is_single(other_name)
                for label, detail in _disputed(own, others, lineage, single=single).items():
                    disputed.add(label)
                    self.gone |= dict.fromkeys(own.stated.get(label, ()), detail)
        shown = set().union(*(own.stated for own in mine.values()))
        copied = set().union(*(others.stated for others in theirs.values()))
        self.unknown = frozenset(copied - shown | disputed)

    @property
    def matters(self) -> bool:
        """Whether it has any consequence."""
        return bool(self.gone or self.unknown)


def _disputed(
    own: ListedLabels, others: ListedLabels, lineage: Lineage, *, single: bool
) -> dict[str, str]:
    """Return the labels that one of two lists states and the other one denies, each with the detail.

    With `single`, each list has one label per picture: if one of two lists is wrong, neither is certain.
    """
    found = {}
    for one in disputes_of([own, others], lineage):
        what = f"{one.stating.sample} and {one.denying.sample} are copies of one picture, and one"
        found[one.name] = f"{what} {one.words()}"
    if found and single:
        detail = next(iter(found.values()))
        found |= {label: detail for label in {*own.stated, *others.stated} if label not in found}
    return found
