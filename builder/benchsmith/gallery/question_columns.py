"""The questions of a release as columns: words are stored once, and questions refer to them by number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchsmith.documents.axes import in_order
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.tree import Axis
from benchsmith.gallery.release_cases import UNKNOWN, ShownCase

MEASURES_WITH_VALUES = 2
"""A measure with fewer different values sorts nothing."""


class WordList:
    """Words by number, in order of first use."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, word: str) -> int:
        """Return the number of a word."""
        found = self._numbers.setdefault(word, len(self.words))
        if found == len(self.words):
            self.words.append(word)
        return found


class QuestionColumns:
    """Columns that grow case by case."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._texts, self._targets, self._pairs = WordList(), WordList(), WordList()
        self._stems: list[int] = []
        self._options: list[list[int]] = []
        self._keys: list[list[int]] = []
        self._pictures: list[int] = []
        self._target: list[int] = []
        self._pair: list[int] = []
        self._places: dict[str, tuple[WordList, list[int]]] = {}
        self._measures: dict[str, list[float | None]] = {}

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def targets(self) -> list[str]:
        """The target of each question; if it is hidden, each question has its own."""
        names = self._targets.words
        return [names[t] or id_ for t, id_ in zip(self._target, self._ids, strict=True)]

    def add(self, case: ShownCase, picture: int) -> None:
        """Append a case; `picture` is the number of its picture."""
        self._ids.append(case.id)
        self._stems.append(self._texts.number(case.question))
        self._options.append([self._texts.number(text) for text in case.options])
        self._keys.append(list(case.answers))
        self._pictures.append(picture)
        self._target.append(self._targets.number(case.target))
        self._pair.append(self._pairs.number(case.pair))
        for axis, id_ in case.places.items():
            words, column = self._places.setdefault(axis, (WordList(), []))
            column.append(words.number(id_))
        for name, value in case.measures.items():
            self._measures.setdefault(name, []).append(value)

    def as_json(self, lexicon: Lexicon) -> dict[str, Any]:
        """Return the columns as JSON values. Axes without known values, or with only one value, are left out."""
        return {
            "ids": self._ids,
            "texts": self._texts.words,
            "stems": self._stems,
            "options": self._options,
            "keys": self._keys,
            "pictures": self._pictures,
            "targets": _groups(self._target, self._targets.words),
            "pairs": _groups(self._pair, self._pairs.words),
            "axes": list(self._axes(lexicon)),
            "measures": {
                name: values
                for name, values in self._measures.items()
                if len({v for v in values if v is not None}) >= MEASURES_WITH_VALUES
            },
        }

    def _axes(self, lexicon: Lexicon) -> Iterable[dict[str, Any]]:
        for axis in in_order(self._places):
            words, column = self._places[axis]
            if words.words != [UNKNOWN] and (len(words.words) > 1 or axis in lexicon.axes):
                yield {
                    "id": axis,
                    "title": axis.capitalize(),
                    "terms": _terms(words.words, lexicon.axes.get(axis)),
                    "column": column,
                }


def _terms(ids: Sequence[str], axis: Axis | None) -> list[list[Any]]:
    """Return for each term its id, its name, its names in queries, and the ids of its ancestors."""
    found: list[list[Any]] = []
    for id_ in ids:
        term = axis.terms.get(id_) if axis else None
        if axis is None or term is None:
            found.append([id_, id_ or "not stated", [], []])
        else:
            above = [other for other in axis.lineage(id_) if other != id_]
            found.append([id_, term.name, list(term.synonyms), above])
    return found


def _groups(column: Sequence[int], words: Sequence[str]) -> list[int]:
    """Return the number of each question's group; -1 if it has none."""
    return [-1 if words[number] == UNKNOWN else number for number in column]


def names_of_ancestors(columns: Mapping[str, Any], lexicon: Lexicon) -> dict[str, dict[str, str]]:
    """Return the names of the terms that others lie below, by axis and id, so that queries may name them."""
    found: dict[str, dict[str, str]] = {}
    for axis in columns["axes"]:
        terms = lexicon.axes.get(axis["id"])
        above = {id_ for *_, line in axis["terms"] for id_ in line}
        if terms is not None and above:
            found[axis["id"]] = {id_: terms[id_].name for id_ in sorted(above)}
    return found
