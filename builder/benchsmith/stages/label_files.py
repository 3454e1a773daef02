"""The label files of each image, and files that are of two images at once."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchsmith.documents.labels import MaskFiles, Table, one
from benchsmith.documents.labels import files as files_of
from benchsmith.documents.recipe import Samples
from benchsmith.stages.unit_list import Units
from benchsmith.stages.units import Unit
from benchsmith.stages.unwanted_readers import unwanted_reader
from benchsmith.tables.packed_columns import Hashes, PathLists
from benchsmith.text import path_patterns

NAMELESS = ("volume", "masks", "colours", "instances", "count", "yolo")
"""Kinds of label files that do not say which picture they are of."""
PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".gif", ".ppm", ".pgm")
"""Endings of pictures. Several volumes may share labels, of an atlas."""


class LabelFiles(NamedTuple):
    """The label files of images."""

    files: Sequence[Sequence[Path]] | None
    """Of each unit, without tables, whose rows are read already; None if no image has any."""
    shared: Mapping[int, tuple[str, str]]
    """The places of units that cannot be used, each with its name and what it shares with which other."""


_Pattern = tuple[int, str]
"""Index of the samples entry, and a path pattern of its labels."""


def label_files(units: Units) -> LabelFiles:
    """Find the files that the label patterns of the recipe mean for each image.

    With `{key}_{label}.png` the file `a_left_lung.png` is the left lung of `a`, or the lung of
    `a_left`. Where both pictures exist, the labels of one would be read as those of the other. Of
    `masks/*.png`, each picture of the entry would have all masks, and of `masks/a.png` pictures of several
    people would have one mask.
    """
    entries = list(units.pictures.entries.values())
    if not any(_has_files(entry.samples) for entry in entries):
        return LabelFiles(None, {})
    files = PathLists(root for unit in units[:1] for root in unit.roots.values())
    unbound: dict[_Pattern, array[int]] = {}
    fixed: dict[_Pattern, array[int]] = {}
    owned, filled, owner = Hashes(), Hashes(), array("I")
    """Each label file with its pattern, the values that fill the pattern, and the place of the unit."""
    for place, unit in enumerate(units):
        own: list[Path] = []
        for labels in unit.samples.labels:
            if isinstance(plain := one(labels), MaskFiles):
                own += _named_masks(plain, unit)
            for pattern, values in _filled(labels, unit):
                for path, fields in unit.find(pattern):
                    if unwanted_reader(labels, fields):
                        continue
                    own.append(path)
                    owned.add((unit.entry, pattern, str(path)))
                    filled.add(values)
                    owner.append(place)
                if values or plain.kind not in NAMELESS or pattern != plain.file:
                    continue
                if "*" in pattern or path_patterns.placeholders(pattern):
                    unbound.setdefault((unit.entry, pattern), array("I")).append(place)
                elif unit.path.name.lower().endswith(PICTURES):
                    fixed.setdefault((unit.entry, pattern), array("I")).append(place)
        files.append(own)
    shared: dict[int, tuple[str, str]] = {}
    _of_several(units, sorted({owner[n] for n in owned.with_several(filled)}), shared)
    unbound |= {
        at: same for at, same in fixed.items() if len({units[place].patient for place in same}) > 1
    }
    for (_, pattern), same in unbound.items():
        _without_a_name(units, pattern, same, shared)
    return LabelFiles(files, shared)


def _has_files(samples: Samples) -> bool:
    """Return whether images of an entry may have files of labels, beside tables."""
    return any(isinstance(one(e), MaskFiles) or _patterns(e) for e in samples.labels)


def _patterns(labels: object) -> tuple[str, ...]:
    """Return the path patterns of a labels entry, without those of tables."""
    return () if isinstance(one(labels), Table) else files_of(labels)


def _filled(labels: object, unit: Unit) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the patterns of a labels entry, and the values of an image that fill each."""
    for pattern in _patterns(labels):
        names = path_patterns.placeholders(pattern)
        yield pattern, tuple(unit.fields[name] for name in names if name in unit.fields)


def _of_several(units: Units, places: Sequence[int], shared: dict[int, tuple[str, str]]) -> None:
    """Find label files that a pattern means for images with different values; add them to `shared`."""
    owners: dict[tuple[int, str, Path], dict[tuple[str, ...], list[int]]] = {}
    for place in places:
        unit = units[place]
        for labels in unit.samples.labels:
            for pattern, values in _filled(labels, unit):
                for path, fields in unit.find(pattern):
                    if unwanted_reader(labels, fields):
                        continue
                    of = owners.setdefault((unit.entry, pattern, path), {})
                    of.setdefault(values, []).append(place)
    for (_, _, path), of in owners.items():
        for values, same in of.items() if len(of) > 1 else ():
            other = next(own[0] for v, own in of.items() if v != values)
            for place in same:
                unit = units[place]
                what = f"{unit.show(path)} is a label file of this and of {units.key(other)!r}"
                shared.setdefault(place, (unit.show(unit.path), what))


def _without_a_name(
    units: Units, pattern: str, places: Sequence[int], shared: dict[int, tuple[str, str]]
) -> None:
    """Add images to `shared` whose labels a pattern that names no image finds, if there are several."""
    first = units[places[0]]
    second = next((u for u in map(units.__getitem__, places) if u.path != first.path), None)
    if second is None:
        return
    for place in places:
        unit = units[place]
        twin = second if unit.path == first.path else first
        if found := unit.find(pattern):
            what = f"{unit.show(found[0][0])} is a label file of this and of {twin.key!r}: "
            what += f"`{pattern}` has no placeholder such as `{{key}}`, which would tell them apart"
            shared.setdefault(place, (unit.show(unit.path), what))


def _named_masks(labels: MaskFiles, unit: Unit) -> list[Path]:
    """Return the mask files that an image's rows of a table name."""
    cells = [row.cells.get(labels.mask, "") for row in unit.rows.get(labels.rows_id, ())]
    patterns = [labels.pattern_of(cell) for cell in cells if cell.strip() not in labels.silent]
    return [path for pattern in patterns if pattern for path, _ in unit.find(pattern)]
