"""Commands that ask models, and score what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from benchsmith.cli.app import ENVIRONMENT, Home, Json, Output, app, emit, purse
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

Released = Annotated[
    str, typer.Argument(metavar="NAME", help="A benchmark that is built, or a release's folder.")
]

Device = Annotated[
    str, typer.Option("--device", help="For local models: auto, cpu, cuda, cuda:1 or mps.")
]
Dtype = Annotated[
    str, typer.Option("--dtype", help="For local models: auto, float32, bfloat16 or float16.")
]
Batch = Annotated[int, typer.Option("--batch", min=1, help="For local models: so many at a time.")]
OwnCode = Annotated[
    bool,
    typer.Option(
        "--trust-remote-code", help="For local models: run the code that comes with the model."
    ),
]


@app.command(
    epilog="Example: benchsmith evaluate demo --model qwen2-vl --base-url http://localhost:8000/v1"
)
def evaluate(
    name: Released,
    model: Annotated[
        str,
        typer.Option("--model", help="The model's name there, local:ORG/NAME, or baseline:NAME."),
    ] = "",
    base_url: BaseUrl = "",
    key_env: KeyEnv = KEY,
    split: Annotated[str, typer.Option(help="val, test or all.")] = "all",
    limit: Limit = 0,
    prompt: Wording = "zero-shot",
    features: Annotated[
        Path | None, typer.Option("--features", help="Features for probe:NAME or zero-shot:NAME.")
    ] = None,
    panel: Annotated[
        str,
        typer.Option(help="Have readers answer apart, debate and decide: a panel's name, or file."),
    ] = "",
    circular: Annotated[
        bool, typer.Option("--circular", help="Ask each question once with each option first.")
    ] = False,
    no_picture: Annotated[
        bool, typer.Option("--no-picture", help="Show no picture: what is known without it?")
    ] = False,
    change: Change = None,
    concurrency: Concurrency = 16,
    tries: Tries = 8,
    timeout: Timeout = 120.0,
    stream: Annotated[bool, typer.Option("--stream", help="Have answers sent in pieces.")] = False,
    price_in: PriceIn = 0.0,
    price_out: PriceOut = 0.0,
    max_cost: MaxCost = 0.0,
    yes: Yes = False,
    judge_model: Annotated[
        str, typer.Option(help="Then have this model read what the rules cannot read.")
    ] = "",
    import_: Annotated[
        Path | None, typer.Option("--import", help="Take answers from another tool's file.")
    ] = None,
    as_: Annotated[str, typer.Option("--as", help="The model's name for --import.")] = "",
    device: Device = "auto",
    dtype: Dtype = "auto",
    batch: Batch = 8,
    own_code: OwnCode = False,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Ask a model every question of a release that it has not answered, and keep its answers."""
    from benchsmith.cli.progress import Kept, progress
    from benchsmith.evaluate import panel as panels
    from benchsmith.evaluate import prompts, run
    from benchsmith.evaluate.connection import Connection
    from benchsmith.evaluate.local_models import here, is_local

    if features and not run.is_of_features(model):
        raise typer.BadParameter("--features needs --model probe:NAME or zero-shot:NAME")
    if panel and (import_ or not model or run.is_baseline(model) or run.is_of_features(model)):
        raise typer.BadParameter("--panel needs a --model that is asked in words")
    if is_local(judge_model):
        raise typer.BadParameter("--judge-model is asked at an endpoint: --base-url")
    if not is_local(model) and (own_code or (device, dtype, batch) != ("auto", "auto", 8)):
        raise typer.BadParameter(
            "--device, --dtype, --batch and --trust-remote-code need --model local:NAME"
        )
    _agree_on(model=model, import_=import_, as_=as_, judge_model=judge_model)
    agree_on_cost(price_in, price_out, max_cost)
    results = (output or home / "output").resolve()
    place = run.locate(name, home.resolve(), results)
    say = Kept() if json else progress()
    endpoint = Connection(
        base_url=base_url,
        key_env=key_env,
        concurrency=concurrency,
        tries=tries,
        timeout_s=timeout,
        stream=stream,
    )
    left = False
    if import_ is not None:
        say.say(f"{run.import_file(place, import_, as_)} answers of {as_} taken over")
    elif run.is_baseline(model):
        found = run.ask_baseline(place, model, split=split, limit=limit, circular=circular)
        say.say(f"{model}: {found.answered} answers")
    elif run.is_of_features(model):
        found, areas = run.ask_features(
            place, model, features, split=split, limit=limit, circular=circular
        )
        say.say(f"{model}: {found.answered} answers")
        for line in _areas(areas):
            say.say(line)
    elif model:
        outcome = run.ask_model(
            place,
            model,
            here(model, results, device=device, dtype=dtype, batch=batch, own_code=own_code)
            if is_local(model)
            else endpoint,
            prompt=prompts.read(prompt, home.resolve()),
            changed=change or [],
            split=split,
            limit=limit,
            circular=circular,
            pictures=not no_picture,
            purse=purse(price_in, price_out, max_cost, yes=yes, quiet=json),
            say=say,
            panel=panels.read(panel, home.resolve()) if panel else None,
        )
        if outcome is None:
            raise typer.Abort
        left = outcome.report(say.say)
    if judge_model:
        read, of = run.ask_judge(place, judge_model, endpoint, say)
        say.say(f"{judge_model} read {read} of {of} unclear answers")
        left = left or read < of
    if isinstance(say, Kept):
        emit({"model": model or as_ or judge_model, "answers": str(place.answers),
              "complete": not left, "lines": say.lines})  # fmt: skip
    else:
        say.say(f"  {place.answers}  (`benchsmith scores {name}` makes the tables)")
    if left:
        raise typer.Exit(ENVIRONMENT)


