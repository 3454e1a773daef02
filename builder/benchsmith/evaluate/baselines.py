"""Baselines that never see a picture; a model's score is judged by its distance to theirs.

They are the audit's guessers as answerers. They are fitted on `val` and answer `test`. Cases of
`val` are answered by cross-validation, with whole patients held out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from benchsmith.audits.audit_row import AuditRow
from benchsmith.audits.audit_table import AuditTable, Mask
from benchsmith.audits.prior_guessers import STRATA, tally, when_offered
from benchsmith.audits.text_guessers import logits
from benchsmith.core.random_order import rank
from benchsmith.documents.problems import DocumentError, Problem, did_you_mean
from benchsmith.evaluate.contract import Answer, Ask
from benchsmith.evaluate.items import Item
from benchsmith.release.columns import letters
from benchsmith.replies.reply_words import bare
from benchsmith.statistics.cluster_arrays import Floats

PREFIX = "baseline:"
FOLDS = 5
TRAINING_SPLIT = "val"
Fits = Sequence[tuple[Mask, Mask]]
"""For each fit: which cases it is fitted on, and which it answers; masks (cases,)."""


def chance(item: Item) -> dict[str, float]:
    """Return the exact expected scores of a random guess.

    With one right answer, all options are equally likely. With several, all non-empty sets of options
    are: of k options with m right ones, `acc` (the share of picked options that are right) is m/k by
    symmetry, and `recall` is the probability that an option is picked, 2^(k-1)/(2^k - 1).

    >>> chance_of(4, 1, several=False)["hit"]
    0.25
    """
    return chance_of(len(item.options), len(item.key), several=item.several)


def chance_of(options: int, right: int, *, several: bool) -> dict[str, float]:
    """Return the expected scores for `options` options, of which `right` are right.

    >>> {k: round(v, 4) for k, v in chance_of(4, 2, several=True).items()}
    {'hit': 0.0667, 'acc': 0.5, 'recall': 0.5333}
    """
    if not several:
        return {"hit": 1 / options, "acc": 1 / options, "recall": 1 / options}
    sets = 2**options - 1
    return {"hit": 1 / sets, "acc": right / options, "recall": 2 ** (options - 1) / sets}


class Baseline:
    """A guesser as an answerer. See :class:`benchsmith.evaluate.contract.Answerer`."""

    def __init__(self, name: str, items: Sequence[Item]) -> None:
        """Fit the baseline on the training split of `items`.

        Raises DocumentError for an unknown name, and for a training split without answers.
        """
        kind = name.removeprefix(PREFIX)
        if kind not in BASELINES:
            hint = did_you_mean(kind, BASELINES) or f"there are {', '.join(BASELINES)}"
            raise DocumentError([Problem.without_place(f"there is no baseline {kind!r}", hint)])
        self._kind = kind
        self._scores: dict[str, list[float]] = {}
        if kind in FITTED:
            if not any(item.split == TRAINING_SPLIT and item.key for item in items):
                what = f"{name} is fitted on the split {TRAINING_SPLIT}, whose answers are missing"
                hint = f"use {PREFIX}random or {PREFIX}longest"
                raise DocumentError([Problem.without_place(what, hint)])
            self._scores = _fitted(FITTED[kind], items)

    def answers(self, asks: Iterable[Ask]) -> Iterator[Answer]:
        """Answer with letters."""
        for ask in asks:
            item = ask.item
            picked = self.picks(item)
            count = len(item.options)
            shown = [(p - ask.shift) % count for p in picked]
            yield Answer(
                case=item.id,
                shift=ask.shift,
                content=item.content,
                text=letters(shown),
                finish="stop",
            )

    def picks(self, item: Item) -> tuple[int, ...]:
        """Return the positions of the picked options."""
        if self._kind == "random":
            return _random(item)
        scores = self._scores.get(item.id) or [float(len(option)) for option in item.options]
        best = best_first(item, scores)
        if not item.several:
            return (best[0],)
        threshold = THRESHOLDS.get(self._kind)
        above = best[:2] if threshold is None else [i for i in best if scores[i] > threshold]
        return tuple(sorted(above or best[:1]))


def best_first(item: Item, scores: Sequence[float]) -> list[int]:
    """Return the positions of an item's options by descending score; ties by rank."""
    return sorted(range(len(scores)), key=lambda i: (-scores[i], rank(0, "tie", item.id, str(i))))


def fold_of(item: Item) -> int:
    """Return the cross-validation fold of an item; all items of a patient are in one fold."""
    return rank(0, "fold", item.group) % FOLDS


def _fitted(
    scorer: Callable[[AuditTable, Fits], list[Floats]], items: Sequence[Item]
) -> dict[str, list[float]]:
    """Return a score for each option of each item, by a fit that has not seen its patient."""
    table = AuditTable([_row(item) for item in items], 0)
    val = np.array([item.split == TRAINING_SPLIT for item in items], bool)
    known = val & np.array([bool(item.key) for item in items], bool)
    fold = np.array([fold_of(item) for item in items])
    fits = [(known, ~val)]
    for part in range(FOLDS):
        others = known & (fold != part)
        fits.append((others if others.any() else known, val & (fold == part)))
    values = np.zeros(len(table.question_of))
    for (_, asked), found in zip(fits, scorer(table, fits), strict=True):
        values[asked[table.question_of]] = found
    parted = np.split(values, table.first_option[1:])
    return {item.id: own.tolist() for item, own in zip(items, parted, strict=True)}


def _row(item: Item) -> AuditRow:
    """Return an item as a row of the audit; its labels are the words of its options."""
    return AuditRow(
        id=item.id, split=item.split, stem=item.question, question=item.question,
        options=item.options, labels=tuple(map(bare, item.options)), answers=item.key, pool="",
        task=item.task, modality=item.modality, view=item.granularity, label=item.label,
        source=item.source, target=item.target,
    )  # fmt: skip


def _random(item: Item) -> tuple[int, ...]:
    """Pick a random option, or a random non-empty set of options."""
    number = rank(0, "guess", item.id)
    if not item.several:
        return (number % len(item.options),)
    chosen = number % (2 ** len(item.options) - 1) + 1
    return tuple(i for i in range(len(item.options)) if chosen >> i & 1)


def _frequent(table: AuditTable, fits: Fits) -> list[Floats]:
    """Score each label by how often it is right."""
    return [tally(table, known)[0][asked[table.question_of]] for known, asked in fits]


def _prior(table: AuditTable, fits: Fits) -> list[Floats]:
    """Score each label by how often it is right when offered, within task and modality."""
    context = table.codes(*STRATA[:2])[0]
    return [
        when_offered(*tally(table, known, context))[asked[table.question_of]]
        for known, asked in fits
    ]


FITTED: dict[str, Callable[[AuditTable, Fits], list[Floats]]] = {
    "most-frequent": _frequent,
    "prior": _prior,
    "blind": logits,
}
THRESHOLDS = {"prior": 0.5, "blind": 0.0}
"""Scores above which an option is more likely right than wrong: a probability, a logit."""
BASELINES = ("random", "longest", *FITTED)
