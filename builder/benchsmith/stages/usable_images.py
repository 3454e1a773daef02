"""The usable images of a source with their label files: a build and a preview have the same ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from benchsmith.core.contracts import Plugins
from benchsmith.core.model import Rejection
from benchsmith.documents.recipe import Source
from benchsmith.stages.label_files import label_files
from benchsmith.stages.list_units import list_source
from benchsmith.stages.units import STAGE, Unit
from benchsmith.stages.unread_files import reject_unread


class UsableImages(NamedTuple):
    """What of a source can be read, as far as names and tables tell."""

    units: list[Unit]
    members: Mapping[str, Sequence[Path]]
    """By sample, every file that is read for it: of the image, then of its labels."""
    rejected: list[Rejection]


def usable_images(source: Source, roots: Mapping[str, Path], readers: Plugins) -> UsableImages:
    """List the images of a source, without those whose labels are also of another.

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
    return UsableImages(listed.units, members, [*listed.rejected, *twice, *unread])
