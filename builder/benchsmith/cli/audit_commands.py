"""The command that checks whether a benchmark measures what it should."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from benchsmith.cli.app import ENVIRONMENT, GATE, Home, Output, app, purse, read_benchmark
from benchsmith.cli.endpoint_options import (  # fmt: skip
    KEY,
    BaseUrl,
    Change,
    Concurrency,
    KeyEnv,
    Limit,
    MaxCost,
    PriceIn,
    PriceOut,
    Timeout,
    Tries,
    Wording,
    Yes,
    agree_on_cost,
)


@app.command(epilog="Example: benchsmith audit demo")
def audit(
    name: Annotated[
        str,
        typer.Argument(help="A benchmark that is built, or the folder of anybody's release."),
    ],
    json: Annotated[
        bool, typer.Option("--json", help="Print the verdicts as JSON instead of a table.")
    ] = False,
    all_: Annotated[
        bool,
        typer.Option("--all", help="Say more of every check: its formula and all of its figures."),
    ] = False,
    blind_model: Annotated[
        str, typer.Option(help="First ask this model every question without its picture.")
    ] = "",
    shuffled: Annotated[
        bool,
        typer.Option("--shuffled", help="And with its own, and with another patient's picture."),
    ] = False,
    base_url: BaseUrl = "",
    key_env: KeyEnv = KEY,
    passes: Annotated[
        int, typer.Option(min=1, help="Times each question is asked, options turned round.")
    ] = 3,
    limit: Limit = 0,
    prompt: Wording = "zero-shot",
    change: Change = None,
    concurrency: Concurrency = 16,
    tries: Tries = 8,
    timeout: Timeout = 120.0,
    price_in: PriceIn = 0.0,
    price_out: PriceOut = 0.0,
    max_cost: MaxCost = 0.0,
    yes: Yes = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Check a benchmark for what gives answers away and what makes keys wrong; exit 5 on a failure."""
    from benchsmith.audits import terminal_table

    if shuffled and not blind_model:
        raise typer.BadParameter("--shuffled needs a model to ask: --blind-model")
    agree_on_cost(price_in, price_out, max_cost)
    place = Path(name)
    complete: bool | None = True
    if (place / "data").is_dir():
        from benchsmith.audits.table_from_folder import audited

        if blind_model:
            raise typer.BadParameter("a model is asked of a benchmark of this project, by name")
        found, title = audited(place, home.resolve()), str(place)
    else:
        from benchsmith.cli.progress import Silent, progress
        from benchsmith.engine import engine
        from benchsmith.pipeline.build import Build

        document, library = read_benchmark(home, name)
        results, say = (output or home / "output").resolve(), Silent() if json else progress()
        run = Build(name, document, library, results, engine(1), say)
        if blind_model:
            from benchsmith.evaluate import blind, prompts
            from benchsmith.evaluate.connection import Connection

            complete = blind.ask(
                run.built(),
                results / name,
                home.resolve(),
                Connection(
                    base_url=base_url,
                    key_env=key_env,
                    concurrency=concurrency,
                    tries=tries,
                    timeout_s=timeout,
                ),
                blind.Wanted(
                    model=blind_model,
                    prompt=prompts.read(prompt, home.resolve()),
                    changed=change or [],
                    passes=passes,
                    limit=limit,
                    shuffled=shuffled,
                ),
                purse(price_in, price_out, max_cost, yes=yes, quiet=json),
                say,
            )
            if complete is None:
                raise typer.Abort
        found, title = run.audited().audit, name
    if json:
        terminal_table.write_json(found, sys.stdout, title)
    else:
        terminal_table.show(found, title, every=all_)
    if found.stops():
        raise typer.Exit(GATE)
    if not complete:
        raise typer.Exit(ENVIRONMENT)
