"""Trace a question, a file or a label through the stages of a build, from the stages' tables."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchsmith.core.alteration import AS_IT_WAS, KINDS
from benchsmith.core.build_files import LATEST, MANIFEST, REJECTED, ROWS, SAMPLES, STAGES_FOLDER
from benchsmith.core.evidence import RECOGNITION, Fact
from benchsmith.core.reasons import REASONS, sentence
from benchsmith.core.stage_names import STAGES
from benchsmith.tables import record_tables
from benchsmith.tables.manifest import from_json
from benchsmith.text.unicode_names import composed, printable

SHOWN_COLUMNS = {
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
    "ask": (
        "split",
        "question",
        "options",
        "answers",
        "stem_at",
        "pool",
        "pool_size",
        "pair",
        "altered",
        "skill",
        "evidence",
        "form",
    ),
    "render": ("id", "width", "height", "window", "png_sha256"),
}
ALTERED = re.compile(rf"~((image-)?({'|'.join(KINDS)})|[a-z]+\.[^:]*)(?=:|$)")
"""What the id of a target has behind it if its picture is altered, or is asked about with a skill."""
MAX_LINES = 12
"""Lines that are printed for a stage; the others are counted."""


def explain(output: Path, wanted: str, benchmark: str | None) -> list[str]:
    """Return the trace of an id, file name or label in one build, or in all builds of `output`.

    A single line if nothing has that name.
    """
    wanted = printable(wanted)
    names = sorted(p.parent.name for p in output.glob("*/latest.json"))
    if benchmark is not None:
        if benchmark not in names:
            return [f"there is no build of {benchmark!r}; run `benchsmith build {benchmark}`"]
        names = [benchmark]
    lines = [line for name in names for line in _trace(output / name, wanted)]
    if lines:
        return [wanted, *lines]
    builds = ", ".join(names) or "output/"
    hint = "find ids in the stages' tables, in provenance.parquet or in report.html"
    return [f"no {wanted!r} in the builds of {builds}; {hint}"]


def _trace(folder: Path, wanted: str) -> Iterator[str]:
    latest = folder / LATEST
    if not latest.is_file():
        return
    parts = json.loads(latest.read_text("utf-8"))
    asked = _question_of_case(folder, parts, wanted) or wanted
    is_source = wanted in parts["ingest"]
    for stage in STAGES[:-1]:
        of = parts[stage]
        # what an altered picture shows comes from the target of the original question
        wanted = asked if stage in ("ask", "render") else ALTERED.sub("", asked)
        samples: list[str] = []
        # all faults of a source are listed, as the messages state
        kept, lost = _FirstLines(), _FirstLines(sys.maxsize if wanted in of else MAX_LINES)
        for _, name in sorted(of.items()):
            partition = folder / STAGES_FOLDER / stage / name
            if not (partition / MANIFEST).is_file():
                continue
            kept.add(_line(stage, row) for row in _rows(partition, stage) if _is_about(row, wanted))
            lost.add(
                f"left out: {row['subject']}: {sentence(row['reason'], row['detail'])}"
                for row in _left_out(partition, wanted)
            )
            if stage == "ingest":
                for table in record_tables.batches(partition / SAMPLES):
                    rows = table.to_pylist()
                    samples += [
                        _sample_line(s) for s in rows if wanted == s["id"] or _is_file(s, wanted)
                    ]
        if is_source and wanted not in of:
            yield f"{folder.name} / {stage}: {_own_losses(folder / STAGES_FOLDER / stage, of, wanted)}"
        elif wanted in of:
            yield f"{folder.name} / {stage}: {_counts(folder / STAGES_FOLDER / stage / of[wanted])}"
            yield from (f"  {line}" for line in lost.first)
        elif samples or kept.count or lost.count:
            yield f"{folder.name} / {stage}: {kept.count} kept, {lost.count} left out"
            for line in [*samples, *kept.first, *lost.first]:
                yield f"  {line}"
            more = [lines.count - len(lines.first) for lines in (kept, lost)]
            if any(more):
                yield f"  ... and {more[0]} more kept, {more[1]} more left out"


def _counts(partition: Path) -> str:
    """Return how many rows of a source were kept and left out, by reason."""
    if not (partition / MANIFEST).is_file():
        return "not done"
    manifest = from_json(json.loads((partition / MANIFEST).read_text("utf-8")))
    reasons = ", ".join(f"{n} {reason}" for reason, n in sorted(manifest.reasons.items()))
    text = f"{manifest.rows.out} kept, {manifest.rows.rejected} left out"
    return f"{text} ({reasons})" if reasons else text


def _own_losses(stage: Path, of: dict[str, str], source: str) -> str:
    """Return how many rows of a source a stage of all sources left out, by reason."""
    reasons: Counter[str] = Counter()
    for name in of.values():
        if (stage / name / MANIFEST).is_file():
            for table in record_tables.batches(stage / name / REJECTED, ["source", "reason"]):
                reasons.update(
                    reason
                    for own, reason in zip(
                        table["source"].to_pylist(), table["reason"].to_pylist(), strict=True
                    )
                    if own == source
                )
    text = ", ".join(f"{n} {reason}" for reason, n in sorted(reasons.items()))
    return f"{reasons.total()} left out" + (f" ({text})" if text else "")


@dataclass(slots=True)
class _FirstLines:
    """The first lines up to a limit, and the count of all."""

    limit: int = MAX_LINES
    first: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, lines: Iterable[str]) -> None:
        for line in lines:
            if self.count < self.limit:
                self.first.append(line)
            self.count += 1


def _rows(partition: Path, stage: str) -> Iterator[dict[str, Any]]:
    columns = {
        "ask": ["id", "target", "sample", "label", "alteration", "form", *SHOWN_COLUMNS["ask"]],
        "render": ["question", *SHOWN_COLUMNS["render"]],
    }.get(stage, ["id", "sample", "raw", *(["label"] * (stage != "ingest")), *SHOWN_COLUMNS[stage]])
    there = record_tables.columns_of(partition / ROWS)
    for table in record_tables.batches(
        partition / ROWS, [c for c in dict.fromkeys(columns) if c in there]
    ):
        for row in table.to_pylist():
            yield row | _words_of(row) if stage == "ask" else row


def _words_of(row: dict[str, Any]) -> dict[str, Any]:
    """Return in words what was done to a question's picture, and the evidence for its answer."""
    facts = [Fact(**fact).words for fact in row.get("evidence") or ()]
    skill = row.get("skill")
    return {
        "altered": _in_words(row.get("alteration")),
        "skill": "" if skill == RECOGNITION else skill,
        "evidence": "; ".join(facts),
        "form": _form_in_words(row.get("form")),
    }


