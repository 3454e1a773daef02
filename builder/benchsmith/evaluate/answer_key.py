"""Answers that are kept back: `private/answers.parquet` of a build, beside the cases or without them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchsmith.documents.problems import DocumentError, Problem, did_you_mean
from benchsmith.evaluate import release_reader
from benchsmith.evaluate.release_reader import Item, Released
from benchsmith.release.columns import LETTERS

NEEDED = ("id", "split", "question", "options", "answer", "answers", "task", "department",
          "modality", "granularity", "label", "source", "target", "group", "mirror")  # fmt: skip


def cases(path: Path) -> list[Item]:
    """Return every case that has an answer, of a file of answers or of a release's open splits.

    Raises DocumentError.
    """
    found = release_reader.read(path).items if path.is_dir() else tuple(_read(path).values())
    keyed = [item for item in found if item.key]
    if not keyed:
        what = "has no answers: its splits are hidden"
        raise DocumentError([Problem(str(path), 1, what, "name private/answers.parquet")])
    return keyed


def completed(release: Released, path: Path) -> Released:
    """Return a release with the answers of a file in the place of those that are not published.

    Raises DocumentError where a case has other options there: it is another version's.
    """
    known = _read(path)
    items, problems = [], []
    for item in release.items:
        told = None if item.key else known.get(item.id)
        if told is not None and (told.options, told.question) != (item.options, item.question):
            what = f"{item.id} has another question or other options than in {release.name}"
            problems.append(Problem(str(path), 1, what, "is it of another version?"))
        items.append(replace(told, content=item.content) if told else item)
    if not problems and not {item.id for item in release.items} & known.keys():
        what = f"no id of {len(known)} is one of {release.name}'s"
        problems.append(Problem(str(path), 1, what, "is it of another version?"))
    if problems:
        raise DocumentError(problems[:20])
    grouped = all(item.group != item.target for item in items)
    by = "group" if grouped else release.grouped_by
    return replace(release, items=tuple(items), grouped_by=by)


def _read(path: Path) -> dict[str, Item]:
    """Return the cases of a file of answers by id, without pictures."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names = pq.read_schema(path).names
        lost = [Problem(str(path), 1, f"there is no column {name!r}", did_you_mean(name, names))
                for name in NEEDED if name not in names]  # fmt: skip
        if lost:
            raise DocumentError(lost)
        rows = pq.read_table(path, columns=list(NEEDED)).to_pylist()
    except FileNotFoundError as error:
        raise DocumentError([Problem(str(path), 1, "the file is missing")]) from error
    except (pa.ArrowException, OSError) as error:
        first = str(error).partition("\n")[0]
        raise DocumentError([Problem(str(path), 1, f"cannot be read: {first}")]) from error
    return {str(row["id"]): _item(row) for row in rows}


def _item(row: Mapping[str, Any]) -> Item:
    options = tuple(row["options"])
    texts = {n: str(row[n] or "") for n in NEEDED if n not in ("options", "answer", "answers")}
    return Item(
        **texts,
        options=options,
        key=tuple(LETTERS.index(letter) for letter in row["answer"].split(",")),
        several=row["answers"] == "several",
        sex="",
        age_band="",
        content="",
    )
