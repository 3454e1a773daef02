"""Make the audit table of a release folder from its Parquet files alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchsmith.audits.adopted_pictures import is_adopted
from benchsmith.audits.adopted_table import adopted_table
from benchsmith.audits.audit import audit
from benchsmith.audits.audit_row import AuditRow, LabelKnowledge
from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.picture_looks import SAMPLED, mark_of
from benchsmith.audits.table_from_release import (
    PNG_HEADER_BYTES,
    PNG_SIGNATURE,
    RGB8,
    knowledge_of,
)
from benchsmith.core.random_order import order
from benchsmith.core.verdicts import Audit
from benchsmith.documents import lexicon as lexicons
from benchsmith.documents.benchmark import Marks
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.problems import DocumentError, Problem, Problems
from benchsmith.release.columns import LETTERS
from benchsmith.tables import nouns
from benchsmith.text.normal_form import normal

NEEDED = ("id", "image", "question", "options", "answer", "label", "task", "modality",
          "granularity", "split", "source", "target")  # fmt: skip


def audited(folder: Path, home: Path) -> Audit:
    """Audit a release folder with the default thresholds.

    Checks that need a column which the folder lacks are not run. If `home` has a lexicon, labels are
    found in it by name. Raises DocumentError if the folder is not a release.
    """
    return audit(audit_table(folder, home), Marks())


def audit_table(folder: Path, home: Path) -> AuditTable:
    """Make the audit table of a release folder. Raises DocumentError if it is not a release."""
    files = sorted((folder / "data").glob("*.parquet"))
    read = [_read(file) for file in files]
    for file, cases in zip(files, read, strict=True):
        if missing := [name for name in NEEDED if name not in cases.column_names]:
            raise DocumentError(
                [Problem(str(file), 1, f"has no column {missing[0]!r}", "is it a release?")]
            )
    if not files:
        raise DocumentError(
            [Problem(str(folder / "data"), 1, "has no Parquet file", "is it a release?")]
        )
    lexicon = _lexicon(home)
    provenance: dict[str, Mapping[str, Any]] = {}
    if (folder / "provenance.parquet").is_file():
        origins = _read(folder / "provenance.parquet").to_pylist()
        provenance = {row["id"]: row for row in origins}
    rows: list[AuditRow] = []
    pictures: dict[str, pa.Buffer] = {}
    for cases in read:
        images = cases.column("image").combine_chunks().field("bytes")
        columns = cases.drop_columns(["image"]).to_pylist()
        for values, image in zip(columns, images, strict=True):
            if values["answer"] is None:  # a hidden split has nothing to check against
                continue
            id_ = values["id"]
            pictures[id_] = image.as_buffer()
            rows.append(_row(values, pictures[id_], provenance.get(id_, {}), lexicon))
    seed = next((row["seed"] for row in provenance.values()), 0)
    known = knowledge_of(lexicon) if lexicon else LabelKnowledge()
    if is_adopted(folder):
        return adopted_table(rows, pictures, known)
    marked = [i for i, row in enumerate(rows) if row.view != "image"]
    for i in order(marked, seed, "look", name=lambda i: rows[i].id)[:SAMPLED]:
        rows[i] = replace(rows[i], mark=mark_of(pictures[rows[i].id].to_pybytes()))

    return AuditTable(rows, seed, known)


def _read(file: Path) -> pa.Table:
    try:
        return nouns.read(file)
    except (pa.ArrowException, OSError) as error:
        what = f"cannot be read: {str(error).partition(chr(10))[0]}"
        raise DocumentError([Problem(str(file), 1, what, "copy it again")]) from error


def _lexicon(home: Path) -> Lexicon | None:
    """Read the project's lexicon; None if there is none, or if it has problems."""
    if not (home / "lexicon").is_dir():
        return None
    problems = Problems(home)
    found = lexicons.collect(home / "lexicon", problems)
    return None if problems.found else found


def _row(
    values: Mapping[str, Any], image: pa.Buffer, origin: Mapping[str, Any], lexicon: Lexicon | None
) -> AuditRow:
    """Make a row from a case's columns, its PNG, and its row of provenance (empty if unknown)."""
    head = image.slice(0, min(PNG_HEADER_BYTES, len(image))).to_pybytes()
    size = (int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big"))
    box, crop = origin.get("box"), origin.get("crop")
    shape, axis = origin.get("shape_zyx"), origin.get("axis")
    return AuditRow(
        id=values["id"],
        split=values["split"],
        stem=origin.get("stem_at") or values["question"].replace(values["modality"], "<modality>"),
        question=values["question"],
        options=tuple(values["options"]),
        labels=tuple(_label(text, lexicon) for text in values["options"]),
        answers=tuple(LETTERS.index(letter) for letter in values["answer"].split(",") if letter),
        pool=origin.get("pool") or "/".join((values["split"], values["modality"], values["task"])),
        task=values["task"],
        modality=_modality(values["modality"], lexicon),
        view=values["granularity"],
        label=_label(values["label"], lexicon),
        source=values["source"],
        target=values["target"],
        department=values.get("department"),
        modality_name=values["modality"],
        pool_size=origin.get("pool_size"),
        sample=origin.get("sample"),
        patient=origin.get("patient"),
        group=values.get("group") or origin.get("patient"),
        kind=("region" if box else "image") if origin else None,
        axis=axis,
        plane=_plane(shape, axis, crop) if shape else None,
        box=(box["x0"], box["y0"], box["x1"], box["y1"]) if box else None,
        area_px=origin.get("area_px") if box else None,
        width=size[0],
        height=size[1],
        file_bytes=len(image),
        picture=origin.get("picture_sha256"),
        rgb8=head.startswith(PNG_SIGNATURE) and head[24:26] == RGB8,
    )


def _label(name: str, lexicon: Lexicon | None) -> str:
    """Return a label's id if the lexicon has the name, otherwise the name."""
    term = lexicon.labels.by_name(normal(name)) if lexicon else None
    return term.id if term else name


def _modality(name: str, lexicon: Lexicon | None) -> str:
    """Return a modality's id if the lexicon has the name, otherwise the name."""
    term = lexicon.modalities.by_name(normal(name)) if lexicon else None
    return term.id if term else name


def _plane(shape: list[int], axis: str | None, crop: Mapping[str, int] | None) -> tuple[int, ...]:
    """Return rows and columns of the plane that a picture shows, in pixels of the source."""
    if crop:
        return (crop["y1"] - crop["y0"], crop["x1"] - crop["x0"])
    depth, height, width = shape
    return {"coronal": (depth, width), "sagittal": (depth, height)}.get(axis or "", (height, width))
