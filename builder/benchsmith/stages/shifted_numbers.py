"""Labels that are numbered from another number than their pictures: they would be those of the next one.

Pages and frames of a file are numbered from 0, and many tools name the labels of pages from 1. Then nearly
every page has a file of its number, which is that of the page before. Such numbers give themselves away at
their ends: the first picture has no label, and there is one beyond the last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchsmith.documents.labels import Table, one
from benchsmith.documents.recipe import Samples, Source
from benchsmith.stages.named_pictures import Picture
from benchsmith.stages.source_tables import SourceTables
from benchsmith.text import path_patterns

REASON = "numbers-shifted"
PART = "part"
"""The placeholder of the number of a picture in its file, from 0."""
LEAST_SHARE = 0.5
"""Least share of pictures with a label of their number, if these do not begin with 0 or 1 and go on without
gaps: numbers of patients are no count."""
Fields = Mapping[str, str]


class Shift(NamedTuple):
    """The labels of an entry that are, or may be, numbered otherwise than its pictures."""

    entry: int
    """Index of the samples entry in the recipe."""
    detail: str


class _Ends(NamedTuple):
    """Which numbers at the ends of one run of pictures have a label."""

    first: int
    last: int
    before: bool
    """Whether there is a label of the number before the first picture's."""
    at_first: bool
    at_last: bool
    after: bool
    paired: int
    """Pictures with a label of their number."""
    pictures: int

    @property
    def is_count(self) -> bool:
        """Whether the pictures are numbered from 0 or 1 without gaps, or most have labels."""
        whole = self.first in (0, 1) and self.last - self.first + 1 == self.pictures
        return whole or self.paired >= LEAST_SHARE * self.pictures


def shifts(
    source: Source,
    roots: Mapping[str, Path],
    pictures: Sequence[Picture],
    tables: SourceTables,
    parts: Callable[[Path], Sequence[str]],
) -> Iterator[Shift]:
    """Yield the entries whose labels have numbers that are shifted by one against those of the pictures.

    `parts` returns the names of all pictures of a file.
    """
    for number, samples in enumerate(source.recipe.samples):
        own = [picture for picture in pictures if picture.entry == number]
        for text, has_label in _templates(samples, roots, tables):
            stated = path_patterns.steps(text)
            names = [n for n in path_patterns.placeholders(text) if n not in stated]
            for name in dict.fromkeys(names):
                runs = _runs(text, name, own, parts)
                ends = [_ends_of(run, name, has_label) for run in runs]
                if detail := _detail(text, name, ends):
                    yield Shift(number, detail)


def _templates(
    samples: Samples, roots: Mapping[str, Path], tables: SourceTables
) -> Iterator[tuple[str, Callable[[Fields], bool]]]:
    """Yield the paths and keys of labels, and whether there is one for a picture's values."""
    for labels in map(one, samples.labels):
        if isinstance(labels, Table):
            if labels.key_is == "as-is" and labels.rows_at is None:
                yield labels.row or "{key}", _has_row(labels, tables)
        elif file := getattr(labels, "file", None):
            yield file, _has_file(file, roots)


def _has_file(pattern: str, roots: Mapping[str, Path]) -> Callable[[Fields], bool]:
    prefix, _, text = pattern.rpartition(":")
    names = path_patterns.placeholders(text)
    there: set[tuple[str, ...]] | None = None
    bound: list[str] = []

    def has_file(fields: Fields) -> bool:
        nonlocal there
        if there is None:
            bound.extend(name for name in names if name in fields)
            found = path_patterns.find(roots[prefix], text)
            there = {path_patterns.values_in(text, m.fields, bound) for m in found}
        return path_patterns.values_in(text, fields, bound) in there

    return has_file


def _has_row(table: Table, tables: SourceTables) -> Callable[[Fields], bool]:
    # a table of all images is looked for once
    of_all = None if table.is_per_group else tables.keys_of(table, {})

    def has_row(fields: Fields) -> bool:
        there = tables.keys_of(table, fields) if of_all is None else of_all
        return (path_patterns.fill(table.row, fields) if table.row else fields["key"]) in there

    return has_row


def _runs(
    text: str, name: str, pictures: Sequence[Picture], parts: Callable[[Path], Sequence[str]]
) -> list[list[dict[str, str]]]:
    """Return the values of pictures that differ in one number alone, in runs; none if it is no number.

    All pictures of a file count, also those that the recipe does not read.
    """
    shared = [n for n in path_patterns.placeholders(text) if n != name]
    runs: dict[tuple[str, ...], dict[str, dict[str, str]]] = {}
    files: set[Path] = set()
    for picture in pictures:
        fields = dict(picture.fields)
        value = fields.get(name, "")
        if not value.isascii() or not value.isdecimal():
            return []
        place = tuple(fields.get(n, "") for n in shared)
        run = runs.setdefault(place, {})
        run.setdefault(value, fields)
        if name == PART and picture.path not in files:
            files.add(picture.path)
            for part in filter(str.isdecimal, parts(picture.path)):
                run.setdefault(part, {**fields, PART: part})
    return [sorted(run.values(), key=lambda f: int(f[name])) for run in runs.values()]


def _ends_of(
    run: Sequence[dict[str, str]], name: str, has_label: Callable[[Fields], bool]
) -> _Ends:
    def beside(fields: Fields, step: int) -> bool:
        value = path_patterns.stepped(fields[name], step)
        return value.isdecimal() and has_label({**fields, name: value})

    paired = [has_label(fields) for fields in run]
    first, last = run[0], run[-1]
    return _Ends(
        int(first[name]), int(last[name]), beside(first, -1), paired[0], paired[-1],
        beside(last, 1), sum(paired), len(run),
    )  # fmt: skip


def _detail(text: str, name: str, ends: Sequence[_Ends]) -> str:
    """Return how the numbers of labels differ from those of pictures; empty if they do not."""
    paired = sum(end.paired for end in ends)
    if not paired:
        return ""
    later = [e for e in ends if e.after and not e.at_first and not e.before and e.is_count]
    earlier = [e for e in ends if e.before and not e.at_last and not e.after and e.is_count]
    mend = f"write {{{name}%+d}}, or {{{name}+0}} if the numbers are the same"
    if later and not any(e.at_first for e in ends):
        end = later[0]
        what = f"has a label for {end.last + 1} and none for {end.first}"
        return f"`{text}` {what}, and the pictures are {end.first} to {end.last}: {mend % 1}"
    if earlier and not any(e.at_last for e in ends):
        end = earlier[0]
        what = f"has a label for {end.first - 1} and none for {end.last}"
        return f"`{text}` {what}, and the pictures are {end.first} to {end.last}: {mend % -1}"
    if name == PART and not any(e.at_first for e in ends):
        what = "has no label for 0, the first picture of a file: labels may count from 0 or from 1"
        return f"`{text}` {what}; write {{{name}+0}} or {{{name}+1}}"
    return ""
