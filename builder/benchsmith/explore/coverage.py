"""Where the tree is full and where it is empty: cells of task, department and modality.

Of each cell: the labels placed there, the sources that reach it, and the entries of the catalogue
that would fill it, each with the words that say so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from benchsmith.documents.lexicon import ANY, Lexicon
from benchsmith.documents.recipe import Source
from benchsmith.documents.tree import Axis, Term
from benchsmith.explore.question_rows import Cell as Counted
from benchsmith.text.name_wrappers import readings

AXES = ("task", "department", "modality")
COUNTED = (*AXES, "label", "source")
"""Axes on which a benchmark's targets are counted."""
COUNTS = ("labels", "sources", "targets", "questions")
MATCHED = {"modality": "modality", "task": "task", "anatomy": "label"}
"""Columns of the catalogue, and the axis whose names they may use."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A data set of the catalogue, with those of its words that name terms of the tree."""

    id: str
    name: str
    recipe: str
    terms: Mapping[str, Mapping[str, str]]
    """By column: its word, and the id of the term that the word names."""


HOW = ("label", "below", "department")
"""How an entry of the catalogue comes to a cell, the nearest first: its anatomy is a label that is
placed there, or its task is the cell's; a label below its anatomy is placed there; only the
department of its anatomy and its modality agree, and the catalogue does not say the task."""
FAR = HOW.index("department")


class Filler(NamedTuple):
    """Why an entry of the catalogue may fill a cell: how near it comes, and by which word."""

    how: int
    """Place in HOW."""
    word: str
    """The catalogue's word that led here."""
    term: str
    """The label, task or department that it led to."""


@dataclass(slots=True)
class Cell:
    """What is known of one place."""

    labels: set[str] = field(default_factory=set)
    """Labels placed here; those of the benchmark too."""
    sources: set[str] = field(default_factory=set)
    """Sources of the benchmark, or without one the recipes whose mappings come here."""
    targets: int = 0
    questions: int = 0
    fillers: dict[str, Filler] = field(default_factory=dict)
    """Entries of the catalogue that may fill it, each by its nearest way."""

    @property
    def full(self) -> bool:
        """Say whether a source reaches it."""
        return bool(self.sources)

    @property
    def near(self) -> int:
        """Number of entries that come by a label or a task, not by their department alone."""
        return sum(filler.how < FAR for filler in self.fillers.values())

    def ranked(self) -> list[tuple[str, Filler]]:
        """Return the entries that may fill it, the nearest first."""
        return sorted(self.fillers.items(), key=lambda f: (f[1].how, f[0]))

    def offer(self, entry: str, filler: Filler) -> None:
        """Note an entry, unless a nearer way is known."""
        self.fillers[entry] = min(filler, self.fillers.get(entry, filler))

    def add(self, other: Cell) -> None:
        """Take another cell's content up."""
        self.labels |= other.labels
        self.sources |= other.sources
        self.targets += other.targets
        self.questions += other.questions
        for entry, filler in other.fillers.items():
            self.offer(entry, filler)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every cell in which there is something, and what of the catalogue could be matched."""

    cells: Mapping[tuple[str, str, str], Cell]
    """By task, department and modality; the modality ``*`` has what is placed for all."""
    entries: Mapping[str, Entry]
    unmatched: Mapping[str, Mapping[str, int]]
    """By column of the catalogue: words that name no term, and how many entries use them."""
    benchmark: str

    def project(self, rows: str, columns: str) -> dict[tuple[str, str], Cell]:
        """Return the cells on two axes."""
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
    """Fill the cells. `counted` are a benchmark's targets on the axes COUNTED; None without one."""
    cells: dict[tuple[str, str, str], Cell] = {}
    for (label, modality), place in lexicon.placements.items():
        cell = cells.setdefault((place.task, place.department, modality), Cell())
        cell.labels.add(label)
    reached = _mapped(lexicon, sources) if counted is None else _built(counted)
    for where, other in reached:
        cells.setdefault(where, Cell()).add(other)
    entries, unmatched = _entries(lexicon, catalogue)
    lines = _Lines(lexicon)
    for entry in entries:
        for where, filler in _fills(lexicon, lines, entry):
            cells.setdefault(where, Cell()).offer(entry.id, filler)
    known = {e.id: e for e in entries}
    return Coverage(dict(sorted(cells.items())), known, unmatched, benchmark)


def _built(counted: Sequence[Counted]) -> Iterator[tuple[tuple[str, str, str], Cell]]:
    for one in counted:
        task, department, modality, label, source = one.places
        cell = Cell({label}, {source}, one.targets, one.targets * len(one.views))
        yield (task, department, modality), cell


