"""Commands that place labels by vote."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchsmith.cli.app import Home, Json, app, read_lexicon, tell

tag = typer.Typer(
    help="Place labels by the votes of several people.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(tag, name="tag")

Round = Annotated[
    str, typer.Argument(metavar="ROUND", help="Name of a round of votes, such as 2026-spring.")
]
Each = Annotated[int, typer.Option(min=2, help="Votes that every label needs.")]


@tag.command(
    epilog="Example: benchsmith tag assign spring --annotators ann,bob,eve --unplaced --to sheets"
)
def assign(
    round_: Round,
    annotators: Annotated[
        str, typer.Option(help="Curators' ids with commas between, or a file with one a line.")
    ],
    to: Annotated[Path, typer.Option("--to", help="The folder that the sheets are written to.")],
    labels: Annotated[
        str, typer.Option(help="Labels that a query accepts, such as `label=heart/**`.")
    ] = "",
    unplaced: Annotated[bool, typer.Option("--unplaced", help="Labels without a place.")] = False,
    source: Annotated[str, typer.Option(help="Labels that a source's words stand for.")] = "",
    ties: Annotated[
        bool, typer.Option("--ties", help="What this round left open, to people new to it.")
    ] = False,
    modality: Annotated[
        list[str] | None, typer.Option(help="Ask for this modality; may be given again.")
    ] = None,
    each: Each = 3,
    seed: Annotated[int, typer.Option(help="Who gets what follows from it.")] = 0,
    json: Json = False,
    home: Home = Path(),
) -> None:
    """Write one sheet an annotator: each label goes to several people, evenly."""
    from benchsmith.tagging.hand_out import Wanted, hand_out

    wanted = Wanted(
        labels=labels, unplaced=unplaced, source=source, ties=ties, modalities=modality or ()
    )
    tell(
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
    folder: Annotated[Path, typer.Option("--from", help="The folder with the filled sheets.")],
    date: Annotated[
        str, typer.Option(help="Day of the votes whose `time` is empty, such as 2026-03-20.")
    ] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="Where somebody changed a vote, take the later one.")
    ] = False,
    json: Json = False,
    home: Home = Path(),
) -> None:
    """Read filled sheets, also half filled ones, and add their votes to the round."""
    from benchsmith.tagging.collect_votes import collect as gather

    tell(
        gather(
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
        bool, typer.Option("--write", help="Put what is decided into placements.tsv.")
    ] = False,
    sign: Annotated[
        str, typer.Option(help="A curator who signs beside the annotators; with --write.")
    ] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="With --write: also where people signed otherwise.")
    ] = False,
    json: Json = False,
    home: Home = Path(),
) -> None:
    """Tell how far a round's votes agree, what they decide, and what they leave open."""
    from benchsmith.tagging.round_report import tell as agreement

    tell(
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
