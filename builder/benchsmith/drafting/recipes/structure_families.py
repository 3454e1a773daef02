"""Joins families of masks that differ only by the name of the structure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from benchsmith.drafting.recipes.family import Family
from benchsmith.drafting.recipes.file_looks import Look
from benchsmith.drafting.recipes.mask_pairs import LABEL, Pairing
from benchsmith.drafting.recipes.name_ends import shared_ends
from benchsmith.drafting.recipes.name_words import MARK_WORDS, tokens
from benchsmith.drafting.recipes.several_readers import number_apart

_WORD = re.compile(r"[_\-. ][A-Za-z]+$")
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


def by_last_word(
    masks: Sequence[Looked], partners: Callable[[Family], list[Pairing]]
) -> tuple[list[tuple[Looked, list[Pairing]]], list[Looked]]:
    """Join families whose names end in the word of a structure, if all of them have pictures.

    Return the joined families with their pictures, and the families that remain.
    `a_polyp.png`, `a_cancer.png` and `b_polyp.png` differ by a word; this word is the label, unless
    folders with longer words already name the structures.
    """
    groups: dict[tuple[Any, ...], list[Looked]] = defaultdict(list)
    for family, looks in masks:
        binary = all(len(one.values) <= 1 and one.kind == "mask" for one in looks)
        told = _WORD.fullmatch(family.after) and not MARK_WORDS & set(tokens(family.after))
        if family.varies and binary and told:
            groups[(family.folders, family.before, family.end, family.after[0])].append(
                (family, looks)
            )
    found, rest = [], list(masks)
    for (folders, before, end, mark), group in groups.items():
        families = [f for f, _ in group]
        if len(group) == 1 or number_apart(*(f.after for f in families[:2])):
            continue
        members = tuple(m for f in families for m in f.members)
        after = mark + ("*" if _folders_tell(families) else f"{{{LABEL}}}")
        looks = [one for _, own in group for one in own]
        joined = Family(folders, before, after, True, end, members)
        pairs = partners(joined)
        if pairs and all(len(p.pairs) == len(members) for p in pairs):
            found.append(((joined, looks), pairs))
            rest = [one for one in rest if one not in group]
    return found, rest


def _folders_tell(families: Sequence[Family]) -> bool:
    """Return whether a varying folder has one name for each family."""
    for number in range(len(families[0].varying)):
        values = [{m.values[number] for m in f.members} for f in families]
        if len(set.union(*values)) == len(families) == sum(len(own) for own in values):
            return True
    return False


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
