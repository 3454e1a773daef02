"""A new release from a part of an adopted one: the cases that a query accepts."""

from __future__ import annotations

import shlex
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.adopt.lexicon_terms import TreeWords
from benchsmith.adopt.release_folder import digests
from benchsmith.core.build_files import MANIFEST
from benchsmith.core.errors import InputMissing
from benchsmith.documents import tsv
from benchsmith.documents.problems import did_you_mean
from benchsmith.documents.query import BELOW, QueryError
from benchsmith.exporters import attribution, parquet
from benchsmith.release.adopted_release import ADOPTED, is_adopted
from benchsmith.tables import record_tables
from benchsmith.tables.atomic_files import read_json, replace_folder, scratch_folder, write_json
from benchsmith.text.normal_form import normal

AXES = ("task", "modality", "department", "granularity", "split", "source", "label")
"""Columns that a query may name."""
(LANGUAGE,) = parquet.LANGUAGE_COLUMNS
Row = Mapping[str, Any]


class Condition(NamedTuple):
    """One condition: a column has, or has not, one of some words in their normal form."""

    axis: str
    words: frozenset[str] | None
    """None accepts every word."""
    holds: bool

    def accepts(self, row: Row) -> bool:
        """Return whether a row meets the condition."""
        there = self.words is None or normal(str(row[self.axis] or "")) in self.words
        return there == self.holds


def cut(folder: Path, query: str, place: Path, words: TreeWords) -> int:
    """Write the cases of the release in `folder` that a query accepts; return their number.

    Raises QueryError for a query that cannot be understood, InputMissing if it accepts nothing or the
    folder is not an adopted release, and FileExistsError if `place` is not a release.
    """
    if not is_adopted(folder):
        raise InputMissing(f"{folder} is not adopted: name the benchmark that it was built from")
    if (
        place.exists()
        and not (place / MANIFEST).is_file()
        and (place.is_file() or any(place.iterdir()))
    ):
        raise FileExistsError(f"{place} exists and is not a release: name another folder")
    files = sorted((folder / "data").glob("*.parquet"))
    accepts = accepting(files, query, words)
    place.parent.mkdir(parents=True, exist_ok=True)
    scratch = scratch_folder(place)
    try:
        count = _write(folder, files, query, accepts, scratch / "release")
        if not count:
            raise InputMissing(f"no question of {folder} matches {query!r}")
        replace_folder(scratch / "release", place)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return count


def accepting(files: list[Path], query: str, words: TreeWords) -> Callable[[Row], bool]:
    """Return a function that accepts the rows of a release's files that match a query. Raises QueryError."""
    conditions = _parsed(query, _known(files), words)
    return lambda row: all(condition.accepts(row) for condition in conditions)


def matching(folder: Path, query: str, words: TreeWords) -> list[str]:
    """Return the ids of the cases of an adopted release that match a query, sorted.

    Raises QueryError.
    """
    files = sorted((folder / "data").glob("*.parquet"))
    accepts = accepting(files, query, words)
    axes = _axes(files)
    rows = (row for f in files for row in pq.read_table(f, columns=["id", *axes]).to_pylist())
    return sorted(row["id"] for row in rows if accepts(row))


def was_searched(folder: Path) -> bool:
    """Return whether an adopted release was searched for identifiers when it was written."""
    return bool(read_json(folder / MANIFEST).get(ADOPTED, {}).get("searched"))


def _known(files: list[Path]) -> dict[str, set[str]]:
    """Return the words of each axis that the release has."""
    axes = _axes(files)
    found: dict[str, set[str]] = {axis: set() for axis in axes}
    for path in files:
        table = pq.read_table(path, columns=list(axes))
        for axis in axes:
            found[axis] |= {str(v) for v in table.column(axis).unique().to_pylist() if v}
    return found


