"""Scores of a file of predictions, extracted and graded like a model's replies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan
from pathlib import Path
from typing import Any

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.evaluate import answer_key, imports, predictions, scores
from benchsmith.evaluate.answer_log import Kept, Run
from benchsmith.evaluate.contract import Answer
from benchsmith.evaluate.grades import frame, grade
from benchsmith.evaluate.items import Item

MAX_IDS_SHOWN = 5
"""Unknown ids that a message lists; the others are only counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The scores of predictions."""

    rows: tuple[dict[str, Any], ...]
    """See :func:`benchsmith.evaluate.scores.table`."""
    cases: int
    absent: int
    """Cases without a prediction; they count as empty answers."""
    unknown: tuple[str, ...]
    """Ids of predictions without a case; they are ignored."""

    def as_json(self) -> dict[str, Any]:
        """Return a JSON object; NaN becomes null."""
        rows = [
            {k: None if isinstance(v, float) and isnan(v) else v for k, v in row.items()}
            for row in self.rows
        ]
        return {
            "cases": self.cases,
            "absent": self.absent,
            "unknown": len(self.unknown),
            "scores": rows,
        }


def score(path: Path, key: Path) -> Outcome:
    """Score a file of predictions, or a log of another tool.

    Raises DocumentError with all problems of either file.
    """
    items = answer_key.cases(key)
    if imports.is_log(path):
        return _score(items, imports.read([path], items), path.stem)
    predicted = predictions.read(path)
    if not {item.id for item in items} & predicted.keys():
        what = f"none of its {len(predicted)} ids is among the {len(items)} of {key}"
        raise DocumentError([Problem(str(path), 1, what, "it may belong to another version")])
    return score_replies(items, predicted, path.stem)


def score_replies(items: Sequence[Item], replies: Mapping[str, str], model: str) -> Outcome:
    """Score replies by case id, each a letter, an option or free text, against the items' keys."""
    answers = [
        Answer(case=item.id, shift=0, content=item.content, text=replies[item.id])
        for item in items
        if item.id in replies
    ]
    unknown = replies.keys() - {item.id for item in items}
    return replace(_score(items, answers, model), unknown=tuple(sorted(unknown)))


def _score(items: Sequence[Item], answers: Sequence[Answer], model: str) -> Outcome:
    """Score answers; a case without one counts as an empty answer."""
    answered = {answer.case for answer in answers}
    empty = [Answer(case=item.id, shift=0, content=item.content, text="")
             for item in items if item.id not in answered]  # fmt: skip
    by_key = {(a.case, a.shift, a.content): a for a in [*answers, *empty]}
    graded = grade(items, Kept(Run(model=model, kind="import"), by_key, {}, 0))
    whole = tuple(replace(grade_, shift=0) for grade_ in graded.grades)
    return Outcome(
        rows=tuple(scores.table(frame(items, whole))),
        cases=len(items),
        absent=len(empty),
        unknown=(),
    )
