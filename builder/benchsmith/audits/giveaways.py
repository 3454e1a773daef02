"""Giveaways beside the picture's content: marks, sizes, sources, rows, files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from benchsmith.audits.contract import at_most, check, none_of, not_run
from benchsmith.audits.exam import Exam, numbered
from benchsmith.audits.prior_guessers import rate
from benchsmith.core.verdicts import Found, Offender, Part, shown
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.cluster_arrays import Floats, Ints
from benchsmith.statistics.clustered import MIN_CLUSTERS

LEAST = 200
"""Questions that there must be to learn something of a label from others."""
NEAREST = 25
BACK = 2.0
"""Weight, in questions, of a context's share everywhere when a label's own is estimated."""
SAME_COLOUR = 24
"""Differences between colour channels up to which a mark counts as of one colour."""


def context_attack(exam: Exam, context: Ints, folds: Ints) -> Floats:
    """Return each question's expected hit for one who knows in which context each label is right.

    An option's score is P(context | its label is the answer), from the other four parts, smoothed
    towards P(context) by how often the label is the answer anywhere. So what is measured is what the
    context adds, and the answer has no smaller or larger expectation for being held out.
    """
    labels, names = exam.option
    part = folds[exam.item]
    here = context[exam.item]
    keys = exam.key.astype(float)
    both = _rest(here * len(names) + labels, part, keys)
    elsewhere = _rest(labels, part, keys)
    anywhere = np.bincount(labels, weights=keys)[labels]
    share = _rest(here, part, keys) / np.maximum(_rest(np.zeros_like(here), part, keys), 1)
    expected = both * anywhere / np.maximum(elsewhere, 1)
    return exam.hits((expected + BACK * share) / (anywhere + BACK))


def _rest(cell: Ints, part: Ints, counted: Floats) -> Floats:
    """Add up what is counted of each option's cell in the other parts."""
    _, place = np.unique(cell, return_inverse=True)
    size = 5 * (int(place.max(initial=0)) + 1)
    sums = np.bincount(place * 5 + part, weights=counted, minlength=size).reshape(-1, 5)
    rest: Floats = sums.sum(axis=1)[place] - sums[place, part]
    return rest


def _bins(values: Floats | Ints, within: Ints, count: int) -> Ints:
    """Return which of `count` equally full bins each value is in, among equal `within`."""
    turn = np.lexsort((values, within))
    sizes = np.bincount(within)
    first = np.cumsum(sizes) - sizes
    rank = np.empty(len(values), np.int64)
    rank[turn] = np.arange(len(values)) - first[within[turn]]
    return within * count + rank * count // sizes[within]


@check(
    "E1",
    asks="Is the mark of one colour for every label?",
    formula="of the grey pictures that were opened (at most 400 by hash), marks whose red - green or green - "
    "blue differs by more than 24 from the granularity's most frequent",
    remedy="Draw every mark with one function and one colour.",
    hard=True,
    needs=("mark",),
)
def mark_constant(exam: Exam, marks: Marks) -> Found:
    """A colour that tells the label is an answer."""
    seen = [(row, row.mark) for row in exam.rows if row.mark is not None]
    usual = {
        view: Counter(mark for row, mark in seen if row.view == view).most_common(1)[0][0]
        for view in sorted({row.view for row, _ in seen})
    }
    offenders = [
        Offender(row.id, f"{row.label} is marked in another colour")
        for row, mark in seen
        if max(abs(a - b) for a, b in zip(mark, usual[row.view], strict=True)) > SAME_COLOUR
    ]
    return none_of(offenders, len(seen), "marks of another colour", of="marks that were looked at")


