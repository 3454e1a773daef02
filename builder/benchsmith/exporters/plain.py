"""Pictures as PNG files, and their questions as lines of JSON: for whatever reads nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchsmith.exporters import parquet
from benchsmith.release.entry import Entry
from benchsmith.release.model import Release

NAME = "plain"
MOST = 1000
"""Files of a folder, at most: file systems and people are slow with more."""


def write(release: Release, folder: Path) -> None:
    """Write `plain/<split>.jsonl` and `plain/pictures/<part>/<id>.png`, once.

    Other exports that need pictures as files call this too.
    """
    place = folder / NAME
    if place.exists():
        return
    place.mkdir()
    digits = part_digits(sum(release.counts().values()))
    for split in release.splits():
        with (place / f"{split}.jsonl").open("w", encoding="utf-8", newline="\n") as lines:
            for entry in release.entries(split):
                name = picture_name(entry.id, digits)
                path = place / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(entry.png)
                line = {**row(release, entry), "image": name}
                lines.write(json.dumps(line, ensure_ascii=False) + "\n")


def row(release: Release, entry: Entry) -> dict[str, Any]:
    """Return the columns of the Parquet files without the picture; what is hidden is not there."""
    found = parquet.row(release, entry)
    del found["image"]
    return found


def picture_name(id_: str, digits: int) -> str:
    """Return where a picture is, beside the lines.

    >>> picture_name("038fd93f41ea316c", 2)
    'pictures/03/038fd93f41ea316c.png'
    """
    return f"pictures/{id_[:digits]}/{id_}.png"


def part_digits(count: int) -> int:
    """Return how many digits of an id name its folder: on average half of MOST files in each.

    >>> part_digits(26_000), part_digits(1_000_000)
    (2, 3)
    """
    digits = 2
    while count > 16**digits * MOST // 2:
        digits += 1
    return digits
