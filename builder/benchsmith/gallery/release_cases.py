"""The cases of a release folder as the explorer shows them, read from its Parquet files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchsmith.core.errors import InputMissing
from benchsmith.core.evidence import RECOGNITION
from benchsmith.core.model import PLANAR, SPLITS
from benchsmith.documents.lexicon import Lexicon
from benchsmith.gallery.case_facts import facts_of, measures_of
from benchsmith.release.columns import key
from benchsmith.text.normal_form import normal

PROVENANCE = "provenance.parquet"
BATCH_ROWS = 100
"""Rows that are in memory with their pictures."""
NAMED_AXES = ("task", "department", "modality")
"""Columns that hold a term's name; the others hold ids."""
UNKNOWN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCase:
    """One case of a release. Fields that a hidden split withholds are empty."""

    id: str
    png: bytes
    question: str
    options: tuple[str, ...]
    answers: tuple[int, ...]
    """Positions of the right options, from 0; empty if they are hidden."""
    places: Mapping[str, str]
    """Id of the term on each axis, by axis; empty if the release does not state it."""
    target: str
    pair: str
    """Id that a question shares with its counterfactual; empty without one."""
    altered: str
    measures: Mapping[str, float | None] = field(default_factory=dict)
    """What cases can be sorted by, by name."""
    facts: tuple[tuple[str, str], ...] = ()
    """Provenance in words: names and values."""


def read_cases(folder: Path, lexicon: Lexicon) -> Iterator[ShownCase]:
    """Return the cases of a release, by split, in each by file and row; they are read one batch at a time.

    Raises InputMissing if the folder has no `data/*.parquet`.
    """
    files = sorted((folder / "data").glob("*.parquet"), key=_by_split)
    if not files:
        raise InputMissing(
            f"{folder} has no data/*.parquet: name a release folder, "
            "or add `parquet` to the benchmark's `exports`"
        )
    return _cases(files, _provenance(folder / PROVENANCE), lexicon)


def _cases(
    files: Sequence[Path], more: Mapping[str, Mapping[str, Any]], lexicon: Lexicon
) -> Iterator[ShownCase]:
    for file in files:
        for batch in pq.ParquetFile(file).iter_batches(BATCH_ROWS):
            for row in batch.to_pylist():
                yield _case(row, more.get(row["id"], {}), lexicon)


def _by_split(file: Path) -> tuple[int, str]:
    split = file.name.partition("--")[0]
    return (SPLITS.index(split) if split in SPLITS else len(SPLITS), file.name)


def _provenance(file: Path) -> Mapping[str, Mapping[str, Any]]:
    """Return the rows of the provenance by id of their case; none if it was not exported."""
    if not file.is_file():
        return {}
    unwanted = {"look", "phash", "mirrors"}
    with pq.ParquetFile(file) as table:
        columns = [name for name in table.schema_arrow.names if name not in unwanted]
        return {row["id"]: row for row in table.read(columns).to_pylist()}


def _case(row: Mapping[str, Any], more: Mapping[str, Any], lexicon: Lexicon) -> ShownCase:
    options = tuple(row["options"])
    return ShownCase(
        id=row["id"],
        png=row["image"]["bytes"],
        question=row["question"],
        options=options,
        answers=key(row.get("answer"), len(options)),
        places=_places(row, more, lexicon),
        target=row.get("target") or UNKNOWN,
        pair=row.get("pair") or UNKNOWN,
        altered=row.get("altered") or UNKNOWN,
        measures=measures_of(row, more),
        facts=facts_of(more),
    )


def _places(row: Mapping[str, Any], more: Mapping[str, Any], lexicon: Lexicon) -> Mapping[str, str]:
    """Return the ids of the case's terms; a name that the lexicon does not know is its own id."""
    found = {axis: _id(lexicon, axis, row.get(axis)) for axis in NAMED_AXES}
    plane = more.get("axis")
    return {
        **found,
        "label": more.get("label") or _id(lexicon, "label", row.get("label")),
        "granularity": row["granularity"],
        "skill": row.get("skill") or RECOGNITION,
        "dimension": ("2d" if plane == PLANAR else "3d") if plane else UNKNOWN,
        "source": row.get("source") or UNKNOWN,
        "licence": row.get("licence") or UNKNOWN,
        "split": row["split"],
        "answers": row.get("answers") or UNKNOWN,
        "altered": row.get("altered") or "no",
        "language": row.get("language") or UNKNOWN,
    }


def _id(lexicon: Lexicon, axis: str, name: str | None) -> str:
    if not name:
        return UNKNOWN
    term = lexicon.axes[axis].by_name(normal(name))
    return term.id if term else name
