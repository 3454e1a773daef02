"""What becomes of all candidates before some are looked at closely: a byte each is all that is held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from benchsmith.core.chance import ranks
from benchsmith.documents.axes import DIMENSION, OF_TARGETS, value
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.blind_answers import Tried
from benchsmith.documents.query import Query
from benchsmith.selectors.candidate_columns import Index, batch
from benchsmith.selectors.candidate_files import Sources
from benchsmith.selectors.people import People, trained
from benchsmith.selectors.quality_floors import poor
from benchsmith.selectors.take_turns import turns, within
from benchsmith.tables import coded_columns
from benchsmith.tables.coded_columns import Codes, combine_codes

AT_ONCE = 2_000_000
"""Candidates of one source that are put in order at once; of more, some answers at a time."""
CELL = ("task", "label", "modality")
"""A short list is of one answer in one modality."""
READ = ("kind", "share", "seen", "patient", *CELL)
Fates = npt.NDArray[np.uint8]
SHORT, OUTSIDE, TRAINED, BLIND, BEYOND, POOR = range(6)
"""What became of a candidate; from `POOR` on, the number of the floor that it fell under."""


@dataclass(frozen=True)
class Judged:
    """What becomes of some candidates, each looked at alone."""

    fate: Fates
    good: npt.NDArray[np.bool_]
    """Who may be on the short list."""
    blind: int
    """How many were solved blind, whatever else is wrong with them."""


@dataclass(frozen=True)
class Sieved:
    """What becomes of all candidates."""

    fate: Fates
    """By place."""
    places: Codes
    """Of those on the short list, in order."""
    ranks: npt.NDArray[np.uint64]
    """Theirs."""
    blind: int
    """As in :class:`Judged`."""


@dataclass(frozen=True)
class Sieve:
    """How candidates are judged one by one."""

    sources: Sources
    benchmark: Benchmark
    query: Query | None
    people: People
    solved: Mapping[str, Tried]
    """What was solved blind, by target."""

    def fields(self) -> list[str]:
        """Return the columns that are read of every candidate."""
        asked = (
            {field(t.axis) for t in self.query.terms if t.axis in OF_TARGETS} if self.query else ()
        )
        return sorted({*READ, *asked, *(("id",) if self.solved else ())})

    def judged(self, rows: pa.Table, train: pa.Array | None) -> Judged:
        """Judge some candidates; `train` are patients of a training part."""
        index = batch(rows)
        fate = np.full(len(index), BEYOND, np.uint8)
        good = np.ones(len(index), bool)
        # the first reason counts: they are set from the last to the first
        blind = self._blind(rows)
        fate[blind] = BLIND
        good[blind] = False
        if train is not None:
            bad = np.asarray(pc.is_in(coded_columns.as_array(rows["patient"]), value_set=train))
            fate[bad] = TRAINED
            good &= ~bad
        floors = poor(index, self.benchmark.quality, self.benchmark.picture.long_side)
        for number, (_, bad, _, _) in reversed(list(enumerate(floors))):
            fate[bad] = POOR + number
            good &= ~bad
        if self.query is not None:
            fate[~accepted(index, self.query)] = OUTSIDE
        return Judged(fate, good, len(blind))

    @cached_property
    def _ids(self) -> pa.Array:
        return pa.array(sorted(self.solved), pa.string())

    def _blind(self, rows: pa.Table) -> Codes:
        """Return what was solved blind, unless it is called otherwise now than it was then."""
        if not self.solved:
            return np.zeros(0, np.int64)
        found = np.flatnonzero(pc.is_in(coded_columns.as_array(rows["id"]), value_set=self._ids))
        there = rows.select(["id", "label", "task", "modality"]).take(pa.array(found)).to_pylist()
        same = []
        for place, row in zip(found.tolist(), there, strict=True):
            tried = self.solved[row["id"]]
            then = {"label": tried.label, "task": tried.task, "modality": tried.modality}
            if all(row[name] == word for name, word in then.items()):
                same.append(place)
        return np.array(same, np.int64)


def accepted(index: Index, query: Query | None) -> npt.NDArray[np.bool_]:
    """Return which candidates a query accepts; each word of a column is asked about once."""
    found = np.ones(len(index), bool)
    for term in query.terms if query is not None else ():
        if term.axis in OF_TARGETS:
            column = index.named(field(term.axis))
            rows = [SimpleNamespace(**{field(term.axis): name}) for name in column.names]
            holds = [term.accepts(value(row, term.axis)) for row in rows]
            found &= np.array(holds, dtype=bool)[column.codes]
    return found


def field(axis: str) -> str:
    """Return the column that an axis of a query is read from."""
    return "axis" if axis == DIMENSION else axis


def sieved(sieve: Sieve) -> Sieved:
    """Judge all candidates and find those on the short list.

    Of each (task, label, modality) the list has up to `quota.shortlist`: sources take turns, in a
    source patients, then samples and axes; equals go by rank. Who is behind so many others of his
    own source is so among all, so that a source is pruned before the next one is read, and what
    remains is what the whole would give.
    """
    sources, size = sieve.sources, sieve.benchmark.quota.shortlist
    fate = np.zeros(len(sources), np.uint8)
    cells: dict[tuple[str, ...], int] = {}
    best = _Best(size)
    blind = 0
    exclude = sieve.benchmark.split.official == "exclude-train"
    learnt = trained(sources, sieve.people) if exclude else None
    for source in range(len(sources.targets)):
        first = sources.firsts[source]
        train = next(learnt) if learnt else None
        cell = np.full(sources.firsts[source + 1] - first, -1, np.int32)
        for where, rows in sources.batches(source, sieve.fields()):
            judged = sieve.judged(rows, train)
            fate[where] = judged.fate
            blind += judged.blind
            own = np.where(judged.good, _cells(rows, cells), -1)
            cell[where.start - first : where.stop - first] = own
        for some in _parted(cell):
            best.add(*_first(sieve, source, cell, some, size))
    places, order = best.found()
    fate[places] = SHORT
    return Sieved(fate, places, order, blind)


def _cells(rows: pa.Table, cells: dict[tuple[str, ...], int]) -> npt.NDArray[np.int32]:
    """Return each candidate's cell as a number that is the same for all sources."""
    words = [coded_columns.encode_names(rows[name]) for name in CELL]
    own = combine_codes(*(w.codes for w in words))
    first = np.unique(own, return_index=True)[1].tolist()
    numbers = [
        cells.setdefault(tuple(w.names[w.codes[row]] for w in words), len(cells)) for row in first
    ]
    return np.array(numbers, np.int32)[own]


