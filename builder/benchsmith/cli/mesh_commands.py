"""Commands that import vocabularies for use beside the lexicon."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchsmith.cli.app import Home, Json, app, print_lines

lexicon = typer.Typer(
    help="Import vocabularies for use beside the lexicon.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(lexicon, name="lexicon")


@lexicon.callback()
def _group() -> None:
    """Make this a group of commands, although it has only one."""


@lexicon.command("import-mesh", epilog="Example: benchsmith lexicon import-mesh desc2025.gz")
def import_mesh(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE", help="Path of NLM's descYEAR.xml (also gzipped) or dYEAR.bin."
        ),
    ],
    year: Annotated[str, typer.Option(help="MeSH year, if a file does not state it.")] = "",
    json: Json = False,
    home: Home = Path(),
) -> None:
    """Import NLM's MeSH, whose terms `draft mapping` uses for its suggestions."""
    from benchsmith.mesh.concept_table import import_mesh as read

    print_lines(read(home.resolve(), files, year), as_json=json)
