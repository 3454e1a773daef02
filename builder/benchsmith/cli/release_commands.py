"""Commands on releases: compare two releases, and redraw pictures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from benchsmith.cli.app import ENVIRONMENT, Home, Json, app, emit
from benchsmith.cli.plain_output import tell
from benchsmith.text.printed import printed

MAX_CASES_SHOWN = 40
"""Changed cases that the table lists; the others are only counted."""


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
    # the skill of a question is shown only if there are several
    skilled = len({each.skill for each in found.found}) > 1
    for name in ("case", "split", "task", *(["skill"] if skilled else []), "what"):
        table.add_column(name, no_wrap=name == "case", overflow="fold")
    for each in found.found[:MAX_CASES_SHOWN]:
        place = (each.split, each.task, *([each.skill] if skilled else []))
        table.add_row(*map(printed, (each.id, *place, ", ".join(each.what))))
    if found.found:
        Console(width=None if sys.stdout.isatty() else 120).print(table)
    if len(found.found) > MAX_CASES_SHOWN:
        tell(f"... and {len(found.found) - MAX_CASES_SHOWN} more; `--json` lists all")
    counts = ", ".join(f"{name} {n}" for name, n in found.counts().items())
    tell(f"{found.same} the same, {found.changed()} changed" + (f": {counts}" if counts else ""))


@app.command(epilog="Example: benchsmith rehydrate mri-contours --to mri-contours-whole")
def rehydrate(
    folder: Annotated[Path, typer.Argument(help="Path of a release folder.")],
    to: Annotated[Path, typer.Option("--to", help="Folder for the release with its pictures.")],
    json: Json = False,
    home: Home = Path(),
) -> None:
    """Redraw the pictures that a release must not contain, from the data in a project."""
    from benchsmith.cli.progress import progress
    from benchsmith.core.silent_progress import Silent
    from benchsmith.documents import library
    from benchsmith.publish import rehydrate as drawing

    place = home.resolve()
    words = library.read(place)
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
