"""Answers and provenance of hidden cases, for scoring; never part of a release."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.exporters import parquet, provenance
from benchsmith.release.columns import letters
from benchsmith.release.entry import CaseDetails
from benchsmith.release.model import Release

SCHEMA = pa.schema(
    [
        pa.field(name, pa.list_(pa.string()) if name == "options" else pa.string())
        for name in ("id", "split", "question", "options", "answer", "label", "answers", "task",
                     "department", "modality", "granularity", "source", "licence", "target",
                     "group", "mirror", "case")
    ]
)  # fmt: skip
"""`case` is the question's id in the stages' tables, for `benchsmith explain`. Counterfactual questions
add `pair` and `altered`, questions of other skills than recognition `skill`."""
ROWS_PER_WRITE = 1000


def write(release: Release, folder: Path) -> None:
    """Write `answers.parquet` and `provenance.parquet` of all hidden cases, in the release's order.

    `release` is the full release and not the result of :meth:`Release.public`.
    """
    folder.mkdir(exist_ok=True)
    for name, schema, row in (
        ("answers", _schema(release), _row),
        (
            "provenance",
            provenance.schema(paired=release.paired, skilled=release.skilled),
            provenance.row,
        ),
    ):
        rows: list[dict[str, object]] = []
        with pq.ParquetWriter(
            folder / f"{name}.parquet", schema, compression="zstd", write_page_checksum=True
        ) as writer:
            for item in _hidden(release):
                rows.append(row(release, item))
                if len(rows) == ROWS_PER_WRITE:
                    writer.write_table(pa.Table.from_pylist(rows, schema=schema))
                    rows = []
            if rows:
                writer.write_table(pa.Table.from_pylist(rows, schema=schema))


def _schema(release: Release) -> pa.Schema:
    more = parquet.more_columns(paired=release.paired, skilled=release.skilled)
    return pa.schema([*SCHEMA, *(pa.field(name, pa.string()) for name in more)])


def _hidden(release: Release) -> Iterator[CaseDetails]:
    for split in release.hidden:
        yield from release.items(split)


def _row(release: Release, item: CaseDetails) -> dict[str, object]:
    lexicon, q = release.lexicon, item.question
    entry = release.entry(item)
    key = entry.key
    assert key is not None
    return {
        "id": entry.id,
        "split": q.split,
        "question": q.question,
        "options": list(q.options),
        "answer": letters(key.answers),
        "label": entry.label,
        "answers": "several" if q.several else "one",
        "task": lexicon.tasks[q.task].name,
        "department": lexicon.departments[key.department].name,
        "modality": lexicon.modalities[q.modality].name,
        "granularity": q.view,
        "source": key.source,
        "licence": key.licence,
        "target": key.target,
        "group": key.group,
        "mirror": key.mirror or None,
        "case": q.id,
        "pair": key.pair or None,
        "altered": key.altered or None,
        "skill": q.skill,
    }
