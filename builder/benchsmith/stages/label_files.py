"""The label files of each image, and files that belong to two images at once."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchsmith.documents.labels import MaskFiles, one
from benchsmith.documents.recipe import Samples
from benchsmith.stages.labelled_images import images_of, patterns_of
from benchsmith.stages.unit_list import Units
from benchsmith.stages.units import Unit
from benchsmith.stages.unwanted_readers import unwanted_reader
from benchsmith.tables.packed_columns import PathLists
from benchsmith.tables.text_hashes import Hashes
from benchsmith.text import path_patterns

NAMELESS = ("volume", "masks", "colours", "instances", "count", "yolo")
"""Kinds of label files that do not say which picture they are of."""
PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".gif", ".ppm", ".pgm")
"""Endings of pictures. Several volumes may share labels, of an atlas."""


class LabelFiles(NamedTuple):
    """The label files of images."""

    files: PathLists | None
    """Of each unit, without tables, whose rows are read already; None if no image has any."""
    shared: Mapping[int, tuple[str, str]]
    """The places of units that cannot be used, each with its name and what it shares with which other."""


_Pattern = tuple[int, str]
"""Index of the samples entry, and a path pattern of its labels."""


def label_files(units: Units) -> LabelFiles:
    """Find the files that the label patterns of the recipe mean for each image.

    With `{key}_{label}.png` the file `a_left_lung.png` is the left lung of `a`, or the lung of
    `a_left`. If both pictures exist, the labels of one would be read as those of the other. With
    `masks/*.png`, each picture of the entry would have all masks; with `masks/a.png`, pictures of
    several people would have one mask.
    """
    entries = list(units.pictures.entries.values())
    if not any(_has_files(entry.samples) for entry in entries):
        return LabelFiles(None, {})
    files = PathLists(entries[0].roots.values())
    unbound: dict[_Pattern, array[int]] = {}
    fixed: dict[_Pattern, array[int]] = {}
    owned, filled, owner = Hashes(), Hashes(), array("I")
    """Each label file with its pattern, the values that fill the pattern, and the place of the unit."""
    for place, image in enumerate(images_of(units)):
        own = list(image.named)
        for labels, plain, patterns in image.labels:
            for pattern, names in patterns:
                values = tuple([image.fields[name] for name in names if name in image.fields])
                for path, fields in image.find(pattern):
                    if unwanted_reader(labels, fields):
                        continue
                    own.append(path)
                    owned.add((image.entry, pattern, path))
                    filled.add(values)
                    owner.append(place)
                if values or plain.kind not in NAMELESS or pattern != plain.file:
                    continue
                if "*" in pattern or path_patterns.placeholders(pattern):
                    unbound.setdefault((image.entry, pattern), array("I")).append(place)
                elif image.file.lower().endswith(PICTURES):
                    fixed.setdefault((image.entry, pattern), array("I")).append(place)
        files.append_names(own)
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
    return any(isinstance(one(e), MaskFiles) or patterns_of(e) for e in samples.labels)


def has_folders(samples: Samples) -> bool:
    """Return whether labels of an entry may be folders of files."""
    return any(pattern.endswith("/") for e in samples.labels for pattern in patterns_of(e))


def _filled(labels: object, unit: Unit) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the patterns of a labels entry, and the values of an image that fill each."""
    for pattern in patterns_of(labels):
        names = path_patterns.placeholders(pattern)
        yield pattern, tuple(unit.fields[name] for name in names if name in unit.fields)


def _of_several(units: Units, places: Sequence[int], shared: dict[int, tuple[str, str]]) -> None:
    """Find label files that a pattern matches for images with different values; add them to `shared`."""
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
    """Add images to `shared` if a pattern without the image's name finds the labels of several images."""
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
