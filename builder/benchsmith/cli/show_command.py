"""The command that prints questions of a release with their pictures."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from benchsmith.cli import completion
from benchsmith.cli.app import Home, Json, Output, app, emit, results_in
from benchsmith.cli.plain_output import tell
from benchsmith.text.printed import printed

if TYPE_CHECKING:
    from benchsmith.api.loaded_release import LoadedRelease

Pictures = Literal["auto", "blocks", "none"]
WIDTH = 100
"""Columns of the text where there is no terminal."""


@app.command(epilog="Example: benchsmith show demo 'modality=ct granularity=contour' --count 2")
def show(
    name: Annotated[
        str,
        typer.Argument(
            help="Name of a built benchmark, or path of a release folder.",
            autocompletion=completion.built,
        ),
    ],
    query: Annotated[
        str,
        typer.Argument(
            help="Query on the tree, such as `task=bone`.", autocompletion=completion.queries
        ),
    ] = "",
    count: Annotated[int, typer.Option(min=1, help="Maximum number of questions shown.")] = 5,
    ids: Annotated[
        list[str] | None, typer.Option("--id", help="Id of a question; may be repeated.")
    ] = None,
    key: Annotated[
        bool, typer.Option("--key/--no-key", help="Mark the right options (default).")
    ] = True,
    pictures: Annotated[
        Pictures,
        typer.Option(help="auto: if the terminal can show them; blocks: made of characters; none."),
    ] = "auto",
    lines: Annotated[int, typer.Option(min=4, max=200, help="Height of a picture in lines.")] = 20,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Print questions of a release in the terminal, with their pictures."""
    from benchsmith.api.loaded_release import load_release
    from benchsmith.api.matching_cases import matching_cases
    from benchsmith.evaluate.locations import locate

    folder = locate(name, home.resolve(), results_in(home, output)).release
    release = load_release(folder)
    found = ids or matching_cases(folder, query, home.resolve())
    shown = found if ids else found[:count]
    if json:
        cases = [_record(release, id_, key=key) for id_ in shown]
        emit({"release": str(folder), "query": query, "questions": len(found), "shown": cases})
        return
    _print(release, shown, _drawer(pictures, lines), key=key)
    more = f"; --count {min(2 * count, len(found))} shows more" if len(shown) < len(found) else ""
    tell(f"{len(shown)} of {len(found)} questions{more}")


def _record(release: LoadedRelease, id_: str, *, key: bool) -> dict[str, Any]:
    """Return a case as JSON values; without the key if it is not wanted."""
    hidden = () if key else ("answer", "label")
    case = {name: value for name, value in release.case(id_).items() if name not in hidden}
    return {**case, "options": [option for _, option in release[id_].lettered()]}


def _print(
    release: LoadedRelease,
    ids: Sequence[str],
    draw: Callable[[bytes], Any] | None,
    *,
    key: bool,
) -> None:
    from rich.console import Console

    whole = sys.stdout.isatty()
    console = Console(
        width=None if whole else WIDTH,
        force_terminal=True if draw and not whole else None,
        color_system="truecolor" if draw and not whole else "auto",
        highlight=False,
        markup=False,
    )
    for id_ in ids:
        if draw:
            console.print(draw(release[id_].image))
        for text, style in _lines(release, id_, key=key):
            console.print(printed(text), style=style, soft_wrap=not whole)
        console.print()


def _lines(release: LoadedRelease, id_: str, *, key: bool) -> Iterator[tuple[str, str]]:
    """Yield the lines of a question, each with its style."""
    case, question = release.case(id_), release[id_]
    yield question.text, "bold"
    right = question.answer.split(",") if key and question.answer else []
    for letter, option in question.lettered():
        is_key = letter in right
        yield f"  {letter}. {option}{'  (key)' if is_key else ''}", "bold green" if is_key else ""
    place = [case[axis] for axis in ("modality", "task", "department", "granularity", "split")]
    yield f"  {' · '.join(str(word) for word in (*place, id_) if word)}", "dim"


def _is_terminal() -> bool:
    """Return whether the terminal can be queried, and states its size."""
    from os import get_terminal_size

    asked = sys.stdin.isatty() and sys.stdout.isatty()
    return asked and get_terminal_size(sys.stdout.fileno()).columns > 0


def _drawer(pictures: Pictures, lines: int) -> Callable[[bytes], Any] | None:
    """Return a function that makes a picture printable; None if the terminal shows no pictures."""
    if pictures == "none" or (pictures == "auto" and not _is_terminal()):
        return None
    try:
        from textual_image import renderable
    except ImportError:
        tell("pictures need `pip install 'benchsmith[terminal]'`", file=sys.stderr)
        return None
    kind: Any = renderable.HalfcellImage
    if pictures == "auto":
        kind = renderable.Image
        if kind not in (renderable.SixelImage, renderable.TGPImage):
            tell("this terminal shows no pictures; see `--pictures blocks`", file=sys.stderr)
            return None

    def draw(data: bytes) -> Any:
        from io import BytesIO

        from PIL import Image

        return kind(Image.open(BytesIO(data)).convert("RGB"), height=lines, width="auto")

    return draw
