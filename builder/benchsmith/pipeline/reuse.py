"""Reuse of earlier work: whole partitions, or the rows of single images and pictures.

Rows are kept with the digest of everything that they were made from; the stage would make equal
rows from the same digest. The builds of other benchmarks in the same output folder are
searched too, so that a source of two benchmarks is read once.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from benchsmith.core.build_files import INPUTS, MANIFEST, ROW_DIGESTS, STAGES_FOLDER
from benchsmith.tables import coded_columns, record_tables
from benchsmith.tables import compute as pc
from benchsmith.tables.partition import Partition


class ReusableRows(NamedTuple):
    """The rows of one earlier partition that are still valid."""

    folder: Path
    digests: pa.Table
    """Rows of :class:`benchsmith.pipeline.row_digests.RowDigest`."""

    @property
    def stated(self) -> int:
        """How many statements the sources make about these samples."""
        return pc.sum(self.digests["stated"]).as_py() or 0

    def ids(self) -> list[str]:
        """Return the samples or questions whose rows are valid."""
        found: list[str] = self.digests["id"].to_pylist()
        return found

    def rows(self, file: str, column: str) -> Iterator[pa.Table]:
        """Yield, batch by batch, the rows of a table whose `column` is one of the ids."""
        ids = coded_columns.as_array(self.digests["id"])
        for table in record_tables.batches(self.folder / file):
            yield table.filter(pc.is_in(table[column], value_set=ids))


@dataclass(slots=True)
class PreviousBuilds:
    """The finished partitions in an output folder."""

    output: Path
    _listed: dict[str, dict[str, list[Partition]]] = field(default_factory=dict)

    def same(self, partition: Partition) -> Partition | None:
        """Return another benchmark's partition with the same cache key, unless it lost an image."""
        stage, key = partition.folder.parent.name, partition.folder.name
        found = sorted(self.output.glob(f"*/{STAGES_FOLDER}/{stage}/{key}"))
        others = (Partition(f) for f in found if f != partition.folder)
        return next((p for p in others if p.done and not p.lost), None)

    def of(self, stage: str, part: str) -> list[Partition]:
        """Return a stage's finished partitions of one part, the newest first."""
        if stage not in self._listed:
            listed: dict[str, list[tuple[float, str, Partition]]] = {}
            for path in self.output.glob(f"*/{STAGES_FOLDER}/{stage}/*/{MANIFEST}"):
                found = Partition(path.parent)
                written = path.stat().st_mtime
                listed.setdefault(found.manifest().part, []).append((-written, str(path), found))
            self._listed[stage] = {
                part: [p for _, _, p in sorted(each, key=lambda e: e[:2])]
                for part, each in listed.items()
            }
        return self._listed[stage].get(part, [])

    def reusable(self, stage: str, part: str, wanted: Mapping[str, str]) -> Iterator[ReusableRows]:
        """Find the ids of `wanted` whose digest an earlier partition has too, each id once."""
        taken: set[str] = set()
        for found in self.of(stage, part):
            if len(taken) == len(wanted):
                return
            path = found.folder / ROW_DIGESTS
            if not path.is_file():
                continue
            digests = record_tables.read(path)
            columns = (digests[column].to_pylist() for column in ("id", "fingerprint"))
            valid = [
                id_ not in taken and wanted.get(id_) == digest
                for id_, digest in zip(*columns, strict=True)
            ]
            digests = digests.filter(pa.array(valid, pa.bool_()))
            if digests.num_rows:
                taken.update(digests["id"].to_pylist())
                yield ReusableRows(found.folder, digests)


def adopt(same: Partition, partition: Partition) -> None:
    """Link another benchmark's finished partition into this build; copy where links are impossible."""
    with partition.writing() as folder:
        for path in sorted(same.folder.iterdir()):
            if path.name == INPUTS:
                continue
            try:
                os.link(path, folder / path.name)
            except OSError:
                shutil.copyfile(path, folder / path.name)
