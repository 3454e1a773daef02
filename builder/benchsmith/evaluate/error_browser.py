"""The error browser of the scores page: the hardest cases with every model's reply."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Any

from benchsmith.core.random_order import rank
from benchsmith.evaluate.compared_runs import Results
from benchsmith.evaluate.grades import RIGHT, Grade
from benchsmith.evaluate.items import Item
from benchsmith.release.columns import LETTERS, letters

THUMBNAIL_PX = 256
JPEG_QUALITY = 80
MAX_REPLY_CHARACTERS = 600
"""Longer replies are shortened on the page; answers.parquet has the whole text."""
MAX_BROWSER_MODELS = 40
"""Models whose replies the error browser shows."""


def chosen(results: Results, count: int) -> list[Item]:
    """Return `count` cases for the error browser: of each task in turn, the hardest ones.

    Baselines do not count unless there are only baselines.
    """
    runs = [run for run in results.runs if run.run.kind != "baseline"] or results.runs
    hits: dict[str, list[float]] = {}
    for run in runs:
        for g in run.grades:
            if g.shift == 0:
                hits.setdefault(g.id, []).append(g.hit)
    items = {item.id: item for item in results.released.items}
    queues: dict[str, list[Item]] = {}
    for id_ in sorted(hits, key=lambda i: (sum(hits[i]) / len(hits[i]), rank(0, "shown", i), i)):
        queues.setdefault(items[id_].task, []).append(items[id_])
    found: list[Item] = []
    while len(found) < count and any(queues.values()):
        for task in sorted(queues):
            if queues[task] and len(found) < count:
                found.append(queues[task].pop(0))
    order = {item.id: n for n, item in enumerate(results.released.items)}
    return sorted(found, key=lambda item: order[item.id])


def shown_errors(results: Results, count: int) -> dict[str, Any]:
    """Return the data of the error browser as plain values."""
    items = chosen(results, count)
    runs = results.runs[:MAX_BROWSER_MODELS]
    by_run = [{g.id: g for g in run.grades if g.shift == 0} for run in runs]
    axes = ["task", "department", "modality", "granularity", "skill", "split"]
    axes += ["language"] if len(results.branches("language")) > 1 else []
    cases = []
    for item, picture in results.released.pictures(items):
        cases.append(
            {
                "id": item.id,
                "picture": thumbnail(picture),
                "question": item.question,
                "options": list(item.options),
                "key": list(item.key),
                "tags": [getattr(item, axis) for axis in axes],
                "said": [_reply(grades.get(item.id)) for grades in by_run],
            }
        )
    return {
        "models": [run.name for run in runs],
        "axes": {axis: sorted({getattr(i, axis) for i in items}) for axis in axes},
        "cases": cases,
        "letters": LETTERS,
        "right": RIGHT,
    }


def _reply(grade: Grade | None) -> dict[str, Any] | None:
    if grade is None:
        return None
    reply = grade.reply
    if len(reply) > MAX_REPLY_CHARACTERS:
        reply = f"{reply[: MAX_REPLY_CHARACTERS // 2]} [...] {reply[-MAX_REPLY_CHARACTERS // 2 :]}"
    return {
        "outcome": grade.outcome,
        "picked": letters(grade.picked),
        "reply": reply,
        "length": len(grade.reply),
    }


def thumbnail(picture: bytes) -> str:
    """Return a thumbnail as a data URL; empty for bytes that are not a picture."""
    import PIL.Image

    try:
        image = PIL.Image.open(BytesIO(picture), formats=("PNG", "JPEG")).convert("RGB")
    except (OSError, ValueError, PIL.Image.DecompressionBombError):
        return ""
    image.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), PIL.Image.Resampling.LANCZOS)
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=JPEG_QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
