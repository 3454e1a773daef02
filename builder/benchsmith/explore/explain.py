"""Tell the life of a question, a file or a label, from the tables that stages left."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from benchsmith.core.build_files import LATEST, MANIFEST, REJECTED, ROWS, SAMPLES, STAGES_FOLDER
from benchsmith.core.reasons import sentence
from benchsmith.core.stage_names import STAGES
from benchsmith.tables import nouns

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
    latest = folder / LATEST
    if not latest.is_file():
        return
    parts = json.loads(latest.read_text("utf-8"))
    wanted = _question_of_case(folder, parts, wanted) or wanted
    for stage in STAGES[:-1]:
        of = parts[stage]
        samples: list[str] = []
        kept, lost = _Lines(), _Lines()
        for _, name in sorted(of.items()):
            partition = folder / STAGES_FOLDER / stage / name
            if not (partition / MANIFEST).is_file():
                continue
            kept.add(_say(stage, row) for row in _rows(partition, stage) if _is_about(row, wanted))
            lost.add(
                f"left out: {row['subject']}: {sentence(row['reason'], row['detail'])}"
                for row in _left_out(partition, wanted)
            )
            if stage == "ingest":
                for table in nouns.batches(partition / SAMPLES):
                    rows = table.to_pylist()
                    samples += [
                        _sample(s) for s in rows if wanted == s["id"] or _is_file(s, wanted)
                    ]
        if samples or kept.count or lost.count:
            yield f"{folder.name} / {stage}: {kept.count} kept, {lost.count} left out"
            for line in [*samples, *kept.first, *lost.first]:
                yield f"  {line}"
            more = [max(lines.count - MOST, 0) for lines in (kept, lost)]
            if any(more):
                yield f"  ... and {more[0]} more kept, {more[1]} more left out"


@dataclass(slots=True)
class _Lines:
    """The first lines of many."""

    first: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, lines: Iterable[str]) -> None:
        for line in lines:
            if self.count < MOST:
                self.first.append(line)
            self.count += 1


def _rows(partition: Path, stage: str) -> Iterator[dict[str, Any]]:
    columns = {
        "ask": ["id", "target", "sample", "label", *SHOWN["ask"]],
        "render": ["question", *SHOWN["render"]],
    }.get(stage, ["id", "sample", "raw", *(["label"] * (stage != "ingest")), *SHOWN[stage]])
    for table in nouns.batches(partition / ROWS, list(dict.fromkeys(columns))):
        yield from table.to_pylist()


def _left_out(partition: Path, wanted: str) -> Iterator[dict[str, Any]]:
    """Go through the rejections that speak of the wanted thing."""
    for table in nouns.batches(partition / REJECTED):
        text = pc.binary_join_element_wise(table["subject"], table["detail"], " ")
        for row in table.filter(pc.match_substring(text, wanted)).to_pylist():
            if _mentions(row["subject"] + " " + row["detail"], wanted):
                yield row


def _question_of_case(folder: Path, parts: dict[str, dict[str, str]], wanted: str) -> str | None:
    """Return the question behind a published id."""
    if len(wanted) != 16:
        return None
    for name in parts["render"].values():
        path = folder / STAGES_FOLDER / "render" / name / ROWS
        if path.is_file():
            for row in nouns.where(path, "id", [wanted], ["id", "question"]).to_pylist():
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
