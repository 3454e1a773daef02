"""The command that lets people tag, sign and validate in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchsmith.cli.app import Home, Json, Output, app, known, tell


@app.command(epilog="Example: benchsmith review demo --annotators ann,bob,eve --curator ann")
def review(
    benchmark: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A benchmark that is built: its cases.")
    ] = None,
    annotators: Annotated[
        str, typer.Option(help="Curators' ids with commas between; default: all of them.")
    ] = "",
    curator: Annotated[
        str, typer.Option(help="Who sees progress and writes results; default: the first.")
    ] = "",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8420,
    share: Annotated[
        bool, typer.Option("--share", help="Also for other machines of the network.")
    ] = False,
    new_links: Annotated[
        bool, typer.Option("--new-links", help="Make everybody's link anew.")
    ] = False,
    round_: Annotated[str, typer.Option("--round", help="The round of votes on labels.")] = "desk",
    labels: Annotated[
        str, typer.Option(help="Vote on labels that a query accepts; default: on unplaced ones.")
    ] = "",
    source: Annotated[str, typer.Option(help="Vote on labels of a source.")] = "",
    each: Annotated[int, typer.Option(min=2, help="Votes that every label needs.")] = 3,
    seed: Annotated[int, typer.Option(help="Who gets what label follows from it.")] = 0,
    subset: Annotated[str, typer.Option(help="Review only cases that a query accepts.")] = "",
    results: Annotated[
        bool, typer.Option("--results", help="Print what the reviews come to, and end.")
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Put results into the documents, and end.")
    ] = False,
    to_label_studio: Annotated[
        Path | None, typer.Option(help="Write the cases as tasks of Label Studio, and end.")
    ] = None,
    from_label_studio: Annotated[
        Path | None, typer.Option(help="Read an export of Label Studio, and end.")
    ] = None,
    users: Annotated[
        str, typer.Option(help="Who is who there, as `ann=ann@example.org,bob=2`.")
    ] = "",
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Open the review desk in the browser: tags, mappings, questions, cases, and the atlas."""
    from contextlib import ExitStack, closing

    from benchsmith.review import serve
    from benchsmith.review.act_store import ActionStore

    place, results_in = home.resolve(), (output or home / "output").resolve()
    if benchmark is not None:
        known("benchmark", benchmark, [p.stem for p in (place / "benchmarks").glob("*.yaml")])
        serve.require_build(results_in, benchmark)
    curators = serve.curators_of(place)
    people = serve.people_of(curators, annotators, curator)
    with ExitStack() as held:
        store = held.enter_context(closing(ActionStore(serve.store_path(place))))

        def desks_of() -> serve.Opened:
            from benchsmith.review import open_desks
            from benchsmith.tagging.hand_out import Wanted

            library = open_desks.read(place, benchmark or "")
            wanted = Wanted(labels=labels, unplaced=not (labels or source), source=source)
            where = open_desks.ReviewScope(place, results_in, benchmark or "")
            on = open_desks.Round(round_, wanted, each, seed)
            return open_desks.desks(where, library, store, annotators=people.annotators,
                                    votes_on=on, subset=subset, held=held)  # fmt: skip

        if not (to_label_studio or from_label_studio or write or results):
            if json:
                raise typer.BadParameter(
                    "--json tells of what ends: --results, --write, Label Studio"
                )
            service = serve.ServerSettings(people, port, share, new_links)
            title = benchmark or place.name
            serve.serve(desks_of, store, service, title, lambda line: print(line, flush=True))
            return
        desks, _ = desks_of()
        if to_label_studio or from_label_studio:
            from benchsmith.review import label_studio, open_desks

            cases = open_desks.cases_of(desks)
            told = (
                label_studio.export(cases, to_label_studio)
                if to_label_studio
                else label_studio.read(cases, from_label_studio or place,
                                       label_studio.users_of(users, curators))
            )  # fmt: skip
            tell(told, as_json=json)
            return
        lines = (
            line
            for desk in desks
            for line in (desk.write(people.curator) if write else desk.report().lines())
        )
        tell(lines, as_json=json)