def _parted(cell: npt.NDArray[np.int32]) -> Iterator[npt.NDArray[np.bool_]]:
    """Part a source's cells so that at most `AT_ONCE` candidates are in one, or one cell is."""
    counts = np.bincount(cell[cell >= 0], minlength=1)
    part = np.cumsum(counts) // AT_ONCE
    for one in np.unique(part[counts > 0]).tolist():
        yield (part == one) & (counts > 0)


def _first(
    sieve: Sieve, source: int, cell: npt.NDArray[np.int32], some: npt.NDArray[np.bool_], size: int
) -> tuple[Codes, Codes, Codes, npt.NDArray[np.uint64]]:
    """Return the first `size` of some cells in a source: places, cells, turns and ranks."""
    first = sieve.sources.firsts[source]
    places: list[Codes] = []
    order: list[npt.NDArray[np.uint64]] = []
    names: dict[str, list[pa.Array]] = {"patient": [], "sample": [], "axis": []}
    wanted = np.append(some, False)[cell]
    for where, rows in sieve.sources.batches(source, ["id", *names]):
        own = np.flatnonzero(wanted[where.start - first : where.stop - first])
        if not own.size:
            continue
        taken = rows.take(pa.array(own))
        places.append(own + where.start)
        hashed = ranks(sieve.benchmark.seed, ("target",), taken["id"].to_pylist())
        order.append(np.frombuffer(hashed, dtype=">u8").astype(np.uint64))
        for name, found in names.items():
            found.append(coded_columns.as_array(taken[name]).dictionary_encode())
    where_, rank = np.concatenate(places), np.concatenate(order)
    levels = [cell[where_ - first].astype(np.int64)]
    for found in names.values():
        whole = coded_columns.as_array(pa.chunked_array(found).unify_dictionaries())
        levels.append(np.asarray(whole.indices).astype(np.int64))
    turn = turns(levels, rank)
    kept = np.flatnonzero(turn < size)
    return where_[kept], levels[0][kept], turn[kept], rank[kept]


class _Best:
    """The first of each cell by turn and rank, of all that was added."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: list[tuple[Codes, Codes, Codes, npt.NDArray[np.uint64]]] = []
        self._count = 0

    def add(self, places: Codes, cells: Codes, turn: Codes, rank: npt.NDArray[np.uint64]) -> None:
        self._held.append((places, cells, turn, rank))
        self._count += len(places)
        if self._count > AT_ONCE:
            self._prune()

    def _prune(self) -> None:
        if not self._held:
            return
        places, cells, turn, rank = (np.concatenate(c) for c in zip(*self._held, strict=True))
        kept = np.flatnonzero(within(cells, turn, rank) < self._size)
        self._held = [(places[kept], cells[kept], turn[kept], rank[kept])]
        # pruned again only when as much has come as there is
        self._count = 0

    def found(self) -> tuple[Codes, npt.NDArray[np.uint64]]:
        """Return places, in their order, and ranks."""
        self._prune()
        if not self._held:
            return np.zeros(0, np.int64), np.zeros(0, np.uint64)
        places, _, _, rank = self._held[0]
        order = np.argsort(places)
        return places[order], rank[order]
