"""Parquet files that `datasets.load_dataset` and the Hub's viewer open with typed features."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.release.columns import letters
from benchsmith.release.entry import Entry
from benchsmith.release.model import Release

Row = dict[str, Any]
FEWEST, MOST = 50, 200
"""Rows of a group: a viewer fetches one for a page of 100."""
SHARD = 450_000_000
"""Bytes of pictures a file: the Hub advises to stay below 500 MB."""
HIDDEN = "hidden"
"""Stands for the department in a file's name where it would tell of answers."""
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
STATISTICS = [n for n in (*TEXTS, "options.list.element") if n != "image"]
"""Columns whose least and greatest value are kept: of pictures these would be pictures."""
COMPRESSION = {
    "image.bytes": "none",  # PNG is packed already
    "image.path": "zstd",
    "options.list.element": "zstd",
    **dict.fromkeys(TEXTS, "zstd"),
}


def features() -> dict[str, Any]:
    """Return the columns' types as the datasets library writes them down.

    Names stay text and are no class numbers: whoever reads the files with something else sees
    words, and a label that is added later renumbers nothing.
    """
    text = {"dtype": "string", "_type": "Value"}
    found: dict[str, Any] = dict.fromkeys(SCHEMA.names, text)
    found["image"] = {"_type": "Image"}
    found["options"] = {"feature": text, "_type": "List"}
    return found


def configs(release: Release) -> dict[str, dict[str, list[str]]]:
    """Return the named parts of a release: config, then split, then patterns of files.

    A file holds the cases of one split, task and department, so that every part is a choice of
    files and no picture lies on disk twice. Departments of a hidden split are nobody's to know.
    """
    found: dict[str, dict[str, list[str]]] = {"all": {}}
    for split in release.splits():
        found["all"][split] = [f"data/{split}--*.parquet"]
        for cell in release.cells(split):
            task = found.setdefault(f"task-{cell.task}", {})
            task[split] = [f"data/{split}--{cell.task}--*.parquet"]
            if cell.department:
                department = found.setdefault(f"department-{cell.department}", {})
                department[split] = [f"data/{split}--*--{cell.department}--*.parquet"]
    return {name: found[name] for name in ("all", *sorted(found.keys() - {"all"}))}


def write(release: Release, folder: Path) -> None:
    """Write `data/<split>--<task>--<department>--<n>.parquet`, a group of rows at a time.

    Pages are cut by content, and groups and files where a case's id says so: a case more or less
    changes the bytes around it, and whoever has the last version fetches only these.
    """
    (folder / "data").mkdir()
    for split in release.splits():
        for cell in release.cells(split):
            entries = release.entries(split, cell)
            write_cell(folder / "data", stem(split, *cell), (row(release, e) for e in entries))


def stem(split: str, task: str, department: str) -> str:
    """Return the beginning of the names of the files that hold a cell."""
    return f"{split}--{task}--{department or HIDDEN}"


def write_cell(folder: Path, name: str, rows: Iterable[Row]) -> None:
    """Write the rows of one split, task and department, by id, into files of the name."""
    meta = {"huggingface": json.dumps({"info": {"features": features()}})}
    schema = SCHEMA.with_metadata(meta)
    for number, shard in enumerate(_shards(row_groups(rows))):
        path = folder / f"{name}--{number:05d}.parquet"
        with pq.ParquetWriter(
            path, schema, compression=COMPRESSION, write_page_index=True, write_statistics=STATISTICS,
            write_page_checksum=True, use_content_defined_chunking=True,
        ) as writer:  # fmt: skip
            for group in shard:
                writer.write_table(pa.Table.from_pylist(group, schema=schema))


def row_groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Cut into groups of about 100: behind one row in fifty, as its id says, once there are 50."""
    group: list[Row] = []
    for one in rows:
        group.append(one)
        ends = int(one["id"], 16) % FEWEST == 0
        if (ends and len(group) >= FEWEST) or len(group) == MOST:
            yield group
            group = []
    if group:
        yield group


def _shards(groups: Iterator[list[Row]]) -> Iterator[Iterator[list[Row]]]:
    """Part groups into files of less than SHARD bytes of pictures, without holding them."""
    following = next(groups, None)

    def shard() -> Iterator[list[Row]]:
        nonlocal following
        size = 0
        while following is not None:
            more = sum(len(one["image"]["bytes"]) for one in following)
            if size and size + more > SHARD:
                return
            size += more
            yield following
            following = next(groups, None)

    while following is not None:
        yield shard()


def row(release: Release, entry: Entry) -> Row:
    """Return an entry as the columns have it."""
    lexicon, key = release.lexicon, entry.key
    known = {
        "id": entry.id,
        "image": {"bytes": entry.png, "path": f"{entry.id}.png"},
        "question": entry.question,
        "options": list(entry.options),
        "task": lexicon.tasks[entry.task].name,
        "modality": lexicon.modalities[entry.modality].name,
        "granularity": entry.view,
        "split": entry.split,
        "answers": "several" if entry.several else "one",
    }
    if key is None:
        return known
    return known | {
        "answer": letters(key.answers),
        "label": entry.label,
        "department": lexicon.departments[key.department].name,
        "source": key.source,
        "licence": key.licence,
        "target": key.target,
        "mirror": key.mirror or None,
        "group": key.group,
    }
