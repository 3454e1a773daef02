"""Labels whose numbering starts at another number than their pictures', so that each would be read for a neighbour.

Pages and frames of a file are numbered from 0, and many tools name the labels of pages from 1. Then
nearly every page has a file of its number, which is that of the page before. Such a shift shows at the
ends: the first picture has no label, and there is one beyond the last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchsmith.documents.labels import Table, one
from benchsmith.documents.recipe import Samples, Source
from benchsmith.stages.number_runs import Ends, Runs, Template, is_number
from benchsmith.stages.picture_list import Pictures
from benchsmith.stages.source_tables import SourceTables
from benchsmith.tables.text_hashes import Hashes
from benchsmith.text import path_patterns
from benchsmith.text.path_walk import Walk

REASON = "numbers-shifted"
PART = "part"
"""The placeholder of the number of a picture in its file, from 0."""
LEAST_SHARE = 0.5
"""Least share of pictures with a label of their number, if these do not begin with 0 or 1 and go on without
gaps: numbers of patients are no count."""
Fields = Mapping[str, str]


class Shift(NamedTuple):
    """The labels of an entry that are, or may be, numbered differently from its pictures."""

    entry: int
    """Index of the samples entry in the recipe."""
    detail: str


def shifts(
    source: Source,
    roots: Mapping[str, Path],
    pictures: Pictures,
    tables: SourceTables,
    parts: Callable[[Path], Sequence[str]],
) -> Iterator[Shift]:
    """Yield the entries whose labels have numbers that are shifted by one against those of the pictures.

    `parts` returns the names of all pictures of a file.
    """
    for number, samples in enumerate(source.recipe.samples):
        templates = list(_templates(samples, roots, tables))
        for runs in _numbered(number, samples, templates, pictures, parts):
            if detail := _detail(runs):
                yield Shift(number, detail)


def _templates(
    samples: Samples, roots: Mapping[str, Path], tables: SourceTables
) -> Iterator[Template]:
    """Yield the paths and keys of labels, and whether there is one for a picture's values."""
    for labels in map(one, samples.labels):
        if isinstance(labels, Table):
            if labels.key_is == "as-is" and labels.rows_at is None:
                yield Template(labels.row or "{key}", _has_row(labels, tables))
        elif file := getattr(labels, "file", None):
            yield Template(file, _has_file(file, roots))


def _has_file(pattern: str, roots: Mapping[str, Path]) -> Callable[[Fields], bool]:
    prefix, _, text = pattern.rpartition(":")
    names = path_patterns.placeholders(text)
    there: Hashes | None = None
    bound: list[str] = []

    def has_file(fields: Fields) -> bool:
        nonlocal there
        if there is None:
            bound.extend(name for name in names if name in fields)
            there = Hashes()
            before: list[str] | None = None
            walk = Walk(roots[prefix], text)
            for _, of_folder, _, values in walk.batches():
                for own in values:
                    # the files of one picture mostly follow one another
                    of_bound = [v for n, v in zip(walk.own, own, strict=True) if n in bound]
                    if of_bound == before:
                        continue
                    before = of_bound
                    of_file = {**of_folder, **dict(zip(walk.own, own, strict=True))}
                    there.add(path_patterns.values_in(text, of_file, bound))
                before = None
        return path_patterns.values_in(text, fields, bound) in there

    return has_file


def _has_row(table: Table, tables: SourceTables) -> Callable[[Fields], bool]:
    # a table of all images is searched for once
    of_all = None if table.is_per_group else tables.keys_of(table, {})

    def has_row(fields: Fields) -> bool:
        there = tables.keys_of(table, fields) if of_all is None else of_all
        return (path_patterns.fill(table.row, fields) if table.row else fields["key"]) in there

    return has_row


