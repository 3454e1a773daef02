"""The values by which the label files of each image are found, mostly without making a unit."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from benchsmith.documents.labels import MaskFiles, Table, one
from benchsmith.documents.labels import files as files_of
from benchsmith.stages.entry_images import EntryImages
from benchsmith.stages.unit_list import Units
from benchsmith.stages.units import Unit
from benchsmith.text import path_patterns
from benchsmith.text.filled_search import FilledSearch

MOST_IMAGES = 512
"""Images whose paths are held as text at once."""


class LabelledImage(NamedTuple):
    """The values by which the label files of an image are found."""

    entry: int
    file: str
    fields: Mapping[str, str]
    labels: Sequence[tuple[Any, Any, Sequence[tuple[str, Sequence[str]]]]]
    """Each entry of labels, without what is around it, and its patterns with their placeholders."""
    find: Callable[[str], Iterable[tuple[str, Mapping[str, str]]]]
    """Returns the files of a pattern as :meth:`Unit.find` does."""
    named: Sequence[str] = ()
    """The files that rows of a table name."""


def images_of(units: Units) -> Iterator[LabelledImage]:
    """Yield the images of units in their order; no unit is made if the path of an image suffices."""
    place = 0
    labels: dict[int, Any] = {}
    searches: dict[str, FilledSearch] = {}
    for run, told_by_path in units.runs(MOST_IMAGES):
        entry, samples = run.entry, run.entry.samples
        if entry.number not in labels:
            labels[entry.number] = [
                (each, one(each), [(p, path_patterns.placeholders(p)) for p in patterns_of(each)])
                for each in samples.labels
            ]
        own = labels[entry.number]
        if not told_by_path or any(isinstance(plain, MaskFiles) for _, plain, _ in own):
            for number in range(place, place + len(run.places)):
                yield _of_unit(units[number], own)
        else:
            for number, (at, part) in enumerate(zip(run.places, run.parts, strict=True), place):
                fields, file = entry.fields(at, part), entry.walk.top + at
                beside = units.beside(number)
                find = partial(_found, entry, searches, fields, {file, *map(str, beside)})
                yield LabelledImage(entry.number, file, fields, own, find)
        place += len(run.places)


def _of_unit(unit: Unit, labels: Any) -> LabelledImage:
    def find(pattern: str) -> Iterator[tuple[str, Mapping[str, str]]]:
        return ((str(path), fields) for path, fields in unit.find(pattern))

    plains = (plain for _, plain, _ in labels if isinstance(plain, MaskFiles))
    masks = [str(path) for plain in plains for path in _named_masks(plain, unit)]
    return LabelledImage(unit.entry, str(unit.path), unit.fields, labels, find, masks)


def _found(
    entry: EntryImages,
    searches: dict[str, FilledSearch],
    fields: Mapping[str, str],
    images: Container[str],
    pattern: str,
) -> list[tuple[str, Mapping[str, str]]]:
    """Return the files of a pattern of labels, as :meth:`Unit.find` does; `images` are no label files."""
    if pattern not in searches:
        prefix, _, rest = pattern.rpartition(":")
        searches[pattern] = FilledSearch(entry.roots[prefix], rest)
    found = searches[pattern].find(fields)
    # an image's values may contain a star, which would act as a wildcard
    is_open = entry.samples.variable is None and searches[pattern].is_open(fields)
    return [each for each in found if each[0] not in images] if is_open else found


def patterns_of(labels: object) -> tuple[str, ...]:
    """Return the path patterns of a labels entry, without those of tables."""
    return () if isinstance(one(labels), Table) else files_of(labels)


def _named_masks(labels: MaskFiles, unit: Unit) -> list[Path]:
    """Return the mask files that an image's rows of a table name."""
    cells = [row.cells.get(labels.mask, "") for row in unit.rows.get(labels.rows_id, ())]
    patterns = [labels.pattern_of(cell) for cell in cells if cell.strip() not in labels.silent]
    return [path for pattern in patterns if pattern for path, _ in unit.find(pattern)]
