"""The differences between two releases, case by case."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchsmith.core.evidence import RECOGNITION
from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.release.columns import positions_of

ADDED, REMOVED = "added", "removed"
FIELDS = ("question", "task", "department", "modality", "granularity", "split", "source", "licence",
         "target", "mirror", "answers", "group", "pair", "altered", "skill")  # fmt: skip
PICTURE, OPTIONS, ORDER, ANSWER = "picture", "options", "order of options", "answer"


@dataclass(frozen=True, slots=True)
class Difference:
    """A case that differs between two releases."""

    id: str
    split: str
    task: str
    skill: str
    what: tuple[str, ...]
    """``added``, ``removed``, or the names of the fields that changed."""
    before: dict[str, Any]
    after: dict[str, Any]
    """The old and new value of each changed field: SHA-256 for a picture, option texts for an
    answer."""


@dataclass(frozen=True, slots=True)
class Differences:
    """All differences between two releases."""

    same: int
    """Number of unchanged cases."""
    found: tuple[Difference, ...]

    def counts(self) -> dict[str, int]:
        """Return how many cases were added, removed, or changed in each column."""
        names = (ADDED, REMOVED, PICTURE, OPTIONS, ORDER, ANSWER, *FIELDS)
        counted = Counter(what for each in self.found for what in each.what)
        return {name: counted[name] for name in names if counted[name]}

    def changed(self) -> int:
        """Return the number of cases that are in both releases and differ."""
        return sum(each.what not in ((ADDED,), (REMOVED,)) for each in self.found)

    def as_json(self) -> dict[str, Any]:
        """Return the differences as JSON values."""
        return {
            "same": self.same,
            "changed": self.changed(),
            "counts": self.counts(),
            "cases": [
                {"id": d.id, "split": d.split, "task": d.task, "skill": d.skill, "what": list(d.what),
                 "before": d.before, "after": d.after}
                for d in self.found
            ],
        }  # fmt: skip


def compare(old: Path, new: Path) -> Differences:
    """Compare the Parquet files of two release folders by case id.

    A column that only one release has is ignored. Raises DocumentError if a folder is not a release
    or a file cannot be read.
    """
    before, after = _cases(old), _cases(new)
    found: list[Difference] = []
    same = 0
    for id_ in sorted(before.keys() | after.keys()):
        was, now = before.get(id_), after.get(id_)
        if was is None or now is None:
            case = was or now or {}
            what: tuple[str, ...] = (ADDED,) if was is None else (REMOVED,)
            found.append(Difference(id_, *_place(case), what, {}, {}))
            continue
        then, there = _compared(was), _compared(now)
        names = [n for n in then if n in there and then[n] != there[n]]
        if ORDER in names and OPTIONS in names:
            names.remove(ORDER)
        if not names:
            same += 1
            continue
        values = {n: then[n] for n in names}, {n: there[n] for n in names}
        found.append(Difference(id_, *_place(now), tuple(names), *values))
    return Differences(same, tuple(found))


def _place(row: dict[str, Any]) -> tuple[str, str, str]:
    """Return split, task and skill of a case; a release without the column asks only for recognition."""
    return row["split"], row["task"], row.get("skill") or RECOGNITION


def _compared(row: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a case that are compared; an answer as texts, independent of order."""
    options = row[OPTIONS]
    right = [
        options[place] if place < len(options) else row[ANSWER]
        for place in positions_of(row[ANSWER] or "")
    ]
    return {
        PICTURE: row[PICTURE],
        OPTIONS: sorted(options),
        ORDER: options,
        ANSWER: sorted(right),
        **{name: row[name] for name in FIELDS if name in row},
    }


def _cases(folder: Path) -> dict[str, dict[str, Any]]:
    files = sorted((folder / "data").glob("*.parquet"))
    if not files:
        what = "this is not a release: it has no data/*.parquet"
        raise DocumentError(
            [Problem(str(folder), 1, what, "name the folder that contains README.md")]
        )
    return {row["id"]: row for path in files for row in _rows(path)}


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=64):
                for row in batch.to_pylist():
                    image = row.pop("image") or {}
                    row[PICTURE] = hashlib.sha256(image.get("bytes") or b"").hexdigest()
                    yield row
    except (pa.ArrowException, OSError, KeyError) as error:
        first = str(error).partition("\n")[0]
        raise DocumentError([Problem(str(path), 1, f"cannot be read: {first}")]) from error
