"""Guessers that never see a picture: what a score means is how far it is above theirs.

They learn from `val` and are asked about `test`; about a case of `val` each is told only by one
that has learned from the patients of other folds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from builder.chance import rank
from builder.documents.problems import DocumentError, Problem, did_you_mean
from builder.evaluate.answering import Answer, Ask
from builder.evaluate.released import Item
from builder.evaluate.words import bare
from builder.exporters.columns import letters

PREFIX = "baseline:"
FOLDS = 5
LEARNED = "val"
Scores = npt.NDArray[np.float64]
Scorer = Callable[[Item], Sequence[float]]
"""A value for each option; the highest is taken, equal ones by rank."""


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
    """Answers without a picture. See :class:`builder.evaluate.answering.Answerer`."""

    def __init__(self, name: str, items: Sequence[Item]) -> None:
        """Learn what can be learned from `items`, all that are published.

        Raises DocumentError for a name that is not known, and where there is nothing to learn from.
        """
        kind = name.removeprefix(PREFIX)
        if kind not in BASELINES:
            hint = did_you_mean(kind, BASELINES) or f"there are {', '.join(BASELINES)}"
            raise DocumentError([Problem("command", 1, f"there is no baseline {kind!r}", hint)])
        self._kind = kind
        self._learners: dict[int, Scorer] = {}
        if kind in LEARNERS:
            known = [item for item in items if item.split == LEARNED and item.key]
            if not known:
                what = f"{name} learns from the split {LEARNED}, which has no answers here"
                raise DocumentError([Problem("command", 1, what, "take random or longest")])
            learn = LEARNERS[kind]
            for fold in range(-1, FOLDS):
                others = [item for item in known if _fold(item) != fold]
                self._learners[fold] = learn(others or known)

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
        scores = self._scorer(item)(item)
        best = sorted(
            range(len(scores)), key=lambda i: (-scores[i], rank(0, "tie", item.id, str(i)))
        )
        if not item.several:
            return (best[0],)
        above = [i for i in best if scores[i] > 0.5] if self._kind in LIKELY else best[:2]
        return tuple(sorted(above or best[:1]))

    def _scorer(self, item: Item) -> Scorer:
        if self._kind == "longest":
            return lambda item: [len(option) for option in item.options]
        return self._learners[_fold(item) if item.split == LEARNED else -1]


def _fold(item: Item) -> int:
    return rank(0, "fold", item.group) % FOLDS


def _random(item: Item) -> tuple[int, ...]:
    """Take an option by rank; of several, a set of them that is not empty."""
    number = rank(0, "guess", item.id)
    if not item.several:
        return (number % len(item.options),)
    chosen = number % (2 ** len(item.options) - 1) + 1
    return tuple(i for i in range(len(item.options)) if chosen >> i & 1)


def _frequent(known: Sequence[Item]) -> Scorer:
    """Count how often each label is right."""
    counts = Counter(bare(item.options[i]) for item in known for i in item.key)
    return lambda item: [float(counts[bare(option)]) for option in item.options]


def _prior(known: Sequence[Item]) -> Scorer:
    """Count how often each label is right when it is offered, within task and modality."""
    offered: Counter[tuple[str, str, str]] = Counter()
    right: Counter[tuple[str, str, str]] = Counter()
    for item in known:
        for i, option in enumerate(item.options):
            place = (item.task, item.modality, bare(option))
            offered[place] += 1
            right[place] += i in item.key

    def score(item: Item) -> list[float]:
        places = [(item.task, item.modality, bare(option)) for option in item.options]
        before = 1 / len(item.options)
        return [(right[p] + before) / (offered[p] + 1) for p in places]

    return score


def _blind(known: Sequence[Item]) -> Scorer:
    """Fit a logistic regression on the words of question and option, one row an option."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    rows = [_row(item, i) for item in known for i in range(len(item.options))]
    right = [i in item.key for item in known for i in range(len(item.options))]
    words = TfidfVectorizer(analyzer=str.split, min_df=1, sublinear_tf=True)
    table: Any = words.fit_transform(rows)
    model = LogisticRegression(C=10.0, max_iter=2_000, solver="lbfgs").fit(table, right)

    def score(item: Item) -> list[float]:
        asked: Any = words.transform([_row(item, i) for i in range(len(item.options))])
        # rounded, so that the order does not hang on a processor's last bit
        return [round(float(p), 9) for p in model.predict_proba(asked)[:, 1]]

    return score


def _row(item: Item, place: int) -> str:
    """Return an option's words as features: its own, those with its task, what it stands beside."""
    option = bare(item.options[place])
    whole = option.replace(" ", "_")
    others = [bare(o).replace(" ", "_") for i, o in enumerate(item.options) if i != place]
    where = item.task.replace(" ", "_")
    features = [
        f"is:{whole}",
        f"is:{whole}|{where}",
        f"at:{place}",
        f"k:{len(item.options)}",
        *(f"word:{w}" for w in option.split()),
        *(f"beside:{whole}|{o}" for o in others),
        *(f"stem:{w}|{whole}" for w in set(bare(item.question).split())),
    ]
    return " ".join(features)


LEARNERS: dict[str, Callable[[Sequence[Item]], Scorer]] = {
    "most-frequent": _frequent,
    "prior": _prior,
    "blind": _blind,
}
LIKELY = ("prior", "blind")
"""Those whose values are probabilities."""
BASELINES = ("random", "longest", *LEARNERS)
