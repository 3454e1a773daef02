"""The gain of a guesser who answers questions with the same options together."""

from __future__ import annotations

import numpy as np

from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.contract import at_most, check, interval_part, not_run
from benchsmith.audits.prior_guessers import rate
from benchsmith.core.random_order import RANK_SPAN
from benchsmith.core.verdicts import Found, shown
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.cluster_arrays import Floats
from benchsmith.statistics.resampling import random_numbers

SIGNALS = (0.5, 1.0, 1.5, 2.0, 3.0)
"""How much a reader's score of the right option exceeds the others', whose noise is Gumbel: with four
options readers with a signal of 1, 2 and 3 are right in about 48, 71 and 87 %."""
MIN_QUESTIONS = 30


@check(
    "C9",
    asks="How much does it help to answer questions with the same options together?",
    formula="questions of a split with the same options form a group; five simulated readers "
    "(Gumbel noise, signals 0.5 to 3) answer it one by one, and together by the "
    "assignment that uses each option equally often; the largest "
    "gain, threshold joint_points. Also: accuracy without the picture of choosing the option "
    "that is least often, or most often, the key of the group's other questions",
    remedy="Use `options.draw: mirrored-open`, whose sets repeat keys at random.",
    only_warns=True,
    altered=False,
)
def card_counting(table: AuditTable, marks: Marks) -> Found:
    """If each option of a set is right once, some answers give away the others."""
    single = table.where([len(row.answers) == 1 for row in table.rows])
    groups: dict[tuple[object, ...], list[int]] = {}
    for i, row in enumerate(single.rows):
        groups.setdefault((row.split, row.view, *sorted(row.labels)), []).append(i)
    shared = [np.array(members) for members in groups.values() if len(members) > 1]
    n = sum(map(len, shared))
    if n < MIN_QUESTIONS:
        return not_run(f"needs {MIN_QUESTIONS} questions that share their options and has {n}", n)
    everyone = np.ones(len(single), bool)
    grids = [_grid(single, members) for members in shared]
    noise = -np.log(
        -np.log((random_numbers(int(single.k.sum()), single.seed, "readers") + 0.5) / RANK_SPAN)
    )
    judged = []
    for signal in SIGNALS:
        gain = np.zeros(len(single))
        for members, grid in zip(shared, grids, strict=True):
            gain[members] = _joint_gain(
                grid, noise[single.first_option[members][:, None] + _columns(grid)], signal
            )
        judged.append((f"reader with a signal of {signal:g}", rate(single, gain, everyone)))
    name, found = max(judged, key=lambda j: j[1].value)
    parts = [interval_part(f"{s}, gain", f, n) for s, f in judged]
    said = []
    for least in (True, False):
        hits = single.chance.copy()
        for members, grid in zip(shared, grids, strict=True):
            hits[members] = _by_others(grid, least=least)
        known = rate(single, hits, everyone)
        which = "least" if least else "most"
        parts.append(interval_part(f"{which} often the others' key", known, n))
        said.append(known.value)
    what = (
        f"a guesser who knows the other keys of a group reaches {shown(max(said), '%')} without "
        f"the picture, where chance is "
        f"{shown(float(single.chance.mean()), '%')}; {name}, gain from answering together "
    )
    mark = marks.joint_points / 100
    return at_most(found, mark, len(single), what=what, over=single.sample_size(), parts=parts)


def _grid(table: AuditTable, members: np.ndarray) -> Floats:
    """Return which option is the key of each member, (members, k), options in one order."""
    order = sorted(table.rows[members[0]].labels)
    keys = [order.index(min(table.rows[i].answer_labels)) for i in members.tolist()]
    grid = np.zeros((len(members), len(order)))
    grid[np.arange(len(members)), keys] = 1
    return grid


def _columns(grid: Floats) -> np.ndarray:
    return np.arange(grid.shape[1])[None, :]


def _joint_gain(grid: Floats, noise: Floats, signal: float) -> Floats:
    """Return per member the hits of answering together minus those of answering one by one."""
    from scipy.optimize import linear_sum_assignment

    score = noise + signal * grid
    count, k = grid.shape
    alone = grid[np.arange(count), score.argmax(axis=1)]
    rows, columns = linear_sum_assignment(-np.tile(score, (1, -(-count // k))))
    together = np.zeros(count)
    together[rows] = grid[rows, columns % k]
    gain: Floats = together - alone
    return gain


def _by_others(grid: Floats, *, least: bool) -> Floats:
    """Return the expected hits per member of choosing what is least (or most) often the others' key."""
    others = grid.sum(axis=0) - grid
    best = others.min(axis=1) if least else others.max(axis=1)
    taken = others == best[:, None]
    hits: Floats = (taken * grid).sum(axis=1) / taken.sum(axis=1)
    return hits
