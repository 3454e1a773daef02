"""scores.html: leaderboard, heat map, radar charts and error browser on one self-contained page.

Replies are untrusted: they are inserted as text only, the page's policy forbids loading anything,
and the only script that may run is named by its hash.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchsmith import __version__
from benchsmith.evaluate import (
    chart_files,
    chart_points,
    conclusions,
    error_browser,
    score_tables,
    scores,
)
from benchsmith.evaluate.compared_runs import Results, Scored
from benchsmith.evaluate.leaderboard import notes
from benchsmith.exporters.templates import fill
from benchsmith.pages.page import policy_of_document, sheets
from benchsmith.tables.atomic_files import replace_file

MAX_RADAR_MODELS = 6
"""More polygons cannot be distinguished."""
RADAR_AXES = ("task", "department", "skill")
PANEL_AXES = ("skill", "stage", "language", "department", "modality", "source", "altered")
"""Axes with a table of their own beside the tasks, if a release has two branches or more of them."""


def write(results: Results, folder: Path, pictures: int = 240) -> Path:
    """Write the page, with `pictures` cases in its error browser, and its charts; return the page's path."""
    here = Path(__file__).parent
    script = (here / "page.js").read_text("utf-8")
    styles = sheets(["document.css", "scores.css"])
    radars = [r for axis in RADAR_AXES if (r := _radar(results, axis))]
    several = any(item.several and item.key for item in results.released.items)
    text = fill(
        "page.html.jinja",
        here,
        name=results.released.name,
        headline=results.headline,
        splits=results.splits,
        script=script,
        styles=styles,
        policy=policy_of_document(styles, [script]),
        board=[_line(results, run) for run in results.runs],
        chance=results.expected(results.headline),
        heat=_heat(results, "task"),
        panels=[p for axis in PANEL_AXES if len((p := _heat(results, axis))["branches"]) > 1],
        radars=radars,
        granularities=_granularities(results),
        views=[v for v in results.views if v["model"] in {r.name for r in _models(results)}],
        comparisons=results.comparisons,
        circular=_in_one_split(results, results.circular),
        mirrored=_in_one_split(results, results.mirrored),
        pairs=_split_of_each(results, results.pairs),
        chains=_split_of_each(results, results.chains),
        several=[t for t in score_tables.tables(results) if several and t.title.startswith("Questions")],
        history=results.history,
        conclusions=conclusions.conclusions(results),
        notes=list(notes(results)),
        data=_script_data(error_browser.shown_errors(results, pictures)),
        version=__version__,
    )  # fmt: skip
    for old in folder.glob("radar-*.svg"):
        old.unlink()  # may belong to deleted runs
    for one in radars:
        title = f"{results.released.name}: accuracy by {one['axis']}, {results.headline}"
        chart_files.write_radar(one["radar"], title, folder / f"radar-{one['axis']}.svg")
    path = folder / "scores.html"
    replace_file(path, text.encode("utf-8", "replace"))
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
    """Return one row per model: of the headline split, or else of another split."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["model"] not in found or row["split"] == results.headline:
            found[row["model"]] = row
    return list(found.values())


def _split_of_each(results: Results, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return all rows of each model in the split that :func:`_in_one_split` chooses."""
    at = {row["model"]: row["split"] for row in _in_one_split(results, rows)}
    return [row for row in rows if row["split"] == at[row["model"]]]


def _heat(results: Results, axis: str) -> dict[str, Any]:
    """Return accuracy by model and branch of an axis, and that of a random guess."""
    branches = results.branches(axis)
    at = results.headline
    rows = [
        (run.name, [run.row(at, scores.ONE, axis, b) for b in branches]) for run in results.runs
    ]
    expected = [results.expected(at, axis, b) for b in branches]
    return {
        "axis": axis,
        "branches": branches,
        "short": score_tables.abbreviations(branches),
        "rows": rows,
        "chance": expected,
        "small": conclusions.small_branches(results, axis),
    }


def _radar(results: Results, axis: str) -> dict[str, Any] | None:
    at = results.headline
    small = conclusions.small_branches(results, axis)
    branches = [
        b for b in results.branches(axis) if b not in small and results.expected(at, axis, b)
    ]
    short = score_tables.abbreviations(branches)
    values = [
        (
            run.name,
            [
                float(c["micro"]) if (c := run.row(at, scores.ONE, axis, b)) else None
                for b in branches
            ],
        )
        for run in _models(results)[:MAX_RADAR_MODELS]
    ]
    expected = [e["hit"] if (e := results.expected(at, axis, b)) else None for b in branches]
    laid = chart_points.radar([short[b] for b in branches], values, expected)
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
    """Return the runs with questions of the headline split."""
    return [run for run in results.runs if run.coverage["asked"]]


def _models(results: Results) -> list[Scored]:
    """Return the runs that are not baselines, or all runs if there are only baselines."""
    return [run for run in _asked(results) if run.run.kind != "baseline"] or _asked(results)


def _script_data(value: dict[str, Any]) -> str:
    """Return JSON that cannot close its script element."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
