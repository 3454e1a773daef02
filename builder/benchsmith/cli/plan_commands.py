"""Commands that show what a build would do, and that delete outdated results."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from benchsmith.cli.app import (
    AllowLocal,
    Home,
    Json,
    Name,
    Output,
    app,
    emit,
    read_benchmark,
    results_in,
)
from benchsmith.cli.plain_output import tell

if TYPE_CHECKING:
    from benchsmith.fetch.fetch_sources import Missing


@app.command(epilog="Example: benchsmith plan demo")
def plan(
    name: Name,
    fetch: Annotated[
        bool,
        typer.Option("--fetch", help="Plan `build --fetch`: list the files of all URLs."),
    ] = False,
    allow_local_urls: AllowLocal = False,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Show what a build would do and why, without doing it (a dry run)."""
    from benchsmith.core.silent_progress import Silent
    from benchsmith.engine import engine
    from benchsmith.pipeline.build import Build
    from benchsmith.pipeline.dry_run import plan_steps
    from benchsmith.pipeline.planned_steps import as_json, lines

    benchmark, library = read_benchmark(home, name)
    results = results_in(home, output)
    wanted: dict[str, Missing] = {}
    if fetch:
        from benchsmith.fetch.fetch_sources import missing

        wanted = missing(home.resolve(), library.sources.values(), allow_local=allow_local_urls)
    steps = plan_steps(Build(name, benchmark, library, results, engine(1), Silent()), wanted)
    if json:
        emit(as_json(name, steps))
    else:
        tell("\n".join(lines(name, steps)))


@app.command(epilog="Example: benchsmith clean --dry-run")
def clean(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be removed, and remove nothing.")
    ] = False,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Remove results that no last build uses; releases, sources and reviews stay."""
    from benchsmith.pipeline.clean_output import remove, unneeded

    place = results_in(home, output)
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
        emit({"removed": not dry_run, "bytes": size, "folders": rows})
        return
    for row in rows:
        tell(f"  {row['path']}: {row['why']}")
    verb = "would be removed" if dry_run else "removed"
    tell(f"{len(found)} folders {verb}, {size / 1e6:.1f} MB")
