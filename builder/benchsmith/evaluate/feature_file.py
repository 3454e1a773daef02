"""Feature files: `features/<name>.parquet`, one row per case and one row per option text.

The file's metadata names the encoder and the templates. A picture is identified by the digest of its
bytes, so that features of unchanged pictures are reused in another version of a release.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.evaluate import answer_log as store
from benchsmith.evaluate.items import Item
from benchsmith.evaluate.release_reader import Released
from benchsmith.models.local.encoder import Rows

METADATA_KEY = b"benchsmith"
ROW_GROUP_SIZE = 4096
Known = dict[str, Rows]
"""Feature vectors (d,) float32 by picture or text key."""


def path_of(answers: Path, name: str) -> Path:
    """Return the path of a feature file, beside a benchmark's `answers/`."""
    return answers.parent / "features" / f"{store.plain(name)}.parquet"


def check(path: Path, read: Released) -> None:
    """Raise DocumentError if a feature file was computed from other pictures than the release's."""
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=["id", "picture"])
    seen = dict(zip(*(table.column(c).to_pylist() for c in ("id", "picture")), strict=True))
    other = [
        i.id for i, picture in read.pictures(read.items) if seen.get(i.id) != picture_key(picture)
    ]
    if other:
        what = f"{len(other)} of {len(read.items)} pictures have changed since, such as {other[0]}"
        raise DocumentError([Problem(str(path), 1, what, "run `benchsmith features` again")])


def picture_key(picture: bytes) -> str:
    """Return the key of a picture: the digest of its bytes."""
    return blake2b(picture, digest_size=16).hexdigest()


def text_key(text: str) -> str:
    """Return the key of an option's text."""
    return f"text:{text}"


def read_known(path: Path, meta: Mapping[str, Any]) -> Known:
    """Return the features in a file; none if it has another encoder or other templates."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
        if json.loads((table.schema.metadata or {}).get(METADATA_KEY, b"null")) != meta:
            return {}
    except (FileNotFoundError, pa.ArrowException, ValueError):
        return {}
    keys = [
        text_key(text) if picture is None else picture
        for text, picture in zip(
            table.column("text").to_pylist(), table.column("picture").to_pylist(), strict=True
        )
    ]
    rows = table.column("features").combine_chunks().flatten().to_numpy(zero_copy_only=False)
    return dict(zip(keys, rows.reshape(len(keys), -1), strict=True))


def to_parquet(
    items: Sequence[Item],
    shown: Mapping[str, str],
    words: Sequence[str],
    known: Known,
    meta: Mapping[str, Any],
) -> bytes:
    """Return the file: a row per case in the release's order, then a row per option."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    keys = [shown[item.id] for item in items] + [text_key(text) for text in words]
    rows = np.stack([known[key] for key in keys]).astype(np.float32)
    ends = np.arange(0, rows.size + 1, rows.shape[1], dtype=np.int32)
    columns = {
        "id": pa.array([item.id for item in items] + [None] * len(words), pa.string()),
        "text": pa.array([None] * len(items) + list(words), pa.string()),
        "features": pa.ListArray.from_arrays(pa.array(ends), pa.array(rows.reshape(-1))),
        "picture": pa.array([*keys[: len(items)], *[None] * len(words)], pa.string()),
    }
    metadata = {METADATA_KEY: json.dumps(meta, sort_keys=True, ensure_ascii=True).encode()}
    buffer = BytesIO()
    pq.write_table(
        pa.table(columns).replace_schema_metadata(metadata), buffer, row_group_size=ROW_GROUP_SIZE,
        compression="zstd",
    )  # fmt: skip
    return buffer.getvalue()
