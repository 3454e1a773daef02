"""The audit table: all questions of a benchmark as NumPy columns, without pixels.

Two lengths occur throughout: n questions, and m options over all questions (the sum of all k). An
array over options is flat and grouped by question; `question_of` maps it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from benchsmith.audits.audit_row import AuditRow, LabelKnowledge, ModelResult
from benchsmith.core.evidence import RECOGNITION
from benchsmith.core.verdicts import Verdict
from benchsmith.documents.benchmark import Near
from benchsmith.statistics.cluster_arrays import Floats, Ints
from benchsmith.statistics.clustered import MIN_CLUSTERS, Clusters, bootstrapped
from benchsmith.statistics.resampling import permutation

Mask = npt.NDArray[np.bool_]
SCORE_DECIMALS = 9
"""Decimals to which scores are rounded before they are compared."""
FOLDS = 5


class AuditTable:
    """All questions of a benchmark, in the order of their rows."""

    def __init__(
        self,
        rows: Sequence[AuditRow],
        seed: int,
        knowledge: LabelKnowledge | None = None,
        *,
        published: AuditTable | None = None,
        near: Near | None = None,
        model_results: Sequence[ModelResult] = (),
        stale_results: int = 0,
        published_verdict: Verdict | None = None,
    ) -> None:
        self.rows = tuple(rows)
        self.seed, self.knowledge = seed, knowledge or LabelKnowledge()
        self.published = published
        """The same choices with wrong options drawn by the published rule."""
        self.published_verdict = published_verdict
        """What an earlier audit found about them; then `published` is not needed."""
        self.near = near or Near()
        """When two pictures are copies; the same for the selection."""
        self.model_results = tuple(model_results)
        """Results of models on these questions, with and without their pictures."""
        self.stale_results = stale_results
        """Number of results that are about an earlier version of a question."""
        self._codes: dict[tuple[str, ...], tuple[Ints, list[Any]]] = {}
        self._answered: AuditTable | None = None

    def without_synonyms(self) -> AuditTable:
        """Return the table without the labels' other names; the option texts remain."""
        return self._of(self.rows, replace(self.knowledge, names=None), self.model_results)

    def answered(self) -> AuditTable:
        """Return the table of the questions whose key is known and possible.

        The others cannot be counted; `key-offered` and `option-count` report them.
        """
        if self._answered is None:  # once for all checks, with the columns that they make of it
            self._answered = self.where([r.has_possible_key and not r.hidden for r in self.rows])
        return self._answered

    @property
    def paired(self) -> bool:
        """Whether any question is about an altered picture."""
        return any(row.altered for row in self.rows)

    @property
    def skilled(self) -> bool:
        """Whether any question takes a skill other than recognition."""
        return any(row.skill != RECOGNITION for row in self.rows)

    def unaltered(self) -> AuditTable:
        """Return the table of the original questions, without those about altered pictures."""
        return self.where([not row.altered for row in self.rows])

    def of_recognition(self) -> AuditTable:
        """Return the table of the questions about what is shown or marked."""
        return self.where([row.skill == RECOGNITION for row in self.rows])

    def where(self, which: Sequence[bool]) -> AuditTable:
        """Return the table of some of the questions; `which` says for each whether it is kept."""
        kept = [i for i, own in enumerate(which) if own]
        if len(kept) == len(self.rows):
            return self
        place = {old: new for new, old in enumerate(kept)}
        results = [replace(r, row=place[r.row]) for r in self.model_results if r.row in place]
        return self._of([self.rows[i] for i in kept], self.knowledge, results)

    def _of(
        self, rows: Sequence[AuditRow], knowledge: LabelKnowledge, results: Sequence[ModelResult]
    ) -> AuditTable:
        """Return a table of other rows, with everything else from this one."""
        return AuditTable(
            rows, self.seed, knowledge, published=self.published, near=self.near,
            model_results=results, stale_results=self.stale_results,
            published_verdict=self.published_verdict,
        )  # fmt: skip

    def __len__(self) -> int:
        """Return the number of questions, n."""
        return len(self.rows)

    def has(self, name: str) -> bool:
        """Say whether any row has a value in a column."""
        return any(getattr(row, name) is not None for row in self.rows)

    def codes(self, *names: str) -> tuple[Ints, list[Any]]:
        """Return columns as category codes (n, int64), and the category of each code.

        With several columns a category is a tuple of their values.
        """
        if names not in self._codes:
            self._codes[names] = encode(list(map(attrgetter(*names), self.rows)))
        return self._codes[names]

    @cached_property
    def k(self) -> Ints:
        """Number of options of each question: (n,), int64."""
        return np.array([len(row.options) for row in self.rows], np.int64)

    @cached_property
    def first_option(self) -> Ints:
        """Index of each question's first option in arrays over options: (n,), int64."""
        return np.concatenate([[0], np.cumsum(self.k)[:-1]]).astype(np.int64)

    @cached_property
    def question_of(self) -> Ints:
        """Index of each option's question: (m,), int64."""
        return np.repeat(np.arange(len(self.rows)), self.k)

    @cached_property
    def position(self) -> Ints:
        """Position of each option within its question, from 0: (m,), int64."""
        return np.arange(len(self.question_of)) - self.first_option[self.question_of]

    @cached_property
    def option_texts(self) -> list[str]:
        """Text of each option; m strings."""
        return [text for row in self.rows for text in row.options]

    @cached_property
    def label_codes(self) -> tuple[Ints, list[str]]:
        """Category code of each option's label (m, int64), and the label of each code."""
        return encode([label for row in self.rows for label in row.labels])

    @cached_property
    def is_right(self) -> Mask:
        """Whether each option is right: (m,), bool."""
        found = np.zeros(len(self.question_of), bool)
        for i, row in enumerate(self.rows):
            for answer in row.answers:
                if 0 <= answer < len(row.options):
                    found[self.first_option[i] + answer] = True
        return found

    @cached_property
    def chance(self) -> Floats:
        """Probability that a random option is right: (n,), float64."""
        return self.sum_per_question(self.is_right.astype(float)) / np.maximum(self.k, 1)

    @cached_property
    def stratum(self) -> tuple[Ints, list[Any]]:
        """Category codes of (task, modality, granularity); see :meth:`codes`."""
        return self.codes("task", "modality", "view")

    def in_split(self, name: str) -> Mask:
        """Return which questions belong to a split: (n,), bool."""
        return np.array([row.split == name for row in self.rows], bool)

    @cached_property
    def split_order(self) -> list[str]:
        """The splits in the order in which a model meets them: training sets first, test last."""

        def turn(split: str) -> tuple[int, str]:
            return (-split.startswith("train") + split.startswith("test"), split)

        return sorted({row.split for row in self.rows}, key=turn)

    def sides(self) -> tuple[Mask, Mask]:
        """Return two masks: the questions in the last split, `test`, and those in the others.

        Both are (n,), bool. A benchmark that was built has only `val` beside `test`.
        """
        asked = self.in_split(self.split_order[-1]) if self.rows else np.zeros(0, bool)
        return ~asked, asked

    def sum_per_question(self, values: Floats) -> Floats:
        """Sum values of options (m,) over each question: (n,), float64."""
        sums = np.bincount(self.question_of, weights=values, minlength=len(self.rows))
        return sums.astype(np.float64, copy=False)

    def expected_hits(self, score: Floats) -> Floats:
        """Return the expected accuracy per question (n,) of choosing the option that scores best.

        `score` is (m,). Options with equal scores are chosen with equal probability.
        """
        if not len(score):
            return np.zeros(len(self.rows))
        score = np.round(score, SCORE_DECIMALS)
        best = np.full(len(self.rows), -np.inf)
        np.maximum.at(best, self.question_of, score)
        taken = score == best[self.question_of]
        right = self.sum_per_question((taken & self.is_right).astype(float))
        return right / np.maximum(self.sum_per_question(taken.astype(float)), 1)

    @cached_property
    def clusters(self) -> Clusters:
        """Clusters of dependent questions: leak groups, or targets if there are few groups.

        A counterfactual belongs to the target of its original.
        """
        if self.has("group"):
            of, names = self.codes("group")
            if len(names) >= MIN_CLUSTERS:
                return bootstrapped(of, "patients", self.seed)
        return bootstrapped(self.units, "targets", self.seed)

    def sample_size(self, which: Mask | None = None) -> str:
        """Describe how many questions and clusters an interval rests on."""
        here = self.clusters.of if which is None else self.clusters.of[which]
        return f"{len(here)} questions of {len(np.unique(here))} {self.clusters.unit}"

    @cached_property
    def folds(self) -> Ints:
        """Fold of each question, 0 to 4: (n,), int64.

        A leak group stays in one fold. If one group would fill a fold by itself, folds are made of
        targets, whose variants share their options.
        """
        of, names = self.codes("group")
        large = len(names) < MIN_CLUSTERS or np.bincount(of).max() > len(self.rows) / FOLDS
        return self._folds(self.units, "target") if large else self.folds_by("group")

    @cached_property
    def units(self) -> Ints:
        """Code of each question's target, of a counterfactual that of its original: (n,), int64."""
        original = {row.pair: row.target for row in self.rows if row.pair and not row.altered}
        return encode(
            [original.get(r.pair, r.target) if r.altered else r.target for r in self.rows]
        )[0]

    def folds_by(self, column: str) -> Ints:
        """Return folds of about equal size, 0 to 4, that keep equal values together: (n,), int64."""
        return self._folds(self.codes(column)[0], column)

    def _folds(self, of: Ints, name: str) -> Ints:
        sizes = np.bincount(of)
        turn = permutation(len(sizes), self.seed, "folds", name)
        fold = np.zeros(len(sizes), np.int64)
        filled = np.zeros(FOLDS)
        for group in turn[np.argsort(-sizes[turn], kind="stable")]:
            fold[group] = int(filled.argmin())
            filled[fold[group]] += sizes[group]
        return fold[of]


def encode(values: Sequence[Any]) -> tuple[Ints, list[Any]]:
    """Return category codes in sorted order (int64), and the category of each code.

    >>> codes, names = encode(["b", "a", "b"])
    >>> codes.tolist(), names
    ([1, 0, 1], ['a', 'b'])
    """
    names = sorted(set(values), key=_sort_key)
    code = {name: i for i, name in enumerate(names)}
    return np.array([code[v] for v in values], np.int64), names


def _sort_key(value: Any) -> tuple[Any, ...]:
    parts = value if isinstance(value, tuple) else (value,)
    return tuple((p is not None, str(type(p)), p) for p in parts)