def _axes(files: list[Path]) -> tuple[str, ...]:
    """Return the columns that a query may name; releases of one language have no column for it."""
    spoken = bool(files) and LANGUAGE in pq.read_schema(files[0]).names
    return (*AXES, LANGUAGE) if spoken else AXES


def _parsed(text: str, known: Mapping[str, set[str]], words: TreeWords) -> list[Condition]:
    try:
        parts = shlex.split(text)
    except ValueError as error:
        raise QueryError(f"the query has an unclosed quote: {text!r}") from error
    return [_condition(part, known, words) for part in parts]


def _condition(part: str, known: Mapping[str, set[str]], words: TreeWords) -> Condition:
    axis, equals, values = part.partition("=")
    holds = not axis.endswith("!")
    axis = axis.rstrip("!").strip()
    if not equals or axis not in known:
        hint = did_you_mean(axis, known) or f"axes are {', '.join(known)}"
        raise QueryError(f"{part!r} is not `axis=value`: {hint}")
    accepted: set[str] = set()
    for value in (v.strip() for v in values.split("|")):
        if value == "*":
            return Condition(axis, None, holds)
        name = value.removesuffix(BELOW)
        below = words.below(axis, name)
        own = {words.named(axis, name), name}
        found = {w for w in known[axis] if normal(w) in {normal(o) for o in own}}
        if not found and not below:
            hint = (
                did_you_mean(name, known[axis]) or f"it has {', '.join(sorted(known[axis])[:20])}"
            )
            raise QueryError(f"there is no {axis} {name!r}: {hint}")
        accepted |= own | (below if value.endswith(BELOW) else set())
    return Condition(axis, frozenset(map(normal, accepted)), holds)


def _write(
    folder: Path, files: list[Path], query: str, accepts: Callable[[Row], bool], to: Path
) -> int:
    (to / "data").mkdir(parents=True)
    kept: list[tuple[str, str, str]] = []
    """Id, split and source of each case."""
    for path in files:
        spoken = LANGUAGE in pq.read_schema(path).names
        names = parquet.schema(paired=False, spoken=spoken).names
        columns = [n for n in names if n != "image"]
        ids = {r["id"]: r for r in pq.read_table(path, columns=columns).to_pylist() if accepts(r)}
        kept += [(id_, row["split"], row["source"] or "") for id_, row in ids.items()]
        if ids:
            cell = path.stem.rpartition("--")[0]
            parquet.write_cell(to / "data", cell, _rows(path, ids), spoken=spoken)
    wanted = {id_ for id_, *_ in kept}
    origins = record_tables.read(folder / "provenance.parquet")
    mask = pa.array([id_ in wanted for id_ in origins.column("id").to_pylist()])
    record_tables.write(origins.filter(mask), to / "provenance.parquet")
    counts = Counter(source for *_, source in kept)
    credits_ = [
        {**row.cells, "cases": str(counts[row["source"]])}
        for row in tsv.read(folder / "ATTRIBUTION.tsv", attribution.COLUMNS)
        if counts[row["source"]]
    ]
    tsv.write(to / "ATTRIBUTION.tsv", attribution.COLUMNS, credits_)
    card = (folder / "README.md").read_text("utf-8")
    (to / "README.md").write_text(
        f"{card}\n**Subset:** `{query}`\n", encoding="utf-8", newline="\n"
    )
    manifest = read_json(folder / MANIFEST)
    splits = dict(sorted(Counter(split for _, split, _ in kept).items()))
    manifest |= {
        "subset": query,
        "cases": splits,
        "hidden": [s for s in manifest["hidden"] if s in splits],
        "files": digests(to),
    }
    write_json(to / MANIFEST, manifest)
    return len(kept)


def _rows(path: Path, ids: Mapping[str, Row]) -> Iterator[dict[str, Any]]:
    """Yield the wanted rows of a file with their pictures; one row group is in memory at a time."""
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            for row in file.read_row_group(group).to_pylist():
                if row["id"] in ids:
                    yield row
