"""Commands that place labels in the tree by votes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchsmith.cli import completion
from benchsmith.cli.app import Home, Json, app, print_lines, read_lexicon

tag = typer.Typer(
    help="Place labels in the tree by the votes of several annotators.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(tag, name="tag")

Round = Annotated[
    str, typer.Argument(metavar="ROUND", help="Name of a voting round, such as 2026-spring.")
]
Each = Annotated[int, typer.Option(min=2, help="Votes required per label.")]


@tag.command(
    epilog="Example: benchsmith tag assign spring --annotators ann,bob,eve --unplaced --to sheets"
)
def assign(
    round_: Round,
    annotators: Annotated[
        str, typer.Option(help="Ids of curators, comma-separated, or a file with one per line.")
    ],
    to: Annotated[Path, typer.Option("--to", help="Output folder of the sheets.")],
    labels: Annotated[
        str, typer.Option(help="Select labels that match a query, such as `label=heart/**`.")
    ] = "",
    unplaced: Annotated[
        bool, typer.Option("--unplaced", help="Select labels without a placement.")
    ] = False,
    source: Annotated[
        str,
        typer.Option(
            help="Select labels to which a source's words are mapped.",
            autocompletion=completion.sources,
        ),
    ] = "",
    ties: Annotated[
        bool,
        typer.Option(
            "--ties", help="Select undecided labels, for annotators who have not voted on them."
        ),
    ] = False,
    modality: Annotated[
        list[str] | None,
        typer.Option(
            help="Ask for this modality; may be repeated.", autocompletion=completion.modalities
        ),
    ] = None,
    each: Each = 3,
    seed: Annotated[int, typer.Option(help="Seed for assigning labels to annotators.")] = 0,
    json: Json = False,
    home: Home = Path(),
) -> None:
    """Write a sheet for each annotator; each label is assigned to several annotators."""
    from benchsmith.tagging.hand_out import ItemSelection, hand_out

    wanted = ItemSelection(
        labels=labels, unplaced=unplaced, source=source, ties=ties, modalities=modality or ()
    )
    print_lines(
        hand_out(
            home.resolve(),
            round_,
            read_lexicon(home),
            wanted,
            annotators=annotators,
            each=each,
            seed=seed,
            to=to.resolve(),
        ),
        as_json=json,
    )


@tag.command(epilog="Example: benchsmith tag collect spring --from sheets --date 2026-03-20")
def collect(
    round_: Round,
    folder: Annotated[Path, typer.Option("--from", help="Folder of the filled sheets.")],
    date: Annotated[
        str, typer.Option(help="Date for votes with an empty `time`, such as 2026-03-20.")
    ] = "",
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", help="Replace votes that have changed since they were collected."
        ),
    ] = False,
    json: Json = False,
    home: Home = Path(),
) -> None:
    """Add the votes of filled or partly filled sheets to the round."""
    from benchsmith.tagging.collect_votes import collect as collect_votes

    print_lines(
        collect_votes(
            home.resolve(),
            round_,
            folder.resolve(),
            read_lexicon(home),
            date=date,
            replacing=replace,
        ),
        as_json=json,
    )


@tag.command(epilog="Example: benchsmith tag agree spring --write --sign founders")
def agree(
    round_: Round,
    each: Each = 3,
    write: Annotated[
        bool, typer.Option("--write", help="Write the decisions to placements.tsv.")
    ] = False,
    sign: Annotated[
        str,
        typer.Option(
            help="With --write: id of a curator who also signs.", autocompletion=completion.curators
        ),
    ] = "",
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", help="With --write: also replace placements that were signed differently."
        ),
    ] = False,
    json: Json = False,
    home: Home = Path(),
) -> None:
    """Print the agreement of a round's votes, the decisions, and the undecided labels."""
    from benchsmith.tagging.round_report import report as agreement

    print_lines(
        agreement(
            home.resolve(),
            round_,
            read_lexicon(home),
            each=each,
            writing=write,
            sign=sign,
            replacing=replace,
        ),
        as_json=json,
    )
