"""The usable images of a source with their label files: a build and a preview have the same ones."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from benchsmith.core.contracts import Plugins
from benchsmith.core.model import Rejection
from benchsmith.documents.recipe import Source
from benchsmith.stages.label_files import label_files
from benchsmith.stages.list_units import list_source
from benchsmith.stages.units import SHOWN_FILES, STAGE, Unit, name_below
from benchsmith.stages.unread_files import reject_unread
from benchsmith.text import path_patterns


class UsableImages(NamedTuple):
    """What can be read of a source, judged by names and tables."""

    units: list[Unit]
    members: Mapping[str, Sequence[Path]]
    """By sample, every file that is read for it: of the image, then of its labels."""
    rejected: list[Rejection]


def usable_images(source: Source, roots: Mapping[str, Path], readers: Plugins) -> UsableImages:
    """List the images of a source, without those that share their labels with another image.

    `roots` is the folder of each path prefix. No pixel is read.
    """
    listed = list_source(source, roots, readers)
    found, shared = label_files(listed.units)
    listed = replace(listed, units=[u for u in listed.units if u.sample not in shared])
    members = {
        unit.sample: [
            *readers.members(unit.path),
            *(member for path in found[unit.sample] for member in readers.members(path)),
        ]
        for unit in listed.units
    }
    twice = [
        Rejection(stage=STAGE, source=source.id, subject=subject, reason="key-twice", detail=detail)
        for subject, detail in sorted(shared.values())
    ]
    # a label file of two images has a picture too, although neither is used
    used = {path for own in members.values() for path in own}.union(*found.values())
    unread = reject_unread(source, roots, listed, used)
    units, outside = _without_links_out(listed.units, members, roots)
    return UsableImages(units, members, [*listed.rejected, *twice, *unread, *outside])


def _without_links_out(
    units: Sequence[Unit], members: Mapping[str, Sequence[Path]], roots: Mapping[str, Path]
) -> tuple[list[Unit], list[Rejection]]:
    """Return the images none of whose files is a link out of its root, and rows of the others.

    A pattern finds no such link, but the slices of a folder and the .img file of a pair are named by no
    pattern.
    """
    homes = {root: Path(os.path.realpath(root)) for root in roots.values()}
    kept: list[Unit] = []
    rejected: list[Rejection] = []
    for unit in units:
        outside = [path for path in members[unit.sample] if _leads_out(path, homes)]
        if not outside:
            kept.append(unit)
            continue
        subjects = [f"{unit.sample}: {unit.show(path)}" for path in outside[:SHOWN_FILES]]
        rejected += [
            Rejection(
                stage=STAGE,
                source=unit.source,
                subject=subject,
                reason="link-outside",
                detail="it leads out of the data folder",
            )
            for subject in subjects
        ]
    return kept, rejected


def _leads_out(path: Path, homes: Mapping[Path, Path]) -> bool:
    """Return whether a file is a link out of the root that it lies in."""
    return path.is_symlink() and any(
        path_patterns.leads_out(home, path)
        for root, home in homes.items()
        if name_below(root, path) is not None
    )
