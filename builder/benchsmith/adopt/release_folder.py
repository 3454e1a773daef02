"""Writes the folder of an adopted release: cases, provenance, attribution, card and manifest."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from benchsmith.adopt.adopted_card import card
from benchsmith.adopt.adopted_case import AdoptedCase
from benchsmith.adopt.lexicon_terms import TreeWords
from benchsmith.audits import identifiers
from benchsmith.audits.sought_identifiers import Sought
from benchsmith.core.build_files import LEFT_OUT, MANIFEST, RELEASE_FOLDER
from benchsmith.core.errors import GateFailed
from benchsmith.core.reasons import REASONS
from benchsmith.documents import tsv
from benchsmith.documents.adoption import Adoption
from benchsmith.exporters import attribution, parquet, provenance
from benchsmith.release.adopted_release import ADOPTED
from benchsmith.tables import record_tables
from benchsmith.tables.atomic_files import (
    json_bytes,
    replace_file,
    replace_folder,
    scratch_folder,
    write_json,
)
from benchsmith.tables.file_digests import sha256_of
from benchsmith.text.spreadsheet_cells import guarded

ORIGINS = "adopted.tsv"
"""Where each case stands in the benchmark's files; beside the release, since it is not published."""
ORIGIN_COLUMNS = ("id", "row", "own_id")
LEFT_OUT_COLUMNS = ("source", "stage", "reason", "subject", "detail", "what")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row or file that was not adopted."""

    reason: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFolder:
    """The contents of an adopted release."""

    name: str
    recipe: Adoption
    cases: Sequence[AdoptedCase]
    left_out: Sequence[LeftOut]
    rows: int
    sought: Sought
    """What it may not have."""


def write(release: ReleaseFolder, words: TreeWords, place: Path) -> dict[str, int]:
    """Write `release/`, `left_out.tsv` and `adopted.tsv` into a folder; return cases by split.

    Without cases only the lists are written. Raises GateFailed, and writes nothing, if a file of the release
    has an identifier.
    """
    cases = sorted(release.cases, key=lambda case: (case.cell, case.id))
    splits = dict(sorted(Counter(case.split for case in cases).items()))
    if cases:
        scratch = scratch_folder(place / RELEASE_FOLDER)
        try:
            folder = scratch / RELEASE_FOLDER
            folder.mkdir()
            _write_release(release, cases, splits, words, folder)
            if hits := identifiers.scan(folder, release.sought):
                found = "{0.file} contains an identifier of the benchmark's files: {0.kind}"
                raise GateFailed([found.format(hit) for hit in hits])
            replace_folder(folder, place / RELEASE_FOLDER)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    origins = [(c.id, c.subject, c.own_id) for c in cases]
    replace_file(place / ORIGINS, _table(ORIGIN_COLUMNS, origins))
    lost = [
        (
            release.name,
            "adopt",
            each.reason,
            each.subject,
            each.detail,
            REASONS[each.reason].sentence,
        )
        for each in release.left_out
    ]
    replace_file(place / LEFT_OUT, _table(LEFT_OUT_COLUMNS, lost))
    return splits


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    lines = ["\t".join(columns)]
    lines += ["\t".join(guarded(" ".join(cell.split())) for cell in row) for row in rows]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _write_release(
    release: ReleaseFolder,
    cases: Sequence[AdoptedCase],
    splits: Mapping[str, int],
    words: TreeWords,
    folder: Path,
) -> None:
    recipe = release.recipe
    (folder / "data").mkdir()
    cells: dict[tuple[str, str, str], list[AdoptedCase]] = {}
    for case in cases:
        cells.setdefault(case.cell, []).append(case)
    languages = sorted({case.language for case in cases})
    spoken = len(languages) > 1
    for cell, own in sorted(cells.items()):
        rows = (case.row(recipe.licence, spoken=spoken) for case in own)
        parquet.write_cell(folder / "data", parquet.stem(*cell), rows, spoken=spoken)
    build = hashlib.sha256(
        json_bytes({"recipe": recipe.model_dump(mode="json"), "cases": [_facts(c) for c in cases]})
    ).hexdigest()[:16]
    origins = [_provenance(case, release, build) for case in cases]
    record_tables.write(
        pa.Table.from_pylist(origins, schema=provenance.SCHEMA), folder / "provenance.parquet"
    )
    licence, url = words.licence(recipe.licence)
    counts = Counter(case.source for case in cases)
    tsv.write(folder / "ATTRIBUTION.tsv", attribution.COLUMNS, [
        {"source": source, "title": recipe.title, "version": recipe.version, "licence": licence,
         "licence_url": url, "labels_are": "adopted", "cases": str(counts[source]),
         "homepage": recipe.homepage, "citation": " ".join(recipe.citation.split())}
        for source in sorted(counts)
    ])  # fmt: skip
    rejected = Counter(each.reason for each in release.left_out)
    left_out = dict(sorted(rejected.items()))
    text = card(release.name, recipe, splits, cells, left_out, licence, languages)
    (folder / "README.md").write_text(text, encoding="utf-8", newline="\n")
    write_json(folder / MANIFEST, {
        "benchmark": release.name,
        "version": recipe.version,
        "build": build,
        "seed": 0,
        "subset": "",
        ADOPTED: {
            "title": recipe.title, "homepage": recipe.homepage, "verified": recipe.verified, "searched": True,
        },
        "cases": dict(splits),
        "hidden": sorted({c.split for c in cases if not c.wording.answers}),
        "stages": {"adopt": {release.name: {
            "in": release.rows, "out": len(cases), "rejected": len(release.left_out)}}},
        "rejected": {"adopt": dict(sorted(rejected.items()))},
        "files": digests(folder),
    })  # fmt: skip


def _facts(case: AdoptedCase) -> list[str | list[str]]:
    return [case.id, case.picture.sha256, case.wording.question, list(case.wording.options)]


def _provenance(case: AdoptedCase, release: ReleaseFolder, build: str) -> dict[str, object]:
    """Return a row of the provenance: of an adopted case, its set, its picture and its patient."""
    return {
        "id": case.id,
        "source": case.source,
        "source_version": release.recipe.version,
        "licence": release.recipe.licence,
        "labels_are": "adopted",
        "sample": case.sample,
        "patient": case.patient,
        "picture_sha256": case.picture.sha256,
        "seed": 0,
        "build": build,
    }


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a folder, by relative path."""
    return {
        path.relative_to(folder).as_posix(): sha256_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
