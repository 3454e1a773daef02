"""An exam: a benchmark as the checks see it, columns without pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from benchsmith.statistics.cluster_arrays import Floats, Ints
from benchsmith.statistics.clustered import MIN_CLUSTERS, Clusters, bootstrapped
from benchsmith.statistics.resampling import permutation

Texts = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]
TIE = 9
"""Decimals within which two options count as equally good for an attacker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One question, and what is known of its picture. What nobody knows is None."""

    id: str
    """The case's public id."""
    split: str
    stem: str
    """Which stem was used, whatever the modality that was filled in."""
    question: str
    options: tuple[str, ...]
    labels: tuple[str, ...]
    """Label ids, parallel to `options`."""
    answers: tuple[int, ...]
    pool: str
    task: str
    modality: str
    view: str
    label: str
    source: str
    target: str
    department: str | None = None
    modality_name: str | None = None
    pool_size: int | None = None
    sample: str | None = None
    patient: str | None = None
    group: str | None = None
    """Whatever must be on one side of the split with it."""
    kind: str | None = None
    axis: str | None = None
    plane: tuple[int, ...] | None = None
    """Rows and columns of the picture plane as it was in the source."""
    crop: tuple[int, int, int, int] | None = None
    box: tuple[int, int, int, int] | None = None
    """x0, y0, x1, y1 of the region, half open, in pixels of the plane."""
    area_px: int | None = None
    components: int | None = None
    spread: float | None = None
    neighbours: tuple[tuple[str, float, float], ...] | None = None
    """What else is marked or said: label, share of the region, share of the box."""
    exhaustive: bool | None = None
    """What is not marked is absent."""
    phash: str | None = None
    """Perceptual hash of the plane, 16 hex digits; empty where there is none."""
    mirrors: str | None = None
    """The hashes of the plane mirrored left to right and top to bottom, one behind the other."""
    width: int | None = None
    height: int | None = None
    file_bytes: int | None = None
    picture: str | None = None
    """SHA-256 of the picture as published."""
    rgb8: bool | None = None
    """The file says that it is an 8-bit RGB picture."""
    mark: tuple[int, int] | None = None
    """Red less green, and green less blue, of the mark that is drawn."""
    several: bool = False
    """The stem asks for all that is right."""
    age: str | None = None
    sex: str | None = None
    site: str | None = None


NAMES = frozenset(f.name for f in fields(Row))


@dataclass(frozen=True, slots=True)
class Tries:
    """How often a model was right about one question."""

    row: int
    """Which question."""
    model: str
    picture: str
    """``none``, its ``own``, or an ``other``."""
    share: float
    """Of its answers, the share that was right."""


def _nothing(_: str, __: str) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the lexicon knows of labels."""

    known: frozenset[str] = frozenset()
    """Labels that have a place in the tree."""
    related: Callable[[str, str], bool] = _nothing
    """Two labels are one, or one is a kind or a part of the other: where one is true, both are."""
    confusable: Callable[[str, str], bool] = _nothing
    """Curators say that two labels are not to be told apart: neither is wrong beside the other."""
    names: Mapping[str, tuple[str, ...]] | None = None
    """Name and synonyms of each label."""
    traits: Mapping[str, Mapping[str, str]] | None = None
    """By trait (`branch`, `department`...), each label's value: what a guesser compares."""
    plausible: Callable[[str, str], bool] | None = None
    """A label can be seen in a modality."""

    def of(self, label: str, text: str) -> tuple[str, ...]:
        """Return all names of a label that is offered as `text`."""
        return (text, *(self.names or {}).get(label, ()))


