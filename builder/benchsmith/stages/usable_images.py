"""The usable images of a source with their label files: a build and a preview have the same ones."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from benchsmith.core.contracts import Plugins
from benchsmith.core.model import Rejection
from benchsmith.documents.recipe import Source
from benchsmith.stages.label_files import has_folders, label_files
from benchsmith.stages.list_units import list_source
from benchsmith.stages.members import Members
from benchsmith.stages.unit_list import Units
from benchsmith.stages.units import SHOWN_FILES, STAGE, name_below
from benchsmith.stages.unread_files import reject_unread
from benchsmith.stages.used_files import UsedFiles
from benchsmith.tables.packed_columns import PathLists
from benchsmith.text import path_patterns


class UsableImages(NamedTuple):
    """The readable images of a source, judged by names and tables."""

    units: Units
    members: Members
    """Every file that is read for each unit."""
    rejected: list[Rejection]


def usable_images(source: Source, roots: Mapping[str, Path], readers: Plugins) -> UsableImages:
    """List the images of a source, without those that share their labels with another image.

    `roots` is the folder of each path prefix. No pixel is read.
    """
    listed = list_source(source, roots, readers)
    labels, shared = label_files(listed.units)
    kept = [n for n in range(len(listed.units)) if n not in shared] if shared else None
    own = labels
    if kept is not None and labels is not None:
        own = PathLists(roots.values())
        for n in kept:
            own.append_names(labels.names(n))
    units = listed.units if kept is None else listed.units.take(kept)
    members, unnamed = _members(units, own, roots, readers)
    twice = [
        Rejection(stage=STAGE, source=source.id, subject=subject, reason="key-twice", detail=detail)
        for subject, detail in sorted(shared.values())
    ]
    listed = replace(listed, units=units)
    # a label file of two images has a picture too, although neither is used
    unread = reject_unread(source, roots, listed, UsedFiles(members, labels))
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
    labels: PathLists | None,
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
    found, is_alone = PathLists(roots.values()), readers.is_alone
    of_folders = {entry.number for entry in entries if has_folders(entry.samples)}

    for place in range(len(units)):
        names = labels.names(place) if labels is not None else []
        is_file = units.is_file(place)
        is_plain = is_file and units.entry(place).number not in of_folders
        if is_plain and all(map(is_alone, (units.name(place), *names))):
            found.append_names([units.file(place), *names] if names else ())
            continue
        own, path = list(map(Path, names)), units.path(place)
        files = [*readers.members(path), *(m for label in own for m in readers.members(label))]
        found.append(() if is_file and files == [path] else files)
        if files != [path, *own]:
            unnamed.append(place)
    return Members(units, found), unnamed


def _links_out(
    units: Units, members: Members, unnamed: Iterable[int], roots: Mapping[str, Path]
) -> dict[int, list[Rejection]]:
    """Return rows of the images with a file that is a link out of its root, by their place.

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
