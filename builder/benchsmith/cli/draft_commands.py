"""Commands that draft documents for a curator to review and sign."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchsmith.cli import completion
from benchsmith.cli.app import INCOMPLETE, Home, Json, draft, known, print_lines, read_lexicon
from benchsmith.cli.plain_output import tell


@draft.command(
    "recipe", epilog="Example: benchsmith draft recipe ~/scans --id my-scans --candidate 2"
)
def draft_recipe(
    folder: Annotated[Path, typer.Argument(help="Folder that holds the pictures and labels.")],
    source: Annotated[
        str,
        typer.Option(
            "--id", help="Id of the source; by default of public words of the folder's name."
        ),
    ] = "",
    candidate: Annotated[
        int | None,
        typer.Option(min=1, help="Number of the candidate to write; by default the first."),
    ] = None,
    json: Json = False,
    home: Home = Path(),
) -> None:
    """Inspect a folder of pictures and labels, and draft a recipe for it."""
    from benchsmith.drafting.recipes.write_recipe import write_recipe

    lexicon = read_lexicon(home, mappings=False)
    lines = write_recipe(home.resolve(), folder, source, lexicon, candidate)
    print_lines(lines, as_json=json)


@draft.command("mapping", epilog="Example: benchsmith draft mapping stardist-nuclei")
def draft_mapping(
    source: Annotated[
        str,
        typer.Argument(
            help="Name of a source: a folder in raw_sources/.", autocompletion=completion.sources
        ),
    ],
    json: Json = False,
    home: Home = Path(),
    workers: Annotated[int, typer.Option(min=0, help="Number of processes (0 = one per CPU).")] = 0,
) -> None:
    """Append unsigned mapping rows for a source's unknown words, with suggested labels."""
    from benchsmith.drafting.draft_mapping import draft_mapping as write

    print_lines(write(home.resolve(), source, workers), as_json=json)


@draft.command(
    "questions",
    epilog="Example: benchsmith draft questions --task bone --model MODEL --base-url URL",
)
def draft_questions(
    model: Annotated[str, typer.Option(help="Name of the model at the endpoint.")],
    base_url: Annotated[
        str, typer.Option(help="URL of an OpenAI-compatible endpoint, such as http://HOST:8000/v1.")
    ],
    task: Annotated[
        list[str] | None,
        typer.Option(help="Only this task; may be repeated.", autocompletion=completion.tasks),
    ] = None,
    modality: Annotated[
        list[str] | None,
        typer.Option(
            help="Only this modality; may be repeated.", autocompletion=completion.modalities
        ),
    ] = None,
    granularity: Annotated[
        list[str] | None,
        typer.Option(
            help="Only image, box, mask or contour; may be repeated.",
            autocompletion=completion.granularities,
        ),
    ] = None,
    language: Annotated[str, typer.Option(help="Language of the stems: en or zh.")] = "en",
    several: Annotated[
        bool, typer.Option("--several", help="Draft stems for several right answers.")
    ] = False,
    labels: Annotated[
        int, typer.Option(min=1, help="Example labels per modality, task and granularity.")
    ] = 10,
    candidates: Annotated[int, typer.Option(min=1, max=50, help="Stems per label.")] = 10,
    concurrency: Annotated[int, typer.Option(min=1, help="Number of concurrent requests.")] = 8,
    timeout: Annotated[
        float, typer.Option(min=0.1, help="Timeout of a request, in seconds.")
    ] = 120,
    price_in: Annotated[
        float | None, typer.Option(min=0, help="Price per million input tokens.")
    ] = None,
    price_out: Annotated[
        float | None, typer.Option(min=0, help="Price per million output tokens.")
    ] = None,
    max_cost: Annotated[
        float | None,
        typer.Option(min=0, help="Stop before this cost is exceeded; needs both prices."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    json: Json = False,
    home: Home = Path(),
) -> None:
    """Let a model draft stems, which curators accept one by one."""
    from benchsmith.documents.problems import DocumentError, Problem
    from benchsmith.drafting.draft_stems import Run
    from benchsmith.drafting.estimate import Price
    from benchsmith.drafting.stem_prompts import GRANULARITY_TEXT, DraftScope
    from benchsmith.models.address import Address, key_of

    if max_cost is not None and (price_in is None or price_out is None):
        raise DocumentError([Problem.without_place("--max-cost needs --price-in and --price-out")])
    lexicon = read_lexicon(home)
    known("language", language, ["en", *lexicon.names])
    for what, given, choices in (
        ("task", task, lexicon.tasks.terms),
        ("modality", modality, lexicon.modalities.terms),
        ("granularity", granularity, GRANULARITY_TEXT),
    ):
        for each in given or ():
            known(what, each, choices)
    scope = DraftScope(
        tuple(sorted(set(task or ()))),
        tuple(sorted(set(modality or ()))),
        tuple(g for g in GRANULARITY_TEXT if g in (granularity or ())),
        language,
        labels,
        candidates,
        several,
    )
    endpoint = Address(model=model, base_url=base_url, key=key_of(), timeout_s=timeout,
                       concurrency=concurrency)  # fmt: skip
    lines: list[str] = []
    run = Run(home.resolve(), scope, endpoint, Price(price_in, price_out), max_cost,
              lines.append if json else lambda line: tell(line, flush=True))  # fmt: skip
    run.draft(lambda text: yes or typer.confirm(text, err=json))
    if json:
        print_lines(lines, as_json=True)
    if run.stopped:
        raise typer.Exit(INCOMPLETE)


@draft.command(
    "accept",
    epilog="Example: benchsmith draft accept question_pools/drafts/FILE.yaml --stem ID --sign ME",
)
def draft_accept(
    file: Annotated[Path, typer.Argument(help="Path of a file in question_pools/drafts/.")],
    stem: Annotated[list[str], typer.Option(help="Id of a draft; may be repeated.")],
    sign: Annotated[
        str,
        typer.Option(help="Your id in lexicon/curators.tsv.", autocompletion=completion.curators),
    ],
    json: Json = False,
    home: Home = Path(),
) -> None:
    """Add drafted stems to the pool of their task, signed by a curator."""
    from benchsmith.drafting.accept_stem import accept

    print_lines(accept(home.resolve(), file, stem, sign), as_json=json)
