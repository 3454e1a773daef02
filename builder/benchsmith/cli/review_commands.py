"""The command that opens the review desk: tagging, signing and validating in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from benchsmith.cli import completion
from benchsmith.cli.app import (
    Home,
    Json,
    Output,
    app,
    emit,
    known_benchmark,
    print_lines,
    read_benchmark,
    results_in,
)
from benchsmith.cli.plain_output import tell

if TYPE_CHECKING:
    from benchsmith.review.desks.verify import Verify
    from benchsmith.review.open_verification import Verification


@app.command(epilog="Example: benchsmith review demo --annotators ann,bob,eve --curator ann")
def review(
    benchmark: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="Name of a built benchmark, to review its cases.",
            autocompletion=completion.built,
        ),
    ] = None,
    annotators: Annotated[
        str, typer.Option(help="Ids of the reviewers, comma-separated; default: all curators.")
    ] = "",
    curator: Annotated[
        str,
        typer.Option(
            help="Id of the curator, who sees progress and writes results; default: the first "
            "reviewer.",
            autocompletion=completion.curators,
        ),
    ] = "",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the server (0 = any free port).")
    ] = 8420,
    share: Annotated[
        bool, typer.Option("--share", help="Accept connections from other machines.")
    ] = False,
    host_name: Annotated[
        str,
        typer.Option(
            help="Further host names of the desk, comma-separated, such as the name of a proxy."
        ),
    ] = "",
    new_links: Annotated[
        bool, typer.Option("--new-links", help="Issue new links; old ones become invalid.")
    ] = False,
    round_: Annotated[str, typer.Option("--round", help="Name of the voting round.")] = "desk",
    labels: Annotated[
        str, typer.Option(help="Vote on labels that match a query; default: unplaced labels.")
    ] = "",
    source: Annotated[
        str, typer.Option(help="Vote on the labels of a source.", autocompletion=completion.sources)
    ] = "",
    each: Annotated[int, typer.Option(min=2, help="Votes required per label.")] = 3,
    seed: Annotated[int, typer.Option(help="Seed for assigning labels to reviewers.")] = 0,
    subset: Annotated[str, typer.Option(help="Review only cases that match a query.")] = "",
    results: Annotated[
        bool, typer.Option("--results", help="Print the results of the reviews and exit.")
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Write the decisions to the project files and exit.")
    ] = False,
    to_label_studio: Annotated[
        Path | None,
        typer.Option(help="Export the cases as Label Studio tasks to a folder and exit."),
    ] = None,
    from_label_studio: Annotated[
        Path | None, typer.Option(help="Import a file that Label Studio exported and exit.")
    ] = None,
    users: Annotated[
        str,
        typer.Option(help="Label Studio users of the reviewers, as `ann=ann@example.org,bob=2`."),
    ] = "",
    verify: Annotated[
        bool,
        typer.Option(
            "--verify",
            help="Open only the desk at which experts verify keys.",
        ),
    ] = False,
    max_wrong: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help="Share of wrong keys to exclude; default: `audit.wrong_keys`."
        ),
    ] = None,
    status: Annotated[
        bool,
        typer.Option(
            "--status",
            help="With --verify: print the bound and the number of questions left, and exit.",
        ),
    ] = False,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Open the review desk in the browser, for tags, mappings, questions, cases and the atlas."""
    from contextlib import ExitStack, closing

    from benchsmith.review import serve
    from benchsmith.review.act_store import ActionStore

    place, results_folder = home.resolve(), results_in(home, output)
    if benchmark is not None:
        known_benchmark(place, benchmark)
        serve.require_build(results_folder, benchmark)
    curators = serve.curators_of(place)
    people = serve.people_of(curators, annotators, curator)
    with ExitStack() as held:
        store = held.enter_context(closing(ActionStore(serve.store_path(place))))

        if status and not verify:
            raise typer.BadParameter("--status needs --verify")
        if verify and benchmark is None:
            raise typer.BadParameter("--verify needs the NAME of a built benchmark")
        if verify and (to_label_studio or from_label_studio):
            raise typer.BadParameter("--verify excludes --to-label-studio and --from-label-studio")

        def verification() -> Verification:
            from benchsmith.review.open_verification import opened

            name = benchmark or ""
            document, library = read_benchmark(place, name)
            experts = people.annotators
            return opened(place, results_folder, name, document, library, store, experts, max_wrong)

        def desks_of() -> serve.Opened:
            if verify:
                opened = verification()
                # only a person who judges keys draws the order; printing changes no document
                return [opened.desk], [] if write or results else opened.draw()
            from benchsmith.review import open_desks
            from benchsmith.tagging.hand_out import ItemSelection

            library = open_desks.read(place, benchmark or "")
            wanted = ItemSelection(labels=labels, unplaced=not (labels or source), source=source)
            where = open_desks.ReviewScope(place, results_folder, benchmark or "")
            on = open_desks.Round(round_, wanted, each, seed)
            return open_desks.desks(where, library, store, annotators=people.annotators,
                                    votes_on=on, subset=subset, held=held)  # fmt: skip

        if status:
            _print_status(verification().desk, as_json=json)
            return
        if not (to_label_studio or from_label_studio or write or results):
            if json:
                raise typer.BadParameter(
                    "--json needs --results, --write, --status, --to-label-studio or --from-label-studio"
                )
            host_names = [n.strip() for n in host_name.split(",") if n.strip()]
            service = serve.ServerSettings(people, port, share, new_links, place, host_names)
            title = benchmark or place.name
            serve.serve(desks_of, store, service, title, lambda line: tell(line, flush=True))
            return
        desks, _ = desks_of()
        if to_label_studio or from_label_studio:
            from benchsmith.review import label_studio, open_desks

            cases = open_desks.cases_of(desks)
            lines = (
                label_studio.export(cases, to_label_studio)
                if to_label_studio
                else label_studio.read(cases, from_label_studio or place,
                                       label_studio.users_of(users, curators))
            )  # fmt: skip
            print_lines(lines, as_json=json)
            return
        lines = (
            line
            for desk in desks
            for line in (desk.write(people.curator) if write else desk.report().lines())
        )
        print_lines(lines, as_json=json)


def _print_status(desk: Verify, *, as_json: bool) -> None:
    """Print the bound, the sample and the number of questions left."""
    from benchsmith.core.validation import keys_json

    if as_json:
        emit(keys_json(desk.check_keys()))
        return
    print_lines(desk.report().lines(), as_json=False)
