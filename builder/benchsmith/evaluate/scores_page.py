"""scores.html: leaderboard, heat map, radar and a browser of errors on one self-contained page.

What models say is hostile text: it stands in the page as text only, the page may load nothing, and
the one script that may run is named by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import json
from io import BytesIO
from pathlib import Path
from typing import Any

from benchsmith import __version__
from benchsmith.core.chance import rank
from benchsmith.evaluate import chart_points, printed_tables, scores
from benchsmith.evaluate.compared_runs import Results, Scored
from benchsmith.evaluate.grades import RIGHT, Grade
from benchsmith.evaluate.leaderboard import notes
from benchsmith.evaluate.release_reader import Item
from benchsmith.exporters.templates import fill
from benchsmith.release.columns import LETTERS, letters

THUMBNAIL = 256
QUALITY = 80
LONGEST = 600
"""Characters of a reply on the page; answers.parquet has them whole."""
DRAWN = 6
"""Models in the radar: more cannot be told apart."""
SHOWN = 40
"""Models whose replies the browser of errors shows."""


def write(results: Results, folder: Path, pictures: int = 240) -> Path:
    """Write the page with so many cases to look at."""
    here = Path(__file__).parent
    script = (here / "page.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    several = any(item.several and item.key for item in results.released.items)
    text = fill(
        "page.html.jinja",
        here,
        name=results.released.name,
        headline=results.headline,
        splits=results.splits,
        script=script,
        style=(here / "page.css").read_text("utf-8"),
        policy=f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
               f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
        board=[_line(results, run) for run in results.runs],
        chance=results.expected(results.headline),
        heat=_heat(results),
        radars=[r for axis in ("task", "department") if (r := _radar(results, axis))],
        granularities=_granularities(results),
        views=[v for v in results.views if v["model"] in {r.name for r in _models(results)}],
        comparisons=results.comparisons,
        circular=_in_one_split(results, results.circular),
        mirrored=_in_one_split(results, results.mirrored),
        several=[t for t in printed_tables.tables(results) if several and t.title.startswith("Questions")],
        notes=list(notes(results)),
        data=_script_data(_errors(results, pictures)),
        version=__version__,
    )  # fmt: skip
    path = folder / "scores.html"
    path.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    return path


def _line(results: Results, run: Scored) -> dict[str, Any]:
    row = run.row(results.headline, scores.ONE) or run.row(results.headline, scores.SEVERAL)
    return {
        "name": run.name,
        "kind": run.run.kind,
        "prompt": run.run.prompt,
        "settings": ", ".join(f"{k} {v}" for k, v in run.run.settings),
        "judges": ", ".join(run.judges),
        "rank": run.rank,
        "row": row,
        "silent": row["n"] - row["right"] - row["wrong"] if row else 0,
        "splits": [run.row(split, scores.ONE) for split in results.splits],
        "coverage": run.coverage,
        "partial": run.partial,
    }


def _in_one_split(results: Results, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a row a model: of the headline split, or else of the one that it was asked."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["model"] not in found or row["split"] == results.headline:
            found[row["model"]] = row
    return list(found.values())


def _heat(results: Results) -> dict[str, Any]:
    """Return accuracy by model and task, with chance as the first row."""
    branches = results.branches("task")
    at = results.headline
    rows = [
        (run.name, [run.row(at, scores.ONE, "task", b) for b in branches]) for run in results.runs
    ]
    worth = [results.expected(at, "task", b) for b in branches]
    return {
        "branches": branches,
        "short": printed_tables.abbreviations(branches),
        "rows": rows,
        "chance": worth,
    }


def _radar(results: Results, axis: str) -> dict[str, Any] | None:
    at = results.headline
    branches = [b for b in results.branches(axis) if results.expected(at, axis, b)]
    short = printed_tables.abbreviations(branches)
    values = [
        (
            run.name,
            [
                float(c["micro"]) if (c := run.row(at, scores.ONE, axis, b)) else None
                for b in branches
            ],
        )
        for run in _models(results)[:DRAWN]
    ]
    worth = [e["hit"] if (e := results.expected(at, axis, b)) else None for b in branches]
    laid = chart_points.radar([short[b] for b in branches], values, worth)
    legend = [(short[b], b) for b in branches if short[b] != b]
    return {"axis": axis, "radar": laid, "legend": legend} if laid else None


def _granularities(results: Results) -> dict[str, Any]:
    at, branches = results.headline, results.branches("granularity")
    rows = [
        (run.name, [run.row(at, scores.ONE, "granularity", b) for b in branches])
        for run in _asked(results)
    ]
    return {"branches": branches, "rows": rows}


def _asked(results: Results) -> list[Scored]:
    """Return the runs that were asked something of the headline split."""
    return [run for run in results.runs if run.coverage["asked"]]


def _models(results: Results) -> list[Scored]:
    """Return the runs that are no guesser's; all of them where there is no other."""
    return [run for run in _asked(results) if run.run.kind != "baseline"] or _asked(results)


def chosen(results: Results, count: int) -> list[Item]:
    """Return cases to look at: of each task in turn, those that most models get wrong.

    Models that have no model behind them do not count, where there are others.
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


def _errors(results: Results, count: int) -> dict[str, Any]:
    """Return what the browser of errors shows, as plain values."""
    items = chosen(results, count)
    runs = results.runs[:SHOWN]
    told = [{g.id: g for g in run.grades if g.shift == 0} for run in runs]
    cases = []
    for item, picture in results.released.pictures(items):
        cases.append(
            {
                "id": item.id,
                "picture": thumbnail(picture),
                "question": item.question,
                "options": list(item.options),
                "key": list(item.key),
                "tags": [item.task, item.department, item.modality, item.granularity, item.split],
                "said": [_said(grades.get(item.id)) for grades in told],
            }
        )
    axes = ("task", "department", "modality", "granularity", "split")
    return {
        "models": [run.name for run in runs],
        "axes": {axis: sorted({getattr(i, axis) for i in items}) for axis in axes},
        "cases": cases,
        "letters": LETTERS,
        "right": RIGHT,
    }


def _said(grade: Grade | None) -> dict[str, Any] | None:
    if grade is None:
        return None
    reply = grade.reply
    if len(reply) > LONGEST:
        reply = f"{reply[: LONGEST // 2]} [...] {reply[-LONGEST // 2 :]}"
    return {
        "outcome": grade.outcome,
        "picked": letters(grade.picked),
        "reply": reply,
        "length": len(grade.reply),
    }


def thumbnail(picture: bytes) -> str:
    """Return a small picture as a data URL; empty for bytes that are none."""
    import PIL.Image

    try:
        image = PIL.Image.open(BytesIO(picture), formats=("PNG", "JPEG")).convert("RGB")
    except (OSError, ValueError, PIL.Image.DecompressionBombError):
        return ""
    image.thumbnail((THUMBNAIL, THUMBNAIL), PIL.Image.Resampling.LANCZOS)
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()


def _script_data(value: dict[str, Any]) -> str:
    """Return JSON that cannot end the element it stands in."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