@app.command(
    epilog="Example: benchsmith features demo --model local:google/siglip-base-patch16-224"
)
def features(
    name: Released,
    model: Annotated[
        str, typer.Option("--model", help="local:ORG/NAME, local:FOLDER or open-clip:NAME.")
    ],
    as_: Annotated[
        str, typer.Option("--as", help="What to call it; default: the last part of its name.")
    ] = "",
    template: Annotated[
        list[str] | None,
        typer.Option("--template", help="The words around an <option>; of several, their mean."),
    ] = None,
    device: Device = "auto",
    dtype: Dtype = "auto",
    batch: Batch = 32,
    own_code: OwnCode = False,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Have an encoder look at every picture and option, for `evaluate --model probe:NAME`."""
    from benchsmith.cli.progress import Silent, progress
    from benchsmith.evaluate import encode, local_models, run

    results = (output or home / "output").resolve()
    place = run.locate(name, home.resolve(), results)
    encoder, short = local_models.encoder(
        model, results, device=device, dtype=dtype, own_code=own_code
    )
    found = encode.encode(
        place.release, encode.path_of(place.answers, as_ or short), encoder,
        templates=template or (), batch=batch, say=Silent() if json else progress(),
    )  # fmt: skip
    kinds = ("probe", "zero-shot") if found.texts else ("probe",)
    if json:
        emit({"file": str(found.path), "pictures": found.pictures, "options": found.texts,
              "looked_at_now": found.fresh, "cut": found.cut,
              "models": [f"{kind}:{as_ or short}" for kind in kinds]})  # fmt: skip
        return
    for line in found.report():
        print(line)
    print(f"  {found.path}")
    for kind in kinds:
        print(f"  next: benchsmith evaluate {name} --model {kind}:{as_ or short}")


@app.command(epilog="Example: benchsmith scores demo --against baseline:blind")
def scores(
    name: Released,
    against: Annotated[
        list[str] | None, typer.Option(help="Compare every model with this one; default: the best.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="Where tables go; default: scores/ beside answers/.")
    ] = None,
    pictures: Annotated[int, typer.Option(min=0, help="Cases shown on the page.")] = 240,
    key: Annotated[
        Path | None,
        typer.Option("--key", help="Hidden answers; default: those of the build in private/."),
    ] = None,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Score every model's answers: tables, comparisons, and a page to look at the errors."""
    from benchsmith.evaluate import compared_runs, printed_tables, run, scores_page
    from benchsmith.evaluate.leaderboard import board, record

    place = run.locate(name, home.resolve(), (output or home / "output").resolve())
    found = compared_runs.gather(run.keyed(place, key), place.answers, tuple(against or ()))
    folder = to or place.answers.parent / "scores"
    printed_tables.write(found, folder)
    scores_page.write(found, folder, pictures)
    if json:
        emit(record(found) | {"folder": str(folder)})
        return
    for line in board(found):
        print(line)
    print(f"  {folder}  (open scores.html)")


def _areas(rows: list[dict[str, Any]]) -> list[str]:
    """Return a line for each split: the mean area over its labels."""
    lines = []
    for split in dict.fromkeys(row["split"] for row in rows):
        own = [row["auroc"] for row in rows if row["split"] == split]
        mean = sum(own) / len(own)
        lines.append(f"{split}: AUROC {mean:.3f}, the mean of {len(own)} labels of whole pictures")
    return lines


def _agree_on(*, model: str, import_: Path | None, as_: str, judge_model: str) -> None:
    """Raise BadParameter where options do not go together."""
    if not (model or import_ or judge_model):
        raise typer.BadParameter("say who answers: --model, or --import FILE --as MODEL")
    if bool(import_) != bool(as_) or (model and import_):
        raise typer.BadParameter("--import FILE and --as MODEL go together, and without --model")
