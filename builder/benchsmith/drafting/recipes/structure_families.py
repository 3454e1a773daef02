"""Joins families of masks that differ by the name of the structure alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from benchsmith.drafting.recipes.families import Family, shared_ends
from benchsmith.drafting.recipes.file_looks import Look

Looked = tuple[Family, list[Look]]
"""A family of masks, and what some of them hold."""


def by_structure(masks: Sequence[Looked], pictures: Iterable[Family]) -> list[Looked]:
    """Return the families of masks; those that differ by a name in one folder become one."""
    groups: dict[tuple[Any, ...], list[Looked]] = defaultdict(list)
    found = []
    bases = {(f.folders, f.before) for f in pictures if not f.varies}
    for family, looks in masks:
        extends = any(
            folders == family.folders and family.before.startswith(f"{base}_")
            for folders, base in bases
            if base
        )
        binary = all(len(one.values) <= 1 and one.kind == "mask" for one in looks)
        if family.varies or extends or not binary:
            found.append((family, looks))
        else:
            groups[(family.folders, family.end)].append((family, looks))
    for (folders, end), group in groups.items():
        if len(group) == 1:
            found += group
            continue
        before, after = shared_ends([f.before for f, _ in group])
        members = tuple(
            replace(m, core=f.before[len(before) : len(f.before) - len(after)])
            for f, _ in group
            for m in f.members
        )
        looks = [one for _, own in group for one in own]
        found.append((Family(folders, before, after, True, end, members), looks))
    return found


def of_one_folder(
    lonely: Sequence[Looked],
) -> list[Looked]:
    """Join the masks of one folder, each named after its structure."""
    groups: dict[tuple[Any, ...], list[Looked]] = defaultdict(list)
    for family, looks in lonely:
        groups[(family.folders, family.end)].append((family, looks))
    found = []
    for (folders, end), group in groups.items():
        looks = [one for _, own in group for one in own]
        members = [m for f, _ in group for m in f.members]
        binary = all(len(one.values) <= 1 for one in looks)
        if any(f.varies for f in folders) or len(members) == 1 or not binary:
            found += group
            continue
        before, after = shared_ends([m.entry.stem for m in members])
        own = tuple(
            replace(m, core=m.entry.stem[len(before) : len(m.entry.stem) - len(after)])
            for m in members
        )
        found.append((Family(folders, before, after, True, end, own), looks))
    return found
