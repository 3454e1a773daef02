"""The command that checks whether a benchmark measures what it should."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from builder.cli.app import GATE, Home, Output, app, read_benchmark


@app.command(epilog="Example: benchsmith audit demo")
def audit(
    name: Annotated[
        str,
        typer.Argument(help="A benchmark that is built, or the folder of anybody's release."),
    ],
    json: Annotated[
        bool, typer.Option("--json", help="Print the verdicts as JSON instead of a table.")
    ] = False,
    all_: Annotated[
        bool,
        typer.Option("--all", help="Say more of every check: its formula and all of its figures."),
    ] = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Check a benchmark for what gives answers away and what makes keys wrong; exit 5 on a failure."""
    from builder.audits import table

    place = Path(name)
    if (place / "data").is_dir():
        from builder.audits.from_folder import audited

        found, title = audited(place, home.resolve()), str(place)
    else:
        from builder.engine import engine
        from builder.pipeline import Build
        from builder.progress import progress

        document, library = read_benchmark(home, name)
        results = (output or home / "output").resolve()
        run = Build(name, document, library, results, engine(1), progress())
        found, title = run.audited().audit, name
    if json:
        table.write_json(found, sys.stdout, title)
    else:
        table.show(found, title, every=all_)
    if found.stops():
        raise typer.Exit(GATE)
