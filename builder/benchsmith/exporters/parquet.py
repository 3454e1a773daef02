"""Parquet files that `datasets.load_dataset` and the Hub's viewer read with typed features."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.release.columns import letters
from benchsmith.release.entry import Cell, Entry
from benchsmith.release.model import Release
from benchsmith.tables.picture_store import PictureStore

Row = dict[str, Any]
MIN_GROUP_ROWS, MAX_GROUP_ROWS = 50, 200
"""Rows of a row group; a viewer fetches one group for a page of 100 rows."""
MAX_SHARD_BYTES = 450_000_000
"""Bytes of pictures in a file; the Hub recommends files below 500 MB."""
MAX_ARRAY_BYTES = 1 << 30
"""Bytes of pictures in one array; Arrow's offsets end at twice as many."""
HIDDEN_DEPARTMENT = "hidden"
"""Replaces the department in file names of hidden splits."""
TEXT_COLUMNS = ("id", "question", "answer", "label", "task", "department", "modality", "granularity",
         "split", "source", "licence", "target", "answers", "mirror", "group")  # fmt: skip

PAIR_COLUMNS = ("pair", "altered")
"""Further columns of a benchmark with counterfactual questions."""
SKILL_COLUMNS = ("skill",)
"""Further columns of a benchmark that asks for more skills than recognition."""
LANGUAGE_COLUMNS = ("language",)
"""Further columns of a release whose questions are in several languages."""
SCHEMA = pa.schema(
    [
        pa.field("id", pa.string()),
        pa.field("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
        pa.field("question", pa.string()),
        pa.field("options", pa.list_(pa.string())),
        *(pa.field(name, pa.string()) for name in TEXT_COLUMNS[2:]),
    ]
)
STATISTICS = [n for n in (*TEXT_COLUMNS, "options.list.element") if n != "image"]
"""Columns with minimum and maximum in the file's statistics; for pictures these would be pictures."""
COMPRESSION = {
    "image.bytes": "none",  # PNG is compressed already
    "image.path": "zstd",
    "options.list.element": "zstd",
    **dict.fromkeys(TEXT_COLUMNS, "zstd"),
}


def more_columns(*, paired: bool, skilled: bool, spoken: bool = False) -> tuple[str, ...]:
    """Return the names of the columns that only some benchmarks have."""
    found = (PAIR_COLUMNS if paired else ()) + (SKILL_COLUMNS if skilled else ())
    return found + (LANGUAGE_COLUMNS if spoken else ())


def schema(*, paired: bool, skilled: bool = False, spoken: bool = False) -> pa.Schema:
    """Return the columns of the cases.

    `paired` says whether there are counterfactual questions, `skilled` whether there are skills other
    than recognition, `spoken` whether there are several languages.
    """
    more = more_columns(paired=paired, skilled=skilled, spoken=spoken)
    return pa.schema([*SCHEMA, *(pa.field(name, pa.string()) for name in more)])


def features(
    *, paired: bool = False, skilled: bool = False, spoken: bool = False
) -> dict[str, Any]:
    """Return the column types in the notation of the datasets library.

    Names are strings and not class labels, so that other readers see words, and adding a label
    does not renumber the others.
    """
    text = {"dtype": "string", "_type": "Value"}
    names = schema(paired=paired, skilled=skilled, spoken=spoken).names
    found: dict[str, Any] = dict.fromkeys(names, text)
    found["image"] = {"_type": "Image"}
    found["options"] = {"feature": text, "_type": "List"}
    return found


def configs(release: Release) -> dict[str, dict[str, list[str]]]:
    """Return the configs of a release: file patterns by config and split.

    A file has the cases of one split, task and department, so that every config is a selection of
    files and no picture is stored twice. Hidden splits have no department configs.
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
    """Write `data/<split>--<task>--<department>--<n>.parquet`, one row group at a time.

    Pages use content-defined chunking, and row groups end at ids that fulfil a condition. So adding
    or removing a case changes only the bytes around it, and a user of the previous version downloads
    only these.
    """
    (folder / "data").mkdir()
    for split in release.splits():
        for cell in release.cells(split):
            write_cell(
                folder / "data",
                stem(split, *cell),
                _stored_rows(release, split, cell),
                paired=release.paired,
                skilled=release.skilled,
                pictures=release.picture_store,
            )


class Stored(NamedTuple):
    """A picture that is not in memory: its number in a picture store, and its bytes."""

    number: int
    size: int


def _stored_rows(release: Release, split: str, cell: Cell) -> Iterator[Row]:
    """Yield the rows of a cell; the bytes of a picture are read when its row group is written."""
    assert release.picture_store is not None
    for entry, number in release.numbered(split, cell):
        found = row(release, entry)
        found["image"]["bytes"] = Stored(number, release.picture_store.size(number))
        yield found


def stem(split: str, task: str, department: str) -> str:
    """Return the prefix of a cell's file names; `department` is empty in a hidden split."""
    return f"{split}--{task}--{department or HIDDEN_DEPARTMENT}"


def write_cell(
    folder: Path,
    name: str,
    rows: Iterable[Row],
    *,
    paired: bool = False,
    skilled: bool = False,
    spoken: bool = False,
    pictures: PictureStore | None = None,
) -> None:
    """Write the rows of one cell, sorted by id, to `<name>--<n>.parquet`.

    With `pictures`, the rows' pictures are `Stored` there.
    """
    info = {"features": features(paired=paired, skilled=skilled, spoken=spoken)}
    meta = {"huggingface": json.dumps({"info": info})}
    columns = schema(paired=paired, skilled=skilled, spoken=spoken).with_metadata(meta)
    more = more_columns(paired=paired, skilled=skilled, spoken=spoken)
    for number, shard in enumerate(_shards(row_groups(rows))):
        path = folder / f"{name}--{number:05d}.parquet"
        with pq.ParquetWriter(
            path, columns, compression=COMPRESSION | dict.fromkeys(more, "zstd"),
            write_page_index=True, write_statistics=[*STATISTICS, *more],
            write_page_checksum=True, use_content_defined_chunking=True,
        ) as writer:  # fmt: skip
            for group in shard:
                if pictures is None:
                    table = pa.Table.from_pylist(group, schema=columns)
                else:
                    table = _table(group, columns, pictures)
                writer.write_table(table)


def _table(group: Sequence[Row], columns: pa.Schema, pictures: PictureStore) -> pa.Table:
    """Return rows whose pictures are `Stored` as a table; an array of pictures has 1 GiB at most."""
    images = [one["image"] for one in group]
    if len(group) > 1 and sum(image["bytes"].size for image in images) > MAX_ARRAY_BYTES:
        half = len(group) // 2
        return pa.concat_tables(
            [_table(part, columns, pictures) for part in (group[:half], group[half:])]
        )
    place = columns.get_field_index("image")
    rest = pa.Table.from_pylist(
        [{name: value for name, value in one.items() if name != "image"} for one in group],
        schema=columns.remove(place),
    )
    data = pictures.gather([image["bytes"].number for image in images])
    paths = pa.array([image["path"] for image in images], pa.string())
    field = columns.field(place)
    image = pa.StructArray.from_arrays([data, paths], fields=list(field.type))
    return rest.add_column(place, field, image)


def row_groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Split rows into groups of 50 to 200, about 100 on average.

    A group ends after a row whose id is divisible by 50, once it has 50 rows.
    """
    group: list[Row] = []
    for one in rows:
        group.append(one)
        ends = int(one["id"], 16) % MIN_GROUP_ROWS == 0
        if (ends and len(group) >= MIN_GROUP_ROWS) or len(group) == MAX_GROUP_ROWS:
            yield group
            group = []
    if group:
        yield group


def _size(picture: bytes | Stored) -> int:
    return picture.size if isinstance(picture, Stored) else len(picture)


def _shards(groups: Iterator[list[Row]]) -> Iterator[Iterator[list[Row]]]:
    """Distribute row groups over files of at most MAX_SHARD_BYTES of pictures, lazily."""
    following = next(groups, None)

    def shard() -> Iterator[list[Row]]:
        nonlocal following
        size = 0
        while following is not None:
            more = sum(_size(one["image"]["bytes"]) for one in following)
            if size and size + more > MAX_SHARD_BYTES:
                return
            size += more
            yield following
            following = next(groups, None)

    while following is not None:
        yield shard()


def row(release: Release, entry: Entry) -> Row:
    """Return an entry as a row of the Parquet columns; columns of a missing key are omitted."""
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
        **({"skill": entry.skill} if release.skilled else {}),
    }
    if key is None:
        return known
    pair = {"pair": key.pair or None, "altered": key.altered or None} if release.paired else {}
    return known | {
        **pair,
        "answer": letters(key.answers),
        "label": entry.label,
        "department": lexicon.departments[key.department].name,
        "source": key.source,
        "licence": key.licence,
        "target": key.target,
        "mirror": key.mirror or None,
        "group": key.group,
    }
