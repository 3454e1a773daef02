"""The tables of ingest and render, filled from newly read images and from reused rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from benchsmith.core.build_files import (
    REJECTED_SAMPLES,
    ROW_DIGESTS,
    ROWS,
    SAMPLES,
    SHAPES,
    STRUCTURES,
    WORDS,
)
from benchsmith.core.model import Case, Rejection, Sample
from benchsmith.core.structures import StructureFacts, StructureShape
from benchsmith.pipeline.resolved_words import WordCollector
from benchsmith.pipeline.reuse import ReusableRows
from benchsmith.pipeline.row_digests import RowDigest
from benchsmith.stages.ingest import Ingested
from benchsmith.tables import coded_columns, record_tables
from benchsmith.tables.stage_tables import REJECTION_KEYS, StageWriter


@dataclass(frozen=True, slots=True)
class SampleRejection:
    """A rejection with its sample; `sample` is empty for one that belongs to no image."""

    sample: str
    stage: str
    source: str
    subject: str
    reason: str
    detail: str


class IngestTables:
    """The tables of a source during ingest: rows that are read now, and reused rows."""

    def __init__(
        self,
        writer: StageWriter,
        licence: str,
        rejected: Sequence[Rejection],
        *,
        facts: bool = False,
    ) -> None:
        """Begin with the rejections that were found before any image was read."""
        self._writer, self._licence = writer, licence
        self.samples = writer.more(SAMPLES, Sample)
        self._digests = writer.more(ROW_DIGESTS, RowDigest)
        self._rejected = writer.more(REJECTED_SAMPLES, SampleRejection, ("sample", *REJECTION_KEYS))
        self._structures = writer.more(STRUCTURES, StructureFacts) if facts else None
        self._shapes = writer.more(SHAPES, StructureShape) if facts else None
        self._gathered = {
            "samples": self.samples, "findings": writer.kept,
            "structures": self._structures, "shapes": self._shapes,
        }  # fmt: skip
        words = WordCollector()
        writer.summarise(WORDS, words.add, words.table)
        self.samples.observers.append(words.add_denied)
        self._reject("", rejected)

    def add(self, one: Ingested, digest: str) -> None:
        """Add the rows of an image that was read; `digest` is that of everything that its rows are made from."""
        # workers gather the rows of most images into tables, and `one` has none of these
        if one.samples:
            self.samples.add(one.samples)
        if one.findings:
            self._writer.kept.add(one.findings)
        if one.rejected:
            self._reject(one.sample, one.rejected)
        if self._structures and self._shapes and (one.structures or one.shapes):
            self._structures.add(one.structures)
            self._shapes.add(one.shapes)
        for name, data in one.tables.items():
            to = self._gathered[name]
            if to is not None:
                to.add_table(record_tables.from_bytes(data))
        self._writer.rows_in += one.stated
        if one.sample:
            self._digests.add([RowDigest(one.sample, digest, one.stated)])

    def reuse(self, rows: ReusableRows) -> None:
        """Add earlier rows, with the current licence, which may change without the files."""
        for table in rows.rows(ROWS, "sample"):
            self._writer.kept.add_table(table)
        for table in rows.rows(SAMPLES, "id"):
            licence = pa.repeat(pa.scalar(self._licence), table.num_rows)
            self.samples.add_table(coded_columns.replace_column(table, "licence", licence))
        for file, tables in ((STRUCTURES, self._structures), (SHAPES, self._shapes)):
            if tables:
                for table in rows.rows(file, "sample"):
                    tables.add_table(table)
        for table in rows.rows(REJECTED_SAMPLES, "sample"):
            self._rejected.add_table(table)
            self._writer.rejected.add_table(table.drop_columns(["sample"]))
        self._digests.add_table(rows.digests)
        self._writer.rows_in += rows.stated

    def _reject(self, sample: str, rejected: Sequence[Rejection]) -> None:
        self._writer.rejected.add(rejected)
        self._rejected.add(
            SampleRejection(sample, r.stage, r.source, r.subject, r.reason, r.detail)
            for r in rejected
        )


class RenderTables:
    """The tables of a source during render: pictures that are drawn now, and reused pictures."""

    def __init__(self, writer: StageWriter) -> None:
        self._writer = writer
        self._digests = writer.more(ROW_DIGESTS, RowDigest)

    def add(self, drawn: Sequence[Case | Rejection], digests: Mapping[str, str]) -> None:
        """Add the pictures drawn from an image; `digests` are by question."""
        self._writer.add(drawn)
        self._digests.add(
            RowDigest(case.question, digests[case.question], 1)
            for case in drawn
            if isinstance(case, Case)
        )

    def reuse(self, rows: ReusableRows) -> None:
        """Add earlier pictures."""
        for table in rows.rows(ROWS, "question"):
            self._writer.kept.add_table(table)
        self._digests.add_table(rows.digests)
