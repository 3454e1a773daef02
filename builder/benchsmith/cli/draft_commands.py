"""Commands that draft documents for a person to sign."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchsmith.cli.app import Home, Json, draft, known, read_lexicon, tell


@draft.command("mapping", epilog="Example: benchsmith draft mapping stardist-nuclei")
def draft_mapping(
    source: Annotated[str, typer.Argument(help="A source: the name of a folder in raw_sources/.")],
    json: Json = False,
    home: Home = Path(),
    workers: Annotated[
        int, typer.Option(min=0, help="Processes; 0 is one for each processor.")
    ] = 0,
) -> None:
    """List a source's words that the lexicon does not know, with suggestions to sign."""
    from benchsmith.drafting.draft_mapping import draft_mapping as write

    tell(write(home.resolve(), source, workers), as_json=json)


@draft.command(
    "questions",
    epilog="Example: benchsmith draft questions --task bone --model MODEL --base-url URL",
)
def draft_questions(
    model: Annotated[str, typer.Option(help="The model's name, as the endpoint knows it.")],
    base_url: Annotated[
        str, typer.Option(help="An OpenAI-compatible endpoint, for instance http://HOST:8000/v1.")
    ],
    task: Annotated[
        list[str] | None, typer.Option(help="Only this task; may be given several times.")
    ] = None,
    modality: Annotated[
        list[str] | None, typer.Option(help="Only this modality; may be given several times.")
    ] = None,
    granularity: Annotated[
        list[str] | None, typer.Option(help="Only image, box, mask or contour; as above.")
    ] = None,
    language: Annotated[str, typer.Option(help="The stems' language: en or zh.")] = "en",
    several: Annotated[
        bool, typer.Option("--several", help="Stems for several right answers.")
    ] = False,
    labels: Annotated[
        int, typer.Option(min=1, help="Labels that speak for each modality, task, granularity.")
    ] = 10,
    candidates: Annotated[int, typer.Option(min=1, max=50, help="Stems for each label.")] = 10,
    concurrency: Annotated[int, typer.Option(min=1, help="Questions under way at a time.")] = 8,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds to wait for an answer.")] = 120,
    price_in: Annotated[
        float | None, typer.Option(min=0, help="Price of a million tokens of prompts.")
    ] = None,
    price_out: Annotated[
        float | None, typer.Option(min=0, help="Price of a million tokens of answers.")
    ] = None,
    max_cost: Annotated[
        float | None, typer.Option(min=0, help="Stop before it costs more; needs both prices.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask without a question back.")] = False,
    json: Json = False,
    home: Home = Path(),
) -> None:
    """Let a model draft stems; people accept them one by one. The key is OPENAI_API_KEY's value."""
    from benchsmith.documents.problems import DocumentError, Problem
    from benchsmith.drafting.draft_stems import Run
    from benchsmith.drafting.estimate import Price
    from benchsmith.drafting.stem_prompts import GRANULARITY, Wanted
    from benchsmith.models.address import Address, key_of

    if max_cost is not None and (price_in is None or price_out is None):
        raise DocumentError([Problem.without_place("--max-cost needs --price-in and --price-out")])
    lexicon = read_lexicon(home)
    known("language", language, ["en", *lexicon.names])
    for what, given, there in (
        ("task", task, lexicon.tasks.terms),
        ("modality", modality, lexicon.modalities.terms),
        ("granularity", granularity, GRANULARITY),
    ):
        for each in given or ():
            known(what, each, there)
    wanted = Wanted(
        tuple(sorted(set(task or ()))),
        tuple(sorted(set(modality or ()))),
        tuple(g for g in GRANULARITY if g in (granularity or ())),
        language,
        labels,
        candidates,
        several,
    )
    endpoint = Address(model=model, base_url=base_url, key=key_of(), timeout_s=timeout,
                       concurrency=concurrency)  # fmt: skip
    said: list[str] = []
    run = Run(home.resolve(), wanted, endpoint, Price(price_in, price_out), max_cost,
              said.append if json else lambda line: print(line, flush=True))  # fmt: skip
    run.draft(lambda text: yes or typer.confirm(text, err=json))
    if json:
        tell(said, as_json=True)


@draft.command(
    "accept",
    epilog="Example: benchsmith draft accept question_pools/drafts/FILE.yaml --stem ID --sign ME",
)
def draft_accept(
    file: Annotated[Path, typer.Argument(help="A file of question_pools/drafts/.")],
    stem: Annotated[list[str], typer.Option(help="Id of a draft; may be given several times.")],
    sign: Annotated[str, typer.Option(help="Your id in lexicon/curators.tsv.")],
    json: Json = False,
    home: Home = Path(),
) -> None:
    """Move drafted stems into their task's pool, signed by a curator."""
    from benchsmith.drafting.accept_stem import accept

    tell(accept(home.resolve(), file, stem, sign), as_json=json)
