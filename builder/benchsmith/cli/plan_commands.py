"""Commands that say what a build would do, and that clear away what none needs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchsmith.cli.app import AllowLocal, Home, Json, Name, Output, app, emit, read_benchmark


@app.command(epilog="Example: benchsmith plan demo")
def plan(
    name: Name,
    fetch: Annotated[
        bool,
        typer.Option("--fetch", help="Of `build --fetch`: asks URLs for their lists of files."),
    ] = False,
    allow_local_urls: AllowLocal = False,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Say what a build would do now and why, and do nothing."""
    from benchsmith.cli.progress import Silent
    from benchsmith.engine import engine
    from benchsmith.fetch.fetch_sources import missing
    from benchsmith.pipeline.build import Build
    from benchsmith.pipeline.dry_run import plan_steps
    from benchsmith.pipeline.planned_steps import as_json, lines

    benchmark, library = read_benchmark(home, name)
    results = (output or home / "output").resolve()
    wanted = (
        missing(home.resolve(), library.sources.values(), allow_local=allow_local_urls)
        if fetch
        else {}
    )
    steps = plan_steps(Build(name, benchmark, library, results, engine(1), Silent()), wanted)
    if json:
        emit(as_json(name, steps))
    else:
        print("\n".join(lines(name, steps)))


@app.command(epilog="Example: benchsmith clean --dry-run")
def clean(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be removed, and remove nothing.")
    ] = False,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Remove what no benchmark's last build needs; never a release, a source or a review."""
    from benchsmith.pipeline.clean_output import remove, unneeded

    place = (output or home / "output").resolve()
    found = unneeded(home.resolve(), place)
    if not dry_run:
        for one in found:
            remove(one)
    size = sum(one.bytes for one in found)
    rows = [
        {"path": one.path.relative_to(place).as_posix(), "bytes": one.bytes, "why": one.why}
        for one in found
    ]
    if json:
        told = {"removed": not dry_run, "bytes": size, "folders": rows}
        emit(told)
        return
    for row in rows:
        print(f"  {row['path']}: {row['why']}")
    verb = "would be removed" if dry_run else "removed"
    print(f"{len(found)} folders {verb}, {size / 1e6:.1f} MB")
