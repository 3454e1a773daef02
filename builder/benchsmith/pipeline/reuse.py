"""Reuse of earlier work: whole partitions, or the rows of single images and pictures.

Rows are kept with the digest of everything that they were made from; rows with the same digest are
what the stage would make again. The builds of other benchmarks in the same output folder are
searched too, so that a source of two benchmarks is read once.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from benchsmith.core.build_files import (
    INPUTS,
    MANIFEST,
    REJECTED_SAMPLES,
    ROW_DIGESTS,
    ROWS,
    SAMPLES,
    STAGES_FOLDER,
    WORDS,
)
from benchsmith.core.model import Case, Choice, Question, Rejection, Sample
from benchsmith.documents.lexicon import Window
from benchsmith.pipeline.resolved_words import WordCollector
from benchsmith.pipeline.source_files import SourceFiles
from benchsmith.stages.ingest import Ingested
from benchsmith.tables import coded_columns, nouns
from benchsmith.tables.facts import Facts
from benchsmith.tables.partition import Partition, fingerprint
from benchsmith.tables.stage_tables import REJECTION_KEYS, StageWriter


@dataclass(frozen=True, slots=True)
class RowDigest:
    """The digest of everything that the rows of one sample or question were made from."""

    id: str
    """A sample or a question."""
    fingerprint: str
    stated: int
    """How many things the source states of a sample; 1 for a question."""


@dataclass(frozen=True, slots=True)
class SampleRejection:
    """A rejection with its sample; `sample` is empty for one that is of no image."""

    sample: str
    stage: str
    source: str
    subject: str
    reason: str
    detail: str


class ReusableRows(NamedTuple):
    """The rows of one earlier partition that are still valid."""

    folder: Path
    digests: pa.Table
    """Rows of :class:`RowDigest`."""

    @property
    def stated(self) -> int:
        """How many things the sources state of these samples."""
        return pc.sum(self.digests["stated"]).as_py() or 0

    def ids(self) -> list[str]:
        """Return the samples or questions whose rows are valid."""
        found: list[str] = self.digests["id"].to_pylist()
        return found

    def rows(self, file: str, column: str) -> Iterator[pa.Table]:
        """Yield, batch by batch, the rows of a table whose `column` is one of the ids."""
        ids = coded_columns.as_array(self.digests["id"])
        for table in nouns.batches(self.folder / file):
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
        left = dict(wanted)
        for found in self.of(stage, part):
            if not left:
                return
            path = found.folder / ROW_DIGESTS
            if not path.is_file():
                continue
            digests = nouns.read(path)
            columns = (digests[column].to_pylist() for column in ("id", "fingerprint"))
            valid = [left.get(id_) == digest for id_, digest in zip(*columns, strict=True)]
            digests = digests.filter(pa.array(valid, pa.bool_()))
            if digests.num_rows:
                for id_ in digests["id"].to_pylist():
                    del left[id_]
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


def ingest_digests(files: SourceFiles, inputs: Facts) -> dict[str, str]:
    """Return, by sample, the digest of everything that ingest makes its rows from."""
    shared = ("program", "library ", "the benchmark: ")
    base = {fact: value for fact, value in inputs.items() if fact.startswith(shared)}
    return {sample: fingerprint(base, read) for sample, read in files.sample_digests.items()}


class IngestTables:
    """The tables of a source during ingest: rows that are read now, and reused rows."""

    def __init__(self, writer: StageWriter, licence: str, rejected: Sequence[Rejection]) -> None:
        """Begin with the rejections that were found before any image was read."""
        self._writer, self._licence = writer, licence
        self.samples = writer.more(SAMPLES, Sample)
        self._digests = writer.more(ROW_DIGESTS, RowDigest)
        self._rejected = writer.more(REJECTED_SAMPLES, SampleRejection, ("sample", *REJECTION_KEYS))
        words = WordCollector()
        writer.summarise(WORDS, words.add, words.table)
        self._reject("", rejected)

    def add(self, one: Ingested, digests: Mapping[str, str]) -> None:
        """Add what was read of an image; `digests` are by sample."""
        self.samples.add(one.samples)
        self._writer.kept.add(one.findings)
        self._reject(one.sample, one.rejected)
        self._writer.rows_in += one.stated
        if one.sample:
            self._digests.add([RowDigest(one.sample, digests[one.sample], one.stated)])

    def reuse(self, rows: ReusableRows) -> None:
        """Add earlier rows, with today's licence: it may change without the files."""
        for table in rows.rows(ROWS, "sample"):
            self._writer.kept.add_table(table)
        for table in rows.rows(SAMPLES, "id"):
            licence = pa.repeat(pa.scalar(self._licence), table.num_rows)
            self.samples.add_table(coded_columns.replace_column(table, "licence", licence))
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


def render_digests(
    files: SourceFiles,
    inputs: Facts,
    questions: Iterable[Question],
    choices: Mapping[str, Choice],
    windows: Mapping[str, Window],
) -> dict[str, str]:
    """Return, by question, the digest of everything that its picture is made from."""
    upstream = ("ask ", "ingest ", "lexicon/")
    base = {fact: value for fact, value in inputs.items() if not fact.startswith(upstream)}
    window_digests = {id_: fingerprint(asdict(window)) for id_, window in windows.items()}
    found = {}
    for q in questions:
        c = choices[q.target]
        plane = (c.kind, c.layer, c.value, c.axis, c.index, c.crop and asdict(c.crop), c.window)
        read = files.sample_digests[q.sample]
        found[q.id] = fingerprint(base, read, q.id, q.view, plane, window_digests.get(c.window))
    return found


class RenderTables:
    """The tables of a source during render: pictures that are drawn now, and reused pictures."""

    def __init__(self, writer: StageWriter) -> None:
        self._writer = writer
        self._digests = writer.more(ROW_DIGESTS, RowDigest)

    def add(self, drawn: Sequence[Case | Rejection], digests: Mapping[str, str]) -> None:
        """Add what was drawn of an image; `digests` are by question."""
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
