"""Guessers of a skill's questions without the picture: by usual anatomy, and by yes or no."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from benchsmith.audits.audit_row import AuditRow
from benchsmith.audits.audit_table import AuditTable, Mask
from benchsmith.audits.contract import at_most, check, interval_part, none_of, not_run
from benchsmith.audits.prior_guessers import MIN_VAL, rate
from benchsmith.core.evidence import RECOGNITION
from benchsmith.core.verdicts import FAIL, PASS, Found, Offender, named, shown
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.cluster_arrays import Floats

Asked = tuple[object, ...]
"""What a question asks, whatever its picture: skill, kind, modality, structures and possible answers."""
YES_NO = (frozenset({"answer:yes", "answer:no"}), frozenset({"yes", "no"}))
"""The options of a question of yes or no: their ids, or their texts."""


def asked(row: AuditRow, *, turned: bool = False) -> Asked:
    """Return what a question asks; with `turned`, its two structures are in the other order."""
    options = tuple(sorted(row.labels))
    named_first = tuple(s for s in row.subjects or () if s not in options)
    if turned:
        named_first = named_first[::-1]
    return row.skill, kind_of(row), row.modality, named_first, options


def kind_of(row: AuditRow) -> str:
    """Return the kind of a skill's question, which its pool names after the skill."""
    parts = row.pool.split("/")
    return parts[1] if len(parts) > 1 and parts[0] == row.skill else ""


def _usual(rows: list[AuditRow], *, both_orders: bool) -> dict[Asked, Counter[str]]:
    """Count the right answers to each thing that was asked.

    With `both_orders` an answer about two structures counts as the other one for their other order.
    """
    found: dict[Asked, Counter[str]] = {}
    for row in rows:
        for answer in row.answer_labels:
            found.setdefault(asked(row), Counter())[answer] += 1
            if both_orders and len(row.labels) == 2 == len(row.subjects or ()):
                (other,) = set(row.labels) - {answer}
                found.setdefault(asked(row, turned=True), Counter())[other] += 1
    return found


def _hits(table: AuditTable, usual: Mapping[Asked, Counter[str]]) -> Floats:
    """Return the expected accuracy (n,) of giving the usual answer, or a random one if there is none."""
    score = [
        float(usual.get(asked(row), Counter())[label]) for row in table.rows for label in row.labels
    ]
    return table.expected_hits(np.array(score))


def usual_guesses(table: AuditTable, known: Mask) -> dict[str, Floats]:
    """Return the expected accuracy (n,) of each guesser who has seen the `known` questions (n, bool)."""
    val = [row for row, own in zip(table.rows, known, strict=True) if own]
    return {
        f"{'both orders of ' if both else ''}{what}": _hits(table, _usual(rows, both_orders=both))
        for what, rows in (("all pictures", val), ("unaltered", [r for r in val if not r.altered]))
        for both in (False, True)
    }


@check(
    "S1",
    asks="How often do answers follow the usual anatomy?",
    formula="accuracy on test, without the picture, of a guesser who knows how often each answer was right in val "
    "for the same structures and kind of question, minus chance: from all of val or from its unaltered pictures, with "
    "and without the structures' other order; for all skills together and for each; the largest; threshold "
    "anatomy_points",
    remedy="Build again with `per_skill` as it is: sets and pairs make every answer as frequent as the others. "
    "Do not drop half of a pair.",
    hard=True,
    skilled=True,
)
def anatomy_prior(table: AuditTable, marks: Marks) -> Found:
    """A guesser who knows where organs usually are must gain nothing."""
    table = table.where([row.skill != RECOGNITION for row in table.rows])
    known, tested = table.sides()
    if known.sum() < MIN_VAL or tested.sum() < MIN_VAL:
        why = f"needs {MIN_VAL} questions of skills in val and in test; there are {known.sum()} and {tested.sum()}"
        return not_run(why, int(tested.sum()))
    guesses = usual_guesses(table, known)
    skills = sorted({row.skill for row in table.rows})
    judged = []
    for skill in ["", *(skills if len(skills) > 1 else [])]:
        which = tested & np.array([not skill or row.skill == skill for row in table.rows])
        if which.sum() < MIN_VAL:
            continue
        for name, hits in guesses.items():
            gain = rate(table, hits - table.chance, which)
            judged.append((gain, f"{skill or 'all skills'}, {name}", which))
    best, name, which = max(judged, key=lambda j: (j[0].low, j[0].value))
    return at_most(
        best,
        marks.anatomy_points / 100,
        int(which.sum()),
        what=f"gain from the usual answer, {name}: ",
        over=table.sample_size(which),
        parts=[interval_part(n, f, int(w.sum())) for f, n, w in judged],
    )


@check(
    "S2",
    asks="Are yes and no right equally often for each structure?",
    formula="over yes/no questions, for each split, skill, kind, modality and structure: |yes - "
    "no|; their sum "
    "as a share of all of these; threshold yes_share. The count is exact",
    remedy="Build again: each yes is drawn with a no for the same structure.",
    skilled=True,
)
def yes_share(table: AuditTable, marks: Marks) -> Found:
    """A guesser who always says yes, or yes for one structure and no for another, must gain nothing."""
    counts: dict[tuple[object, ...], Counter[bool]] = {}
    for row in table.rows:
        texts = frozenset(text.casefold() for text in row.options)
        if row.skill == RECOGNITION or not {frozenset(row.labels), texts} & set(YES_NO):
            continue
        cell = (row.split, row.skill, kind_of(row), row.modality, *(row.subjects or (row.label,)))
        place = row.answers[0]
        yes = row.labels[place].endswith("yes") or row.options[place].casefold() == "yes"
        counts.setdefault(cell, Counter())[yes] += 1
    total = sum(c.total() for c in counts.values())
    if not total:
        return none_of([], 0, "", of="questions of yes or no")
    off = {cell: abs(c[True] - c[False]) for cell, c in counts.items()}
    share = sum(off.values()) / total
    bad = [
        Offender(", ".join(map(str, cell)), f"yes {counts[cell][True]}, no {counts[cell][False]}")
        for cell in sorted(off, key=lambda c: (-off[c], str(c)))
        if off[cell]
    ]
    overall = sum(c[True] for c in counts.values()) / total
    return Found(
        outcome=FAIL if share > marks.yes_share else PASS,
        says=f"yes is right in {shown(overall, '%')} of {total}; {len(bad)} of {len(counts)} structures differ",
        value=share,
        n=total,
        mark=marks.yes_share,
        unit="%",
        **named(bad),
    )
