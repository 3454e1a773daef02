"""Guessers that never see a picture: what a score means is how far it is above theirs.

They are those of the audit, as answerers. They learn from `val` and are asked about `test`; about a case of `val` each is told only by one
that has learned from the patients of other folds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from benchsmith.audits.audit_row import AuditRow
from benchsmith.audits.audit_table import AuditTable, Mask
from benchsmith.audits.prior_guessers import STRATA, tally, when_offered
from benchsmith.audits.text_guessers import logits
from benchsmith.core.chance import rank
from benchsmith.documents.problems import DocumentError, Problem, did_you_mean
from benchsmith.evaluate.contract import Answer, Ask
from benchsmith.evaluate.release_reader import Item
from benchsmith.evaluate.reply_words import bare
from benchsmith.release.columns import letters
from benchsmith.statistics.share_intervals import Floats

PREFIX = "baseline:"
FOLDS = 5
LEARNED = "val"
Turns = Sequence[tuple[Mask, Mask]]
"""Which cases are known, and which are asked about, one behind the other."""


def chance(item: Item) -> dict[str, float]:
    """Return what guessing is worth: the exact expectation of each score.

    One answer: each option alike. Several: each set of options but the empty one alike; of k options
    with m right ones, `acc` (the share of picked ones that are right) is m/k by symmetry, and
    `recall` the probability that an option is picked.

    >>> chance_of(4, 1, several=False)["hit"]
    0.25
    """
    return chance_of(len(item.options), len(item.key), several=item.several)


def chance_of(options: int, right: int, *, several: bool) -> dict[str, float]:
    """Return the expectations for so many options, of which so many are right.

    >>> {k: round(v, 4) for k, v in chance_of(4, 2, several=True).items()}
    {'hit': 0.0667, 'acc': 0.5, 'recall': 0.5333}
    """
    if not several:
        return {"hit": 1 / options, "acc": 1 / options, "recall": 1 / options}
    sets = 2**options - 1
    return {"hit": 1 / sets, "acc": right / options, "recall": 2 ** (options - 1) / sets}


class Baseline:
    """Answers without a picture. See :class:`benchsmith.evaluate.contract.Answerer`."""

    def __init__(self, name: str, items: Sequence[Item]) -> None:
        """Learn what can be learned from `items`, all that are published.

        Raises DocumentError for a name that is not known, and where there is nothing to learn from.
        """
        kind = name.removeprefix(PREFIX)
        if kind not in BASELINES:
            hint = did_you_mean(kind, BASELINES) or f"there are {', '.join(BASELINES)}"
            raise DocumentError([Problem.without_place(f"there is no baseline {kind!r}", hint)])
        self._kind = kind
        self._scores: dict[str, list[float]] = {}
        if kind in LEARNERS:
            if not any(item.split == LEARNED and item.key for item in items):
                what = f"{name} learns from the split {LEARNED}, which has no answers here"
                raise DocumentError([Problem.without_place(what, "take random or longest")])
            self._scores = _learned(LEARNERS[kind], items)

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
        """Return the options that are taken."""
        if self._kind == "random":
            return _random(item)
        scores = self._scores.get(item.id) or [float(len(option)) for option in item.options]
        best = sorted(
            range(len(scores)), key=lambda i: (-scores[i], rank(0, "tie", item.id, str(i)))
        )
        if not item.several:
            return (best[0],)
        likely = LIKELY.get(self._kind)
        above = best[:2] if likely is None else [i for i in best if scores[i] > likely]
        return tuple(sorted(above or best[:1]))


def _learned(
    scorer: Callable[[AuditTable, Turns], list[Floats]], items: Sequence[Item]
) -> dict[str, list[float]]:
    """Return a value for each option of each item, of one that has not learned from its patients."""
    table = AuditTable([_row(item) for item in items], 0)
    val = np.array([item.split == LEARNED for item in items], bool)
    known = val & np.array([bool(item.key) for item in items], bool)
    fold = np.array([rank(0, "fold", item.group) % FOLDS for item in items])
    turns = [(known, ~val)]
    for part in range(FOLDS):
        others = known & (fold != part)
        turns.append((others if others.any() else known, val & (fold == part)))
    values = np.zeros(len(table.question_of))
    for (_, asked), found in zip(turns, scorer(table, turns), strict=True):
        values[asked[table.question_of]] = found
    parted = np.split(values, table.first_option[1:])
    return {item.id: own.tolist() for item, own in zip(items, parted, strict=True)}


def _row(item: Item) -> AuditRow:
    """Return an item as the audit sees it; labels are told apart by their words."""
    return AuditRow(
        id=item.id, split=item.split, stem=item.question, question=item.question,
        options=item.options, labels=tuple(map(bare, item.options)), answers=item.key, pool="",
        task=item.task, modality=item.modality, view=item.granularity, label=item.label,
        source=item.source, target=item.target,
    )  # fmt: skip


def _random(item: Item) -> tuple[int, ...]:
    """Take an option by rank; of several, a set of them that is not empty."""
    number = rank(0, "guess", item.id)
    if not item.several:
        return (number % len(item.options),)
    chosen = number % (2 ** len(item.options) - 1) + 1
    return tuple(i for i in range(len(item.options)) if chosen >> i & 1)


def _frequent(table: AuditTable, turns: Turns) -> list[Floats]:
    """Count how often each label is right."""
    return [tally(table, known)[0][asked[table.question_of]] for known, asked in turns]


def _prior(table: AuditTable, turns: Turns) -> list[Floats]:
    """Say how often each label is right when it is offered, within task and modality."""
    context = table.codes(*STRATA[:2])[0]
    return [
        when_offered(*tally(table, known, context))[asked[table.question_of]]
        for known, asked in turns
    ]


LEARNERS: dict[str, Callable[[AuditTable, Turns], list[Floats]]] = {
    "most-frequent": _frequent,
    "prior": _prior,
    "blind": logits,
}
LIKELY = {"prior": 0.5, "blind": 0.0}
"""Where an option is as probably right as wrong: a probability of 1/2, a logit of 0."""
BASELINES = ("random", "longest", *LEARNERS)
