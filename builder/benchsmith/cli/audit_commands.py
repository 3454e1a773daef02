"""The command that audits a benchmark."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from benchsmith.cli import completion
from benchsmith.cli.app import (
    GATE,
    Home,
    Output,
    app,
    read_benchmark,
    release_folder,
    results_in,
)
from benchsmith.cli.endpoint_options import Costs, Endpoint, Request, exit_by
from benchsmith.cli.option_groups import grouped

if TYPE_CHECKING:
    from benchsmith.core.contracts import Progress
    from benchsmith.pipeline.build import Build


class Blind(NamedTuple):
    """A model that is asked with and without the pictures, before the checks run."""

    blind_model: Annotated[
        str,
        typer.Option(
            "--blind-model", help="First ask this model all questions without their pictures."
        ),
    ] = ""
    shuffled: Annotated[
        bool,
        typer.Option(
            "--shuffled",
            help="Also ask it with the right picture, and with another patient's picture.",
        ),
    ] = False
    passes: Annotated[
        int,
        typer.Option(
            "--passes",
            min=1,
            help="Number of times to ask each question, each time with a different option first.",
        ),
    ] = 3


@app.command(epilog="Example: benchsmith audit demo")
@grouped
def audit(
    name: Annotated[
        str,
        typer.Argument(
            help="Name of a built benchmark, or path of any release folder.",
            autocompletion=completion.benchmarks,
        ),
    ],
    blind: Blind,
    endpoint: Endpoint,
    request: Request,
    costs: Costs,
    json: Annotated[
        bool, typer.Option("--json", help="Print the verdicts as JSON instead of a table.")
    ] = False,
    all_: Annotated[
        bool, typer.Option("--all", help="Also print the formula and all figures of each check.")
    ] = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Check a benchmark for wrong keys and for questions that give their answers away."""
    from benchsmith.audits import terminal_table

    if blind.shuffled and not blind.blind_model:
        raise typer.BadParameter("--shuffled needs --blind-model")
    costs.check()
    place, ended = release_folder(name, home, output), "complete"
    if (place / "data").is_dir():
        from benchsmith.audits.table_from_folder import audited

        if blind.blind_model:
            raise typer.BadParameter("--blind-model needs the name of a benchmark of this project")
        found, title = audited(place, home.resolve()), str(place)
    else:
        from benchsmith.cli.progress import progress
        from benchsmith.core.silent_progress import Silent
        from benchsmith.engine import engine
        from benchsmith.pipeline.build import Build

        document, library = read_benchmark(home, name)
        say = Silent() if json else progress()
        run = Build(name, document, library, results_in(home, output), engine(1), say)
        if blind.blind_model:
            asking = _Asking(blind, endpoint, request, costs, home.resolve())
            ended = asking.ask(run, results_in(home, output) / name, say, quiet=json)
        found, title = run.audited().audit, name
    if json:
        terminal_table.write_json(found, sys.stdout, title)
    else:
        terminal_table.show(found, title, every=all_)
    if found.stops():
        raise typer.Exit(GATE)
    exit_by(ended)


class _Asking(NamedTuple):
    """Everything that decides how a model is asked."""

    blind: Blind
    endpoint: Endpoint
    request: Request
    costs: Costs
    home: Path

    def ask(self, run: Build, folder: Path, say: Progress, *, quiet: bool) -> str:
        """Ask the model; return how it ended. Raises Abort if declined."""
        from benchsmith.evaluate import blind, prompts

        outcome = blind.ask(
            run.built(),
            folder,
            self.home,
            blind.Asked(
                connection=self.endpoint.connection(),
                model=self.blind.blind_model,
                prompt=prompts.read(self.request.prompt, self.home),
                changed=self.request.change or (),
                passes=self.blind.passes,
                limit=self.request.limit,
                shuffled=self.blind.shuffled,
            ),
            budget=self.costs.budget(to_stderr=quiet),
            say=say,
        )
        if outcome is None:
            raise typer.Abort
        return outcome.ended
