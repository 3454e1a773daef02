"""Work that earlier builds did and this one can take over: whole pieces, or single images' rows.

A row that is taken over is what the work would give again, since it is kept with the fingerprint of
all that it was made of. Builds of other benchmarks in the same output folder are looked at too, so
that a source that two of them read is read once.
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

from benchsmith.core.model import Case, Choice, Question, Rejection, Sample
from benchsmith.documents.excerpt import Facts
from benchsmith.documents.lexicon import Window
from benchsmith.pipeline.resolved_words import WORDS, Words
from benchsmith.pipeline.source_files import Prepared
from benchsmith.stages.ingest import Ingested
from benchsmith.tables import coded_columns, nouns
from benchsmith.tables.partition import INPUTS, Partition, fingerprint
from benchsmith.tables.stage_tables import ROWS, SAMPLES, TELLING, Written

MADE_FILE = "made.parquet"
LOST_FILE = "lost.parquet"


@dataclass(frozen=True, slots=True)
class Made:
    """What rows were made of."""

    id: str
    """A sample or a question."""
    fingerprint: str
    stated: int
    """How many things it stated."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A rejection with the sample that it is of, empty for one of no image."""

    sample: str
    stage: str
    source: str
    subject: str
    reason: str
    detail: str


class Taken(NamedTuple):
    """What of an earlier piece of work holds still."""

    folder: Path
    made: pa.Table

    @property
    def stated(self) -> int:
        """How many things what is taken stated."""
        return pc.sum(self.made["stated"]).as_py() or 0

    def ids(self) -> list[str]:
        """Return what is taken."""
        found: list[str] = self.made["id"].to_pylist()
        return found

    def rows(self, file: str, column: str) -> Iterator[pa.Table]:
        """Yield the rows of a table that are of what is taken, a part at a time."""
        held = coded_columns.one(self.made["id"])
        for table in nouns.batches(self.folder / file):
            yield table.filter(pc.is_in(table[column], value_set=held))


@dataclass(slots=True)
class Earlier:
    """The finished work in an output folder."""

    output: Path
    _listed: dict[str, dict[str, list[Partition]]] = field(default_factory=dict)

    def same(self, partition: Partition) -> Partition | None:
        """Return the same piece of work of another benchmark, if it lost no image."""
        stage, name = partition.folder.parent.name, partition.folder.name
        found = sorted(self.output.glob(f"*/stages/{stage}/{name}"))
        pieces = (Partition(f) for f in found if f != partition.folder)
        return next((p for p in pieces if p.done and not p.lost), None)

    def of(self, stage: str, part: str) -> list[Partition]:
        """Return the finished pieces of a stage for a part, the newest first."""
        if stage not in self._listed:
            listed: dict[str, list[tuple[float, str, Partition]]] = {}
            for path in self.output.glob(f"*/stages/{stage}/*/manifest.json"):
                found = Partition(path.parent)
                made = path.stat().st_mtime
                listed.setdefault(found.manifest()["part"], []).append((-made, str(path), found))
            self._listed[stage] = {
                part: [p for _, _, p in sorted(each, key=lambda e: e[:2])]
                for part, each in listed.items()
            }
        return self._listed[stage].get(part, [])

    def take(self, stage: str, part: str, wanted: Mapping[str, str]) -> Iterator[Taken]:
        """Find wanted ids that were made of what they are made of now, each once."""
        left = dict(wanted)
        for found in self.of(stage, part):
            if not left:
                return
            path = found.folder / MADE_FILE
            if not path.is_file():
                continue
            made = nouns.read(path)
            ids, prints = (made[column].to_pylist() for column in ("id", "fingerprint"))
            held = [left.get(id_) == print_ for id_, print_ in zip(ids, prints, strict=True)]
            made = made.filter(pa.array(held, pa.bool_()))
            if made.num_rows:
                for id_ in made["id"].to_pylist():
                    del left[id_]
                yield Taken(found.folder, made)


