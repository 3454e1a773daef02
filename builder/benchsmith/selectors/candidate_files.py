"""All candidates, as files of their sources: gone through a part at a time, never held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchsmith.core.model import Sample, Target
from benchsmith.selectors.candidate_columns import OF_SAMPLES
from benchsmith.tables import nouns
from benchsmith.tables.coded_columns import Codes


@dataclass(frozen=True)
class Sources:
    """Targets and samples, a table or a Parquet file of each for each source, by its name.

    A table of targets is in the order of ids. A candidate's *place* is its number when all are counted,
    source by source.
    """

    targets: Sequence[Path | pa.Table]
    samples: Sequence[Path | pa.Table]

    @cached_property
    def firsts(self) -> list[int]:
        """Return the place of each source's first candidate, and how many there are in all."""
        counts = [
            part.num_rows if isinstance(part, pa.Table) else nouns.count(part)
            for part in self.targets
        ]
        return [0, *np.cumsum(counts).tolist()]

    def __len__(self) -> int:
        return self.firsts[-1]

    def batches(self, source: int, columns: Sequence[str]) -> Iterator[tuple[slice, pa.Table]]:
        """Yield a source's candidates a part at a time, with their places."""
        first = self.firsts[source]
        for batch in _batches(self.targets[source], columns):
            yield slice(first, first + batch.num_rows), batch
            first += batch.num_rows

    def samples_of(self, source: int, columns: Sequence[str]) -> Iterator[pa.Table]:
        """Yield columns of a source's samples a part at a time."""
        return _batches(self.samples[source], columns)

    def take(self, places: Codes, columns: Sequence[str]) -> pa.Table:
        """Read some columns of the candidates at some places, which are in order."""
        schema = pa.schema([nouns.schema(Target).field(c) for c in columns])
        found = [schema.empty_table()]
        for source in range(len(self.targets)):
            ends = np.searchsorted(places, self.firsts[source : source + 2])
            if ends[0] == ends[1]:
                continue
            for where, batch in self.batches(source, columns):
                ends = np.searchsorted(places, [where.start, where.stop])
                own = places[ends[0] : ends[1]] - where.start
                if own.size:
                    found.append(batch.take(pa.array(own)).cast(schema))
        return pa.concat_tables(found).combine_chunks()

    def samples_named(self, names: pa.Array) -> pa.Table:
        """Read the samples of some ids, in any order."""
        schema = pa.schema([nouns.schema(Sample).field(c) for c in OF_SAMPLES])
        found = [schema.empty_table()]
        for source in range(len(self.samples)):
            for batch in self.samples_of(source, OF_SAMPLES):
                own = batch.filter(pc.is_in(batch["id"], value_set=names))
                if own.num_rows:
                    found.append(own.cast(schema))
        return pa.concat_tables(found).combine_chunks()


def of(targets: Sequence[Target], samples: Sequence[Sample] = ()) -> Sources:
    """Return rows in memory, in any order, as selection takes them."""
    names = sorted({t.source for t in targets} | {s.source for s in samples})
    ordered = sorted(targets, key=lambda t: t.id)
    return Sources(
        [nouns.to_table((t for t in ordered if t.source == name), Target) for name in names],
        [nouns.to_table((s for s in samples if s.source == name), Sample) for name in names],
    )


def _batches(part: Path | pa.Table, columns: Sequence[str]) -> Iterator[pa.Table]:
    if isinstance(part, Path):
        yield from nouns.batches(part, columns)
        return
    for start in range(0, part.num_rows, nouns.GROUP):
        yield part.select(columns).slice(start, nouns.GROUP)
