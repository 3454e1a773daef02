"""Makes the audit table of a release folder from only its Parquet files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchsmith.audits.adopted_table import adopted_table
from benchsmith.audits.audit import audit
from benchsmith.audits.audit_row import AuditRow, LabelKnowledge
from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.published_row import row_of
from benchsmith.audits.sampled_looks import Sampled
from benchsmith.audits.table_from_release import knowledge_of
from benchsmith.core.verdicts import Audit
from benchsmith.documents import lexicon as lexicons
from benchsmith.documents.benchmark import Marks
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.problems import DocumentError, Problem, Problems
from benchsmith.release.adopted_release import is_adopted
from benchsmith.tables import record_tables

NEEDED = ("id", "image", "question", "options", "answer", "label", "task", "modality",
          "granularity", "split", "source", "target")  # fmt: skip


def audited(folder: Path, home: Path) -> Audit:
    """Audit a release folder with the default thresholds.

    Checks that need a column which the folder lacks are not run. If `home` has a lexicon, labels are
    found in it by name. Raises DocumentError if the folder is not a release.
    """
    return audit(audit_table(folder, home), Marks())


def audit_table(folder: Path, home: Path) -> AuditTable:
    """Make the audit table of a release folder. Raises DocumentError if it is not a release.

    Cases of a hidden split have no key and are judged only by what they show.
    """
    lexicon = _lexicon(home)
    origins: dict[str, Mapping[str, Any]] = {}
    if (folder / "provenance.parquet").is_file():
        origins = {row["id"]: row for row in _read(folder / "provenance.parquet").to_pylist()}
    rows: list[AuditRow] = []
    pictures: dict[str, bytes] = {}
    for cases in _cases(folder):
        images = cases.column("image").combine_chunks().field("bytes")
        columns = cases.drop_columns(["image"]).to_pylist()
        for values, image in zip(columns, images, strict=True):
            png = image.as_py() or b""
            rows.append(row_of(values, png, origins.get(values["id"], {}), lexicon))
            pictures[values["id"]] = png
    seed = next((row["seed"] for row in origins.values()), 0)
    known = knowledge_of(lexicon) if lexicon else LabelKnowledge()
    if is_adopted(folder):
        return adopted_table(rows, pictures, known)
    looks = Sampled(((row.id, row.view) for row in rows), seed)
    for id_, png in pictures.items():
        looks.see(id_, png)
    rows = [looks.complete(row.id, row) for row in rows]
    return AuditTable(rows, seed, known)


def _cases(folder: Path) -> list[pa.Table]:
    """Return the tables of a release's cases, file by file. Raises DocumentError if there are none."""
    files = sorted((folder / "data").glob("*.parquet"))
    if not files:
        what = "has no Parquet file"
        raise DocumentError([Problem(str(folder / "data"), 1, what, "is it a release?")])
    read = [_read(file) for file in files]
    for file, cases in zip(files, read, strict=True):
        if missing := [name for name in NEEDED if name not in cases.column_names]:
            what = f"has no column {missing[0]!r}"
            raise DocumentError([Problem(str(file), 1, what, "is it a release?")])
    return read


def _read(file: Path) -> pa.Table:
    try:
        return record_tables.read(file)
    except (pa.ArrowException, OSError) as error:
        first = str(error).partition("\n")[0]
        what = f"cannot be read: {first}"
        hint = "download or build the release again"
        raise DocumentError([Problem(str(file), 1, what, hint)]) from error


def _lexicon(home: Path) -> Lexicon | None:
    """Read the project's lexicon; None if there is none, or if it has problems."""
    if not (home / "lexicon").is_dir():
        return None
    problems = Problems(home)
    found = lexicons.collect(home / "lexicon", problems)
    return None if problems.found else found
