"""The command that shows all questions of a release in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchsmith.cli import completion
from benchsmith.cli.app import Home, Json, Output, app, emit, read_lexicon, results_in
from benchsmith.cli.plain_output import tell


@app.command(epilog="Example: benchsmith explore demo")
def explore(
    name: Annotated[
        str,
        typer.Argument(
            help="Name of a built benchmark, or path of a release folder.",
            autocompletion=completion.built,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write the pages into this new folder and exit."),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the server (0 = any free port).")
    ] = 0,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page (default).")
    ] = True,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Show all questions of a release in the browser: filter, sort, zoom, compare models' answers."""
    from benchsmith.core.errors import InputMissing

    if out is not None:
        if out.exists():
            raise InputMissing(f"{out} exists already: name a new folder")
        import shutil

        from benchsmith.tables.atomic_files import replace_folder, scratch_folder

        out.parent.mkdir(parents=True, exist_ok=True)
        beside = scratch_folder(out)
        try:
            questions = _write(name, beside / out.name, home, output)
            replace_folder(beside / out.name, out)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        page = out / "index.html"
        if json:
            emit({"page": str(page), "questions": questions})
        else:
            tell(f"{questions} questions: open {page}")
        return
    import tempfile
    import webbrowser

    from benchsmith.gallery.serve_folder import server_of

    with tempfile.TemporaryDirectory(prefix="benchsmith-") as scratch:
        folder = Path(scratch) / "explorer"
        questions = _write(name, folder, home, output)
        with server_of(folder, port) as server:
            address = f"http://127.0.0.1:{server.server_port}/"
            if json:
                emit({"page": address, "questions": questions})
            else:
                tell(f"{questions} questions: {address}  (Ctrl-C ends)", flush=True)
            if browser:
                webbrowser.open(address)
            try:
                server.serve_forever()
            except KeyboardInterrupt:
                return


def _write(name: str, folder: Path, home: Path, output: Path | None) -> int:
    """Write the pages of a release with the answers of models that are kept; return its questions."""
    from benchsmith.core.build_files import MANIFEST, STAGES_FOLDER
    from benchsmith.evaluate import release_reader
    from benchsmith.evaluate.locations import locate
    from benchsmith.evaluate.picked_options import picked_options
    from benchsmith.gallery.write_explorer import write_explorer
    from benchsmith.tables.atomic_files import read_json

    place = locate(name, home.resolve(), results_in(home, output))
    manifest = place.release / MANIFEST
    known = read_json(manifest) if manifest.is_file() else {}
    build = str(known.get("build", ""))
    title = known.get("benchmark") or place.release.resolve().name
    return write_explorer(
        place.release,
        folder,
        read_lexicon(home),
        title=f"{title} {known.get('version', '')}".strip(),
        build=build,
        answers=picked_options(release_reader.read(place.release), place.answers),
        # the build's own explorer, if it has one: its pictures are encoded already
        earlier=[place.release.parent / STAGES_FOLDER / "export" / Path(build).name],
    )
