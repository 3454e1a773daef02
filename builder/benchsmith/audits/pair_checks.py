"""Counterfactual pairs: an original question and the same one about an altered picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from benchsmith.audits.audit_row import AuditRow
from benchsmith.audits.audit_table import AuditTable, encode
from benchsmith.audits.context_guessers import context_attack
from benchsmith.audits.contract import at_most, check, interval_part, none_of, not_run
from benchsmith.audits.prior_guessers import rate
from benchsmith.audits.split_leaks import SHUFFLES
from benchsmith.core.alteration import MIRROR, TURN
from benchsmith.core.skill_table import IN_PAIRS
from benchsmith.core.verdicts import FAIL, PASS, WARN, Found, Offender, shown
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.cluster_arrays import Floats, Ints
from benchsmith.statistics.resampling import random_numbers

MIN_CHANGED = 30
"""Pairs with another answer that a guesser needs."""
LEAST_PER_LABEL = 4
"""Targets for each label below which nothing is learnt of a label from the other targets."""
STAYS = frozenset({MIRROR, TURN})
"""Kinds of alteration after which the same label is right."""


class PairOfRows(NamedTuple):
    """An original question and its counterfactual."""

    original: AuditRow
    altered: AuditRow

    @property
    def changes(self) -> bool:
        """Whether another label is right."""
        return self.original.answer_labels != self.altered.answer_labels


def pairs_of(table: AuditTable) -> list[PairOfRows]:
    """Return the pairs whose questions are both in the table, in its order."""
    originals = {row.pair: row for row in table.rows if row.pair and not row.altered}
    return [
        PairOfRows(originals[row.pair], row)
        for row in table.rows
        if row.altered and row.pair in originals
    ]


@check(
    "H1",
    asks="Is every counterfactual the same question about another picture?",
    formula="questions about altered pictures whose pair has no original here, or one of another split, "
    "leak group, stem, granularity or set of options, or with the same picture; or whose answer changes although "
    "the picture was only mirrored or turned, or stays although a position was asked; or several of one pair and kind",
    remedy="Build again; a release must not be edited by hand.",
    hard=True,
    paired=True,
)
def pair_form(table: AuditTable, marks: Marks) -> Found:
    """A pair differs in its picture and, perhaps, in its answer; in nothing else."""
    originals = {row.pair: row for row in table.rows if row.pair and not row.altered}
    offenders, seen = [], set()
    for row in (altered := [row for row in table.rows if row.altered and row.pair]):
        why = _difference(originals.get(row.pair), row)
        # a question about a quadrant has several mirrored pictures
        once = (row.pair, row.altered, row.answer_labels if row.skill in IN_PAIRS else "")
        if not why and once in seen:
            why = f"a second {row.altered} of one question"
        seen.add(once)
        if why:
            offenders.append(Offender(row.id, why))
    return none_of(offenders, len(altered), "counterfactuals of another form", of="counterfactuals")


def _difference(original: AuditRow | None, row: AuditRow) -> str:
    """Return the field in which a counterfactual differs from its original but should not; empty if none."""
    if original is None:
        return "its original is missing"
    for name in ("split", "group", "question", "view", "several", "sample"):
        if getattr(original, name) != getattr(row, name):
            return f"another {name} than {original.id}"
    if sorted(original.labels) != sorted(row.labels):
        return f"other options than {original.id}"
    if original.picture and original.picture == row.picture:
        return f"the same picture as {original.id}"
    changes = original.answer_labels != row.answer_labels
    if row.skill in IN_PAIRS:
        return "" if changes else f"its position stays although the picture is {row.altered}ed"
    if row.altered in STAYS and changes:
        return f"{row.altered} keeps the answer, but it differs from that of {original.id}"
    return ""


@check(
    "H2",
    asks="If the answer changes, are new answers as frequent as old ones?",
    formula="total variation distance between the labels that are right before and after, over pairs with one right "
    "answer that changes, within pools, minus the mean of 200 random exchanges of before and after; threshold "
    "pair_balance",
    remedy="Build with another `seed`, or leave out of `skills` those whose questions are mirrored (laterality, "
    "position). Changes of `counterfactuals` are chosen in cycles, so that a label is gained as often as lost.",
    hard=True,
    paired=True,
)
def pair_balance(table: AuditTable, marks: Marks) -> Found:
    """A label that is only ever the new answer, or only ever the old one, gives it away."""
    changed = [p for p in pairs_of(table) if p.changes and not p.original.several]
    if not changed:
        return not_run("no pair has one answer that changes")
    cells = [(p.original.pool, min(p.original.answer_labels)) for p in changed]
    cells += [(p.original.pool, min(p.altered.answer_labels)) for p in changed]
    codes, _ = encode(cells)
    before, after = codes[: len(changed)], codes[len(changed) :]
    value = float(_apart(before, after, np.zeros((1, len(changed)), bool))[0])
    swapped = random_numbers(SHUFFLES * len(changed), table.seed, "pair-balance") % np.uint64(2)
    by_chance = _apart(before, after, swapped.reshape(SHUFFLES, -1).astype(bool))
    low = value - float(np.percentile(by_chance, 97.5))
    outcome = FAIL if low > marks.pair_balance else PASS if value <= marks.pair_balance else WARN
    says = (
        f"{shown(value, '%')} of new answers are more frequent as new than as old ones; "
        f"{shown(float(by_chance.mean()), '%')} are expected by chance"
    )
    high = value - float(np.percentile(by_chance, 2.5))
    return Found(
        outcome=outcome, says=says, value=value, low=max(low, 0.0), high=max(high, value),
        n=len(changed), mark=marks.pair_balance, unit="%", undecided=outcome == WARN,
    )  # fmt: skip


def _apart(before: Ints, after: Ints, swapped: np.ndarray) -> Floats:
    """Return the total variation distance, (ways,), with before and after swapped as (ways, pairs) say."""
    ways, count = len(swapped), int(max(before.max(), after.max())) + 1
    sign = np.where(swapped, -1.0, 1.0)
    rows = np.repeat(np.arange(ways), len(before)).reshape(ways, -1) * count
    cells = np.concatenate([(rows + before).ravel(), (rows + after).ravel()])
    weights = np.concatenate([sign.ravel(), -sign.ravel()])
    moved = np.bincount(cells, weights=weights, minlength=ways * count).reshape(ways, count)
    apart: Floats = np.abs(moved).sum(axis=1) / (2 * len(before))
    return apart


@check(
    "H3",
    asks="How much does it reveal about the answer that a picture was altered?",
    formula="accuracy without the picture, on the questions whose answer was changed, of a guesser who knows which ones "
    "these are and which labels are right in them more often than elsewhere (five-fold over patients), minus chance, "
    "for all kinds together and for each; the largest; threshold pair_points. No trace of an alteration reveals more",
    remedy="Leave a kind out of `counterfactuals`, or a skill whose questions are mirrored (laterality, position) "
    "out of `skills`, or add pictures in which options are seen together.",
    hard=True,
    paired=True,
)
def pair_prior(table: AuditTable, marks: Marks) -> Found:
    """A guesser who sees that something was altered must not know the answer from that."""
    kinds = {p.altered.id: p.altered.altered for p in pairs_of(table) if p.changes}
    if len(kinds) < MIN_CHANGED:
        return not_run(f"needs {MIN_CHANGED} pairs whose answer changes and has {len(kinds)}")
    own = [kinds.get(row.id, "") for row in table.rows]
    judged = []
    for name in ("", *sorted(set(kinds.values()))):
        which = np.array([kind == name if name else bool(kind) for kind in own])
        if which.sum() < MIN_CHANGED:
            continue
        cells = [(r.task, r.modality, bool(w)) for r, w in zip(table.rows, which, strict=True)]
        hits = context_attack(table, encode(cells)[0], table.folds)
        judged.append((rate(table, hits - table.chance, which), name or "all kinds", which))
    found, name, which = max(judged, key=lambda j: j[0].low)
    verdict = at_most(
        found,
        marks.pair_points / 100,
        int(which.sum()),
        what=f"gain from knowing what was altered, {name}: ",
        over=table.sample_size(which),
        parts=[interval_part(n, f, int(w.sum())) for f, n, w in judged],
    )
    labels = {row.label for row, w in zip(table.rows, which, strict=True) if w}
    targets = len(np.unique(table.units[which]))
    if verdict.outcome == PASS and targets < LEAST_PER_LABEL * len(labels):
        # with so few pairs, leaving one out lowers only the count of the right answer
        says = (
            f"{verdict.says}, but {targets} targets with {len(labels)} labels are too few to tell"
        )
        return replace(verdict, outcome=WARN, says=says)
    return verdict


def both_asked(
    table: AuditTable, which: Sequence[bool] | np.ndarray, pairs: Sequence[PairOfRows]
) -> list[tuple[int, int]]:
    """Return the rows of original and altered question of the pairs that are complete in `which`."""
    place = {row.id: i for i, row in enumerate(table.rows)}
    found = [(place[p.original.id], place[p.altered.id]) for p in pairs]
    return [(a, b) for a, b in found if which[a] and which[b]]
