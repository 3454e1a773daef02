"""What the published files and their tones reveal about the answer, whatever the pictures show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np

from benchsmith.audits.audit_table import AuditTable, Mask
from benchsmith.audits.context_guessers import (
    MIN_QUESTIONS,
    fingerprint,
    quantile_bins,
    worst_context,
)
from benchsmith.audits.contract import at_most, check, none_of, not_run
from benchsmith.audits.nearest_votes import nearest_votes
from benchsmith.audits.picture_measures import PictureMeasures
from benchsmith.audits.prior_guessers import rate
from benchsmith.core.verdicts import Found, Offender, shown
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.cluster_arrays import Floats


@check(
    "E3",
    asks="Are all picture files written alike?",
    formula="sampled pictures (at most 2,000, by hash) whose PNG differs from the most frequent in depth, colour "
    "type, interlacing, names of chunks or compressor header: nothing remains that a file-format guesser could use",
    remedy="Write every picture with the same encoder, and without metadata.",
    hard=True,
    needs=("measures",),
    every=True,
)
def file_form(table: AuditTable, marks: Marks) -> Found:
    """The form of a file must not reveal its origin."""
    seen = [(row, row.measures.form) for row in table.rows if row.measures is not None]
    usual = Counter(form for _, form in seen).most_common(1)[0][0]
    offenders = [Offender(row.id, f"{form}, not {usual}") for row, form in seen if form != usual]
    return none_of(offenders, len(seen), "pictures written in another way", of="sampled pictures")


@check(
    "E3",
    asks="How much does the size of the published picture reveal about the answer?",
    formula="accuracy of a guesser who knows with which width and height each label is the answer (five-fold over "
    "patients), minus the better of chance and of knowing the axis alone; threshold fingerprint_points",
    remedy="Take every label of a pool from two or more sources, or every pool from one source.",
    hard=True,
    needs=("width", "group"),
    least=MIN_QUESTIONS,
)
def published_size(table: AuditTable, marks: Marks) -> Found:
    """A size that only one label has is its name."""
    return fingerprint(table, {"the size": ("width", "height")}, marks.fingerprint_points)


@check(
    "E3",
    asks="Are traces of JPEG independent of the answer?",
    formula="accuracy of a guesser who knows in which of 4, 8 or 16 equal bins of the steps at every eighth pixel, "
    "over the other steps, each label is the answer, within task, modality and granularity of sampled pictures "
    "(five-fold), minus chance; threshold file_points",
    remedy="Find the source whose pictures were compressed, and take the label from others too.",
    needs=("measures",),
    least=MIN_QUESTIONS,
    only_warns=True,
)
def jpeg_traces(table: AuditTable, marks: Marks) -> Found:
    """Compression of one source's pictures must not name its labels."""
    some = _measured(table)
    if len(some) < MIN_QUESTIONS:
        return not_run(f"needs {MIN_QUESTIONS} measured pictures and has {len(some)}", len(some))
    blocks = np.array([row.measures.blocks for row in some.rows if row.measures is not None])
    contexts = [(f"{c} bins", quantile_bins(blocks, some.stratum[0], c)) for c in (4, 8, 16)]
    return worst_context(some, contexts, marks.file_points)


@check(
    "E3",
    asks="What accuracy do brightness, contrast and colour alone give?",
    formula="accuracy of voting by the 25 nearest of the sampled pictures of other folds in mean, deviation, five "
    "percentiles and mean colour, within task and modality, minus chance; threshold "
    "tone_points, because tissues differ",
    remedy="Compare with geometry-attack; check whether pictures of one label are always windowed alike.",
    needs=("measures",),
    least=MIN_QUESTIONS,
    only_warns=True,
)
def tone_attack(table: AuditTable, marks: Marks) -> Found:
    """Accuracy of a guesser that sees the tones of a picture and no shape, as a baseline."""
    return _votes(table, lambda m: m.tone, marks.tone_points, "tones")


@check(
    "E3",
    asks="What accuracy do the picture's frame and corners alone give?",
    formula="accuracy of voting by the 25 nearest of the sampled pictures of other folds in mean and deviation of the "
    "outermost 3 % of each side, and in mean steps in the four corners, within task and modality, minus chance; "
    "threshold frame_points, because borders and watermarks of a site are there",
    remedy="Look at the corners of the pictures: take the label from other sources too, or "
    "leave the source out.",
    needs=("measures",),
    least=MIN_QUESTIONS,
    only_warns=True,
)
def frame_attack(table: AuditTable, marks: Marks) -> Found:
    """A border or a watermark must not name the site, and with it the label."""
    return _votes(table, lambda m: m.frame, marks.frame_points, "frame and corners")


def _votes(
    table: AuditTable,
    features: Callable[[PictureMeasures], tuple[float, ...]],
    points: float,
    name: str,
) -> Found:
    some = _measured(table)
    if len(some) < MIN_QUESTIONS:
        return not_run(f"needs {MIN_QUESTIONS} measured pictures and has {len(some)}", len(some))
    everyone: Mask = np.ones(len(some), bool)
    seen: Floats = np.array(
        [features(row.measures) for row in some.rows if row.measures is not None]
    )
    hits = nearest_votes(some, seen, everyone)
    what = f"{name} reach {shown(float(hits.mean()), '%')}; gain over chance "
    found = rate(some, hits - some.chance, everyone)
    return at_most(found, points / 100, len(some), what=what, over=some.sample_size())


def _measured(table: AuditTable) -> AuditTable:
    """Return the table of the questions whose pictures were measured."""
    return table.where([row.measures is not None for row in table.rows])
