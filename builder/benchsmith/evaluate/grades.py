"""Answers against the key: one row a case and shift, each with its outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchsmith.evaluate.answer_log import Kept, reply_digest
from benchsmith.evaluate.baselines import chance
from benchsmith.evaluate.contract import Answer, turned
from benchsmith.evaluate.extract import CUT, EMPTY, REFUSED, UNCLEAR, Extracted, extract
from benchsmith.evaluate.judge import verdict
from benchsmith.evaluate.release_reader import PERSON, Item

if TYPE_CHECKING:
    import pandas as pd

RIGHT, WRONG, FAULT = "right", "wrong", "fault"
OUTCOMES = (RIGHT, WRONG, UNCLEAR, EMPTY, CUT, REFUSED, FAULT)
"""An answer is right or wrong, or there is none: unclear, empty, cut short, refused, never came."""
AXES = ("task", "department", "modality", "granularity", "source", "label", *PERSON)
"""What scores are told by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """One answer, judged."""

    id: str
    shift: int
    outcome: str
    how: str
    """How the answer was read: see :mod:`benchsmith.evaluate.extract`."""
    picked: tuple[int, ...]
    """Options as published, whatever the order in which they were shown."""
    hit: float
    """1 where exactly the right options are picked."""
    acc: float
    """Share of the picked options that are right; 0 where none is picked."""
    recall: float
    """Share of the right options that are picked."""
    f1: float
    """Their harmonic mean."""
    reply: str


@dataclass(frozen=True, slots=True)
class Graded:
    """A run's answers, judged."""

    grades: tuple[Grade, ...]
    stale: int
    """Answers to questions that have changed, or are not in the release any more."""


def grade(items: Sequence[Item], kept: Kept) -> Graded:
    """Judge every answer to the items as they are now."""
    by_id = {item.id: item for item in items if item.key}
    grades, stale = [], 0
    for (case, shift, content), answer in kept.answers.items():
        item = by_id.get(case)
        if item is None or item.content != content or not 0 <= shift < len(item.options):
            stale += 1
        else:
            grades.append(_judged(item, answer, kept))
    place = {item.id: n for n, item in enumerate(items)}
    return Graded(tuple(sorted(grades, key=lambda g: (place[g.id], g.shift))), stale)


def _judged(item: Item, answer: Answer, kept: Kept) -> Grade:
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
    """Read an answer by the rules, and where they leave it unclear by a judge's verdict."""
    if answer.fault:
        return Extracted((), FAULT)
    if answer.finish == "refused":
        return Extracted((), REFUSED)
    shown = turned(item.options, answer.shift)
    found = extract(answer.text, shown, several=item.several)
    if found.picked:
        return found
    if found.how == UNCLEAR:
        told = kept.verdicts.get((item.id, answer.shift, reply_digest(answer.text)))
        if told is not None:
            found = verdict(item, told.text)
    cut = not found.picked and answer.finish == "length" and found.how in (UNCLEAR, EMPTY)
    return Extracted((), CUT) if cut else found


def frame(items: Sequence[Item], grades: Sequence[Grade]) -> pd.DataFrame:
    """Return grades with what is known of their cases, one row each.

    Columns: those of :class:`Grade` but the reply; the axes; `split`, `target`, `group`, `mirror`,
    `several`, `chosen` (the words of what was picked), `k` (options), `key`, and what guessing is worth as `chance`, `chance_acc`,
    `chance_recall`.
    """
    import pandas as pd

    by_id = {item.id: item for item in items}
    rows = []
    for g in grades:
        item = by_id[g.id]
        worth = chance(item)
        rows.append(
            {name: getattr(g, name) for name in GRADED}
            | {axis: getattr(item, axis) for axis in (*AXES, *MORE)}
            | {"chosen": "\n".join(sorted(item.options[p] for p in g.picked))}
            | {"k": len(item.options), "chance": worth["hit"], "chance_acc": worth["acc"],
               "chance_recall": worth["recall"]}
        )  # fmt: skip
    columns = [*GRADED, *AXES, *MORE, "chosen", "k", "chance", "chance_acc", "chance_recall"]
    return pd.DataFrame(rows, columns=columns)


GRADED = ("id", "shift", "outcome", "how", "picked", "hit", "acc", "recall", "f1")
MORE = ("split", "target", "group", "mirror", "several", "key")
