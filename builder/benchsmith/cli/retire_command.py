"""The command that retires targets which were exposed, or solved without their pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchsmith.cli import completion
from benchsmith.cli.app import Home, Json, Output, app, emit, read_benchmark, results_in
from benchsmith.cli.plain_output import tell


@app.command(epilog="Example: benchsmith retire demo@spring 5f0c2a9be1d47730 --who ann")
def retire(
    name: Annotated[
        str,
        typer.Argument(
            help="Name of a built benchmark or edition.", autocompletion=completion.benchmarks
        ),
    ],
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Ids of cases, questions or targets."),
    ] = None,
    who: Annotated[
        str, typer.Option(help="Id of the curator who signs.", autocompletion=completion.curators)
    ] = "",
    cause: Annotated[
        str, typer.Option(help="exposed or other; --solved-blind sets its own cause.")
    ] = "exposed",
    note: Annotated[str, typer.Option(help="A remark; required for the cause other.")] = "",
    ids_from: Annotated[
        Path | None, typer.Option("--from", help="File with further ids, one on each line.")
    ] = None,
    solved_blind: Annotated[
        str,
        typer.Option(
            help="Retire targets that a model solved without the picture in at least this many "
            "passes: `2 of 3`."
        ),
    ] = "",
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Retire targets: no edition asks about them any more, and the next builds replace them."""
    from benchsmith.documents.benchmark.benchmark import n_of_m
    from benchsmith.documents.retirements import path_of
    from benchsmith.review import retire_targets

    listed = ids_from.read_text("utf-8", "replace").split() if ids_from else []
    wanted = [*(ids or []), *listed]
    if bool(wanted) == bool(solved_blind):
        raise typer.BadParameter("name ids, or give --solved-blind")
    try:
        n_of_m(solved_blind)
    except ValueError as error:
        raise typer.BadParameter(f"--solved-blind: {error}") from None
    place = home.resolve()
    document, library = read_benchmark(place, name)
    if solved_blind:
        found = retire_targets.solved_blind(place, name, document, solved_blind)
        targets, cause = list(found), retire_targets.SOLVED_BLIND
    else:
        targets = retire_targets.named_targets(results_in(place, output), name, wanted)
    new = retire_targets.retire(place, name, library, targets, cause, who, note)
    file = path_of(place, name).relative_to(place).as_posix()
    if json:
        emit({"file": file, "named": len(set(targets)), "new": [row.target for row in new]})
        return
    tell(f"{len(new)} targets retired in {file}; {len(set(targets)) - len(new)} were before")
    if new:
        tell(f"`benchsmith build {name}` replaces them with the next candidates")
