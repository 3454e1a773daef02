"""The imported MeSH concepts: `.cache/mesh/concepts.parquet`, with NLM's attribution."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.mesh import ascii_records
from benchsmith.mesh.concept import Concept, chunks, fault
from benchsmith.mesh.xml_records import Reader

SCHEMA = pa.schema(
    [
        ("concept", pa.string()),
        ("name", pa.string()),
        ("descriptor", pa.string()),
        ("descriptor_name", pa.string()),
        ("preferred", pa.bool_()),
        ("tree_numbers", pa.list_(pa.string())),
        ("terms", pa.list_(pa.string())),
        ("scope_note", pa.string()),
    ]
)
BATCH_CONCEPTS = 8192
"""Concepts that are written at once."""


def path_of(home: Path) -> Path:
    """Return the path of a project's MeSH table."""
    return home / ".cache" / "mesh" / "concepts.parquet"


def attribution(year: str, files: Iterable[Path]) -> str:
    """Return the attribution that MeSH's terms of use require: source, version, no endorsement."""
    return (
        f"Medical Subject Headings (MeSH) {year}, courtesy of the U.S. National Library of Medicine"
        " (NLM). Read from "
        + ", ".join(f.name for f in files)
        + "; of each record names, terms, tree numbers and scope notes are kept. It may not be the"
        " most current data that NLM has. NLM has not endorsed this product."
    )


def import_mesh(home: Path, files: Sequence[Path], year: str = "") -> Iterator[str]:
    """Import NLM's files into the project's table, replacing it; yield lines of a report.

    The MeSH year is taken from the document type, else from the file's name, else from `year`.
    Raises DocumentError if a file cannot be used; the old table then stays unchanged.
    """
    if year and not re.fullmatch(r"(?:19|20)\d\d", year):
        raise DocumentError([Problem("--year", 1, f"{year!r} is not a year", "write it as 2025")])
    path = path_of(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    seen: dict[str, Path] = {}
    counts = {"concepts": 0, "descriptors": 0, "terms": 0, "nameless": 0}
    years: dict[str, str] = {}
    try:
        with pq.ParquetWriter(fresh, SCHEMA, compression="zstd") as writer:
            for file in files:
                _copy(file, writer, seen, counts, years)
            years = {file: found or year for file, found in years.items()}
            notice = attribution(_one_year(files, years), files)
            writer.add_key_value_metadata({"attribution": notice})
        (path.parent / "ATTRIBUTION.txt").write_text(notice + "\n", encoding="utf-8")
        os.replace(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
    yield (
        f"{counts['descriptors']} records, {counts['concepts']} concepts,"
        f" {counts['terms']} terms in {path.relative_to(home).as_posix()}"
    )
    if counts["nameless"]:
        yield (
            f"{counts['nameless']} of them are from an ASCII file, which has no concept UIs, so"
            " `concept` is empty; NLM's XML files have them"
        )
    yield notice


def _copy(
    file: Path,
    writer: pq.ParquetWriter,
    seen: dict[str, Path],
    counts: dict[str, int],
    years: dict[str, str],
) -> None:
    """Copy one file's concepts into the table, updating the counts."""
    rows: list[Concept] = []
    last = ""
    named = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", file.name)
    pieces = chunks(file)
    first = next(pieces)
    reader = None
    if first.removeprefix(b"\xef\xbb\xbf").lstrip()[:10] == ascii_records.RECORD_START.encode():
        found = ascii_records.concepts(file, chain([first], pieces))
    elif (
        first[:2] in (b"\xff\xfe", b"\xfe\xff") or first.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<"
    ):
        reader = Reader(file)
        found = reader.concepts(chain([first], pieces))
    else:
        what = "is not a MeSH file: it starts neither with XML nor with *NEWRECORD"
        raise fault(file, 1, what, "use NLM's descYEAR.xml, descYEAR.gz or dYEAR.bin")
    for concept in found:
        if concept.descriptor != last:
            last = concept.descriptor
            if last in seen:
                hint = "give each file once"
                raise fault(file, 1, f"{last} is also in {seen[last].name}", hint)
            seen[last] = file
            counts["descriptors"] += 1
        counts["concepts"] += 1
        counts["terms"] += len(concept.terms)
        counts["nameless"] += not concept.concept
        rows.append(concept)
        if len(rows) == BATCH_CONCEPTS:
            _write(writer, rows)
            rows = []
    _write(writer, rows)
    years[str(file)] = (reader.year if reader else "") or (named[0] if named else "")


def _write(writer: pq.ParquetWriter, rows: Sequence[Concept]) -> None:
    columns = {name: [getattr(c, name) for c in rows] for name in SCHEMA.names}
    writer.write_table(pa.table(columns, schema=SCHEMA))


def _one_year(files: Sequence[Path], years: dict[str, str]) -> str:
    """Return the year of all files. Raises DocumentError if it is unknown or differs."""
    problems = [
        Problem(str(f), 1, "does not state its MeSH year", "give it with --year 2025")
        for f in files
        if not years[str(f)]
    ]
    if not problems and len(set(years.values())) > 1:
        problems = [Problem(str(f), 1, f"is MeSH of {years[str(f)]}", "use files of one year")
                    for f in files]  # fmt: skip
    if problems:
        raise DocumentError(problems)
    return years[str(files[0])]


def read(home: Path) -> list[Concept]:
    """Return the imported concepts; an empty list if there are none."""
    path = path_of(home)
    if not path.is_file():
        return []
    rows = pq.read_table(path, schema=SCHEMA).to_pylist()
    return [
        Concept(**row | {"tree_numbers": tuple(row["tree_numbers"]), "terms": tuple(row["terms"])})
        for row in rows
    ]
