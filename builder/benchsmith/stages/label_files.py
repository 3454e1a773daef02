"""The label files of each image, and files that are of two images at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchsmith.documents.labels import MaskFiles, Table, one
from benchsmith.documents.labels import files as files_of
from benchsmith.stages.units import Unit
from benchsmith.text import path_patterns

NAMELESS = ("volume", "masks", "colours", "instances", "count", "yolo")
"""Kinds of label files that do not say which picture they are of."""
PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".gif", ".ppm", ".pgm")
"""Endings of pictures. Several volumes may share labels, of an atlas."""


class LabelFiles(NamedTuple):
    """The label files of images, by sample."""

    files: Mapping[str, Sequence[Path]]
    """Without tables, whose rows are read already."""
    shared: Mapping[str, tuple[str, str]]
    """The images that cannot be used, each with its name and what it shares with which other."""


def label_files(units: Sequence[Unit]) -> LabelFiles:
    """Find the files that the label patterns of the recipe mean for each image.

    With `{key}_{label}.png` the file `a_left_lung.png` is the left lung of `a`, or the lung of
    `a_left`. Where both pictures exist, the labels of one would be read as those of the other. Of
    `masks/*.png`, each picture of the entry would have all masks, and of `masks/a.png` pictures of several
    people would have one mask.
    """
    files: dict[str, list[Path]] = {}
    unbound: dict[tuple[int, str], list[Unit]] = {}
    fixed: dict[tuple[int, str], list[Unit]] = {}
    owners: dict[tuple[int, str, Path], dict[tuple[str, ...], list[Unit]]] = {}
    for unit in units:
        own = files.setdefault(unit.sample, [])
        for labels in unit.samples.labels:
            if isinstance(plain := one(labels), MaskFiles):
                own += _named_masks(plain, unit)
            for pattern in () if isinstance(one(labels), Table) else files_of(labels):
                names = [n for n in path_patterns.placeholders(pattern) if n in unit.fields]
                values = tuple(unit.fields[name] for name in names)
                for path, _ in unit.find(pattern):
                    own.append(path)
                    of = owners.setdefault((unit.entry, pattern, path), {})
                    of.setdefault(values, []).append(unit)
                is_open = "*" in pattern or path_patterns.placeholders(pattern)
                if not names and plain.kind in NAMELESS and pattern == plain.file:
                    if is_open:
                        unbound.setdefault((unit.entry, pattern), []).append(unit)
                    elif unit.path.name.lower().endswith(PICTURES):
                        fixed.setdefault((unit.entry, pattern), []).append(unit)
    shared: dict[str, tuple[str, str]] = {}
    for (_, _, path), of in owners.items():
        for values, same in of.items() if len(of) > 1 else ():
            other = next(units[0] for v, units in of.items() if v != values)
            for unit in same:
                what = f"{unit.show(path)} is a label file of this and of {other.key!r}"
                shared.setdefault(unit.sample, (unit.show(unit.path), what))
    people = {place: len({unit.patient for unit in same}) for place, same in fixed.items()}
    unbound |= {place: same for place, same in fixed.items() if people[place] > 1}
    for (_, pattern), same in unbound.items():
        apart = {unit.path: unit for unit in same}
        if len(apart) < 2:
            continue
        first, second = list(apart.values())[:2]
        for unit in same:
            twin = second if unit.path == first.path else first
            if found := unit.find(pattern):
                what = f"{unit.show(found[0][0])} is a label file of this and of {twin.key!r}: "
                what += (
                    f"`{pattern}` has no placeholder such as `{{key}}`, which would tell them apart"
                )
                shared.setdefault(unit.sample, (unit.show(unit.path), what))
    return LabelFiles(files, shared)


def _named_masks(labels: MaskFiles, unit: Unit) -> list[Path]:
    """Return the mask files that an image's rows of a table name."""
    cells = [row.cells.get(labels.mask, "") for row in unit.rows.get(labels.rows_id, ())]
    patterns = [labels.pattern_of(cell) for cell in cells if cell.strip() not in labels.silent]
    return [path for pattern in patterns if pattern for path, _ in unit.find(pattern)]