def _numbered(
    number: int,
    samples: Samples,
    templates: Sequence[Template],
    pictures: Pictures,
    parts: Callable[[Path], Sequence[str]],
) -> list[Runs]:
    """Return the pictures of an entry in runs, by each placeholder whose values are all numbers.

    All pictures of a file count, also those that the recipe does not read.
    """
    found: list[Runs] = []
    for template in templates:
        stated = path_patterns.steps(template.text)
        names = path_patterns.placeholders(template.text)
        found += [
            Runs(template, name, pictures) for name in dict.fromkeys(names) if name not in stated
        ]
    file = ""
    for picture in pictures.numbers_of(number) if found else ():
        entry, place, part = pictures.at(picture)
        fields = entry.fields(place, part)
        found = [runs for runs in found if is_number(fields.get(runs.name, ""))]
        if not found:  # mostly at the first picture, since its key is a name
            break
        paired = {template: template.has_label(fields) for template in {r.template for r in found}}
        for runs in found:
            runs.add(picture, fields, fields[runs.name], paired=paired[runs.template])
        # if a recipe reads all pictures of a file, they arrive one by one
        unread = [runs for runs in found if runs.name == PART and samples.parts != "all"]
        if unread and place != file:
            file = place
            for other in filter(is_number, parts(entry.walk.path(place))):
                of_other = {**fields, PART: other}
                for runs in unread:
                    is_paired = runs.template.has_label(of_other)
                    runs.add(picture, of_other, other, paired=is_paired)
    return found


def _detail(runs: Runs) -> str:
    """Return how the numbers of labels differ from those of pictures; empty if they do not."""
    text, name = runs.template.text, runs.name
    ends = runs.ends()
    if not ends.paired.any():
        return ""

    def mend(step: int) -> str:
        same = _placeholder(text, name, 0)
        return f"write {_placeholder(text, name, step)}, or {same} if the numbers are the same"

    counts = _counts(runs, ends)
    if not ends.at_first.any():
        for n in counts:
            if runs.has_beside(ends.last[n], 1) and not runs.has_beside(ends.first[n], -1):
                first, last = runs.value(ends.first[n]), runs.value(ends.last[n])
                what = f"has a label for {last + 1} and none for {first}"
                return f"`{text}` {what}, and the pictures are {first} to {last}: {mend(1)}"
    if not ends.at_last.any():
        for n in counts:
            if runs.has_beside(ends.first[n], -1) and not runs.has_beside(ends.last[n], 1):
                first, last = runs.value(ends.first[n]), runs.value(ends.last[n])
                what = f"has a label for {first - 1} and none for {last}"
                return f"`{text}` {what}, and the pictures are {first} to {last}: {mend(-1)}"
    if name == PART and not ends.at_first.any():
        what = "has no label for 0, the first picture of a file: labels may count from 0 or from 1"
        return (
            f"`{text}` {what}; write {_placeholder(text, name, 0)} or {_placeholder(text, name, 1)}"
        )
    return ""


def _placeholder(pattern: str, name: str, step: int) -> str:
    """Return a placeholder of a pattern with a step; its shape is kept, as the width of the numbers.

    >>> _placeholder("m_{n=1}.png", "n", -1), _placeholder("{key}", "key", 1)
    ('{n-1=1}', '{key+1}')
    """
    shape = path_patterns.shapes(pattern).get(name, "")
    if shape and not shape.isdigit():
        shape = "digits"  # nothing can be added to letters
    return f"{{{name}{step:+d}{shape and '='}{shape}}}"


def _counts(runs: Runs, ends: Ends) -> list[int]:
    """Return the runs whose numbers are from 0 or 1 without gaps, or of which most have labels."""
    return [
        n
        for n, (first, last) in enumerate(zip(ends.first, ends.last, strict=True))
        if ends.paired[n] >= LEAST_SHARE * ends.pictures[n]
        or (
            runs.value(first) in (0, 1)
            and runs.value(last) - runs.value(first) + 1 == ends.pictures[n]
        )
    ]
