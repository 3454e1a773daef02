"""A submission's scores: predictions of a table, read and counted as a model's replies are."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.evaluate import answer_key, predictions, scores
from benchsmith.evaluate.answer_log import Kept, Run
from benchsmith.evaluate.contract import Answer
from benchsmith.evaluate.grades import frame, grade

NAMED = 5
"""Ids that a message names; the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a file of predictions."""

    rows: tuple[dict[str, Any], ...]
    """See :func:`benchsmith.evaluate.scores.table`."""
    cases: int
    absent: int
    """Cases without a prediction: wrong, and among the empty ones."""
    unknown: tuple[str, ...]
    """Ids of predictions for which there is no answer; they are left out."""

    def as_json(self) -> dict[str, Any]:
        """Return all figures for machines; what is no number is null."""
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
    """Score a file of predictions. Raises DocumentError with everything that is wrong in either."""
    items = answer_key.cases(key)
    said = predictions.read(path)
    ids = {item.id for item in items}
    if not ids & said.keys():
        what = f"no id of {len(said)} is one of the {len(items)} of {key}"
        raise DocumentError([Problem(str(path), 1, what, "is it of another version?")])
    answers = [
        Answer(case=item.id, shift=0, content=item.content, text=said.get(item.id, ""))
        for item in items
    ]
    by_key = {(a.case, a.shift, a.content): a for a in answers}
    graded = grade(items, Kept(Run(model=path.stem, kind="import"), by_key, {}, 0))
    return Outcome(
        rows=tuple(scores.table(frame(items, graded.grades))),
        cases=len(items),
        absent=len(ids - said.keys()),
        unknown=tuple(sorted(said.keys() - ids)),
    )
