"""Pictures of a source that the label patterns of another picture match, and that are not labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchsmith.documents.labels import Table, one
from benchsmith.documents.labels import files as files_of
from benchsmith.documents.recipe import Source
from benchsmith.stages.picture_list import Picture
from benchsmith.stages.unit_list import Units
from benchsmith.stages.units import Unit
from benchsmith.text import path_patterns
from benchsmith.text.path_walk import Walk


def pictures_beside(
    source: Source, roots: Mapping[str, Path], units: Units
) -> dict[int, frozenset[Path]]:
    """Return the other pictures that the label patterns of units match, by the place of the unit.

    None of the source's pictures, used or not, is a label file, unless it is the
    mask of another picture of its entry, whose pattern `{key}.png` matches `a.png` and `a_mask.png`.
    """
    candidates = list(_patterns(source))
    if not candidates:
        return {}
    walks = [entry.walk for entry in units.pictures.entries.values()]
    patterns: dict[int, list[str]] = {}
    for number, pattern in candidates:
        prefix, _, text = pattern.rpartition(":")
        # few patterns match a picture at all: the others cost one search for the whole source, except
        # those that write numbers otherwise
        labels = Walk(roots[prefix], text)
        if "=" in text or path_patterns.rewrites(text) or _meets(labels, walks):
            patterns.setdefault(number, []).append(pattern)
    if not patterns:
        return {}
    of_path: dict[Path, list[Picture]] = {}
    for picture in units.pictures:
        of_path.setdefault(picture.path, []).append(picture)
    return {
        place: found
        for place, unit in enumerate(units)
        if (found := _beside(unit, patterns, of_path))
    }


def _meets(labels: Walk, walks: Sequence[Walk]) -> bool:
    """Return whether a pattern of labels matches a picture.

    A folder is listed only if some pictures may lie in it: mostly, labels have folders of their own.
    """
    for base, fields in labels.folders():
        folder = labels.top + base
        near = [walk for walk in walks if walk.may_hold_in(folder)]
        for found in labels.found_in(base, fields) if near else ():
            if any(walk.holds(f"{folder}/{name}") for name in found.names for walk in near):
                return True
    return False


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
