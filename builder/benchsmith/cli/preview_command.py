"""The command that shows what a recipe reads before anything is built."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchsmith.cli import completion
from benchsmith.cli.app import Home, Json, app, emit, print_lines, read_lexicon
from benchsmith.cli.page_file import write_page
from benchsmith.cli.plain_output import tell


@app.command(epilog="Example: benchsmith preview my-scans --html preview.html")
def preview(
    source: Annotated[
        str,
        typer.Argument(
            help="Name of a source: a folder in raw_sources/.", autocompletion=completion.sources
        ),
    ],
    html: Annotated[
        Path | None, typer.Option("--html", help="Write the pictures as one page to this path.")
    ] = None,
    pictures: Annotated[
        int, typer.Option(min=1, max=1000, help="Number of pictures to read.")
    ] = 12,
    json: Json = False,
    home: Home = Path(),
) -> None:
    """Show some pictures of a source with the labels that its recipe reads, before a build."""
    from benchsmith.pages.preview_page import preview_page
    from benchsmith.preview import in_words
    from benchsmith.preview.read_source import read_source

    lexicon = read_lexicon(home)
    found = read_source(home.resolve(), source, lexicon, pictures, drawn=html is not None)
    if html is not None:
        page = preview_page(in_words.values(found, pictures=True))
        write_page(html, page)
    if json:
        written = {"page": str(html)} if html else {}
        emit({**in_words.values(found, pictures=False), **written})
        return
    print_lines(in_words.lines(found), as_json=False)
    if html is not None:
        tell(html)
