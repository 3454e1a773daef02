"""Commands that bring vocabularies beside the lexicon."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchsmith.cli.app import Home, Json, app, tell

lexicon = typer.Typer(
    help="Bring vocabularies beside the lexicon.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(lexicon, name="lexicon")


@lexicon.callback()
def _group() -> None:
    """Keep the group a group while it has one command."""


@lexicon.command("import-mesh", epilog="Example: benchsmith lexicon import-mesh desc2025.gz")
def import_mesh(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="NLM's descYEAR.xml, .gz or not, or dYEAR.bin."),
    ],
    year: Annotated[str, typer.Option(help="The MeSH year, where a file does not say it.")] = "",
    json: Json = False,
    home: Home = Path(),
) -> None:
    """Read NLM's MeSH, so that drafts of mappings can suggest by its terms; it decides nothing."""
    from benchsmith.mesh.concept_table import import_mesh as read

    tell(read(home.resolve(), files, year), as_json=json)
