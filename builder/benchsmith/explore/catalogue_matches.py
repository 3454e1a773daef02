"""Match the data sets of the catalogue to cells of the tree, by the words that describe them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.tree import Axis, Term
from benchsmith.text.name_wrappers import readings

AXIS_OF_COLUMN = {"modality": "modality", "task": "task", "anatomy": "label"}
"""Columns of the catalogue, and the axis whose names their words are looked up in."""
MATCH_KINDS = ("label", "below", "department")
"""How a data set matches a cell, the closest first: its anatomy is a label placed there, or its task
is the cell's; a descendant of its anatomy is placed there; or only the department of its anatomy and
its modality agree, and the catalogue does not give the task."""
DEPARTMENT_ONLY = MATCH_KINDS.index("department")
Place = tuple[str, str, str]
"""Task, department and modality."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set of the catalogue, with the terms of the tree that its words name."""

    id: str
    name: str
    recipe: str
    """Id of its recipe; empty if it has none."""
    terms: Mapping[str, Mapping[str, str]]
    """By column: the id of the term that each word names."""


class CatalogueMatch(NamedTuple):
    """Why a data set of the catalogue may fill a cell."""

    how: int
    """Index in MATCH_KINDS; smaller is closer."""
    word: str
    """The word of the catalogue that matched."""
    term: str
    """The label, task or department that the word matched."""


def named(axis: Axis, word: str) -> Term | None:
    """Return the term whose id, name or synonym is the word, or a spelling variant; None if none."""
    names = [reading.name for reading in readings(word)]
    for name in (*names, *map(axis.spelled, names)):
        if found := axis.by_name(name):
            return found
    return None


def data_sets_of(
    lexicon: Lexicon, catalogue: Iterable[Mapping[str, str]]
) -> tuple[list[DataSet], dict[str, dict[str, int]]]:
    """Return the data sets of the catalogue, and the unmatched words of each column with counts."""
    data_sets, unmatched = [], {column: Counter[str]() for column in AXIS_OF_COLUMN}
    for row in catalogue:
        if row["kind"] != "dataset":
            continue
        terms: dict[str, dict[str, str]] = {}
        for column, axis in AXIS_OF_COLUMN.items():
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
        data_sets.append(DataSet(row["id"], row["name"], row["recipe"], terms))
    ranked = {
        column: dict(sorted(words.items(), key=lambda w: (-w[1], w[0])))
        for column, words in unmatched.items()
    }
    return data_sets, ranked


class TreeIndex:
    """The labels at or below each label, and the pairs of task and department in use."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.below: dict[str, list[str]] = {}
        for term in lexicon.labels:
            for above in lexicon.labels.lineage(term.id):
                self.below.setdefault(above, []).append(term.id)
        self.places = sorted({(p.task, p.department) for p in lexicon.placements.values()})


def matches_of(
    lexicon: Lexicon, index: TreeIndex, data_set: DataSet
) -> Iterator[tuple[Place, CatalogueMatch]]:
    """Yield the cells that a data set may fill, each with the reason."""
    tasks = {id_: word for word, id_ in data_set.terms["task"].items()}
    anatomies = sorted(data_set.terms["anatomy"].items())
    for modality in sorted(set(data_set.terms["modality"].values())):
        own: dict[str, str] = {}
        for word, anatomy in anatomies:
            if place := lexicon.place(anatomy, modality):
                own.setdefault(place.department, word)
            for label in index.below[anatomy]:
                place = lexicon.place(label, modality)
                if place is not None and (not tasks or place.task in tasks):
                    how = CatalogueMatch(int(label != anatomy), word, label)
                    yield (place.task, place.department, modality), how
        for task, department in index.places:
            where = (task, department, modality)
            if task in tasks and (department in own or not anatomies):
                yield where, CatalogueMatch(0, tasks[task], task)
            elif not tasks and department in own:
                yield where, CatalogueMatch(2, own[department], department)