def _in_words(alteration: dict[str, Any] | None) -> str:
    """Return what was done to a picture, with its numbers; empty for an original question."""
    if alteration is None:
        return ""
    said = [alteration["kind"]]
    if alteration["orientation"] != AS_IT_WAS:
        said.append(f"EXIF orientation {alteration['orientation']}")
    if alteration["dx"] or alteration["dy"]:
        said.append(f"by {alteration['dx']} columns and {alteration['dy']} rows")
    if painted := alteration["painted"]:
        places = (f"value {place['value']} of layer {place['layer']}" for place in painted)
        said.append(f"painted out: {' and '.join(places)}")
    return " ".join(said)


def _form_in_words(form: dict[str, Any] | None) -> str:
    """Return what a picture has besides one plane; empty if nothing."""
    if form is None:
        return ""
    said = [name for name, told in (("scale bar", "scale"), ("grey wedge", "wedge")) if form[told]]
    if boxes := form["boxes"]:
        said.append(f"{len(boxes)} numbered boxes")
    if tiles := form["tiles"]:
        said.append(f"tiles of planes {', '.join(map(str, tiles))}")
    return ", ".join(said)


def _left_out(partition: Path, wanted: str) -> Iterator[dict[str, Any]]:
    """Yield the rejections that mention `wanted`, or all that was not read of a source."""
    name = composed(wanted)
    for table in record_tables.batches(partition / REJECTED):
        # compared here, since making an Arrow value from a text imports pandas first
        rows = table.to_pylist()
        for row in rows:
            if row["source"] == wanted and (
                REASONS[row["reason"]].loses_input or row["subject"] == wanted
            ):
                yield row
        for row in rows:
            text = composed(f"{row['subject']} {row['detail']}")
            if row["source"] != wanted and name in text and _mentions(text, name):
                yield row


def _question_of_case(folder: Path, parts: dict[str, dict[str, str]], wanted: str) -> str | None:
    """Return the id of the question with a published id; None if there is none."""
    if len(wanted) != 16:
        return None
    for name in parts["render"].values():
        path = folder / STAGES_FOLDER / "render" / name / ROWS
        if path.is_file():
            for row in record_tables.where(path, "id", [wanted], ["id", "question"]).to_pylist():
                return str(row["question"])
    return None


def _is_about(row: dict[str, Any], wanted: str) -> bool:
    """Say whether a row is `wanted`, is derived from it, or led to it."""
    id_ = row.get("question", row.get("id")) if "png_sha256" in row else row["id"]
    if wanted in (id_, row.get("target"), row.get("sample"), row.get("label"), row.get("raw")):
        return True
    if (pair := row.get("pair")) and (wanted == pair or pair.startswith(f"{wanted}:")):
        return True
    return str(id_).startswith((f"{wanted}#", f"{wanted}:")) or wanted.startswith(f"{id_}:")


def _is_file(sample: dict[str, Any], wanted: str) -> bool:
    name = composed(wanted)
    files = (composed(file) for file in sample["files"])
    return any(file == name or file.endswith(f"/{name}") for file in files)


def _mentions(text: str, wanted: str) -> bool:
    """Say whether a rejection contains `wanted` as a whole name."""
    place = text.find(wanted)
    while place >= 0:
        before, after = text[:place][-1:], text[place + len(wanted) :][:1]
        if not any(c.isalnum() or c in ("_", "-") for c in (before, after)):
            return True
        place = text.find(wanted, place + 1)
    return False


def _line(stage: str, row: dict[str, Any]) -> str:
    id_ = row["question"] if stage == "render" else row["id"]
    shown = [
        f"{name} {_short(row[name])}"
        for name in SHOWN_COLUMNS[stage]
        if row.get(name) not in (None, "", [])
    ]
    return f"{id_}: {', '.join(shown)}"


def _short(value: Any) -> str:
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def _sample_line(s: dict[str, Any]) -> str:
    files = (
        s["files"][0] if len(s["files"]) == 1 else f"{s['files'][0]} and {len(s['files']) - 1} more"
    )
    sides = " x ".join(f"{v:.3g}" for v in s["spacing_mm"])
    spacing = f"{sides} mm" if sides else "unknown"
    text = f"{s['id']}: {files}, sha256 {s['sha256'][:16]}, {s['modality']}, z y x {s['shape']}, spacing {spacing}"
    return f"{text}; {s['note']}" if s["note"] else text
