"""Split: nothing of val is in test, under whatever name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from benchsmith.audits.contract import check, none_of, not_run
from benchsmith.audits.exam import Exam
from benchsmith.core.verdicts import FAIL, PASS, WARN, Found, Offender, Part, named, shown
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.intervals import percentile_interval
from benchsmith.statistics.resampling import permutations

SHARED = ("group", "patient", "sample", "target")
BLOCK = 1 << 22
FLAT = 8.0
"""Grey levels of spread below which a picture has too little to be recognised by its hash."""
SHUFFLES = 200
COMPARED = 20
"""Targets that a stratum needs in each split."""


@check(
    "G1",
    asks="Is nobody in both splits?",
    formula="leak groups, patients, images and targets with questions in more than one split",
    remedy="Give the recipe a `patient`; whoever shares one is kept on one side.",
    hard=True,
    needs=("patient",),
)
def group_overlap(exam: Exam, marks: Marks) -> Found:
    """A patient in val has been seen by whoever looked at val."""
    if len(exam.codes("split")[1]) < 2:
        return not_run(f"there is only the split {exam.rows[0].split}", len(exam))
    offenders, parts = [], []
    for name in SHARED:
        sides: dict[str, set[str]] = {}
        for row in exam.rows:
            value = getattr(row, name)
            if value is not None:
                sides.setdefault(value, set()).add(row.split)
        both = {v for v, s in sides.items() if len(s) > 1}
        parts.append(Part(name=f"{name}s in both", value=float(len(both)), n=len(sides)))
        offenders += [
            Offender(row.id, f"its {name} is in {' and '.join(sorted(sides[getattr(row, name)]))}")
            for row in exam.rows
            if getattr(row, name) in both
        ]
    once = {o.id: o for o in reversed(offenders)}
    return none_of(
        [once[row.id] for row in exam.rows if row.id in once], len(exam),
        "questions whose patient, image or target is in both splits", parts=parts,
    )  # fmt: skip


@check(
    "G2",
    asks="Is no picture in both splits under another name?",
    formula="pictures of test with a picture of val, of another patient, whose 64-bit perceptual hash or "
    "that of a mirror image differs in at most duplicate_bits bits, and whose looks (16 x 16 whitened "
    "frequencies) have a cosine of duplicate_look, or what duplicate_modalities says: among millions of pairs some hashes agree by chance",
    remedy="Look at both pictures (`benchsmith explain ID`): give them one `patient`, or drop one.",
    hard=True,
    needs=("phash",),
)
def near_duplicates(exam: Exam, marks: Marks) -> Found:
    """Hashes catch copies: recompressed, windowed otherwise, with a mark, mirrored."""
    if len(exam.codes("split")[1]) < 2:
        return not_run(f"there is only the split {exam.rows[0].split}", len(exam))
    sides = {}
    for split in ("val", "test"):
        seen: dict[tuple[str, str], str] = {}
        for row in exam.rows:
            if row.split == split and row.phash and (row.spread is None or row.spread >= FLAT):
                seen.setdefault(
                    (row.phash + (row.mirrors or ""), row.group or row.patient or row.target),
                    row.id,
                )
        sides[split] = sorted(seen.items())
    val, test = sides["val"], sides["test"]
    if not val or not test:
        return not_run("one of the splits has no picture with a hash")
    offenders: dict[str, Offender] = {}
    modality = {row.id: row.modality for row in exam.rows}
    for i, j, bits in near([v[0][0] for v in val], [t[0][0] for t in test], marks.duplicate_bits):
        (_, group), one = val[i]
        (_, other_group), other = test[j]
        if group == other_group or other in offenders:
            continue
        least = marks.duplicate_modalities.get(modality[other], marks.duplicate_look)
        if exam.likeness is None or exam.likeness(one, other) >= least:
            offenders[other] = Offender(other, f"{bits} bits from {one} in val")
    return none_of(
        [offenders[id_] for id_ in sorted(offenders)], len(test),
        "pictures of test that val has too", of="pictures of test",
    )  # fmt: skip


def near(one: Sequence[str], other: Sequence[str], bits: int) -> Iterator[tuple[int, int, int]]:
    """Yield the pairs that differ in few bits, and in how many: first hashes of `other` with any of `one`.

    Each is a hash of 16 hex digits, with those of the mirror images behind it where they are known.
    """
    b = np.array([int(h[:16], 16) for h in other], np.uint64)
    step = max(1, BLOCK // max(len(b), 1))
    for start in range(0, len(one), step):
        part = one[start : start + step]
        apart = np.full((len(part), len(b)), 64, np.uint8)
        for place in range(0, max(map(len, part), default=0), 16):
            # where a mirror image is not known, the picture itself stands for it
            a = np.array([int(h[place : place + 16] or h[:16], 16) for h in part], np.uint64)
            np.minimum(apart, np.bitwise_count(a[:, None] ^ b), out=apart)
        for i, j in zip(*np.nonzero(apart <= bits), strict=True):
            yield start + int(i), int(j), int(apart[i, j])


@check(
    "G3",
    asks="Are answers distributed alike in val and test?",
    formula="total variation between the shares of answers of val's and test's targets, mean over task and "
    "modality weighted by targets, less what 200 shuffles of the split give; mark marginals",
    remedy="Change `split`, or add patients: a label that one patient shows is on one side only.",
    needs=("group",),
)
def label_marginals(exam: Exam, marks: Marks) -> Found:
    """What is tuned on val should fit test; a val of other answers misleads, and leaks nothing."""
    targets = sorted({row.target: row for row in exam.rows}.values(), key=lambda r: r.target)
    cells: dict[tuple[str, str], list[int]] = {}
    for i, row in enumerate(targets):
        cells.setdefault((row.task, row.modality), []).append(i)
    of_val = np.array([row.split == "val" for row in targets])
    large = {
        c: np.array(m)
        for c, m in sorted(cells.items())
        if min(of_val[m].sum(), (~of_val[m]).sum()) >= COMPARED
    }
    if not large:
        return not_run(f"no task and modality has {COMPARED} targets in each split", len(targets))
    parts, apart, usual, size = [], [], [], []
    for cell, members in large.items():
        labels = np.unique([targets[i].label for i in members], return_inverse=True)[1]
        split = of_val[members]
        found = float(variation(labels, split[None])[0])
        order = permutations(SHUFFLES, len(members), exam.seed, "marginals", *cell)
        by_chance = variation(labels, split[order])
        parts.append(Part(name=", ".join(cell), value=found, low=float(by_chance.mean()),
                          high=percentile_interval(found, by_chance).high, n=len(members)))  # fmt: skip
        apart.append(found)
        usual.append(by_chance)
        size.append(len(members))
    weight = np.array(size) / sum(size)
    value = float(weight @ apart)
    chance = weight @ np.stack(usual)
    spread = percentile_interval(float(chance.mean()), chance)
    low, high = value - spread.high, value - spread.low
    says = f"{shown(value, '%')} of answers would have to move, {shown(float(chance.mean()), '%')} by chance"
    if low > marks.marginals:
        outcome = FAIL
    else:
        outcome = PASS if min(high, value) <= marks.marginals else WARN
    worst = sorted(
        (p for p in parts if (p.value or 0) > marks.marginals), key=lambda p: -(p.value or 0)
    )
    who = [Offender(p.name, f"{shown(p.value or 0, '%')} of {p.n}") for p in worst]
    return Found(
        outcome=outcome, says=says, value=value - float(chance.mean()), low=low, high=high,
        n=sum(size), mark=marks.marginals, unit="%", parts=parts,
        **named(who if outcome != PASS else []),
    )  # fmt: skip


def variation(
    labels: npt.NDArray[np.int64], of_val: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """Return half of the sum of differences between the shares of labels in val and in the rest.

    `of_val` has a row for each way to split, and so has the result.
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
    asks="Do the sources say whose picture each is?",
    formula="sources of several images in which every image counts as a person of its own",
    remedy="Give the recipe a `patient`, from a column or a part of the file's name, if that is not so.",
    needs=("patient", "sample"),
    only_warns=True,
)
def patients_known(exam: Exam, marks: Marks) -> Found:
    """Where nobody says who is who, one person may be in both splits."""
    people: dict[str, set[str]] = {}
    images: dict[str, set[str]] = {}
    for row in exam.rows:
        people.setdefault(row.source, set()).add(row.patient or "")
        images.setdefault(row.source, set()).add(row.sample or "")
    doubted = [
        Offender(s, f"{len(images[s])} images, as many people")
        for s in sorted(people)
        if len(images[s]) > 1 and len(people[s]) == len(images[s])
    ]
    return none_of(doubted, len(people), "each image its own person", of="sources")
