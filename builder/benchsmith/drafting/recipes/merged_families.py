"""Joins kinds of pictures that differ only by a folder's name or a last word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from benchsmith.drafting.recipes.family import Family, Folder
from benchsmith.drafting.recipes.file_looks import Look
from benchsmith.drafting.recipes.name_ends import shared_ends


def merged(bare: Iterable[tuple[Family, Look]]) -> list[tuple[Family, Look]]:
    """Return pictures without marks, joined if their folders' depth and their ending are the same."""
    groups: dict[tuple[int, str, bool, bool], list[tuple[Family, Look]]] = defaultdict(list)
    for family, look in bare:
        key = (len(family.folders), family.end.lower(), look.planar, look.packed)
        groups[key].append((family, look))
    return [(_one([f for f, _ in group]), group[0][1]) for group in groups.values()]


def _one(group: list[Family]) -> Family:
    if len(group) == 1:
        return group[0]
    depth = len(group[0].folders)
    members = [m for family in group for m in family.members]
    folders: list[Folder] = []
    for i in range(depth):
        names = {m.entry.folders[i] for m in members}
        folders.append(Folder("", "", varies=True) if len(names) > 1 else Folder(names.pop()))
    varying = [i for i, f in enumerate(folders) if f.varies]
    stems = [m.entry.stem for m in members]
    before, after = ("", "") if len(set(stems)) < len(stems) else shared_ends(stems)
    if len(set(stems)) == 1:
        before, after = "", ""
    new = tuple(
        sorted(
            (
                replace(
                    m,
                    values=tuple(m.entry.folders[i] for i in varying),
                    core=m.entry.stem[len(before) : len(m.entry.stem) - len(after)],
                )
                for m in members
            ),
            key=lambda m: m.entry.path,
        )
    )
    return Family(tuple(folders), before, after, True, group[0].end, new)
