"""Hidden answers: `private/answers.parquet` of a build, with a release or without one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchsmith.core.evidence import RECOGNITION
from benchsmith.documents.problems import DocumentError, Problem, did_you_mean
from benchsmith.evaluate import release_reader
from benchsmith.evaluate.items import Item
from benchsmith.evaluate.published_evidence import with_evidence
from benchsmith.evaluate.release_reader import Released
from benchsmith.release import columns

COLUMNS = ("id", "split", "question", "options", "answer", "answers", "task", "department",
          "modality", "granularity", "label", "source", "target", "group", "mirror")  # fmt: skip
OPTIONAL = ("pair", "altered", "skill")
"""Columns that only some benchmarks have: those with counterfactual questions, or more skills."""
PROVENANCE = "provenance.parquet"
"""Lies beside a build's file of answers, and has what they rest on."""
MEND = "copy the file again from the folder private/ of the build"


def cases(path: Path) -> list[Item]:
    """Return all cases with an answer, from a file of answers or from a release folder.

    Raises DocumentError.
    """
    found = release_reader.read(path).items if path.is_dir() else tuple(_read(path).values())
    keyed = [item for item in found if item.key]
    if not keyed:
        what = "has no answers, since its splits are hidden"
        raise DocumentError([Problem(str(path), 1, what, "name private/answers.parquet")])
    return keyed


def completed(release: Released, path: Path) -> Released:
    """Return a release whose missing answers are filled in from a file.

    Raises DocumentError if the file belongs to another version: a case has other options there.
    """
    known = _read(path)
    items, problems = [], []
    for item in release.items:
        hidden = None if item.key else known.get(item.id)
        if hidden is not None and (hidden.options, hidden.question) != (
            item.options,
            item.question,
        ):
            what = f"{item.id} differs from {release.name} in its question or options"
            problems.append(Problem(str(path), 1, what, "it may belong to another version"))
        items.append(replace(hidden, content=item.content) if hidden else item)
    if not problems and not {item.id for item in release.items} & known.keys():
        what = f"none of its {len(known)} ids is in {release.name}"
        problems.append(Problem(str(path), 1, what, "it may belong to another version"))
    if problems:
        raise DocumentError(problems[:20])
    grouped = all(item.group != item.target for item in items)
    by = "group" if grouped else release.grouped_by
    return replace(release, items=tuple(items), grouped_by=by)


def _read(path: Path) -> dict[str, Item]:
    """Return the cases of a file of answers by id, without the digest of their pictures."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names = pq.read_schema(path).names
        missing = [Problem(str(path), 1, f"there is no column {name!r}", did_you_mean(name, names))
                for name in COLUMNS if name not in names]  # fmt: skip
        if missing:
            raise DocumentError(missing)
        wanted = [*COLUMNS, *(name for name in OPTIONAL if name in names)]
        rows = pq.read_table(path, columns=wanted).to_pylist()
    except FileNotFoundError as error:
        raise DocumentError([Problem(str(path), 1, "the file is missing")]) from error
    except (pa.ArrowException, OSError) as error:
        first = str(error).partition("\n")[0]
        raise DocumentError([Problem(str(path), 1, f"cannot be read: {first}")]) from error
    items, problems = {}, []
    for place, row in enumerate(rows, start=1):
        try:
            items[str(row["id"])] = _item(row)
        except ValueError as error:
            problems.append(Problem(str(path), place, f"{row['id']} {error}", MEND))
    if problems:
        raise DocumentError(problems[:20])
    return {one.id: one for one in with_evidence(items.values(), path.with_name(PROVENANCE))}


def _item(row: Mapping[str, Any]) -> Item:
    """Return a row as an item. Raises ValueError for an answer that is none of its options."""
    options = tuple(row["options"] or ())
    right = columns.key(row["answer"], len(options))
    if not right:
        raise ValueError("has no answer")
    wanted = [n for n in (*COLUMNS, *OPTIONAL) if n not in ("options", "answer", "answers")]
    texts = {n: str(row.get(n) or "") for n in wanted}
    texts["skill"] = texts["skill"] or RECOGNITION
    return Item(
        **texts,
        options=options,
        key=right,
        several=row["answers"] == "several",
        sex="",
        age_band="",
        content="",
    )
