"""The side of the split of every shortlisted candidate, by its leak group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from benchsmith.core.contracts import Array
from benchsmith.core.random_order import rank
from benchsmith.documents.benchmark import Benchmark
from benchsmith.selectors.official_parts import official_part
from benchsmith.selectors.round_robin import place_in_group
from benchsmith.selectors.shortlist import Shortlist
from benchsmith.selectors.split_sides import FREE, TEST, VAL, sides
from benchsmith.tables.coded_columns import Codes, combine_codes


def group_names(short: Shortlist, group: Codes, names: Sequence[str]) -> list[str]:
    """Return the name of each leak group: the first of its patients'; `group` (n,) numbers them.

    `names` are those of the patients, in the order of their codes.
    """
    order = np.array(sorted(range(len(names)), key=names.__getitem__), np.int64)
    place = np.empty(len(names), np.int64)
    place[order] = np.arange(len(names))
    first = np.full(int(group.max(initial=-1)) + 1, len(names))
    np.minimum.at(first, group, place[short.patient.codes])
    return [names[order[i]] for i in first.tolist()]


def candidate_sides(
    short: Shortlist, group: Codes, names: Sequence[str], benchmark: Benchmark
) -> npt.NDArray[np.int8]:
    """Return the side of each candidate, (n,).

    Only as many candidates of a patient count as may be chosen: `quota.per_patient` for an answer.
    The strata are the answers, then source, modality and task, then source and modality: an answer
    that a single patient shows cannot be divided, but its modality can.
    """
    place = place_in_group(combine_codes(short.answer, short.patient.codes), short.ranks)
    counts = place < benchmark.quota.per_patient
    modality = combine_codes(short.source, short.modality.codes)
    columns = (short.answer, combine_codes(modality, short.task), modality)
    fixed = np.full(len(names), FREE, np.int8)
    if benchmark.split.official == "respect":
        official = _official_parts(short)
        others = (official == "") & np.isin(short.source, np.unique(short.source[official != ""]))
        fixed[group[(official == "train") | (official == "val") | others]] = VAL
        fixed[group[official == "test"]] = TEST
    of_group = sides(
        group[counts],
        [column[counts] for column in columns],
        np.array([rank(benchmark.seed, "side", name) for name in names], dtype=np.uint64),
        benchmark.split.val / (benchmark.split.val + benchmark.split.test),
        fixed,
    )
    return of_group[group]


def _official_parts(short: Shortlist) -> Array:
    """Return the part of its own split that each candidate's source puts it in, (n,)."""
    named = short.candidates.of_sample("official", short.rows)
    return np.array([official_part(name) for name in named.names], "U5")[named.codes]
