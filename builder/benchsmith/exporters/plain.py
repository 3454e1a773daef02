"""Pictures as PNG files and questions as JSON lines, for tools without a loader."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchsmith.exporters import parquet
from benchsmith.release.entry import Entry
from benchsmith.release.model import Release
from benchsmith.tables.linked_files import link_or_write

NAME = "plain"
MAX_FOLDER_FILES = 1000
"""Maximum expected number of files in a folder; larger folders are slow to list."""


def write(release: Release, folder: Path) -> None:
    """Write `plain/<split>.jsonl` and `plain/pictures/<prefix>/<id>.png`.

    Does nothing if `plain/` exists: other exports that need pictures as files call this too. With
    `link_pictures` equal pictures are one file with several names.
    """
    place = folder / NAME
    if place.exists():
        return
    place.mkdir()
    digits = prefix_digits(sum(release.counts().values()))
    first: dict[bytes, Path] = {}
    for split in release.splits():
        with (place / f"{split}.jsonl").open("w", encoding="utf-8", newline="\n") as lines:
            for entry in release.entries(split):
                name = picture_name(entry.id, digits)
                path = place / name
                path.parent.mkdir(parents=True, exist_ok=True)
                if release.benchmark.link_pictures:
                    same = first.setdefault(sha256(entry.png).digest(), path)
                    link_or_write(path, same, entry.png)
                else:
                    path.write_bytes(entry.png)
                line = {**row(release, entry), "image": name}
                lines.write(json.dumps(line, ensure_ascii=False) + "\n")


def row(release: Release, entry: Entry) -> dict[str, Any]:
    """Return the Parquet columns without the picture; hidden columns are omitted."""
    found = parquet.row(release, entry)
    del found["image"]
    return found


def picture_name(id_: str, digits: int) -> str:
    """Return the path of a picture relative to the JSON lines.

    >>> picture_name("038fd93f41ea316c", 2)
    'pictures/03/038fd93f41ea316c.png'
    """
    return f"pictures/{id_[:digits]}/{id_}.png"


def prefix_digits(count: int) -> int:
    """Return how many digits of an id name its folder; a folder has at most half of the limit on average.

    >>> prefix_digits(26_000), prefix_digits(1_000_000)
    (2, 3)
    """
    digits = 2
    while count > 16**digits * MAX_FOLDER_FILES // 2:
        digits += 1
    return digits
