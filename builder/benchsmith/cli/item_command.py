"""The command that prints how difficult questions are, on one scale for all editions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from benchsmith.cli import completion
from benchsmith.cli.app import Home, Json, Output, app, emit, results_in
from benchsmith.cli.plain_output import tell


@app.command(epilog="Example: benchsmith items demo@spring demo@autumn")
def items(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME...",
            help="Names of built benchmarks or editions, or paths of releases; the first sets the scale.",
            autocompletion=completion.built,
        ),
    ],
    kind: Annotated[
        Literal["rasch", "2pl", "auto"],
        typer.Option(
            help="rasch: one discrimination for all; 2pl: one for each question; auto: 2pl with "
            "60 models or more."
        ),
    ] = "auto",
    guessing: Annotated[
        bool,
        typer.Option(
            "--guessing/--no-guessing",
            help="Take the score of a random guess into account (default).",
        ),
    ] = True,
    to: Annotated[
        Path | None,
        typer.Option("--to", help="Output folder; default: items/ beside the first's answers/."),
    ] = None,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Estimate the difficulty and discrimination of questions from models' answers."""
    from benchsmith.evaluate import item_answers, item_parameters, locations

    places = [locations.locate(name, home.resolve(), results_in(home, output)) for name in names]
    answers = [item_answers.read(locations.keyed(place), place.answers) for place in places]
    found = item_parameters.calibrate(answers, "" if kind == "auto" else kind, guessing=guessing)
    folder = to or places[0].answers.parent / "items"
    item_parameters.write(found, folder)
    if json:
        emit({
            "folder": str(folder),
            "editions": [one.link_row() for one in found],
            "models": [row for one in found for row in one.models()],
            "items": [row for one in found for row in one.rows()],
        })  # fmt: skip
        return
    for line in item_parameters.lines(found):
        tell(line)
    tell(f"  {folder}  (items.csv has all)")
