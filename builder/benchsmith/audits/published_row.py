"""Makes a row of the audit table from the published fields of a case."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import numpy as np
import PIL.Image

from benchsmith.audits.audit_row import AuditRow
from benchsmith.audits.picture_measures import PNG_SIGNATURE
from benchsmith.audits.table_from_release import PNG_HEADER_BYTES, RGB8, subjects_of
from benchsmith.core.absent_labels import Searched
from benchsmith.core.evidence import RECOGNITION
from benchsmith.documents.lexicon import Lexicon
from benchsmith.imaging.appearance import describe
from benchsmith.release.columns import positions_of
from benchsmith.text.normal_form import normal


def row_of(
    values: Mapping[str, Any], png: bytes, origin: Mapping[str, Any], lexicon: Lexicon | None
) -> AuditRow:
    """Return the row of a case from its columns, its PNG, and its provenance (empty if unknown).

    A case of a hidden split has no key and no provenance: its picture's hash is computed here.
    """
    head = png[:PNG_HEADER_BYTES]
    options = tuple(values["options"] or ())
    labels = origin.get("option_labels") or [_label(text, lexicon) for text in options]
    question, modality = values["question"] or "", values["modality"] or ""
    hidden = values["answer"] is None
    return AuditRow(
        id=values["id"],
        split=values["split"],
        stem=origin.get("stem_at") or (question.replace(modality, "<modality>") if modality else question),
        question=question,
        options=options,
        labels=tuple(labels),
        answers=positions_of(values["answer"] or ""),
        pool=origin.get("pool") or "/".join((values["split"], modality, values["task"])),
        task=values["task"],
        modality=_modality(modality, lexicon),
        view=values["granularity"],
        label=origin.get("label") or _label(values["label"] or "", lexicon),
        source=values["source"] or "",
        target=values["target"] or values["id"],
        department=values.get("department"),
        modality_name=modality,
        pool_size=origin.get("pool_size"),
        patient=origin.get("patient"),
        group=values.get("group") or origin.get("patient"),
        width=int.from_bytes(head[16:20], "big"),
        height=int.from_bytes(head[20:24], "big"),
        file_bytes=len(png),
        picture=hashlib.sha256(png).hexdigest(),
        rgb8=head.startswith(PNG_SIGNATURE) and head[24:26] == RGB8,
        several=values.get("answers") == "several",
        pair=values.get("pair") or "",
        altered=values.get("altered") or "",
        skill=values.get("skill") or RECOGNITION,
        subjects=subjects_of(words.split(" ")[0] for words in origin.get("evidence") or ()),
        hidden=hidden,
        **_plane_of(origin),
        **(_appearance(origin) or _measured(png)),
    )  # fmt: skip


def _label(name: str, lexicon: Lexicon | None) -> str:
    """Return a label's id if the lexicon has the name, otherwise the name."""
    term = lexicon.labels.by_name(normal(name)) if lexicon else None
    return term.id if term else name


def _modality(name: str, lexicon: Lexicon | None) -> str:
    """Return a modality's id if the lexicon has the name, otherwise the name."""
    term = lexicon.modalities.by_name(normal(name)) if lexicon else None
    return term.id if term else name


def _plane_of(origin: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields about the source plane and its known contents."""
    if not origin:
        return {}
    box, crop, axis = origin.get("box"), origin.get("crop"), origin.get("axis")
    shape, searched = origin.get("shape_zyx"), origin.get("searched")
    around = origin.get("neighbours")
    return {
        "sample": origin.get("sample"),
        "kind": origin.get("kind") or ("region" if box else "image"),
        "axis": axis,
        "plane": _plane(shape, axis, crop) if shape else None,
        "crop": _corners(crop),
        "box": _corners(box),
        "area_px": origin.get("area_px") if box else None,
        "components": origin.get("components"),
        "laterality": origin.get("laterality") or "",
        "level": origin.get("level"),
        "neighbours": None
        if around is None
        else tuple((n["label"], n["in_region"], n["in_box"]) for n in around),
        "searched": Searched(labels=tuple(searched["labels"]), unknown=tuple(searched["unknown"]))
        if searched
        else None,
    }


def _corners(box: Mapping[str, int] | None) -> tuple[int, int, int, int] | None:
    return (box["x0"], box["y0"], box["x1"], box["y1"]) if box else None


def _plane(shape: list[int], axis: str | None, crop: Mapping[str, int] | None) -> tuple[int, ...]:
    """Return rows and columns of the plane that a picture shows, in pixels of the source."""
    if crop:
        return (crop["y1"] - crop["y0"], crop["x1"] - crop["x0"])
    depth, height, width = shape
    return {"coronal": (depth, width), "sagittal": (depth, height)}.get(axis or "", (height, width))


def _appearance(origin: Mapping[str, Any]) -> dict[str, Any]:
    """Return the published appearance of the plane; empty if the release does not have it."""
    if not origin.get("look"):
        return {}
    seen = {name: origin[name] for name in ("phash", "mirrors", "spread")}
    return {**seen, "look": bytes.fromhex(origin["look"])}


def _measured(png: bytes) -> dict[str, Any]:
    """Return the appearance of the picture itself; empty if it cannot be opened."""
    try:
        seen = describe(np.asarray(PIL.Image.open(BytesIO(png)).convert("RGB")))
    except (OSError, ValueError, SyntaxError):
        return {}
    return {
        "phash": seen.phash, "mirrors": seen.mirrors, "look": seen.look, "spread": seen.spread,
    }  # fmt: skip
