"""Pictures of a source that the label patterns of another picture match, and that are not labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from benchsmith.documents.labels import Table, one
from benchsmith.documents.labels import files as files_of
from benchsmith.documents.recipe import Source
from benchsmith.stages.named_pictures import Picture
from benchsmith.stages.units import Unit
from benchsmith.text import path_patterns


def with_pictures_beside(
    source: Source,
    roots: Mapping[str, Path],
    units: Sequence[Unit],
    pictures: Sequence[Picture],
) -> list[Unit]:
    """Return the units, each with the other pictures that its label patterns match.

    `pictures` are all those of the source, used or not. None of them is a label file, unless it is the
    mask of another picture of its entry, whose pattern `{key}.png` matches `a.png` and `a_mask.png`.
    """
    of_path: dict[Path, list[Picture]] = {}
    for picture in pictures:
        of_path.setdefault(picture.path, []).append(picture)
    patterns: dict[int, list[str]] = {}
    for number, pattern in _patterns(source):
        prefix, _, text = pattern.rpartition(":")
        # few patterns match a picture at all: the others cost one look for the whole source, except
        # those that fill in numbers with zeros
        if "=" in text or any(
            match.path in of_path for match in path_patterns.find(roots[prefix], text)
        ):
            patterns.setdefault(number, []).append(pattern)
    if not patterns:
        return list(units)
    return [
        replace(unit, beside=found) if (found := _beside(unit, patterns, of_path)) else unit
        for unit in units
    ]


def _patterns(source: Source) -> Iterator[tuple[int, str]]:
    """Yield entry and text of each pattern of labels that may match several files."""
    for number, samples in enumerate(source.recipe.samples):
        if samples.variable is not None:
            continue  # a file of several variables may hold both an image and its labels
        for labels in samples.labels:
            for pattern in () if isinstance(one(labels), Table) else files_of(labels):
                if "*" in pattern or path_patterns.placeholders(pattern):
                    yield number, pattern


def _beside(
    unit: Unit, patterns: Mapping[int, Sequence[str]], of_path: Mapping[Path, Sequence[Picture]]
) -> frozenset[Path]:
    return frozenset(
        path
        for pattern in patterns.get(unit.entry, ())
        for path, _ in unit.find(pattern)
        if any(_is_image(unit, pattern, picture) for picture in of_path.get(path, ()))
    )


def _is_image(unit: Unit, pattern: str, picture: Picture) -> bool:
    """Return whether a match of a unit's pattern is an image: of another entry, or by the pattern.

    `{patient}/*.png` matches each picture of the patient for that picture, too. `{key}_mask*.png` does
    not: no picture is its own mask.
    """
    if picture.path == unit.path:
        return False
    if picture.entry != unit.entry:
        return True
    prefix, _, text = pattern.rpartition(":")
    filled = path_patterns.fill(text, picture.fields)
    return any(m.path == picture.path for m in path_patterns.find(unit.roots[prefix], filled))
