"""Divides the names of pictures and of marks again, so that the parts that vary are the same in both.

`Case7.nii.gz` and `mask_case7.nii.gz` each vary behind a word; which word it is, only both tell.
"""

from __future__ import annotations

from dataclasses import replace

from benchsmith.drafting.recipes.family import Family
from benchsmith.drafting.recipes.name_ends import raw_ends

MIN_SHARE = 0.5
"""Share of the marks whose part that varies is that of a picture."""


def aligned(pictures: Family, marks: Family) -> tuple[Family, Family] | None:
    """Return both families with names cut so that their cores agree; None if there is no such cut."""
    if not (pictures.varies and marks.varies):
        return None
    ours, theirs = _cut(pictures), _cut(marks)
    if ours is None or theirs is None:
        return None
    known = {m.core for m in ours.members}
    shared = sum(m.core in known for m in theirs.members)
    return (ours, theirs) if shared >= MIN_SHARE * len(theirs.members) and shared > 1 else None


def _cut(family: Family) -> Family | None:
    """Return a family cut by its raw ends; None if nothing would be left of a name."""
    stems = [m.entry.stem for m in family.members]
    before, after = raw_ends(stems)
    if len(stems) < 2 or min(map(len, stems)) <= len(before) + len(after):
        return None
    if (before, after) == (family.before, family.after):
        return family
    members = tuple(
        replace(m, core=m.entry.stem[len(before) : len(m.entry.stem) - len(after)])
        for m in family.members
    )
    return replace(family, before=before, after=after, members=members)
