"""Grades: answers compared with the key, one per case and shift."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchsmith.evaluate.answer_log import Kept, reply_digest
from benchsmith.evaluate.baselines import chance
from benchsmith.evaluate.contract import Answer, turned
from benchsmith.evaluate.extract import ABSTAINED, CUT, EMPTY, REFUSED, UNCLEAR, Extracted, extract
from benchsmith.evaluate.items import PERSON, Item
from benchsmith.evaluate.judge import verdict

if TYPE_CHECKING:
    import pandas as pd

RIGHT, WRONG, FAULT = "right", "wrong", "fault"
OUTCOMES = (RIGHT, WRONG, UNCLEAR, EMPTY, CUT, REFUSED, ABSTAINED, FAULT)
"""Right, wrong, or a reason for no answer, such as a refusal or a failed request."""
AXES = ("task", "department", "modality", "granularity", "skill", "stage", "source", "label", "altered",
        "language", *PERSON)  # fmt: skip
"""Columns by which scores are broken down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """One graded answer."""

    id: str
    shift: int
    outcome: str
    how: str
    """The rule that extracted the answer: see :mod:`benchsmith.evaluate.extract`."""
    picked: tuple[int, ...]
    """Positions in the published order of the options."""
    hit: float
    """1 if exactly the right options are picked, else 0."""
    acc: float
    """Share of the picked options that are right; 0 if none is picked."""
    recall: float
    """Share of the right options that are picked."""
    f1: float
    """Harmonic mean of `acc` and `recall`."""
    reply: str


@dataclass(frozen=True, slots=True)
class Graded:
    """The grades of a run."""

    grades: tuple[Grade, ...]
    stale: int
    """Number of answers to questions that changed or were removed."""


def grade(items: Sequence[Item], kept: Kept) -> Graded:
    """Grade all answers to the current versions of the items."""
    by_id = {item.id: item for item in items if item.key}
    grades, stale = [], 0
    for (case, shift, content), answer in kept.answers.items():
        item = by_id.get(case)
        if item is None or item.content != content or not 0 <= shift < len(item.options):
            stale += 1
        else:
            grades.append(_graded(item, answer, kept))
    place = {item.id: n for n, item in enumerate(items)}
    return Graded(tuple(sorted(grades, key=lambda g: (place[g.id], g.shift))), stale)


def _graded(item: Item, answer: Answer, kept: Kept) -> Grade:
    read = _read(item, answer, kept)
    count = len(item.options)
    picked = tuple(sorted((p + answer.shift) % count for p in read.picked))
    key = frozenset(item.key)
    match = len(key & set(picked))
    hit = float(set(picked) == key)
    acc, recall = match / len(picked) if picked else 0.0, match / len(key)
    outcome = (RIGHT if hit else WRONG) if picked else (FAULT if answer.fault else read.how)
    return Grade(
        id=item.id,
        shift=answer.shift,
        outcome=outcome,
        how=read.how,
        picked=picked,
        hit=hit,
        acc=acc,
        recall=recall,
        f1=2 * match / (len(picked) + len(key)),
        reply=answer.text or answer.fault,
    )


def _read(item: Item, answer: Answer, kept: Kept) -> Extracted:
    """Extract an answer by the rules; if it is unclear, use a judge's verdict."""
    if answer.fault:
        return Extracted((), FAULT)
    if answer.finish == "refused":
        return Extracted((), REFUSED)
    shown = turned(item.options, answer.shift)
    found = extract(answer.text, shown, several=item.several)
    if found.picked:
        return found
    if found.how == UNCLEAR:
        judged = kept.verdicts.get((item.id, answer.shift, reply_digest(answer.text)))
        if judged is not None:
            found = verdict(item, judged.text)
    cut = not found.picked and answer.finish == "length" and found.how in (UNCLEAR, EMPTY)
    return Extracted((), CUT) if cut else found


def frame(items: Sequence[Item], grades: Sequence[Grade]) -> pd.DataFrame:
    """Return a table with one row per grade.

    Columns: those of :class:`Grade` without the reply; the axes; `split`, `target`, `group`,
    `mirror`, `pair`, `several`, `chosen` and `right` (texts of the picked and of the right options),
    `k` (number of options), `key`, and
    the expected scores of a random guess as `chance`, `chance_acc`, `chance_recall`.
    """
    import pandas as pd

    by_id = {item.id: item for item in items}
    # with only one skill, there are no stages to distinguish
    skilled = len({item.skill for item in items}) > 1
    rows = []
    for g in grades:
        item = by_id[g.id]
        expected = chance(item)
        rows.append(
            {name: getattr(g, name) for name in GRADE_COLUMNS}
            | {axis: getattr(item, axis) for axis in (*AXES, *ITEM_COLUMNS)}
            | ({} if skilled else {"stage": ""})
            | {"chosen": _texts(item, g.picked), "right": _texts(item, item.key)}
            | {"k": len(item.options), "chance": expected["hit"], "chance_acc": expected["acc"],
               "chance_recall": expected["recall"]}
        )  # fmt: skip
    columns = [
        *GRADE_COLUMNS,
        *AXES,
        *ITEM_COLUMNS,
        "chosen",
        "right",
        "k",
        "chance",
        "chance_acc",
        "chance_recall",
    ]
    return pd.DataFrame(rows, columns=columns)


GRADE_COLUMNS = ("id", "shift", "outcome", "how", "picked", "hit", "acc", "recall", "f1")
ITEM_COLUMNS = ("split", "target", "group", "mirror", "pair", "several", "key")


def _texts(item: Item, positions: Sequence[int]) -> str:
    return "\n".join(sorted(item.options[p] for p in positions))