def adopt(same: Partition, partition: Partition) -> None:
    """Make another benchmark's piece of work this one's too; the files are shared where they can be."""
    with partition.writing() as folder:
        for path in sorted(same.folder.iterdir()):
            if path.name == INPUTS:
                continue
            try:
                os.link(path, folder / path.name)
            except OSError:
                shutil.copyfile(path, folder / path.name)


def made_of(p: Prepared, inputs: Facts) -> dict[str, str]:
    """Return, by sample, the fingerprint of all that ingest makes its rows of."""
    shared = ("program", "library ", "the benchmark: ")
    base = {fact: value for fact, value in inputs.items() if fact.startswith(shared)}
    return {sample: fingerprint(base, read) for sample, read in p.reads.items()}


class Ingesting:
    """The tables of a source while it is read: what is read now, and what is taken over."""

    def __init__(self, written: Written, licence: str, rejected: Sequence[Rejection]) -> None:
        """Begin with what was `rejected` before anything is read."""
        self._written, self._licence = written, licence
        self.samples = written.more(SAMPLES, Sample)
        self._made = written.more(MADE_FILE, Made)
        self._missed = written.more(LOST_FILE, Missed, ("sample", *TELLING))
        words = Words()
        written.sum_up(WORDS, words.add, words.table)
        self._leave_out("", rejected)

    def add(self, one: Ingested, wanted: Mapping[str, str]) -> None:
        """Take what was read of an image; `wanted` are fingerprints by sample."""
        self.samples.add(one.samples)
        self._written.kept.add(one.findings)
        self._leave_out(one.sample, one.rejected)
        self._written.rows_in += one.stated
        if one.sample:
            self._made.add([Made(one.sample, wanted[one.sample], one.stated)])

    def take(self, taken: Taken) -> None:
        """Take over rows; a licence is of the source and not of what was read: it is put in anew."""
        for table in taken.rows(ROWS, "sample"):
            self._written.kept.add_table(table)
        for table in taken.rows(SAMPLES, "id"):
            own = pa.repeat(pa.scalar(self._licence), table.num_rows)
            self.samples.add_table(coded_columns.replaced(table, "licence", own))
        for table in taken.rows(LOST_FILE, "sample"):
            self._missed.add_table(table)
            self._written.rejected.add_table(table.drop_columns(["sample"]))
        self._made.add_table(taken.made)
        self._written.rows_in += taken.stated

    def _leave_out(self, sample: str, rejected: Sequence[Rejection]) -> None:
        self._written.rejected.add(rejected)
        self._missed.add(
            Missed(sample, r.stage, r.source, r.subject, r.reason, r.detail) for r in rejected
        )


def drawn_of(
    p: Prepared,
    inputs: Facts,
    questions: Iterable[Question],
    choices: Mapping[str, Choice],
    windows: Mapping[str, Window],
) -> dict[str, str]:
    """Return, by question, the fingerprint of all that render makes its picture of."""
    after = ("ask ", "ingest ", "lexicon/")
    base = {fact: value for fact, value in inputs.items() if not fact.startswith(after)}
    shown = {id_: fingerprint(asdict(window)) for id_, window in windows.items()}
    found = {}
    for q in questions:
        c = choices[q.target]
        plane = (c.kind, c.layer, c.value, c.axis, c.index, c.crop and asdict(c.crop), c.window)
        read = p.reads[q.sample]
        found[q.id] = fingerprint(base, read, q.id, q.view, plane, shown.get(c.window))
    return found


class Rendering:
    """The tables of a source while its pictures are drawn: what is drawn now, what is taken over."""

    def __init__(self, written: Written) -> None:
        self._written = written
        self._made = written.more(MADE_FILE, Made)

    def add(self, drawn: Sequence[Case | Rejection], wanted: Mapping[str, str]) -> None:
        """Take what was drawn of an image; `wanted` are fingerprints by question."""
        self._written.add(drawn)
        self._made.add(
            Made(case.question, wanted[case.question], 1)
            for case in drawn
            if isinstance(case, Case)
        )

    def take(self, taken: Taken) -> None:
        """Take over pictures."""
        for table in taken.rows(ROWS, "question"):
            self._written.kept.add_table(table)
        self._made.add_table(taken.made)
