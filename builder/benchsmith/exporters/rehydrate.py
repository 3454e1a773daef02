"""rehydrate.parquet: questions without pictures, with everything needed to render them again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.core.model import drawing_of
from benchsmith.core.random_order import public_id
from benchsmith.exporters import parquet
from benchsmith.release.entry import CaseDetails
from benchsmith.release.model import Release

FILE = "rehydrate.parquet"
CASE_FIELDS = [field for field in parquet.SCHEMA if field.name != "image"]
SCHEMA = pa.schema(
    [
        *CASE_FIELDS,
        pa.field("cell", pa.string()),
        pa.field("sample", pa.string()),
        pa.field("image_sha256", pa.string()),
        pa.field("drawing", pa.string()),
        pa.field("picture_sha256", pa.string()),
    ]
)
"""The columns of the cases, followed by: the prefix of the case's files in `data/`, the public id of
the image and the SHA-256 of its file, the drawing parameters as JSON, and the SHA-256 of the PNG."""


def write(release: Release, folder: Path) -> None:
    """Write `rehydrate.parquet`, one row per withheld case; no file if there are none."""
    if not release.withheld:
        return
    table = pa.Table.from_pylist(
        [_row(release, item) for item in release.withheld_items()], schema=SCHEMA
    )
    b = release.benchmark
    used = {release.choices[q.target].window for q in release.withheld}
    windows = [asdict(w) for w in release.lexicon.windows if w.id in used]
    meta = {
        "seed": str(b.seed),
        "long_side": str(b.picture.long_side),
        "intensity": b.picture.intensity,
        "windows": json.dumps(windows, sort_keys=True),
    }
    pq.write_table(table.replace_schema_metadata(meta), folder / FILE, compression="zstd")


def _row(release: Release, item: CaseDetails) -> parquet.Row:
    q, choice = item.question, item.choice
    columns = parquet.row(release, release.entry(item))
    del columns["image"]
    return {
        **columns,
        "cell": parquet.stem(q.split, q.task, q.department),
        "sample": public_id(release.benchmark.seed, item.sample.id),
        "image_sha256": item.sample.sha256,
        "drawing": json.dumps(asdict(drawing_of(q, choice)), sort_keys=True),
        "picture_sha256": item.case.png_sha256,
    }