def _mapped(
    lexicon: Lexicon, sources: Iterable[Source]
) -> Iterator[tuple[tuple[str, str, str], Cell]]:
    """Yield where a recipe's mapped words come to be placed, in the modalities that it names."""
    for source in sources:
        modalities = sorted(
            {s.modality for s in source.recipe.samples} & set(lexicon.modalities.terms)
        )
        rows = lexicon.mappings.get(source.id, {}).values()
        for label in sorted({row.label for row in rows} - {""}):
            for modality in modalities:
                if place := lexicon.place(label, modality):
                    yield (place.task, place.department, modality), Cell({label}, {source.id})


def named(axis: Axis, word: str) -> Term | None:
    """Return the term that a word names: its id, name or synonym, or another spelling of one."""
    names = [reading.name for reading in readings(word)]
    for name in (*names, *map(axis.spelled, names)):
        if found := axis.by_name(name):
            return found
    return None


def _entries(
    lexicon: Lexicon, catalogue: Iterable[Mapping[str, str]]
) -> tuple[list[Entry], dict[str, dict[str, int]]]:
    """Match the words of every data set of the catalogue; return what was not matched too."""
    entries, unmatched = [], {column: Counter[str]() for column in MATCHED}
    for row in catalogue:
        if row["kind"] != "dataset":
            continue
        terms: dict[str, dict[str, str]] = {}
        for column, axis in MATCHED.items():
            matched: dict[str, str] = {}
            for word in (w.strip() for w in row[column].split("|")):
                parts = [word]
                if word and named(lexicon.axes[axis], word) is None:
                    parts = re.split(r", | and ", word)
                for part in filter(None, parts):
                    if term := named(lexicon.axes[axis], part):
                        matched[part] = term.id
                    else:
                        unmatched[column][part] += 1
            terms[column] = matched
        entries.append(Entry(row["id"], row["name"], row["recipe"], terms))
    ranked = {
        column: dict(sorted(words.items(), key=lambda w: (-w[1], w[0])))
        for column, words in unmatched.items()
    }
    return entries, ranked


class _Lines:
    """The labels at or below each label, and the departments of each task."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.below: dict[str, list[str]] = {}
        for term in lexicon.labels:
            for above in lexicon.labels.line_up(term.id):
                self.below.setdefault(above, []).append(term.id)
        self.places = sorted({(p.task, p.department) for p in lexicon.placements.values()})


def _fills(
    lexicon: Lexicon, lines: _Lines, entry: Entry
) -> Iterator[tuple[tuple[str, str, str], Filler]]:
    """Yield the cells that an entry may fill, and how it comes there."""
    tasks = {id_: word for word, id_ in entry.terms["task"].items()}
    anatomies = sorted(entry.terms["anatomy"].items())
    for modality in sorted(set(entry.terms["modality"].values())):
        own: dict[str, str] = {}
        for word, anatomy in anatomies:
            if place := lexicon.place(anatomy, modality):
                own.setdefault(place.department, word)
            for label in lines.below[anatomy]:
                place = lexicon.place(label, modality)
                if place is not None and (not tasks or place.task in tasks):
                    how = Filler(int(label != anatomy), word, label)
                    yield (place.task, place.department, modality), how
        for task, department in lines.places:
            where = (task, department, modality)
            if task in tasks and (department in own or not anatomies):
                yield where, Filler(0, tasks[task], task)
            elif not tasks and department in own:
                yield where, Filler(2, own[department], department)


def empty(
    found: Coverage, lexicon: Lexicon, rows: str, columns: str
) -> Iterator[tuple[str, str, Cell]]:
    """Yield the cells that no source reaches though labels are placed there or entries come near.

    In the order of the axes; what is placed for any modality has no modality and is left out.
    """
    cells = found.project(rows, columns)
    for row in lexicon.axes[rows]:
        for column in lexicon.axes[columns]:
            cell = cells.get((row.id, column.id))
            if cell is not None and not cell.full and (cell.labels or cell.near):
                yield row.id, column.id, cell


def order(lexicon: Lexicon, axis: str) -> list[str]:
    """Return an axis's ids as rows or columns: the file's order, then ``*`` for modality."""
    return [t.id for t in lexicon.axes[axis]] + [ANY] * (axis == "modality")


def record(
    found: Coverage, lexicon: Lexicon, rows: str, columns: str, *, empty_only: bool
) -> dict[str, Any]:
    """Return the cells on two axes for programs; `empty_only` leaves those that `empty` yields."""
    if empty_only:
        cells = list(empty(found, lexicon, rows, columns))
    else:
        cells = [(*where, cell) for where, cell in sorted(found.project(rows, columns).items())]
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
                    {"dataset": entry, "how": HOW[why.how], "word": why.word, "term": why.term}
                    for entry, why in cell.ranked()
                ],
            }
            for row, column, cell in cells
        ],
        "not_matched": found.unmatched,
    }
