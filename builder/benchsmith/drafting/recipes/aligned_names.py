"""Divides the names of pictures and of marks again, so that the parts that vary are the same in both.

`Case7.nii.gz` and `mask_case7.nii.gz` each vary after a word, which can be found only by comparing both.
"""

from __future__ import annotations

from dataclasses import replace

from benchsmith.drafting.recipes.family import Family
from benchsmith.drafting.recipes.name_ends import raw_ends

MIN_SHARE = 0.5
"""Share of the marks whose part that varies is that of a picture."""


def aligned(pictures: Family, marks: Family) -> tuple[Family, Family, int] | None:
    """Return both families with names cut so that their cores agree; None if there is no such cut.

    The number is the marks' number of digits if their leading zeros differ from the pictures'; their
    cores are then written like the pictures'. Otherwise it is 0.
    """
    if not (pictures.varies and marks.varies):
        return None
    ours, theirs = _cut(pictures), _cut(marks)
    if ours is None or theirs is None:
        return None
    digits = 0
    known = {m.core for m in ours.members}
    numbers = {int(core): core for core in known if core.isascii() and core.isdigit()}
    lengths = {len(m.core) for m in theirs.members}
    told = all(m.core.isascii() and m.core.isdigit() for m in theirs.members)
    if len(numbers) == len(known) and told and not known & {m.core for m in theirs.members}:
        padded = len(lengths) == 1 or not any(m.core.startswith("0") for m in theirs.members)
        digits = min(lengths) if padded else 0
    if digits:
        same = tuple(replace(m, core=numbers.get(int(m.core), m.core)) for m in theirs.members)
        theirs = replace(theirs, members=same)
    shared = sum(m.core in known for m in theirs.members)
    enough = shared >= MIN_SHARE * len(theirs.members) and shared > 1
    return (ours, theirs, digits) if enough else None


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
