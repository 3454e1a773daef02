"""Commands on releases: score predictions, compare two releases, redraw pictures."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from benchsmith.cli.app import ENVIRONMENT, Home, Json, app, emit

MAX_CASES_SHOWN = 40
"""Changed cases that the table lists; the others are only counted."""


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
        print(f"{found.absent} of {found.cases} cases have no prediction and count as wrong")
    if found.unknown:
        some = ", ".join(found.unknown[: submission.NAMED])
        print(f"{len(found.unknown)} predictions have an unknown id and are ignored: {some}")


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
                    row["branch"], f"{100 * row['micro']:.2f} %",
                    f"{100 * row['low']:.1f} to {100 * row['high']:.1f}", f"{100 * row['chance']:.1f} %",
                    *map(str, (row["right"], row["n"], silent)),
                )  # fmt: skip
        console.print(table)
        (whole,) = [r for r in own if r["axis"] == "overall"]
        print(f"micro {100 * whole['micro']:.2f} %, macro {100 * whole['macro']:.2f} %\n")


@app.command(epilog="Example: benchsmith diff mri-contours-1.0.0 mri-contours")
def diff(
    old: Annotated[Path, typer.Argument(help="Path of a release folder.")],
    new: Annotated[Path, typer.Argument(help="Path of another release folder.")],
    json: Json = False,
) -> None:
    """Show the differences between two releases, case by case."""
    from benchsmith.release import differences

    found = differences.compare(old, new)
    if json:
        emit(found.as_json())
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    for name in ("case", "split", "task", "what"):
        table.add_column(name, no_wrap=name == "case", overflow="fold")
    for each in found.found[:MAX_CASES_SHOWN]:
        table.add_row(each.id, each.split, each.task, ", ".join(each.what))
    if found.found:
        Console(width=None if sys.stdout.isatty() else 120).print(table)
    if len(found.found) > MAX_CASES_SHOWN:
        print(f"... and {len(found.found) - MAX_CASES_SHOWN} more; `--json` lists all")
    counts = ", ".join(f"{name} {n}" for name, n in found.counts().items())
    print(f"{found.same} the same, {found.changed()} changed" + (f": {counts}" if counts else ""))


@app.command(epilog="Example: benchsmith rehydrate mri-contours --to mri-contours-whole")
def rehydrate(
    folder: Annotated[Path, typer.Argument(help="Path of a release folder.")],
    to: Annotated[Path, typer.Option("--to", help="Folder for the release with its pictures.")],
    json: Json = False,
    home: Home = Path(),
) -> None:
    """Redraw the pictures that a release must not contain, from the data in a project."""
    from benchsmith.cli.progress import Silent, progress
    from benchsmith.documents import library
    from benchsmith.documents.problems import Problems
    from benchsmith.publish import rehydrate as drawing

    place = home.resolve()
    problems = Problems(place)
    words = library.read(place, problems)
    problems.raise_any()
    say = Silent() if json else progress()
    found = drawing.rehydrate(folder.resolve(), to.resolve(), words, say)
    for (source, why), n in sorted(found.left.items()):
        say.say(f"{source}: {n} pictures left out: {why}")
    say.say(f"{found.drawn} pictures drawn\n  {to}")
    if json:
        left = [
            {"source": s, "why": why, "pictures": n} for (s, why), n in sorted(found.left.items())
        ]
        emit({"drawn": found.drawn, "left_out": left, "folder": str(to)})
    if found.left:
        raise typer.Exit(ENVIRONMENT)
