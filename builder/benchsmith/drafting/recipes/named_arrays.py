"""Files that hold pictures and labels as named arrays: `.npz` of MedSAM, MATLAB files of CoNSeP."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchsmith.core.contracts import DataFault, Plugins, Reading
from benchsmith.drafting.recipes.family import Family, Member
from benchsmith.drafting.recipes.file_looks import Look, look
from benchsmith.drafting.recipes.folder_listing import Entry
from benchsmith.drafting.recipes.mask_pairs import Pairing, pair
from benchsmith.drafting.recipes.name_words import means_marks, means_picture

ENDS = (".npz", ".mat")
"""Endings of files with named arrays."""
MOST_ARRAYS = 20
MANY_PICTURES = "_images"
"""The end of the names of MedMNIST's arrays, each of which holds many pictures."""


@dataclass(frozen=True, slots=True)
class NamedArrays:
    """What the arrays of a kind of files hold, each with the looks at it."""

    picture: Look | None
    """The look at the array that is a picture, if there is one."""
    marks: list[list[Look]]
    """The looks at each array of labels."""
    left: list[str]
    """What is not read, in words."""


def of_many_pictures(root: Path, entries: Iterable[Entry], readers: Plugins) -> set[Entry]:
    """Return the `.npz` files in MedMNIST's layout; one file decides for all in a folder."""
    told: dict[tuple[str, ...], bool] = {}
    found = set()
    for entry in entries:
        if entry.end == ".npz":
            if entry.folders not in told:
                names = _names(root / entry.path, readers)
                told[entry.folders] = not names or any(n.endswith(MANY_PICTURES) for n in names)
            if told[entry.folders]:
                found.add(entry)
    return found


def arrays_of(root: Path, members: Sequence[Member], readers: Plugins) -> NamedArrays | None:
    """Look at the arrays of some files of one kind; None if they hold none that can be read."""
    paths = [root / m.entry.path for m in members]
    names = _names(paths[0], readers)[:MOST_ARRAYS]
    looks = {name: [_look(path, name, readers) for path in paths] for name in names}
    readable = {n: own for n, own in looks.items() if all(one.kind != "unread" for one in own)}
    pictures = [n for n, own in readable.items() if own[0].kind == "picture"]
    marks = [n for n, own in readable.items() if {one.kind for one in own} <= {"mask", "colours"}]
    pictures.sort(key=lambda n: (not means_picture(n), -int(np.prod(readable[n][0].shape)), n))
    if pictures or marks:
        largest = max(marks, key=lambda n: int(np.prod(readable[n][0].shape)), default="")
        shape = readable[pictures[0] if pictures else largest][0].shape
        marks = [n for n in marks if readable[n][0].shape == shape]
    if not (pictures or marks):
        return None
    kept, left = _without_repeats(paths[0], marks, readable, readers)
    left += [f"{members[0].entry.path}: array {n!r} is not read" for n in pictures[1:]]
    picture = readable[pictures[0]][0] if pictures else None
    return NamedArrays(picture, [readable[n] for n in kept], left)


def own_pairing(family: Family) -> Pairing | None:
    """Return how the labels of files belong to the pictures in the same files."""
    found = pair(family, family)
    return replace(found, several=False) if found else None


def _names(path: Path, readers: Plugins) -> list[str]:
    try:
        return list(readers.variables(path))
    except DataFault:
        return []


def _look(path: Path, name: str, readers: Plugins) -> Look:
    says = "marks" if means_marks(name) else "picture" if means_picture(name) else ""
    return replace(look(path, readers, says, name), variable=name)


def _without_repeats(
    path: Path, names: list[str], looks: dict[str, list[Look]], readers: Plugins
) -> tuple[list[str], list[str]]:
    """Return the arrays of labels without those that mark the same pixels, and what is left out.

    Of arrays that mark the same, the one with the most values is kept, because it separates objects.
    """
    kept: list[tuple[str, bytes]] = []
    left = []
    for name in sorted(names, key=lambda n: (-len(looks[n][0].values), n)):
        voxels = readers.read_labels(path, Reading(variable=name)).voxels
        marked = np.packbits(voxels != looks[name][0].background).tobytes()
        twin = next((other for other, pixels in kept if pixels == marked), "")
        if twin:
            left.append(f"{path.name}: {name!r} marks the same pixels as {twin!r}; it is not read")
        else:
            kept.append((name, marked))
    return sorted(name for name, _ in kept), left
