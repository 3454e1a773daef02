"""First pass over all candidates: a status byte for each, and the shortlist.

Sources are read one after another, in batches. Each candidate is first judged on its own
(:mod:`benchsmith.selectors.candidate_status`). Of the eligible ones, each cell (task, label,
modality) keeps the first `quota.shortlist` in round-robin order
(:mod:`benchsmith.selectors.round_robin`): sources take turns, within a source its patients, then
samples and axes; ties are broken by rank.

Invariant: a candidate that `quota.shortlist` others of its own source precede is preceded by at
least as many among all sources. So each source is pruned before the next one is read, and the
result equals sorting all candidates at once. Time is O(n log n). Memory is one byte a candidate,
four more for each of the source being read, and at most about `MAX_SORTED` rows in a sort.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchsmith.core.content_names import renamed
from benchsmith.core.random_order import ranks
from benchsmith.selectors.candidate_files import CandidateFiles
from benchsmith.selectors.candidate_status import SHORTLISTED, Judge, Statuses
from benchsmith.selectors.official_people import training_patients, unplaced_patients
from benchsmith.selectors.people import PatientGroups
from benchsmith.selectors.round_robin import place_in_group, round_robin
from benchsmith.selectors.sample_names import SampleNames
from benchsmith.tables import coded_columns
from benchsmith.tables import compute as pc
from benchsmith.tables.coded_columns import Codes, combine_codes

MAX_SORTED = 2_000_000
"""Candidates of one source that are sorted at once; a larger source is sorted some cells at a time."""
CELL = ("task", "label", "modality")
"""Columns that define a cell: the shortlist is filled for each answer in each modality."""


@dataclass(frozen=True)
class Ordered:
    """Candidates with what their order within a cell depends on; columns (n,)."""

    positions: Codes
    """See :class:`benchsmith.selectors.candidate_files.CandidateFiles`."""
    cells: Codes
    turns: Codes
    """Place within the cell among the candidates of the same source."""
    ranks: npt.NDArray[np.uint64]


@dataclass(frozen=True)
class FirstPass:
    """The result: a decision on every candidate."""

    status: Statuses
    """By position."""
    positions: Codes
    """Of the shortlisted candidates, sorted."""
    ranks: npt.NDArray[np.uint64]
    """Of the shortlisted candidates: their random order."""
    blind_solved: int
    """Number of candidates that were solved blind, even if they have another reason."""


def first_pass(
    files: CandidateFiles, judge: Judge, groups: PatientGroups, names: SampleNames
) -> FirstPass:
    """Judge all candidates and shortlist up to `quota.shortlist` of each cell."""
    benchmark = judge.benchmark
    status = np.zeros(len(files), np.uint8)
    numbers: dict[tuple[str, ...], int] = {}
    shortlist = _Shortlist(benchmark.quota.shortlist)
    blind_solved = 0
    exclude = benchmark.split.official == "exclude-train"
    training = training_patients(files, groups) if exclude else None
    unplaced = unplaced_patients(files, groups) if exclude else None
    columns = sorted({*judge.columns, *CELL})
    for source in range(len(files.targets)):
        start = files.offsets[source]
        patients = next(training) if training else None
        unstated = next(unplaced) if unplaced else None
        cell = np.full(files.offsets[source + 1] - start, -1, np.int32)
        for where, rows in files.batches(source, columns):
            judged = judge.judge(rows, patients, unstated)
            status[where] = judged.status
            blind_solved += judged.blind_solved
            own = np.where(judged.eligible, _cells(rows, numbers), -1)
            cell[where.start - start : where.stop - start] = own
        for some in _chunks(cell):
            shortlist.add(_ordered(files, source, cell, some, benchmark.seed, names))
    positions, order = shortlist.result()
    status[positions] = SHORTLISTED
    return FirstPass(status, positions, order, blind_solved)


def _cells(rows: pa.Table, numbers: dict[tuple[str, ...], int]) -> npt.NDArray[np.int32]:
    """Return each candidate's cell number, (n,); `numbers` keeps them the same for all sources."""
    words = [coded_columns.encode_names(rows[name]) for name in CELL]
    own = combine_codes(*(w.codes for w in words))
    first = np.unique(own, return_index=True)[1].tolist()
    found = [
        numbers.setdefault(tuple(w.names[w.codes[row]] for w in words), len(numbers))
        for row in first
    ]
    return np.array(found, np.int32)[own]


