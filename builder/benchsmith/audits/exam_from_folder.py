"""Make the exam of anybody's release folder, from its Parquet files alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchsmith.audits.audit import audit
from benchsmith.audits.exam import Exam, Row, Words
from benchsmith.audits.exam_from_release import RGB8, SIGNATURE, words_of
from benchsmith.audits.picture_looks import SAMPLED, mark_of
from benchsmith.core.chance import order
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
    """Check a release folder by the default marks; what it does not say is not run.

    With a lexicon in `home`, labels are known by their names. Raises DocumentError where the folder
    is no release.
    """
    return audit(exam_of(folder, home), Marks())


def exam_of(folder: Path, home: Path) -> Exam:
    """Make the exam of a release folder. Raises DocumentError."""
    files = sorted((folder / "data").glob("*.parquet"))
    read = [nouns.read(file) for file in files]
    for file, table in zip(files, read, strict=True):
        if gone := [name for name in NEEDED if name not in table.column_names]:
            raise DocumentError(
                [Problem(str(file), 1, f"has no column {gone[0]!r}", "is it a release?")]
            )
    if not files:
        raise DocumentError(
            [Problem(str(folder / "data"), 1, "has no Parquet file", "is it a release?")]
        )
    lexicon = _lexicon(home)
    told: dict[str, Mapping[str, Any]] = {}
    if (folder / "provenance.parquet").is_file():
        told = {row["id"]: row for row in nouns.read(folder / "provenance.parquet").to_pylist()}
    rows: list[Row] = []
    pictures: dict[str, pa.Buffer] = {}
    for table in read:
        images = table.column("image").combine_chunks().field("bytes")
        said = table.drop_columns(["image"]).to_pylist()
        for values, image in zip(said, images, strict=True):
            if values["answer"] is None:  # of a hidden split: nothing to check it against
                continue
            pictures[values["id"]] = image.as_buffer()
            rows.append(_row(values, pictures[values["id"]], told.get(values["id"], {}), lexicon))
    seed = next((row["seed"] for row in told.values()), 0)
    marked = [i for i, row in enumerate(rows) if row.view != "image"]
    for i in order(marked, seed, "look", name=lambda i: rows[i].id)[:SAMPLED]:
        rows[i] = replace(rows[i], mark=mark_of(pictures[rows[i].id].to_pybytes()))

    return Exam(rows, seed, words_of(lexicon) if lexicon else Words())


def _lexicon(home: Path) -> Lexicon | None:
    if not (home / "lexicon").is_dir():
        return None
    problems = Problems(home)
    found = lexicons.read(home / "lexicon", problems)
    return None if problems.found else found


def _row(
    values: Mapping[str, Any], image: pa.Buffer, told: Mapping[str, Any], lexicon: Lexicon | None
) -> Row:
    head = image.slice(0, min(26, len(image))).to_pybytes()
    size = (int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big"))
    box, crop = told.get("box"), told.get("crop")
    shape, axis = told.get("shape_zyx"), told.get("axis")
    return Row(
        id=values["id"],
        split=values["split"],
        stem=told.get("stem_at") or values["question"].replace(values["modality"], "<modality>"),
        question=values["question"],
        options=tuple(values["options"]),
        labels=tuple(_label(text, lexicon) for text in values["options"]),
        answers=tuple(LETTERS.index(letter) for letter in values["answer"].split(",") if letter),
        pool=told.get("pool") or "/".join((values["split"], values["modality"], values["task"])),
        task=values["task"],
        modality=values["modality"],
        view=values["granularity"],
        label=_label(values["label"], lexicon),
        source=values["source"],
        target=values["target"],
        department=values.get("department"),
        modality_name=values["modality"],
        pool_size=told.get("pool_size"),
        sample=told.get("sample"),
        patient=told.get("patient"),
        group=values.get("group") or told.get("patient"),
        kind=("region" if box else "image") if told else None,
        axis=axis,
        plane=_plane(shape, axis, crop) if shape else None,
        box=(box["x0"], box["y0"], box["x1"], box["y1"]) if box else None,
        area_px=told.get("area_px") if box else None,
        width=size[0],
        height=size[1],
        file_bytes=len(image),
        picture=told.get("picture_sha256"),
        rgb8=head.startswith(SIGNATURE) and head[24:26] == RGB8,
    )


def _label(name: str, lexicon: Lexicon | None) -> str:
    """Return a label's id where the lexicon knows the name, else the name."""
    term = lexicon.labels.by_name(normal(name)) if lexicon else None
    return term.id if term else name


def _plane(shape: list[int], axis: str | None, crop: Mapping[str, int] | None) -> tuple[int, ...]:
    """Return rows and columns of the plane that a picture shows."""
    if crop:
        return (crop["y1"] - crop["y0"], crop["x1"] - crop["x0"])
    depth, height, width = shape
    return {"coronal": (depth, width), "sagittal": (depth, height)}.get(axis or "", (height, width))
