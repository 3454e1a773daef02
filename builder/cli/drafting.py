"""Commands that draft documents for a person to sign."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from builder.cli.app import Home, draft


@draft.command("mapping", epilog="Example: benchsmith draft mapping stardist-nuclei")
def draft_mapping(
    source: Annotated[str, typer.Argument(help="A source: the name of a folder in raw_sources/.")],
    home: Home = Path(),
    workers: Annotated[
        int, typer.Option(min=0, help="Processes; 0 is one for each processor.")
    ] = 0,
) -> None:
    """List a source's words that the lexicon does not know, with suggestions to sign."""
    from builder.assist import draft_mapping as write

    for line in write(home.resolve(), source, workers):
        print(line)
