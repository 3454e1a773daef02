"""Answers from frozen features: a linear probe, and zero-shot classification by text features.

The probe is a logistic regression from features to labels, fitted on `val`; cases of `val` are
answered by cross-validation, with whole patients held out. Zero-shot picks the option whose text
features have the highest cosine similarity. Neither reads the question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.evaluate.baselines import FOLDS, TRAINING_SPLIT, best_first, fold_of
from benchsmith.evaluate.contract import Answer, Ask
from benchsmith.evaluate.features import Features, Floats, table
from benchsmith.evaluate.items import Item
from benchsmith.release.columns import letters
from benchsmith.replies.reply_words import bare
from benchsmith.text.spreadsheet_cells import guarded

PROBE, ZERO_SHOT = "probe:", "zero-shot:"
C = 1.0
"""Inverse strength of the probe's L2 penalty, on standardised features."""
DIGITS = 9
"""Decimals of a score; rounding makes the order the same on every processor."""
SEVERAL_SHARE = 0.5
"""With several right answers, options with at least this share of the best score are picked."""


class LabelScores:
    """Answers from scores of all labels. See :class:`benchsmith.evaluate.contract.Answerer`."""

    def __init__(self, values: dict[str, dict[str, float]]) -> None:
        """Take scores by case id and normalised label; a higher score is more likely."""
        self._scores = values

    def answers(self, asks: Iterable[Ask]) -> Iterator[Answer]:
        """Answer with letters."""
        for ask in asks:
            count = len(ask.item.options)
            shown = [(p - ask.shift) % count for p in self.picks(ask.item)]
            yield Answer(
                case=ask.item.id, shift=ask.shift, content=ask.item.content, text=letters(shown)
            )

    def picks(self, item: Item) -> tuple[int, ...]:
        """Return the positions of the picked options."""
        known = self._scores[item.id]
        values = [known.get(bare(option), 0.0) for option in item.options]
        best = best_first(item, values)
        if not item.several:
            return (best[0],)
        return tuple(sorted(i for i in best if values[i] >= SEVERAL_SHARE * values[best[0]]))


def linear(items: Sequence[Item], features: Features, name: str) -> dict[str, dict[str, float]]:
    """Return the probability of each label for each case, by the probe.

    Raises DocumentError if the training split has fewer than two labels.
    """
    known = [
        item for item in items if item.split == TRAINING_SPLIT and item.key and not item.several
    ]
    if len({_label(item) for item in known}) < 2:
        what = (
            f"{name} is fitted on the split {TRAINING_SPLIT}, which has fewer than two labels here"
        )
        raise DocumentError([Problem.without_place(what, "use a baseline")])
    values: dict[str, dict[str, float]] = {}
    for part in range(-1, FOLDS):
        asked = [i for i in items if (fold_of(i) if i.split == TRAINING_SPLIT else -1) == part]
        if asked:
            others = [item for item in known if fold_of(item) != part]
            if len({_label(item) for item in others}) < 2:
                others = known
            values |= _predicted(others, asked, features, name)
    return values


def zero_shot(items: Sequence[Item], features: Features, name: str) -> dict[str, dict[str, float]]:
    """Return the cosine of each case's picture and each option's text, scaled to 0 to 1.

    Raises DocumentError if an option has no features.
    """
    words = sorted({bare(option) for item in items for option in item.options})
    missing = [word for word in words if word not in features.texts]
    if missing:
        what = f"{len(missing)} of {len(words)} options have no features, such as {missing[0]!r}"
        raise DocumentError([Problem(name, 1, what, "add a row with `text` for each")])
    texts = _unit(np.stack([features.texts[word] for word in words]))
    cosines = _unit(table(items, features, name)) @ texts.T
    return {
        item.id: dict(zip(words, ((row + 1) / 2).round(DIGITS).tolist(), strict=True))
        for item, row in zip(items, cosines, strict=True)
    }


def aurocs(items: Sequence[Item], values: dict[str, dict[str, float]]) -> list[dict[str, Any]]:
    """Return the area under the ROC curve of each label, one against the rest.

    It is computed in each split, task and modality, over the cases with one right answer and a
    picture without a mark.
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
            scores = [values[item.id].get(label, 0.0) for item in cases]
            rows.append(
                {"split": split, "task": task, "modality": modality, "label": label,
                 "n": len(cases), "positives": sum(truth),
                 "auroc": round(float(roc_auc_score(truth, scores)), DIGITS)}
            )  # fmt: skip
    return rows


def write(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Write AUROC rows as CSV."""
    import csv

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        columns = ("split", "task", "modality", "label", "n", "positives", "auroc")
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(
            {k: guarded(v) if isinstance(v, str) else v for k, v in row.items()} for row in rows
        )


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
    found = model.predict_proba(table(asked, features, name)).round(DIGITS)
    words = list(model.classes_)
    return {
        i.id: dict(zip(words, row.tolist(), strict=True))
        for i, row in zip(asked, found, strict=True)
    }


def _label(item: Item) -> str:
    return bare(item.options[item.key[0]])


def _unit(rows: Floats) -> Floats:
    sizes = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(sizes > 0, sizes, 1.0)
