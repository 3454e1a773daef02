"""Parquet splits that `datasets.load_dataset` and the Hub's viewer open with typed features."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from builder.chance import public_id
from builder.exporters.columns import letters
from builder.release import Item, Release

ROW_GROUP = 100
"""Pictures a row group: what a viewer fetches for one page."""
TEXTS = ("id", "question", "answer", "label", "task", "department", "modality", "granularity",
         "split", "source", "licence", "target", "answers", "mirror", "group")  # fmt: skip

SCHEMA = pa.schema(
    [
        pa.field("id", pa.string()),
        pa.field("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
        pa.field("question", pa.string()),
        pa.field("options", pa.list_(pa.string())),
        *(pa.field(name, pa.string()) for name in TEXTS[2:]),
    ]
)


def features() -> dict[str, Any]:
    """Return the columns' types as the datasets library writes them down."""
    text = {"dtype": "string", "_type": "Value"}
    found: dict[str, Any] = dict.fromkeys(SCHEMA.names, text)
    found["image"] = {"_type": "Image"}
    found["options"] = {"feature": text, "_type": "List"}
    return found


def write(release: Release, folder: Path) -> None:
    """Write `data/<split>-00000-of-00001.parquet`, a group of rows at a time."""
    (folder / "data").mkdir()
    meta = {"huggingface": json.dumps({"info": {"features": features()}})}
    schema = SCHEMA.with_metadata(meta)
    for split in release.splits():
        path = folder / "data" / f"{split}-00000-of-00001.parquet"
        rows = (_row(release, item) for item in release.items(split))
        with pq.ParquetWriter(path, schema, compression="zstd", write_page_index=True,
                              write_page_checksum=True) as writer:  # fmt: skip
            for group in _groups(rows):
                writer.write_table(pa.Table.from_pylist(group, schema=schema))


def _groups(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while group := list(islice(rows, ROW_GROUP)):
        yield group


def _row(release: Release, item: Item) -> dict[str, Any]:
    lexicon, question = release.lexicon, item.question
    return {
        "id": item.case.id,
        "image": {"bytes": item.case.png, "path": f"{item.case.id}.png"},
        "question": question.question,
        "options": list(question.options),
        "answer": letters(question.answers),
        "label": "; ".join(question.options[a] for a in question.answers),
        "task": lexicon.tasks[question.task].name,
        "department": lexicon.departments[question.department].name,
        "modality": lexicon.modalities[question.modality].name,
        "granularity": question.view,
        "split": question.split,
        "source": question.source,
        "licence": item.sample.licence,
        "target": public_id(release.benchmark.seed, question.target),
        "answers": "several" if question.several else "one",
        "mirror": public_id(release.benchmark.seed, question.mirror) if question.mirror else None,
        "group": public_id(release.benchmark.seed, item.choice.cluster or item.sample.patient),
    }