@check(
    "E2",
    asks="Does the picture's size or source tell its class?",
    formula="hits of one who knows at which source and plane size each label is the answer (five-fold over "
    "patients), less the better of chance and of knowing the axis alone; mark fingerprint_points",
    remedy="Let every label of a pool come from two sources or more, or every pool from one.",
    hard=True,
    needs=("plane", "group"),
    least=LEAST,
)
def source_fingerprint(exam: Exam, marks: Marks) -> Found:
    """A class that only one source has is recognised by that source's pictures."""
    groups = len(exam.codes("group")[1])
    if groups < MIN_CLUSTERS:
        return not_run(f"needs {MIN_CLUSTERS} patients and has {groups}", len(exam))
    folds = exam.folds_of("group")
    everyone = np.ones(len(exam), bool)
    base = context_attack(exam, exam.codes("task", "modality", "axis")[0], folds)
    if base.mean() < exam.chance.mean():
        base = exam.chance
    judged = []
    for name, columns in (
        ("source", ("task", "modality", "source")),
        ("source and size", ("task", "modality", "source", "plane")),
        ("size", ("task", "modality", "plane")),
    ):
        hits = context_attack(exam, exam.codes(*columns)[0], folds)
        judged.append((name, rate(exam, hits - base, everyone)))
    parts = [Part(name=n, value=f.value, low=f.low, high=f.high, n=len(exam)) for n, f in judged]
    name, found = max(judged, key=lambda j: j[1].low)
    return at_most(
        found,
        marks.fingerprint_points / 100,
        len(exam),
        what=f"what {name} adds: ",
        over=exam.over(),
        parts=parts,
    )


@check(
    "E2",
    asks="How far does the marked region's place and shape alone go?",
    formula="hits of the 25 nearest regions of other patients in area, place, proportions, parts and axis, "
    "within task and modality, less chance; mark geometry_points: anatomy lies where it lies",
    remedy="Nothing, if it is anatomy; else see whether regions of one label are always drawn alike.",
    needs=("box", "plane"),
    least=LEAST,
    only_warns=True,
)
def geometry_attack(exam: Exam, marks: Marks) -> Found:
    """What no content is needed for, as a baseline to compare models with."""
    from scipy.spatial import KDTree

    measured = np.array([row.box is not None and row.plane is not None for row in exam.rows], bool)
    n = int(measured.sum())
    if n < LEAST:
        return not_run(f"needs {LEAST} regions with a box and has {n}", n)
    features = _geometry(exam)
    labels, names = exam.option
    own = np.array([names.index(row.label) if row.label in set(names) else -1 for row in exam.rows])
    cells = exam.codes("task", "modality")[0]
    votes = np.zeros(len(exam.item))
    usual = np.bincount(own[measured & (own >= 0)], minlength=len(names)) / n
    for cell in np.unique(cells[measured]):
        for fold in range(5):
            here = np.flatnonzero(measured & (cells == cell) & (exam.folds == fold))
            there = np.flatnonzero(measured & (cells == cell) & (exam.folds != fold))
            if not len(here) or not len(there):
                continue
            scale = np.maximum(features[there].std(axis=0), 1e-9)
            k = min(NEAREST, len(there))
            near = KDTree(features[there] / scale).query(
                features[here] / scale, k=list(range(1, k + 1))
            )[1]
            for i, found in zip(here.tolist(), own[there][near], strict=True):
                span = slice(exam.start[i], exam.start[i] + exam.k[i])
                votes[span] = (found[:, None] == labels[span]).sum(axis=0)
    hits = exam.hits(votes + usual[labels])
    found = rate(exam, hits - exam.chance, measured)
    reached = shown(float(hits[measured].mean()), "%")
    return at_most(
        found,
        marks.geometry_points / 100,
        n,
        what=f"place and shape reach {reached}; beyond chance ",
        over=exam.over(measured),
    )


def _geometry(exam: Exam) -> Floats:
    """Return a row of numbers for each region: area, centre, proportions, parts, axis."""
    axes = numbered([row.axis or "" for row in exam.rows])[0]
    rows = []
    for row, axis in zip(exam.rows, axes.tolist(), strict=True):
        height, width = (row.plane or (1, 1))[:2]
        x0, y0, x1, y1 = row.box or (0, 0, 1, 1)
        area = row.area_px or (x1 - x0) * (y1 - y0)
        rows.append(
            [
                np.log(max(area, 1) / (height * width)),
                (x0 + x1) / 2 / width * 3,
                (y0 + y1) / 2 / height * 3,
                np.log((x1 - x0) / max(y1 - y0, 1)),
                np.log((x1 - x0) * (y1 - y0) / max(area, 1)),
                min(row.components or 1, 5) / 5,
                3.0 * axis,
            ]
        )
    return np.array(rows, float)


