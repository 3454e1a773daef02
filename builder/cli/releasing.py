"""Commands that work on releases: score predictions for one, compare two."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from builder.cli.app import app

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
MOST = 40
"""Cases that a table names; the others are counted."""


@app.command(epilog="Example: benchsmith score mine.csv --key output/demo/private/answers.parquet")
def score(
    predictions: Annotated[
        Path,
        typer.Argument(
            help="A table with the columns id and answer: CSV, TSV, JSON, JSON lines, Parquet or Excel."
        ),
    ],
    key: Annotated[
        Path,
        typer.Option("--key", help="private/answers.parquet of a build, or a release's folder."),
    ],
    as_json: Json = False,
) -> None:
    """Score a file of predictions against hidden answers: micro, macro and by task."""
    import json

    from builder import scoring

    found = scoring.score(predictions, key)
    if as_json:
        print(json.dumps(found.as_json(), indent=1, sort_keys=True, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    table.add_column("task", no_wrap=True)
    for name in ("accuracy", "right", "cases", "without answer", "unclear"):
        table.add_column(name, justify="right")
    for one in (*found.tasks, found.overall):
        counts = (one.right, one.cases, one.absent, one.unclear)
        table.add_row(one.name, f"{100 * one.accuracy:.2f} %", *map(str, counts))
    Console(width=None if sys.stdout.isatty() else 120).print(table)
    print(f"micro {100 * found.overall.accuracy:.2f} %, macro {100 * found.macro:.2f} %")
    if found.unknown:
        some = ", ".join(found.unknown[: scoring.NAMED])
        print(f"{len(found.unknown)} predictions are for no case of the key, and left out: {some}")


@app.command(epilog="Example: benchsmith diff mri-contours-1.0.0 mri-contours")
def diff(
    old: Annotated[Path, typer.Argument(help="The folder of a release.")],
    new: Annotated[Path, typer.Argument(help="The folder of another one.")],
    as_json: Json = False,
) -> None:
    """Show what changed from one release to another, case by case."""
    import json

    from builder import differences

    found = differences.compare(old, new)
    if as_json:
        print(json.dumps(found.as_json(), indent=1, sort_keys=True, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    for name in ("case", "split", "task", "what"):
        table.add_column(name, no_wrap=name == "case", overflow="fold")
    for each in found.found[:MOST]:
        table.add_row(each.id, each.split, each.task, ", ".join(each.what))
    if found.found:
        Console(width=None if sys.stdout.isatty() else 120).print(table)
    if len(found.found) > MOST:
        print(f"... and {len(found.found) - MOST} more; `--json` names all")
    counts = ", ".join(f"{name} {n}" for name, n in found.counts().items())
    print(f"{found.same} the same, {found.changed()} changed" + (f": {counts}" if counts else ""))