def _chunks(cell: npt.NDArray[np.int32]) -> Iterator[npt.NDArray[np.bool_]]:
    """Split a source's cells into chunks of about `MAX_SORTED` candidates, or of one large cell.

    `cell` is (n,), -1 for a candidate that is not eligible. Each chunk is a mask over cell numbers.
    """
    counts = np.bincount(cell[cell >= 0], minlength=1)
    chunk = np.cumsum(counts) // MAX_SORTED
    for one in np.unique(chunk[counts > 0]).tolist():
        yield (chunk == one) & (counts > 0)


def _ordered(
    files: CandidateFiles,
    source: int,
    cell: npt.NDArray[np.int32],
    some: npt.NDArray[np.bool_],
    seed: int,
    contents: SampleNames,
) -> Ordered:
    """Read and order the candidates of some cells of a source; `cell` and `some` as in `_chunks`."""
    start = files.offsets[source]
    positions: list[Codes] = []
    ids: list[pa.Array] = []
    names: dict[str, list[pa.Array]] = {"patient": [], "sample": [], "axis": []}
    wanted = np.append(some, False)[cell]  # -1 finds the last entry
    for where, rows in files.batches(source, ["id", *names]):
        own = np.flatnonzero(wanted[where.start - start : where.stop - start])
        if not own.size:
            continue
        taken = rows.take(pa.array(own))
        positions.append(own + where.start)
        ids.append(coded_columns.as_array(taken["id"]))
        for name, columns in names.items():
            columns.append(coded_columns.as_array(taken[name]).dictionary_encode())
    position = np.concatenate(positions)
    rank = _ranks(ids, names["sample"], seed, source, contents)
    levels = [cell[position - start].astype(np.int64)]
    for columns in names.values():
        whole = coded_columns.as_array(pa.chunked_array(columns).unify_dictionaries())
        levels.append(np.asarray(whole.indices).astype(np.int64))
    return Ordered(position, levels[0], round_robin(levels, rank), rank)


def _ranks(
    ids: Sequence[pa.Array],
    samples: Sequence[pa.DictionaryArray],
    seed: int,
    source: int,
    contents: SampleNames,
) -> npt.NDArray[np.uint64]:
    """Return the ranks of candidates by their content ids; `ids` and `samples` are batches."""
    every = pc.unique(pa.concat_arrays([batch.dictionary for batch in samples]))
    content = contents.in_source(source, every)
    order = []
    for own, of in zip(ids, samples, strict=True):
        pairs = zip(own.to_pylist(), of.to_pylist(), strict=True)
        named = (renamed(id_, sample, content.get(sample, "")) for id_, sample in pairs)
        hashed = ranks(seed, ("target",), named)
        order.append(np.frombuffer(hashed, dtype=">u8").astype(np.uint64))
    return np.concatenate(order)


class _Shortlist:
    """Keeps the first `size` candidates of each cell, by turn and then rank, of all that are added."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: list[Ordered] = []
        self._added = 0
        """Rows added since the last pruning: pruning at every call would sort too often."""

    def add(self, some: Ordered) -> None:
        """Add candidates of one source: all of its candidates in their cells."""
        kept = np.flatnonzero(some.turns < self._size)
        self._held.append(_take(some, kept))
        self._added += len(kept)
        if self._added > MAX_SORTED:
            self._prune()

    def _prune(self) -> None:
        if not self._held:
            return
        columns = ("positions", "cells", "turns", "ranks")
        every = Ordered(*(np.concatenate([getattr(o, c) for o in self._held]) for c in columns))
        place = place_in_group(every.cells, every.turns, every.ranks)
        self._held = [_take(every, np.flatnonzero(place < self._size))]
        self._added = 0

    def result(self) -> tuple[Codes, npt.NDArray[np.uint64]]:
        """Return the positions, sorted, and their ranks."""
        self._prune()
        if not self._held:
            return np.zeros(0, np.int64), np.zeros(0, np.uint64)
        found = self._held[0]
        order = np.argsort(found.positions)
        return found.positions[order], found.ranks[order]


def _take(some: Ordered, kept: Codes) -> Ordered:
    return Ordered(some.positions[kept], some.cells[kept], some.turns[kept], some.ranks[kept])
