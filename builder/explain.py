"""Tell the life of a question, a file or a label, from the tables that stages left."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from builder import tables
from builder.plan import STAGES
from builder.reasons import sentence

SHOWN = {
    "ingest": (
        "raw",
        "stated_at",
        "modality",
        "patient",
        "axis",
        "index",
        "area_px",
        "share",
        "components",
    ),
    "normalise": ("label", "laterality", "decided_at"),
    "tag": ("task", "department", "placed_at", "window"),
    "select": ("split",),
    "ask": ("split", "question", "options", "answers", "stem_at", "pool", "pool_size"),
    "render": ("id", "width", "height", "window", "png_sha256"),
}
MOST = 12
"""Lines shown of one stage; the others are counted."""


def explain(output: Path, wanted: str, benchmark: str | None) -> list[str]:
    """Return the lines of a life; a single line when nothing of that name is known."""
    names = sorted(p.parent.name for p in output.glob("*/latest.json"))
    if benchmark is not None:
        if benchmark not in names:
            return [f"there is no build of {benchmark!r}; run `benchsmith build {benchmark}`"]
        names = [benchmark]
    lines = [line for name in names for line in _life(output / name, wanted)]
    if lines:
        return [wanted, *lines]
    builds = ", ".join(names) or "output/"
    hint = "an id stands in a stage's table, in provenance.parquet or in report.html"
    return [f"nothing is known of {wanted!r} in the builds of {builds}; {hint}"]


def _life(folder: Path, wanted: str) -> Iterator[str]:
    latest = folder / "latest.json"
    if not latest.is_file():
        return
    parts = json.loads(latest.read_text("utf-8"))
    wanted = _question_of_case(folder, parts, wanted) or wanted
    for stage in STAGES[:-1]:
        of = parts[stage]
        samples: list[str] = []
        kept: list[str] = []
        lost: list[str] = []
        for _, name in sorted(of.items()):
            partition = folder / "stages" / stage / name
            if not (partition / "manifest.json").is_file():
                continue
            kept += [_say(stage, row) for row in _rows(partition, stage) if _is_about(row, wanted)]
            lost += [
                f"left out: {row['subject']}: {sentence(row['reason'], row['detail'])}"
                for row in tables.read(partition / "rejected.parquet").to_pylist()
                if _mentions(row["subject"] + " " + row["detail"], wanted)
            ]
            if stage == "ingest":
                table = tables.read(partition / "samples.parquet").to_pylist()
                samples += [_sample(s) for s in table if wanted == s["id"] or _is_file(s, wanted)]
        if samples or kept or lost:
            yield f"{folder.name} / {stage}: {len(kept)} kept, {len(lost)} left out"
            for line in [*samples, *kept[:MOST], *lost[:MOST]]:
                yield f"  {line}"
            if len(kept) > MOST or len(lost) > MOST:
                yield f"  ... and {max(len(kept) - MOST, 0)} more kept, {max(len(lost) - MOST, 0)} more left out"


def _rows(partition: Path, stage: str) -> list[dict[str, Any]]:
    columns = {
        "ask": ["id", "target", "sample", "label", *SHOWN["ask"]],
        "render": ["question", *SHOWN["render"]],
    }.get(stage)
    found: list[dict[str, Any]] = tables.read(partition / "rows.parquet", columns).to_pylist()
    return found


def _question_of_case(folder: Path, parts: dict[str, dict[str, str]], wanted: str) -> str | None:
    """Return the question behind a published id."""
    if len(wanted) != 16:
        return None
    for name in parts["render"].values():
        path = folder / "stages" / "render" / name / "rows.parquet"
        if path.is_file():
            table = tables.read(path, ["id", "question"])
            for row in table.to_pylist():
                if row["id"] == wanted:
                    return str(row["question"])
    return None


def _is_about(row: dict[str, Any], wanted: str) -> bool:
    """Say whether a row is the wanted thing, comes from it, or led to it."""
    id_ = row.get("question", row.get("id")) if "png_sha256" in row else row["id"]
    if wanted in (id_, row.get("target"), row.get("sample"), row.get("label"), row.get("raw")):
        return True
    return str(id_).startswith((f"{wanted}#", f"{wanted}:")) or wanted.startswith(f"{id_}:")


def _is_file(sample: dict[str, Any], wanted: str) -> bool:
    return any(file == wanted or file.endswith(f"/{wanted}") for file in sample["files"])


def _mentions(text: str, wanted: str) -> bool:
    """Say whether a rejection speaks of the wanted thing, as a whole name."""
    place = text.find(wanted)
    while place >= 0:
        before, after = text[:place][-1:], text[place + len(wanted) :][:1]
        if not any(c.isalnum() or c in ("_", "-") for c in (before, after)):
            return True
        place = text.find(wanted, place + 1)
    return False


def _say(stage: str, row: dict[str, Any]) -> str:
    id_ = row["question"] if stage == "render" else row["id"]
    shown = [
        f"{name} {_short(row[name])}"
        for name in SHOWN[stage]
        if row.get(name) not in (None, "", [])
    ]
    return f"{id_}: {', '.join(shown)}"


def _short(value: Any) -> str:
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def _sample(s: dict[str, Any]) -> str:
    files = (
        s["files"][0] if len(s["files"]) == 1 else f"{s['files'][0]} and {len(s['files']) - 1} more"
    )
    spacing = " x ".join(f"{v:.3g}" for v in s["spacing_mm"]) or "unknown"
    text = f"{s['id']}: {files}, sha256 {s['sha256'][:16]}, {s['modality']}, z y x {s['shape']}, spacing {spacing} mm"
    return f"{text}; {s['note']}" if s["note"] else text
