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
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from builder import tables
from builder.documents.excerpt import Facts
from builder.documents.lexicon import Window
from builder.model import Case, Choice, Finding, Question, Rejection, Sample
from builder.prepared import Prepared
from builder.resolved import WORDS, words_of
from builder.store import INPUTS, Partition, fingerprint

MADE = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("fingerprint", pa.string(), nullable=False),
        pa.field("stated", pa.int64(), nullable=False),
    ]
)
"""What rows were made of: a sample or a question, its fingerprint, how many things it stated."""
MADE_FILE = "made.parquet"
LOST = pa.schema([pa.field("sample", pa.string(), nullable=False), *tables.schema(Rejection)])
"""Rejections with the sample that they are of, empty for those of no image."""
LOST_FILE = "lost.parquet"


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

    def rows(self, file: str, column: str) -> pa.Table:
        """Return the rows of a table that are of what is taken."""
        table = tables.read(self.folder / file)
        return table.filter(pc.is_in(table[column], value_set=self.made["id"].combine_chunks()))


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
            made = tables.read(path)
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


def ingested(
    p: Prepared,
    samples: Sequence[Sample],
    findings: Sequence[Finding],
    lost: Sequence[tuple[str, Rejection]],
    made: Sequence[Mapping[str, Any]],
    taken: Sequence[Taken],
) -> dict[str, pa.Table]:
    """Return the tables of an ingested source: what was read now, and what is taken over.

    A licence is of the source and not of what was read, so it is put in anew.
    """
    lost_ = pa.Table.from_pylist([{"sample": s, **asdict(r)} for s, r in lost], schema=LOST)
    lost_ = pa.concat_tables([lost_, *(t.rows(LOST_FILE, "sample") for t in taken)])
    rows = pa.concat_tables(
        [tables.to_table(findings, Finding), *(t.rows("rows.parquet", "sample") for t in taken)]
    )
    all_ = pa.concat_tables(
        [tables.to_table(samples, Sample), *(t.rows("samples.parquet", "id") for t in taken)]
    )
    licence = pa.array([p.source.recipe.licence] * all_.num_rows, pa.string())
    place = all_.schema.get_field_index("licence")
    return {
        "rows.parquet": rows,
        "rejected.parquet": lost_.drop_columns(["sample"]),
        "samples.parquet": all_.set_column(place, all_.schema.field(place), licence).sort_by("id"),
        WORDS: words_of(rows),
        MADE_FILE: _made(made, taken),
        LOST_FILE: lost_.sort_by(
            [(c, "ascending") for c in ("sample", "subject", "reason", "detail")]
        ),
    }


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


def rendered(
    results: Iterable[Case | Rejection], wanted: Mapping[str, str], taken: Sequence[Taken]
) -> dict[str, pa.Table]:
    """Return the tables of a rendered source: what was drawn now, and what is taken over."""
    cases: list[Case] = []
    rejected: list[Rejection] = []
    for one in results:
        (rejected if isinstance(one, Rejection) else cases).append(one)  # type: ignore[arg-type]
    made = [{"id": c.question, "fingerprint": wanted[c.question], "stated": 1} for c in cases]
    old = [t.rows("rows.parquet", "question") for t in taken]
    return {
        "rows.parquet": pa.concat_tables([tables.to_table(cases, Case), *old]),
        "rejected.parquet": tables.to_table(rejected, Rejection),
        MADE_FILE: _made(made, taken),
    }


def _made(made: Sequence[Mapping[str, Any]], taken: Sequence[Taken]) -> pa.Table:
    new = pa.Table.from_pylist(list(made), schema=MADE)
    return pa.concat_tables([new, *(t.made for t in taken)]).sort_by("id")
