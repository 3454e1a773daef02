"""The command that starts a project."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchsmith.cli.app import Json, app, emit
from benchsmith.cli.plain_output import tell


@app.command(epilog="Example: benchsmith init my-benchmark")
def init(
    folder: Annotated[
        Path, typer.Argument(help="Folder of the project; it is created if it does not exist.")
    ] = Path(),
    json: Json = False,
) -> None:
    """Start a project with only your own files; existing files stay as they are."""
    from benchsmith.api.new_project import start

    written = start(folder)
    if json:
        emit({"written": written})
        return
    for name in written:
        tell(folder / name)
    where = "" if folder.resolve() == Path.cwd() else f"cd {folder} && "
    tell(f"next: {where}benchsmith build demo --fetch")
