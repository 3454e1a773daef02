"""Split leaks: no patient or image of val may be in test, and both have the same answers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.contract import check, none_of, not_run
from benchsmith.core.verdicts import FAIL, PASS, WARN, Found, Offender, Part, named, shown
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.intervals import percentile_interval
from benchsmith.statistics.resampling import permutations

EXCLUSIVE = ("group", "patient", "sample", "target")
"""Columns whose values may occur in one split only."""
SHUFFLES = 200
MIN_TARGETS = 20
"""Targets that a stratum needs in each split."""


@check(
    "G1",
    asks="Is every patient in one split only?",
    formula="leak groups, patients, images and targets with questions in more than one split",
    remedy="Set `patient` in the recipe; the pictures of one patient are kept in one split.",
    hard=True,
    needs=("patient",),
)
def group_overlap(table: AuditTable, marks: Marks) -> Found:
    """A model that was tuned on val has seen the patients of val."""
    if len(table.codes("split")[1]) < 2:
        return not_run(f"there is only the split {table.rows[0].split}", len(table))
    offenders, parts = [], []
    for name in EXCLUSIVE:
        sides: dict[str, set[str]] = {}
        for row in table.rows:
            value = getattr(row, name)
            if value is not None:
                sides.setdefault(value, set()).add(row.split)
        both = {v for v, s in sides.items() if len(s) > 1}
        parts.append(Part(name=f"{name}s in both", value=float(len(both)), n=len(sides)))
        offenders += [
            Offender(row.id, f"its {name} is in {' and '.join(sorted(sides[getattr(row, name)]))}")
            for row in table.rows
            if getattr(row, name) in both
        ]
    once = {o.id: o for o in reversed(offenders)}
    return none_of(
        [once[row.id] for row in table.rows if row.id in once], len(table),
        "questions whose patient, image or target is in both splits", parts=parts,
    )  # fmt: skip


@check(
    "G3",
    asks="Are answers equally distributed in val and test?",
    formula="total variation distance between the answer distributions of the targets in val and test, mean "
    "over task and modality weighted by targets, minus the mean of 200 random splits; threshold marginals",
    remedy="Change `split`, or add patients: a label with a single patient is in one split only.",
    needs=("group",),
    altered=False,
)
def label_marginals(table: AuditTable, marks: Marks) -> Found:
    """A val split with other answers than test misleads tuning, but leaks nothing."""
    targets = sorted({row.target: row for row in table.rows}.values(), key=lambda r: r.target)
    cells: dict[tuple[str, str], list[int]] = {}
    for i, row in enumerate(targets):
        cells.setdefault((row.task, row.modality), []).append(i)
    of_val = np.array([row.split != table.split_order[-1] for row in targets])
    large = {
        c: np.array(m)
        for c, m in sorted(cells.items())
        if min(of_val[m].sum(), (~of_val[m]).sum()) >= MIN_TARGETS
    }
    if not large:
        return not_run(
            f"no task and modality has {MIN_TARGETS} targets in each split", len(targets)
        )
    parts, apart, usual, size = [], [], [], []
    for cell, members in large.items():
        labels = np.unique([targets[i].label for i in members], return_inverse=True)[1]
        split = of_val[members]
        found = float(variation(labels, split[None])[0])
        order = permutations(SHUFFLES, len(members), table.seed, "marginals", *cell)
        by_chance = variation(labels, split[order])
        parts.append(Part(name=", ".join(cell), value=found, low=float(by_chance.mean()),
                          high=percentile_interval(found, by_chance).high, n=len(members)))  # fmt: skip
        apart.append(found)
        usual.append(by_chance)
        size.append(len(members))
    weight = np.array(size) / sum(size)
    value = float(weight @ apart)
    chance = weight @ np.stack(usual)
    low = value - float(np.percentile(chance, 97.5))
    high = value - float(np.percentile(chance, 2.5))
    says = f"{shown(value, '%')} of answers would have to move; {shown(float(chance.mean()), '%')} are expected by chance"
    if low > marks.marginals:
        outcome = FAIL
    else:
        outcome = PASS if min(high, value) <= marks.marginals else WARN
    worst = sorted(
        (p for p in parts if (p.value or 0) > marks.marginals), key=lambda p: -(p.value or 0)
    )
    offenders = [Offender(p.name, f"{shown(p.value or 0, '%')} of {p.n}") for p in worst]
    return Found(
        outcome=outcome, says=says, value=value - float(chance.mean()), low=low, high=high,
        n=sum(size), mark=marks.marginals, unit="%", parts=parts,
        undecided=outcome == WARN, **named(offenders if outcome != PASS else []),
    )  # fmt: skip


def variation(
    labels: npt.NDArray[np.int64], of_val: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Return the total variation distance between the labels of val and of the rest: (splits,).

    `labels` are codes (items,); `of_val` (splits, items) says for each split which items are in val.
    """
    count, ways = int(labels.max()) + 1, len(of_val)
    cells = np.arange(ways)[:, None] * count + labels
    every = np.bincount(labels, minlength=count)
    val = np.bincount(cells[of_val], minlength=ways * count).reshape(ways, count)
    in_val = of_val.sum(axis=1, keepdims=True)
    test = (every - val) / np.maximum(len(labels) - in_val, 1)
    apart: npt.NDArray[np.float64] = np.abs(val / np.maximum(in_val, 1) - test).sum(axis=1) / 2
    return apart


@check(
    "G4",
    asks="Do the sources identify patients?",
    formula="sources with several images in which every image counts as a separate patient",
    remedy="Set `patient` in the recipe, from a column or a part of the file name, if patients have several images.",
    needs=("patient", "sample"),
    only_warns=True,
)
def patients_known(table: AuditTable, marks: Marks) -> Found:
    """If patients are not identified, one patient may be in both splits."""
    people: dict[str, set[str]] = {}
    images: dict[str, set[str]] = {}
    for row in table.rows:
        people.setdefault(row.source, set()).add(row.patient or "")
        images.setdefault(row.source, set()).add(row.sample or "")
    doubted = [
        Offender(s, f"{len(images[s])} images, as many patients")
        for s in sorted(people)
        if len(images[s]) > 1 and len(people[s]) == len(images[s])
    ]
    return none_of(doubted, len(people), "one patient per image", of="sources")
