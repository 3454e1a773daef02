"""Finding the images of a release among the files of a source, by their contents.

A release names no file. It has the SHA-256 of each image's files, and the digest of its pixels, which
distinguishes the pictures of one file.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchsmith.core.contracts import DataFault, Plugins
from benchsmith.imaging.pixel_digest import pixel_digest
from benchsmith.stages.image_digest import digest
from benchsmith.stages.units import Unit


def same_files(
    units: Iterable[Unit], wanted: Collection[str], plugins: Plugins
) -> dict[str, list[Unit]]:
    """Return the units by the SHA-256 of their files, if it is wanted. Every file is read once, and none is decoded."""
    found: dict[str, list[Unit]] = {}
    known: dict[Path, str] = {}
    for unit in units:
        if unit.path not in known:
            try:
                known[unit.path] = digest(plugins.members(unit.path))
            except (OSError, DataFault):
                known[unit.path] = ""  # its pictures are reported as missing
        if known[unit.path] in wanted:
            found.setdefault(known[unit.path], []).append(unit)
    return found


def same_pixels(units: Sequence[Unit], row: Mapping[str, Any], plugins: Plugins) -> Sequence[Unit]:
    """Return the units among several of one digest that have the pixels of a row; a single unit is not read."""
    if len(units) < 2 or not row["image_pixels"]:
        return units
    return [unit for unit in units if _pixels(unit, plugins) == row["image_pixels"]]


def _pixels(unit: Unit, plugins: Plugins) -> str:
    try:
        return pixel_digest(plugins.read_image(unit.path, unit.reading()).voxels)
    except DataFault:
        return ""
