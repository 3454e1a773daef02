"""The usable images of a source with their label files: a build and a preview have the same ones."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import NamedTuple, overload

from benchsmith.core.contracts import Plugins
from benchsmith.core.model import Rejection
from benchsmith.documents.recipe import Source
from benchsmith.stages.label_files import label_files
from benchsmith.stages.list_units import list_source
from benchsmith.stages.unit_list import Units
from benchsmith.stages.units import SHOWN_FILES, STAGE, name_below
from benchsmith.stages.unread_files import reject_unread
from benchsmith.tables.packed_columns import Hashes, PathLists
from benchsmith.text import path_patterns


class UsableImages(NamedTuple):
    """What of a source can be read, as far as names and tables tell."""

    units: Units
    members: Members
    """Every file that is read for each unit."""
    rejected: list[Rejection]


class Members(Sequence[list[Path]]):
    """The files that are read for each unit: of the image, then of its labels."""

    def __init__(self, units: Units, others: PathLists | None) -> None:
        self._units, self._others = units, others
        """The lists of those units that are more than their picture, which is a file; the
        others are empty. None if all are."""

    def __len__(self) -> int:
        """Return the number of units."""
        return len(self._units)

    @overload
    def __getitem__(self, place: int) -> list[Path]: ...
    @overload
    def __getitem__(self, place: slice) -> list[list[Path]]: ...
    def __getitem__(self, place: int | slice) -> list[Path] | list[list[Path]]:
        """Return the files of a unit, or of several."""
        if isinstance(place, slice):
            return [self[n] for n in range(*place.indices(len(self)))]
        return self.of(place, None)

    def of(self, place: int, path: Path | None) -> list[Path]:
        """Return the files of a unit, whose path is made where it is not given."""
        if self._others is None or self.is_only_picture(place):
            return [path or self._units.path(place)]
        return self._others[place]

    def is_only_picture(self, place: int) -> bool:
        """Return whether nothing but the file of its picture is read for a unit."""
        if self._others is None:
            return True
        return self._others.is_empty(place) and self._units.is_file(place)


class _Used:
    """Whether a file is read for some image, or is the label file of one that cannot be used."""

    def __init__(self, members: Members, labels: Iterable[Sequence[Path]]) -> None:
        self._members, self._labels = members, labels
        self._hashes: Hashes | None = None

    def __contains__(self, path: object) -> bool:
        if self._hashes is None:  # most sources have no file that anybody asks about
            self._hashes = Hashes()
            for own in chain(self._members, self._labels):
                for each in own:
                    self._hashes.add(str(each))
        return str(path) in self._hashes


def usable_images(source: Source, roots: Mapping[str, Path], readers: Plugins) -> UsableImages:
    """List the images of a source, without those whose labels are also of another.

    `roots` is the folder of each path prefix. No pixel is read.
    """
    listed = list_source(source, roots, readers)
    labels, shared = label_files(listed.units)
    kept = [n for n in range(len(listed.units)) if n not in shared] if shared else None
    own = labels if kept is None or labels is None else [labels[n] for n in kept]
    units = listed.units if kept is None else listed.units.take(kept)
    members, unnamed = _members(units, own, roots, readers)
    twice = [
        Rejection(stage=STAGE, source=source.id, subject=subject, reason="key-twice", detail=detail)
        for subject, detail in sorted(shared.values())
    ]
    listed = replace(listed, units=units)
    # a label file of two images has a picture too, although neither is used
    unread = reject_unread(source, roots, listed, _Used(members, labels or ()))
    outside = _links_out(units, members, unnamed, roots)
    if outside:
        kept = [n for n in range(len(units)) if n not in outside]
        left = PathLists(roots.values())
        for n in kept:
            left.append(() if members.is_only_picture(n) else members[n])
        units = units.take(kept)
        members = Members(units, left)
    rejected = [row for rows in outside.values() for row in rows]
    return UsableImages(units, members, [*listed.rejected, *twice, *unread, *rejected])


def _members(
    units: Units,
    labels: Sequence[Sequence[Path]] | None,
    roots: Mapping[str, Path],
    readers: Plugins,
) -> tuple[Members, array[int]]:
    """Find the files of each unit; `labels` are its label files.

    Also returned are the places of units that have files which no pattern names.
    """
    unnamed = array("I")
    entries = units.pictures.entries.values()
    if labels is None and all(entry.are_alone(readers.is_alone) for entry in entries):
        return Members(units, None), unnamed
    found = PathLists(roots.values())
    for place in range(len(units)):
        own = labels[place] if labels is not None else ()
        is_file = units.is_file(place)
        if not own and is_file and readers.is_alone(units.name(place)):
            found.append(())
            continue
        path = units.path(place)
        files = [*readers.members(path), *(m for label in own for m in readers.members(label))]
        found.append(() if is_file and files == [path] else files)
        if files != [path, *own]:
            unnamed.append(place)
    return Members(units, found), unnamed


def _links_out(
    units: Units, members: Members, unnamed: Iterable[int], roots: Mapping[str, Path]
) -> dict[int, list[Rejection]]:
    """Return rows of the images of whose files one is a link out of its root, by their place.

    A pattern finds no such link, but the slices of a folder and the .img file of a pair are named by no
    pattern.
    """
    homes = {root: Path(os.path.realpath(root)) for root in roots.values()}
    found: dict[int, list[Rejection]] = {}
    for place in unnamed:
        outside = [path for path in members[place] if _leads_out(path, homes)]
        for path in outside[:SHOWN_FILES]:
            unit = units[place]
            found.setdefault(place, []).append(
                Rejection(
                    stage=STAGE,
                    source=unit.source,
                    subject=f"{unit.sample}: {unit.show(path)}",
                    reason="link-outside",
                    detail="it leads out of the data folder",
                )
            )
    return found


def _leads_out(path: Path, homes: Mapping[Path, Path]) -> bool:
    """Return whether a file is a link out of the root that it lies in."""
    return path.is_symlink() and any(
        path_patterns.leads_out(home, path)
        for root, home in homes.items()
        if name_below(root, path) is not None
    )
