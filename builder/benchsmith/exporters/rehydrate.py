"""rehydrate.parquet: questions without pictures, with everything needed to render them again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.core.drawing import drawing_of
from benchsmith.core.model import Choice, Question
from benchsmith.exporters import parquet
from benchsmith.release import public_ids
from benchsmith.release.entry import CaseDetails
from benchsmith.release.model import Release

FILE = "rehydrate.parquet"


def schema(*, paired: bool, skilled: bool = False) -> pa.Schema:
    """Return the columns: those of the cases without the picture, and those needed to draw it.

    They are followed by the prefix of the case's files in `data/`, the public id of the image, the
    SHA-256 of its file and the digest of its pixels, the drawing parameters as JSON, and the SHA-256 of the PNG. `paired` and
    `skilled` are as in :func:`benchsmith.exporters.parquet.schema`.
    """
    columns = parquet.schema(paired=paired, skilled=skilled)
    cases = [field for field in columns if field.name != "image"]
    names = ("cell", "sample", "image_sha256", "image_pixels", "drawing", "picture_sha256")
    return pa.schema([*cases, *(pa.field(name, pa.string()) for name in names)])


def write(release: Release, folder: Path) -> None:
    """Write `rehydrate.parquet`, one row per withheld case; no file if there are none."""
    if not release.withheld:
        return
    table = pa.Table.from_pylist(
        [_row(release, item) for item in release.withheld_items()],
        schema=schema(paired=release.paired, skilled=release.skilled),
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
        "sample": public_ids.of_sample(release.benchmark.seed, choice),
        "image_sha256": item.sample.sha256,
        "image_pixels": item.sample.pixels,
        "drawing": json.dumps(_drawing(q, choice), sort_keys=True),
        "picture_sha256": item.case.png_sha256,
    }


def _drawing(question: Question, choice: Choice) -> dict[str, Any]:
    """Return the parameters of a drawing; a plain picture has no `alteration` and no `form`."""
    drawing = asdict(drawing_of(question, choice))
    return {
        key: value
        for key, value in drawing.items()
        if value is not None or key not in ("alteration", "form")
    }
