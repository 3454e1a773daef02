"""Commands that score models' answers, and files of predictions."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from benchsmith.cli.app import Home, Json, Output, app, emit, results_in
from benchsmith.cli.evaluate_options import Released
from benchsmith.cli.plain_output import tell
from benchsmith.text.printed import printed


@app.command(epilog="Example: benchsmith scores demo --against baseline:blind")
def scores(
    name: Released,
    against: Annotated[
        list[str] | None,
        typer.Option(help="Compare all models with this one; may be repeated; default: the best."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="Output folder; default: scores/ beside answers/.")
    ] = None,
    pictures: Annotated[int, typer.Option(min=0, help="Number of cases shown on the page.")] = 240,
    key: Annotated[
        Path | None,
        typer.Option("--key", help="File of the hidden answers; default: the build's private/."),
    ] = None,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Score all models' answers: write tables, comparisons, and a page for error analysis."""
    from benchsmith.evaluate import compared_runs, locations, printed_tables, scores_page
    from benchsmith.evaluate.leaderboard import board, record

    place = locations.locate(name, home.resolve(), results_in(home, output))
    found = compared_runs.gather(locations.keyed(place, key), place.answers, tuple(against or ()))
    folder = to or place.answers.parent / "scores"
    printed_tables.write(found, folder)
    scores_page.write(found, folder, pictures)
    if json:
        emit(record(found) | {"folder": str(folder)})
        return
    for line in board(found):
        tell(line)
    tell(f"  {folder}  (open scores.html)")


@app.command(epilog="Example: benchsmith score mine.csv --key output/demo/private/answers.parquet")
def score(
    predictions: Annotated[
        Path,
        typer.Argument(
            help="Table with columns id and answer: CSV, TSV, JSON, JSON lines, Parquet or Excel."
        ),
    ],
    key: Annotated[
        Path,
        typer.Option(
            "--key", help="Path of a build's private/answers.parquet, or of a release folder."
        ),
    ],
    json: Json = False,
) -> None:
    """Score a file of predictions against hidden answers: micro, macro and per task."""
    from benchsmith.evaluate import submission

    found = submission.score(predictions, key)
    if json:
        emit(found.as_json())
        return
    _print(found.rows)
    if found.absent:
        tell(f"{found.absent} of {found.cases} cases have no prediction and count as wrong")
    if found.unknown:
        some = ", ".join(found.unknown[: submission.MAX_IDS_SHOWN])
        tell(f"{len(found.unknown)} predictions have an unknown id and are ignored: {some}")


def _print(rows: Sequence[dict[str, Any]]) -> None:
    """Print a table of the tasks for each split and number of right answers."""
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 120)
    for split, answers in dict.fromkeys((row["split"], row["answers"]) for row in rows):
        own = [r for r in rows if (r["split"], r["answers"]) == (split, answers)]
        table = Table(box=None, header_style="bold", title_justify="left", title_style="bold",
                      title=f"{split}, {answers} right answer{'s' * (answers != 'one')}")  # fmt: skip
        table.add_column("task", no_wrap=True)
        for name in ("accuracy", "95 % interval", "chance", "right", "cases", "no answer"):
            table.add_column(name, justify="right")
        for row in own:
            if row["axis"] in ("task", "overall"):
                silent = row["n"] - row["right"] - row["wrong"]
                table.add_row(
                    printed(row["branch"]), f"{100 * row['micro']:.2f} %",
                    f"{100 * row['low']:.1f} to {100 * row['high']:.1f}", f"{100 * row['chance']:.1f} %",
                    *map(str, (row["right"], row["n"], silent)),
                )  # fmt: skip
        console.print(table)
        (whole,) = [r for r in own if r["axis"] == "overall"]
        tell(f"micro {100 * whole['micro']:.2f} %, macro {100 * whole['macro']:.2f} %\n")
