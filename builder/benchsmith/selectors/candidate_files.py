"""All candidates as one file per source, read in batches: they need not fit into memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchsmith.core.model import Sample, Target
from benchsmith.selectors.candidate_columns import SAMPLE_COLUMNS
from benchsmith.tables import compute as pc
from benchsmith.tables import record_tables
from benchsmith.tables.coded_columns import Codes

KEPT_BYTES = 4 << 20
"""Files that are smaller than this together are read once, and kept: the selection comes back to
them in every round."""


@dataclass(frozen=True)
class CandidateFiles:
    """For each source, in the order of names: its targets and its samples, as table or Parquet file.

    Targets are sorted by id. A candidate's *position* is its row number over all sources, counted
    source by source.
    """

    targets: Sequence[Path | pa.Table]
    samples: Sequence[Path | pa.Table]
    disputed: Sequence[pa.Table | None] = ()
    """Rows of Label of the samples that have labels which their copies with equal pixels deny, as if nobody had
    denied them: the targets lack these labels. None for a source without any."""

    @cached_property
    def offsets(self) -> list[int]:
        """Return the position of each source's first candidate, followed by the total count."""
        counts = [
            table.num_rows if isinstance(table, pa.Table) else record_tables.count(table)
            for table in self.targets
        ]
        return [0, *np.cumsum(counts).tolist()]

    @cached_property
    def _small(self) -> dict[Path, pa.Table]:
        """Return the tables of all files, by path, if they are small together; otherwise none."""
        paths = {file for file in (*self.targets, *self.samples) if isinstance(file, Path)}
        if sum(path.stat().st_size for path in paths) > KEPT_BYTES:
            return {}
        return {path: record_tables.read(path) for path in paths}

    def _batches(self, table: Path | pa.Table, columns: Sequence[str]) -> Iterator[pa.Table]:
        if isinstance(table, Path):
            if table not in self._small:
                yield from record_tables.batches(table, columns)
                return
            table = self._small[table]
        for start in range(0, table.num_rows, record_tables.GROUP):
            yield table.select(columns).slice(start, record_tables.GROUP)

    def __len__(self) -> int:
        return self.offsets[-1]

    def batches(self, source: int, columns: Sequence[str]) -> Iterator[tuple[slice, pa.Table]]:
        """Yield a source's candidates in batches, each with the slice of its positions."""
        start = self.offsets[source]
        for batch in self._batches(self.targets[source], columns):
            yield slice(start, start + batch.num_rows), batch
            start += batch.num_rows

    def sample_batches(self, source: int, columns: Sequence[str]) -> Iterator[pa.Table]:
        """Yield columns of a source's samples in batches."""
        return self._batches(self.samples[source], columns)

    def disputed_of(self, source: int) -> pa.Table | None:
        """Return a source's rows of `disputed`."""
        return self.disputed[source] if self.disputed else None

    def take(self, positions: Codes, columns: Sequence[str]) -> pa.Table:
        """Read columns of the candidates at some positions, which must be sorted."""
        schema = pa.schema([record_tables.schema(Target).field(c) for c in columns])
        found = [schema.empty_table()]
        for source in range(len(self.targets)):
            ends = np.searchsorted(positions, self.offsets[source : source + 2])
            if ends[0] == ends[1]:
                continue
            for where, batch in self.batches(source, columns):
                ends = np.searchsorted(positions, [where.start, where.stop])
                own = positions[ends[0] : ends[1]] - where.start
                if own.size:
                    found.append(batch.take(pa.array(own)).cast(schema))
        return pa.concat_tables(found).combine_chunks()

    def samples_by_id(self, ids: pa.Array) -> pa.Table:
        """Read `SAMPLE_COLUMNS` of the samples with these ids, in any order."""
        schema = pa.schema([record_tables.schema(Sample).field(c) for c in SAMPLE_COLUMNS])
        found = [schema.empty_table()]
        for source in range(len(self.samples)):
            for batch in self.sample_batches(source, SAMPLE_COLUMNS):
                own = batch.filter(pc.is_in(batch["id"], value_set=ids))
                if own.num_rows:
                    found.append(own.cast(schema))
        return pa.concat_tables(found).combine_chunks()


def from_rows(targets: Sequence[Target], samples: Sequence[Sample] = ()) -> CandidateFiles:
    """Group rows in memory, given in any order, by source."""
    names = sorted({t.source for t in targets} | {s.source for s in samples})
    ordered = sorted(targets, key=lambda t: t.id)
    return CandidateFiles(
        [
            record_tables.to_table((t for t in ordered if t.source == name), Target)
            for name in names
        ],
        [
            record_tables.to_table((s for s in samples if s.source == name), Sample)
            for name in names
        ],
    )
