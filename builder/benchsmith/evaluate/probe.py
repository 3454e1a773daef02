"""What frozen features of pictures know: a linear probe, and zero-shot by likeness to texts.

The probe is a logistic regression from features to labels. It learns from `val`; about a case of
`val` one is asked that has learned from the patients of other folds. Zero-shot takes the option
whose text's features are nearest. Neither reads the question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchsmith.core.chance import rank
from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.evaluate.baselines import FOLDS, LEARNED
from benchsmith.evaluate.contract import Answer, Ask
from benchsmith.evaluate.features import Features, Floats, table
from benchsmith.evaluate.release_reader import Item
from benchsmith.evaluate.reply_words import bare
from benchsmith.release.columns import letters

PROBE, ZERO_SHOT = "probe:", "zero-shot:"
C = 1.0
"""Inverse strength of the probe's L2 penalty, on standardised features."""
DIGITS = 9
"""Decimals of a value, so that an order does not hang on a processor's last bit."""
HALF = 0.5
"""Of several options those are picked that have this share of the best one's value."""


class LabelScores:
    """Answers from scores of all labels. See :class:`benchsmith.evaluate.contract.Answerer`."""

    def __init__(self, values: dict[str, dict[str, float]]) -> None:
        """Take values by case and by the bare words of a label; higher is likelier."""
        self._values = values

    def answers(self, asks: Iterable[Ask]) -> Iterator[Answer]:
        """Answer with letters."""
        for ask in asks:
            count = len(ask.item.options)
            shown = [(p - ask.shift) % count for p in self.picks(ask.item)]
            yield Answer(
                case=ask.item.id, shift=ask.shift, content=ask.item.content, text=letters(shown)
            )

    def picks(self, item: Item) -> tuple[int, ...]:
        """Return the options that are taken; equal ones by rank."""
        known = self._values[item.id]
        values = [known.get(bare(option), 0.0) for option in item.options]
        best = sorted(
            range(len(values)), key=lambda i: (-values[i], rank(0, "tie", item.id, str(i)))
        )
        if not item.several:
            return (best[0],)
        return tuple(sorted(i for i in best if values[i] >= HALF * values[best[0]]))


def linear(items: Sequence[Item], features: Features, name: str) -> dict[str, dict[str, float]]:
    """Return the probability of each label for each case, by a probe.

    Raises DocumentError where there is nothing to learn from.
    """
    known = [item for item in items if item.split == LEARNED and item.key and not item.several]
    if len({_label(item) for item in known}) < 2:
        what = f"{name} learns from the split {LEARNED}, which has no two labels here"
        raise DocumentError([Problem.without_place(what, "see the other baselines")])
    values: dict[str, dict[str, float]] = {}
    for part in range(-1, FOLDS):
        asked = [i for i in items if (_fold(i) if i.split == LEARNED else -1) == part]
        if asked:
            others = [item for item in known if _fold(item) != part]
            if len({_label(item) for item in others}) < 2:
                others = known
            values |= _predicted(others, asked, features, name)
    return values


def zero_shot(items: Sequence[Item], features: Features, name: str) -> dict[str, dict[str, float]]:
    """Return the cosine of each case's picture with each option's text, from 0 to 1.

    Raises DocumentError where an option has no features.
    """
    words = sorted({bare(option) for item in items for option in item.options})
    lost = [word for word in words if word not in features.texts]
    if lost:
        what = f"{len(lost)} of {len(words)} options have no features, such as {lost[0]!r}"
        raise DocumentError([Problem(name, 1, what, "write a row with `text` for each")])
    texts = _unit(np.stack([features.texts[word] for word in words]))
    likeness = _unit(table(items, features, name)) @ texts.T
    return {
        item.id: dict(zip(words, ((row + 1) / 2).round(DIGITS).tolist(), strict=True))
        for item, row in zip(items, likeness, strict=True)
    }


def aurocs(items: Sequence[Item], values: dict[str, dict[str, float]]) -> list[dict[str, Any]]:
    """Return the area under the ROC curve of each label, one against the rest.

    Counted are cases with one right answer that were asked without a mark, in each split, task and
    modality: does the label's value tell the pictures that show it from those that show another?
    """
    from sklearn.metrics import roc_auc_score

    cells: dict[tuple[str, str, str], list[Item]] = {}
    for item in items:
        if item.key and not item.several and item.granularity == "image":
            cells.setdefault((item.split, item.task, item.modality), []).append(item)
    rows = []
    for (split, task, modality), cases in sorted(cells.items()):
        for label in sorted({_label(item) for item in cases}):
            truth = [_label(item) == label for item in cases]
            if all(truth):
                continue
            told = [values[item.id].get(label, 0.0) for item in cases]
            rows.append(
                {"split": split, "task": task, "modality": modality, "label": label,
                 "n": len(cases), "positives": sum(truth),
                 "auroc": round(float(roc_auc_score(truth, told)), DIGITS)}
            )  # fmt: skip
    return rows


def write(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Write areas as CSV."""
    import csv

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        columns = ("split", "task", "modality", "label", "n", "positives", "auroc")
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


MAKERS: dict[str, Callable[[Sequence[Item], Features, str], dict[str, dict[str, float]]]] = {
    PROBE: linear,
    ZERO_SHOT: zero_shot,
}


def _predicted(
    known: Sequence[Item], asked: Sequence[Item], features: Features, name: str
) -> dict[str, dict[str, float]]:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=2_000))
    model.fit(table(known, features, name), [_label(item) for item in known])
    told = model.predict_proba(table(asked, features, name)).round(DIGITS)
    words = list(model.classes_)
    return {
        i.id: dict(zip(words, row.tolist(), strict=True))
        for i, row in zip(asked, told, strict=True)
    }


def _label(item: Item) -> str:
    return bare(item.options[item.key[0]])


def _fold(item: Item) -> int:
    return rank(0, "fold", item.group) % FOLDS


def _unit(rows: Floats) -> Floats:
    sizes = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(sizes > 0, sizes, 1.0)