@check(
    "E4",
    asks="Do row number and id say nothing of the answer?",
    formula="hits of one who knows in which of 8, 32 or 128 equal parts each label is the answer, of the rows of "
    "a split, or of the sorted ids (five-fold), less chance; mark order_points",
    remedy="Rows are ordered by a hash of the question, and ids are hashes; nothing else may set them.",
    hard=True,
    least=LEAST,
)
def row_order(exam: Exam, marks: Marks) -> Found:
    """A row's place and name are no hint."""
    splits = exam.codes("split")[0]
    ids = numbered([row.id for row in exam.rows])[0]
    ways: list[tuple[str, Ints]] = []
    for count in (8, 32, 128):
        ways += [
            (f"{count} parts of the rows", _bins(np.arange(len(exam)), splits, count)),
            (f"{count} parts of the ids", _bins(ids, np.zeros_like(splits), count)),
        ]
    return _worst(exam, ways, marks.order_points, least=LEAST)


@check(
    "E4",
    asks="Does the size of the file say nothing of the answer?",
    formula="hits of one who knows in which of 4, 8 or 16 equal parts each label is the answer, of the file "
    "sizes within task, modality and granularity (five-fold), less chance; mark file_points: what a "
    "picture shows decides how well it packs, so this is a warning",
    remedy="Compare with the geometry attack; the release may be packed without compression.",
    needs=("file_bytes",),
    least=LEAST,
    only_warns=True,
)
def file_size(exam: Exam, marks: Marks) -> Found:
    """Bytes are counted without opening anything."""
    size = np.array([row.file_bytes or 0 for row in exam.rows], float)
    ways = [(f"{c} sizes", _bins(size, exam.stratum[0], c)) for c in (4, 8, 16)]
    return _worst(exam, ways, marks.file_points, least=LEAST)


def _worst(exam: Exam, ways: Sequence[tuple[str, Ints]], points: float, *, least: int) -> Found:
    everyone = np.ones(len(exam), bool)
    judged = [
        (name, rate(exam, context_attack(exam, context, exam.folds) - exam.chance, everyone))
        for name, context in ways
        if len(exam) >= least
    ]
    name, found = max(judged, key=lambda j: j[1].low)
    parts = [Part(name=n, value=f.value, low=f.low, high=f.high, n=len(exam)) for n, f in judged]
    what = f"{name}, beyond chance "
    return at_most(found, points / 100, len(exam), what=what, over=exam.over(), parts=parts)


@check(
    "E5",
    asks="Do source, sex, age or site tell the answer?",
    formula="hits of one who knows at which source, sex, age (decade) or site each label is the answer, within "
    "task and modality (five-fold); mark about_lift x chance",
    remedy="Leave that column out of what is published of test, or balance it within the pool.",
    least=LEAST,
    only_warns=True,
)
def about_attack(exam: Exam, marks: Marks) -> Found:
    """What is published beside a picture must not answer for it."""
    everyone = np.ones(len(exam), bool)
    cells = exam.codes("task", "modality")[0]
    chance = float(exam.chance.mean())
    judged = []
    for name in ("source", "sex", "age", "site"):
        values = [
            _band(getattr(row, name)) if name == "age" else getattr(row, name) or ""
            for row in exam.rows
        ]
        codes, names = numbered(values)
        if len(names) > 1:
            hits = context_attack(exam, cells * len(names) + codes, exam.folds)
            judged.append((name, rate(exam, hits, everyone)))
    if not judged:
        return not_run("there is one source, and no sex, age or site is known", len(exam))
    parts = [Part(name=n, value=f.value, low=f.low, high=f.high, n=len(exam)) for n, f in judged]
    name, found = max(judged, key=lambda j: j[1].low)
    mark = marks.about_lift * chance
    return at_most(found, mark, len(exam), what=f"{name}: ", over=exam.over(), parts=parts)


def _band(age: str | None) -> str:
    digits = "".join(c for c in (age or "") if c.isdigit())
    return f"{int(digits[:3]) // 10}0s" if digits else ""
