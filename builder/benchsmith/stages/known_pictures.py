"""Pictures that models may have been trained on: those in a benchmark's `contamination` folders."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchsmith.core.contracts import DataFault, Plugins, Reading
from benchsmith.imaging import appearance
from benchsmith.selectors.known_copies import KnownPicture
from benchsmith.stages.measure import MIN_SPREAD
from benchsmith.text.unicode_names import printable


class DescribedFile(NamedTuple):
    """The pictures of one file, and the parts of it that could not be read."""

    pictures: tuple[KnownPicture, ...]
    unread: tuple[str, ...]
    """`name: reason code` for each."""


def files(folder: Path) -> list[Path]:
    """Return every file below a folder that is not hidden, in byte order of the names."""
    return [path for path in _names(folder) if not _is_special(path)]


def special_files(folder: Path) -> list[str]:
    """Return `name: reason code` of every pipe, socket and device below a folder."""
    special = [path for path in _names(folder) if _is_special(path)]
    return [f"{_name(path, folder)}: not-a-file" for path in special]


def _is_special(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _name(path: Path, folder: Path) -> str:
    return f"{folder.name}/{printable(path.relative_to(folder).as_posix())}"


def _names(folder: Path) -> list[Path]:
    found = [
        Path(root, name)
        for root, folders, names in os.walk(folder)
        for name in names
        if not any(part.startswith(".") for part in (name, *Path(root).relative_to(folder).parts))
    ]
    return sorted(found, key=lambda path: os.fsencode(path.relative_to(folder)))


def describe_file(path: Path, folder: Path, plugins: Plugins) -> DescribedFile:
    """Describe every picture of a file, and every axial slice of a volume, unless it is blank."""
    name = _name(path, folder)
    found: list[KnownPicture] = []
    try:
        parts: Sequence[str] = plugins.parts(path)
    except DataFault:
        # a format without parts has one picture or volume per file
        parts = [""]
    unread: list[str] = []
    for part in parts if len(parts) > 1 else [""]:
        try:
            image = plugins.read_image(path, Reading(part=part, burned_in=True))
        except DataFault as fault:
            unread.append(f"{name}: {fault.reason}")
            continue
        for number, plane in enumerate(image.voxels):
            seen = appearance.describe(plane)
            if seen.spread >= MIN_SPREAD:
                where = part if image.planar else f"z{number}"
                own = f"{name}~{where}" if where else name
                found.append(KnownPicture(own, seen.phash, seen.mirrors, seen.look))
    return DescribedFile(tuple(found), tuple(unread))
