"""Coverage of the tree: the content of each cell of task, department and modality.

A cell has the labels placed there, the sources with data for it, and the data sets of the catalogue
that may fill it, each with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchsmith.documents.lexicon import ANY, Lexicon
from benchsmith.documents.recipe import Source
from benchsmith.explore.catalogue_matches import (
    DEPARTMENT_ONLY,
    MATCH_KINDS,
    CatalogueMatch,
    DataSet,
    Place,
    TreeIndex,
    data_sets_of,
    matches_of,
)
from benchsmith.explore.question_rows import Cell as Counted

AXES = ("task", "department", "modality")
TARGET_AXES = (*AXES, "label", "source")
"""Axes by which a benchmark's targets are counted."""
COUNTS = ("labels", "sources", "targets", "questions")


@dataclass(slots=True)
class Cell:
    """The content of one cell."""

    labels: set[str] = field(default_factory=set)
    """Labels placed here, including those of the benchmark."""
    sources: set[str] = field(default_factory=set)
    """Sources of the benchmark with targets here; without a benchmark, recipes whose mapped labels
    are placed here."""
    targets: int = 0
    questions: int = 0
    matches: dict[str, CatalogueMatch] = field(default_factory=dict)
    """Closest match of each data set of the catalogue that may fill the cell."""

    @property
    def has_source(self) -> bool:
        """Whether any source has data for the cell."""
        return bool(self.sources)

    @property
    def near(self) -> int:
        """Number of data sets that match by a label or a task and not only by department."""
        return sum(match.how < DEPARTMENT_ONLY for match in self.matches.values())

    def ranked(self) -> list[tuple[str, CatalogueMatch]]:
        """Return the data sets that may fill the cell, the closest match first."""
        return sorted(self.matches.items(), key=lambda f: (f[1].how, f[0]))

    def add_match(self, data_set: str, match: CatalogueMatch) -> None:
        """Add a match, unless a closer one of the same data set is known."""
        self.matches[data_set] = min(match, self.matches.get(data_set, match))

    def add(self, other: Cell) -> None:
        """Add the content of another cell."""
        self.labels |= other.labels
        self.sources |= other.sources
        self.targets += other.targets
        self.questions += other.questions
        for data_set, match in other.matches.items():
            self.add_match(data_set, match)


@dataclass(frozen=True, slots=True)
class Coverage:
    """All non-empty cells, and how well the catalogue was matched."""

    cells: Mapping[Place, Cell]
    """By task, department and modality; the modality ``*`` has placements for any modality."""
    entries: Mapping[str, DataSet]
    """The data sets of the catalogue by id."""
    unmatched: Mapping[str, Mapping[str, int]]
    """By column of the catalogue: words that name no term, with the number of data sets."""
    benchmark: str
    """Name of the benchmark that is counted; empty without one."""

    def project(self, rows: str, columns: str) -> dict[tuple[str, str], Cell]:
        """Return the cells summed over the third axis."""
        found: dict[tuple[str, str], Cell] = {}
        for place, cell in self.cells.items():
            where = place[AXES.index(rows)], place[AXES.index(columns)]
            found.setdefault(where, Cell()).add(cell)
        return found


def coverage(
    lexicon: Lexicon,
    catalogue: Iterable[Mapping[str, str]],
    sources: Iterable[Source],
    counted: Sequence[Counted] | None = None,
    benchmark: str = "",
) -> Coverage:
    """Compute the coverage of a benchmark, or of the recipes' mappings if `counted` is None.

    `counted` are the benchmark's targets by TARGET_AXES; `catalogue` are rows of the catalogue.
    """
    cells: dict[Place, Cell] = {}
    for (label, modality), place in lexicon.placements.items():
        cell = cells.setdefault((place.task, place.department, modality), Cell())
        cell.labels.add(label)
    with_data = _cells_of_recipes(lexicon, sources) if counted is None else _cells_of(counted)
    for where, other in with_data:
        cells.setdefault(where, Cell()).add(other)
    data_sets, unmatched = data_sets_of(lexicon, catalogue)
    index = TreeIndex(lexicon)
    for data_set in data_sets:
        for where, match in matches_of(lexicon, index, data_set):
            cells.setdefault(where, Cell()).add_match(data_set.id, match)
    known = {d.id: d for d in data_sets}
    return Coverage(dict(sorted(cells.items())), known, unmatched, benchmark)


def _cells_of(counted: Sequence[Counted]) -> Iterator[tuple[Place, Cell]]:
    for one in counted:
        task, department, modality, label, source = one.places
        cell = Cell({label}, {source}, one.targets, one.questions)
        yield (task, department, modality), cell


def _cells_of_recipes(lexicon: Lexicon, sources: Iterable[Source]) -> Iterator[tuple[Place, Cell]]:
    """Yield the placements of each recipe's mapped labels in the recipe's modalities."""
    for source in sources:
        modalities = sorted(
            {s.modality for s in source.recipe.samples} & set(lexicon.modalities.terms)
        )
        rows = lexicon.mappings.get(source.id, {}).values()
        for label in sorted({row.label for row in rows} - {""}):
            for modality in modalities:
                if place := lexicon.place(label, modality):
                    yield (place.task, place.department, modality), Cell({label}, {source.id})


def empty(
    found: Coverage, lexicon: Lexicon, rows: str, columns: str
) -> Iterator[tuple[str, str, Cell]]:
    """Yield the cells without a source that have labels, or data sets matching by label or task.

    The cells are in the order of the tree; the modality ``*`` is left out.
    """
    for row, column, cell in _in_order(found, lexicon, rows, columns):
        if ANY not in (row, column) and not cell.has_source and (cell.labels or cell.near):
            yield row, column, cell


def order(lexicon: Lexicon, axis: str) -> list[str]:
    """Return the ids of an axis, each after its ancestors, followed by ``*`` for modality."""
    tree = lexicon.axes[axis]
    ids = sorted((term.id for term in tree), key=lambda id_: tree.lineage(id_)[::-1])
    return ids + [ANY] * (axis == "modality")


def _in_order(
    found: Coverage, lexicon: Lexicon, rows: str, columns: str
) -> Iterator[tuple[str, str, Cell]]:
    """Yield the cells of two axes in the order of the tree; ids on no axis come last."""
    places = [{id_: n for n, id_ in enumerate(order(lexicon, axis))} for axis in (rows, columns)]

    def rank(where: tuple[str, str]) -> list[tuple[int, str]]:
        return [(at.get(id_, len(at)), id_) for at, id_ in zip(places, where, strict=True)]

    cells = found.project(rows, columns)
    for where in sorted(cells, key=rank):
        yield (*where, cells[where])


def record(
    found: Coverage, lexicon: Lexicon, rows: str, columns: str, *, empty_only: bool
) -> dict[str, Any]:
    """Return the cells of two axes as JSON values, in the tree's order; with `empty_only` those of :func:`empty`."""
    every = empty if empty_only else _in_order
    cells = every(found, lexicon, rows, columns)
    return {
        "rows": rows,
        "columns": columns,
        "benchmark": found.benchmark,
        "cells": [
            {
                rows: row,
                columns: column,
                "labels": sorted(cell.labels),
                "sources": sorted(cell.sources),
                "targets": cell.targets,
                "questions": cell.questions,
                "may_fill": [
                    {
                        "dataset": id_,
                        "how": MATCH_KINDS[why.how],
                        "word": why.word,
                        "term": why.term,
                    }
                    for id_, why in cell.ranked()
                ],
            }
            for row, column, cell in cells
        ],
        "not_matched": found.unmatched,
    }
