"""Files of a source that no image uses, each with a row that gives the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchsmith.core.model import Rejection
from benchsmith.documents.labels import Masks, Table, one
from benchsmith.documents.labels import files as files_of
from benchsmith.documents.recipe import Source
from benchsmith.stages import unwanted_readers
from benchsmith.stages.list_units import Listed
from benchsmith.stages.units import STAGE, show
from benchsmith.stages.used_files import UsedFiles
from benchsmith.tables.text_hashes import Hashes
from benchsmith.text import path_misses, path_patterns
from benchsmith.text.path_walk import Walk

_Values = tuple[str, ...]


class _Pattern(NamedTuple):
    entry: int
    """Index of the samples entry in the recipe."""
    text: str
    """The path pattern with its prefix."""
    is_of_labels: bool
    """Whether it means one label file or several of each image."""
    labels: object = None


def reject_unread(
    source: Source,
    roots: Mapping[str, Path],
    listed: Listed,
    used: UsedFiles,
) -> list[Rejection]:
    """Reject files that a pattern of the recipe misses, label files without an image, missing masks.

    `used` are the files that are read for some image. A file has one row at most.
    """
    patterns = list(_patterns(source))
    walks = {p.text: Walk(*_split(roots, p.text), keep_left=True) for p in patterns}
    rejected: dict[str, tuple[str, str]] = {}
    for pattern in patterns:
        walk = walks[pattern.text]
        alone = list(_without_image(pattern, walk, listed, used)) if pattern.is_of_labels else []
        # the walk has already examined each name, as did the listing of images
        of_images = listed.pictures.entries.get(pattern.entry) if pattern.labels is None else None
        left = of_images.walk.left if of_images else walk.left
        for miss in path_misses.misses(*_split(roots, pattern.text), left):
            if str(miss.path) not in used and not any(w.holds(miss.path) for w in walks.values()):
                rejected.setdefault(show(roots, miss.path), (miss.reason, miss.detail))
        if pattern.is_of_labels:
            for path in alone:
                what = f"it matches `{pattern.text}`"
                rejected.setdefault(show(roots, path), ("no-picture", what))
            for path, reader in _of_other_readers(pattern, walk, used):
                why = unwanted_readers.REASON, unwanted_readers.detail_of(reader)
                rejected.setdefault(show(roots, path), why)
    if any(entry.may_be_folder for entry in listed.pictures.entries.values()):
        for unit in listed.units:
            if unit.path.is_dir():
                for path in _odd_members(unit.path):
                    what = "it is not a regular file; the series is read without it"
                    rejected.setdefault(show(roots, path), ("not-a-file", what))
    rows = [(subject, *why) for subject, why in rejected.items()]
    rows += _missing_masks(patterns, walks, listed)
    rows += unwanted_readers.unwanted_rows(listed.units)
    return [
        Rejection(stage=STAGE, source=source.id, subject=subject, reason=reason, detail=detail)
        for subject, reason, detail in rows
    ]


def _patterns(source: Source) -> Iterator[_Pattern]:
    """Yield every path pattern of a recipe once."""
    seen: set[tuple[int, str]] = set()
    for number, samples in enumerate(source.recipe.samples):
        every = [_Pattern(number, samples.images, is_of_labels=False)]
        every += [
            _Pattern(number, text, _is_of_labels(one(labels)), labels)
            for labels in samples.labels
            for text in files_of(labels)
        ]
        for pattern in every:
            if (number, pattern.text) not in seen:
                seen.add((number, pattern.text))
                yield pattern


def _is_of_labels(labels: object) -> bool:
    """Return whether an entry's files belong to single images or to groups of images."""
    return not isinstance(labels, Table) or labels.is_per_group


def _split(roots: Mapping[str, Path], pattern: str) -> tuple[Path, str]:
    prefix, _, text = pattern.rpartition(":")
    return roots[prefix], text


def _shared(pattern: _Pattern, listed: Listed) -> tuple[str, ...]:
    """Return the placeholders that a pattern of labels shares with its images."""
    names = path_patterns.placeholders(pattern.text)
    first = listed.pictures.first_of(pattern.entry)
    return tuple(name for name in names if first and name in first.fields)


def _without_image(
    pattern: _Pattern, walk: Walk, listed: Listed, used: UsedFiles
) -> Iterator[Path]:
    """Yield the label files that have no image, not even a rejected one."""
    shared = _shared(pattern, listed)
    if not shared:
        return
    images = Hashes()
    for picture in listed.pictures.numbers_of(pattern.entry):
        entry, place, part = listed.pictures.at(picture)
        images.add(path_patterns.values_in(pattern.text, entry.fields(place, part), shared))
    for base, fields, names, values in walk.batches():
        every = ({**fields, **dict(zip(walk.own, own, strict=True))} for own in values)
        met = (path_patterns.values_in(pattern.text, each, shared) for each in every)
        places = [f"{base}/{names[n]}" for n in images.missing(met)]
        for n in used.unused([walk.top + place for place in places]):
            yield walk.path(places[n])


def _of_other_readers(pattern: _Pattern, walk: Walk, used: UsedFiles) -> Iterator[tuple[Path, str]]:
    """Yield the label files of readers whom the entry does not name, each with its reader."""
    if not unwanted_readers.names_readers(pattern.labels):
        return
    for place, fields in walk:
        reader = unwanted_readers.unwanted_reader(pattern.labels, fields)
        if reader and walk.top + place not in used:
            yield walk.path(place), reader


def _missing_masks(
    patterns: Sequence[_Pattern],
    walks: Mapping[str, Walk],
    listed: Listed,
) -> Iterator[tuple[str, str, str]]:
    """Yield subject, reason and detail of each label without a mask file, of exhaustive masks.

    An image without any mask is rejected when it is read.
    """
    for pattern in patterns:
        labels = pattern.labels
        if not isinstance(labels, Masks) or not labels.exhaustive or labels.only is not None:
            continue
        shared = _shared(pattern, listed)
        images = {unit.path for unit in listed.units}.union(*(u.beside for u in listed.units))
        by_image: dict[_Values, set[str]] = {}
        walk = walks[pattern.text]
        for place, fields in walk:
            if "label" in fields and shared and walk.path(place) not in images:
                values = path_patterns.values_in(pattern.text, fields, shared)
                by_image.setdefault(values, set()).add(fields["label"])
        every = {label for own in by_image.values() for label in own}
        for unit in listed.units:
            own = by_image.get(path_patterns.values_in(pattern.text, unit.fields, shared))
            if unit.entry == pattern.entry and own:
                for label in sorted(every - own):
                    file = path_patterns.fill(pattern.text, {**unit.fields, "label": label})
                    yield f"{unit.sample}: {file}", "mask-missing", f"there is no mask of {label}"


def _odd_members(folder: Path) -> list[Path]:
    """Return pipes, sockets, devices and dangling links in the folder of a series."""
    return sorted(
        path
        for path in folder.iterdir()
        if not path.name.startswith(".") and not path.is_file() and not path.is_dir()
    )
