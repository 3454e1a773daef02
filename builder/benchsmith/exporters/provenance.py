"""Provenance: the origin of each question down to voxels, without names of files or patients."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa

from benchsmith.core.model import Box, Sample
from benchsmith.core.reader_agreement import words_of
from benchsmith.release import public_ids
from benchsmith.release.entry import CaseDetails
from benchsmith.release.model import Release
from benchsmith.tables import record_tables

BOX = pa.struct([("x0", pa.int32()), ("y0", pa.int32()), ("x1", pa.int32()), ("y1", pa.int32())])
NEIGHBOURS = pa.list_(
    pa.struct([("label", pa.string()), ("in_region", pa.float64()), ("in_box", pa.float64())])
)
SEARCHED = pa.struct([("labels", pa.list_(pa.string())), ("unknown", pa.list_(pa.string()))])
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("source", pa.string()),
        ("source_version", pa.string()),
        ("licence", pa.string()),
        ("labels_are", pa.string()),
        ("sample", pa.string()),
        ("patient", pa.string()),
        ("image_sha256", pa.string()),
        ("shape_zyx", pa.list_(pa.int32())),
        ("spacing_mm_zyx", pa.list_(pa.float64())),
        ("axis", pa.string()),
        ("plane_index", pa.int32()),
        ("crop", BOX),
        ("box", BOX),
        ("area_px", pa.int64()),
        ("area_mm2", pa.float64()),
        ("raw_label", pa.string()),
        ("mask_value", pa.int64()),
        ("label", pa.string()),
        ("option_labels", pa.list_(pa.string())),
        ("mesh_concept", pa.string()),
        ("laterality", pa.string()),
        ("decided_at", pa.string()),
        ("placed_at", pa.string()),
        ("stem_at", pa.string()),
        ("pool", pa.string()),
        ("pool_size", pa.int32()),
        ("window", pa.string()),
        ("labels_note", pa.string()),
        ("kind", pa.string()),
        ("components", pa.int32()),
        ("level", pa.float64()),
        ("neighbours", NEIGHBOURS),
        ("searched", SEARCHED),
        ("phash", pa.string()),
        ("mirrors", pa.string()),
        ("look", pa.string()),
        ("spread", pa.float64()),
        ("picture_sha256", pa.string()),
        ("seed", pa.int64()),
        ("build", pa.string()),
    ]
)


def schema(*, paired: bool, skilled: bool = False) -> pa.Schema:
    """Return the columns.

    `paired` says whether there are counterfactual questions, `skilled` whether there are skills other
    than recognition: their `evidence` has the measurements in words, and `form` has what the
    picture shows besides one plane, as JSON.
    """
    more = [pa.field("alteration", pa.string())] if paired else []
    if skilled:
        more += [pa.field("evidence", pa.list_(pa.string())), pa.field("form", pa.string())]
    return pa.schema([*SCHEMA, *more])


def write(release: Release, folder: Path) -> None:
    """Write `provenance.parquet`: one row per case, keyed by the case's id."""
    rows = [row(release, item) for item in release.items()]
    record_tables.write(
        pa.Table.from_pylist(rows, schema=schema(paired=release.paired, skilled=release.skilled)),
        folder / "provenance.parquet",
    )


def spacing_of(sample: Sample) -> list[float | None]:
    """Return the sides of voxels as z, y and x in millimetres; a picture has no z, and [] means that they are unknown."""
    sides: list[float | None] = list(sample.spacing_mm)
    return [None, *sides] if sample.planar and sides else sides


def row(release: Release, item: CaseDetails) -> dict[str, object]:
    """Return the provenance of a case as a row of SCHEMA."""
    seed = release.benchmark.seed
    question, choice, sample = item.question, item.choice, item.sample
    recipe = release.sources[question.source]
    return {
        "id": item.case.id,
        "source": question.source,
        "source_version": recipe.version,
        "licence": sample.licence,
        "labels_are": recipe.labels_are,
        "sample": public_ids.of_sample(seed, choice),
        "patient": public_ids.of_patient(seed, choice),
        "image_sha256": sample.sha256,
        "shape_zyx": list(sample.shape),
        "spacing_mm_zyx": spacing_of(sample),
        "axis": choice.axis,
        "plane_index": choice.index,
        "crop": _box(choice.crop),
        "box": _box(choice.box),
        "area_px": choice.area_px,
        "area_mm2": choice.area_mm2,
        "raw_label": choice.raw,
        "mask_value": choice.value or None,
        "label": choice.label,
        "option_labels": list(question.option_labels),
        "mesh_concept": release.lexicon.labels[choice.label].mesh or None,
        "laterality": choice.laterality or None,
        "decided_at": choice.decided_at,
        "placed_at": choice.placed_at,
        "stem_at": question.stem_at,
        "pool": question.pool,
        "pool_size": question.pool_size,
        "window": item.case.window,
        "labels_note": _labels_note(sample.note, choice.raw),
        "kind": choice.kind,
        "components": choice.components,
        "level": choice.seen.level,
        "neighbours": [
            {"label": n.name, "in_region": n.in_region, "in_box": n.in_box}
            for n in choice.neighbours
        ],
        "searched": {
            "labels": list(choice.searched.labels),
            "unknown": list(choice.searched.unknown),
        },
        "phash": choice.phash,
        "mirrors": choice.mirrors,
        "look": choice.look.hex(),
        "spread": choice.spread,
        "picture_sha256": item.case.png_sha256,
        "seed": seed,
        "build": release.build,
        "alteration": json.dumps(asdict(question.alteration), sort_keys=True)
        if question.alteration
        else None,
        "evidence": [fact.words for fact in question.evidence],
        "form": json.dumps(asdict(question.form), sort_keys=True) if question.form else None,
    }


def _labels_note(note: str, raw: str) -> str | None:
    """Return what was done to a label while it was read, without names of files and readers."""
    moved = "resampled onto the image's grid" if "resampled" in note else ""
    return "; ".join(filter(None, [moved, words_of(note, raw)])) or None


def _box(box: Box | None) -> dict[str, int] | None:
    return None if box is None else {"x0": box.x0, "y0": box.y0, "x1": box.x1, "y1": box.y1}