class Exam:
    """All questions of a benchmark, in the order of its rows."""

    def __init__(
        self,
        rows: Sequence[Row],
        seed: int,
        words: Words | None = None,
        published: Exam | None = None,
        long_side: int = 512,
        likeness: Callable[[str, str], float] | None = None,
        tried: Sequence[Tries] = (),
        stale: int = 0,
    ) -> None:
        self.rows = tuple(rows)
        self.seed, self.words, self.long_side = seed, words or Words(), long_side
        self.published = published
        """The same choices with wrong options drawn as the published rule does."""
        self.likeness = likeness
        """How alike two questions' pictures look, by their ids, 1 for the same; None unseen."""
        self.tried = tuple(tried)
        """What models got right of these questions, with and without their pictures."""
        self.stale = stale
        """Such answers to questions as they were before."""
        self._codes: dict[tuple[str, ...], tuple[Ints, list[Any]]] = {}

    def without_synonyms(self) -> Exam:
        """Return the exam with the names alone that its options show."""
        words = replace(self.words, names=None)
        return Exam(
            self.rows, self.seed, words, self.published, self.long_side, self.likeness, self.tried,
            self.stale,
        )  # fmt: skip

    def __len__(self) -> int:
        """Return the number of questions."""
        return len(self.rows)

    def column(self, name: str) -> Texts:
        """Return a column of `Row` as objects."""
        found = np.empty(len(self.rows), dtype=object)
        found[:] = [getattr(row, name) for row in self.rows]
        return found

    def has(self, name: str) -> bool:
        """Say whether anything is known in a column."""
        return any(getattr(row, name) is not None for row in self.rows)

    def codes(self, *names: str) -> tuple[Ints, list[Any]]:
        """Return a number for each question's values in some columns, and what each stands for."""
        if names not in self._codes:
            if len(names) == 1:
                values: list[Any] = [getattr(row, names[0]) for row in self.rows]
            else:
                values = [tuple(getattr(row, n) for n in names) for row in self.rows]
            self._codes[names] = numbered(values)
        return self._codes[names]

    @cached_property
    def k(self) -> Ints:
        """Number of options of each question."""
        return np.array([len(row.options) for row in self.rows], np.int64)

    @cached_property
    def start(self) -> Ints:
        """Where each question's options begin among all options."""
        return np.concatenate([[0], np.cumsum(self.k)[:-1]]).astype(np.int64)

    @cached_property
    def item(self) -> Ints:
        """Question of each option."""
        return np.repeat(np.arange(len(self.rows)), self.k)

    @cached_property
    def place(self) -> Ints:
        """Place of each option within its question, from 0."""
        return np.arange(len(self.item)) - self.start[self.item]

    @cached_property
    def texts(self) -> list[str]:
        """Text of each option."""
        return [text for row in self.rows for text in row.options]

    @cached_property
    def option(self) -> tuple[Ints, list[str]]:
        """Return a number for each option's label, and the labels."""
        return numbered([label for row in self.rows for label in row.labels])

    @cached_property
    def key(self) -> Mask:
        """Which options are true."""
        found = np.zeros(len(self.item), bool)
        for i, row in enumerate(self.rows):
            for answer in row.answers:
                if 0 <= answer < len(row.options):
                    found[self.start[i] + answer] = True
        return found

    @cached_property
    def chance(self) -> Floats:
        """Probability that one option named at random is true."""
        return self.per_item(self.key.astype(float)) / np.maximum(self.k, 1)

    @cached_property
    def stratum(self) -> tuple[Ints, list[Any]]:
        """Task, modality and granularity of each question, as a number."""
        return self.codes("task", "modality", "view")

    def split(self, name: str) -> Mask:
        """Say which questions are of a split."""
        return np.array([row.split == name for row in self.rows], bool)

    def per_item(self, of_options: Floats) -> Floats:
        """Add up numbers of options over each question."""
        sums = np.bincount(self.item, weights=of_options, minlength=len(self.rows))
        return sums.astype(np.float64, copy=False)

    def hits(self, score: Floats) -> Floats:
        """Return each question's expected hit of one who takes the option with the highest score.

        Options that are equally good are taken equally often.
        """
        if not len(score):
            return np.zeros(len(self.rows))
        score = np.round(score, TIE)
        best = np.full(len(self.rows), -np.inf)
        np.maximum.at(best, self.item, score)
        taken = score == best[self.item]
        right = self.per_item((taken & self.key).astype(float))
        return right / np.maximum(self.per_item(taken.astype(float)), 1)

    @cached_property
    def clusters(self) -> Clusters:
        """Groups of questions that are alike: patients, or targets where there are few patients."""
        if self.has("group"):
            of, names = self.codes("group")
            if len(names) >= MIN_CLUSTERS:
                return bootstrapped(of, "patients", self.seed)
        return bootstrapped(self.codes("target")[0], "targets", self.seed)

    def over(self, which: Mask | None = None) -> str:
        """Say how many questions there are, and how many clusters their interval rests on."""
        here = self.clusters.of if which is None else self.clusters.of[which]
        return f"{len(here)} questions of {len(np.unique(here))} {self.clusters.unit}"

    @cached_property
    def folds(self) -> Ints:
        """Return a part of five for each question; what is alike is in one part.

        Parts are made of leak groups, unless one of them would fill a part by itself: then of
        targets, whose variants share their options.
        """
        of, names = self.codes("group")
        large = len(names) < MIN_CLUSTERS or np.bincount(of).max() > len(self.rows) / 5
        return self.folds_of("target" if large else "group")

    def folds_of(self, column: str) -> Ints:
        """Return a part of five for each question, about equally large; equal values in one part."""
        of, names = self.codes(column)
        sizes = np.bincount(of, minlength=len(names))
        turn = permutation(len(names), self.seed, "folds", column)
        part = np.zeros(len(names), np.int64)
        filled = np.zeros(5)
        for group in turn[np.argsort(-sizes[turn], kind="stable")]:
            part[group] = int(filled.argmin())
            filled[part[group]] += sizes[group]
        return part[of]

    def ids(self, which: Mask | Ints) -> list[str]:
        """Return the public ids of some questions."""
        return [self.rows[i].id for i in np.arange(len(self.rows))[which]]


def numbered(values: Sequence[Any]) -> tuple[Ints, list[Any]]:
    """Return each value's number in sorted order, and the values."""
    names = sorted(set(values), key=_order)
    place = {name: i for i, name in enumerate(names)}
    return np.array([place[v] for v in values], np.int64), names


def _order(value: Any) -> tuple[Any, ...]:
    parts = value if isinstance(value, tuple) else (value,)
    return tuple((p is not None, str(type(p)), p) for p in parts)
