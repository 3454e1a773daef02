"""Commands that ask models, and score their answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from benchsmith.cli.app import ENVIRONMENT, Home, Json, Output, app, emit, results_in
from benchsmith.cli.endpoint_options import Costs, Device, Endpoint, Request
from benchsmith.cli.option_groups import grouped

if TYPE_CHECKING:
    from benchsmith.core.contracts import Progress
    from benchsmith.evaluate import run
    from benchsmith.evaluate.connection import ModelSource
    from benchsmith.evaluate.locations import Location
    from benchsmith.evaluate.session import Selection

Released = Annotated[
    str,
    typer.Argument(metavar="NAME", help="Name of a built benchmark, or path of a release folder."),
]
BATCH = 8
"""Default batch size of a local model."""


class Model(NamedTuple):
    """Which model answers, and in which way."""

    model: Annotated[
        str,
        typer.Option(
            "--model",
            help="Name at the endpoint, local:ORG/NAME, baseline:NAME, probe:NAME or zero-shot:NAME.",
        ),
    ] = ""
    features: Annotated[
        Path | None,
        typer.Option("--features", help="Feature file for probe:NAME or zero-shot:NAME."),
    ] = None
    panel: Annotated[
        str,
        typer.Option(
            "--panel",
            help="Let a panel of readers debate and decide; name or path of a panel file.",
        ),
    ] = ""
    no_picture: Annotated[bool, typer.Option("--no-picture", help="Ask without the picture.")] = (
        False
    )
    stream: Annotated[bool, typer.Option("--stream", help="Stream replies.")] = False
    judge_model: Annotated[
        str,
        typer.Option(
            "--judge-model", help="Let this model interpret replies that the rules cannot."
        ),
    ] = ""
    batch: Annotated[int, typer.Option("--batch", min=1, help="Batch size of a local model.")] = (
        BATCH
    )

    def check(self, device: Device, imports: Imports) -> None:
        """Raise BadParameter for options that contradict each other."""
        from benchsmith.evaluate.local_models import is_local
        from benchsmith.evaluate.run import is_baseline, uses_features

        worded = self.model and not (is_baseline(self.model) or uses_features(self.model))
        if self.features and not uses_features(self.model):
            raise typer.BadParameter("--features needs --model probe:NAME or zero-shot:NAME")
        if self.panel and (imports.import_ or not worded):
            raise typer.BadParameter("--panel needs a --model that answers prompts")
        if is_local(self.judge_model):
            raise typer.BadParameter("--judge-model must be served by the endpoint at --base-url")
        if not is_local(self.model) and (device != Device() or self.batch != BATCH):
            raise typer.BadParameter(
                "--device, --dtype, --batch and --trust-remote-code need --model local:NAME"
            )
        if not (self.model or imports.import_ or self.judge_model):
            raise typer.BadParameter("name a model: --model, or --import FILE --as MODEL")
        if bool(imports.import_) != bool(imports.as_) or (self.model and imports.import_):
            raise typer.BadParameter(
                "--import FILE and --as MODEL belong together, without --model"
            )


class Imports(NamedTuple):
    """Answers from another tool."""

    import_: Annotated[
        Path | None, typer.Option("--import", help="Import answers from a file of another tool.")
    ] = None
    as_: Annotated[str, typer.Option("--as", help="Name of the model for --import.")] = ""


class Cases(NamedTuple):
    """Which cases are asked, and in which orders of their options."""

    split: Annotated[str, typer.Option("--split", help="Split to ask: val, test or all.")] = "all"
    circular: Annotated[
        bool,
        typer.Option(
            "--circular",
            help="Ask each question once per option, each time with another option first.",
        ),
    ] = False


@app.command(
    epilog="Example: benchsmith evaluate demo --model qwen2-vl --base-url http://localhost:8000/v1"
)
@grouped
def evaluate(
    name: Released,
    model: Model,
    endpoint: Endpoint,
    cases: Cases,
    request: Request,
    costs: Costs,
    device: Device,
    imports: Imports,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Ask a model all questions of a release that it has not answered yet, and save the answers."""
    from benchsmith.cli.progress import Buffered, progress
    from benchsmith.evaluate import locations
    from benchsmith.evaluate.session import Selection

    model.check(device, imports)
    costs.check()
    results = results_in(home, output)
    place = locations.locate(name, home.resolve(), results)
    selection = Selection(split=cases.split, limit=request.limit, circular=cases.circular)
    say = Buffered() if json else progress()
    if imports.import_ is not None:
        from benchsmith.evaluate import run

        count = run.import_file(place, imports.import_, imports.as_)
        say.say(f"{count} answers of {imports.as_} imported")
        complete = True
    elif model.model:
        asking = _Asking(model, endpoint, request, costs, device, home.resolve(), results)
        complete = asking.ask(place, selection, say, quiet=json)
    else:
        complete = True
    if model.judge_model:
        complete = _judge(place, model.judge_model, endpoint, say) and complete
    if isinstance(say, Buffered):
        emit(
            {
                "model": model.model or imports.as_ or model.judge_model,
                "answers": str(place.answers),
                "complete": complete,
                "lines": say.lines,
            }
        )
    else:
        say.say(f"  {place.answers}  (next: `benchsmith scores {name}`)")
    if not complete:
        raise typer.Exit(ENVIRONMENT)


class _Asking(NamedTuple):
    """Everything that decides how the questions are answered."""

    model: Model
    endpoint: Endpoint
    request: Request
    costs: Costs
    device: Device
    home: Path
    results: Path

    def ask(self, place: Location, selection: Selection, say: Progress, *, quiet: bool) -> bool:
        """Ask the model; return whether all questions are answered. Raises Abort if declined."""
        from benchsmith.evaluate import run

        name = self.model.model
        if run.is_baseline(name):
            found = run.ask_baseline(place, name, selection)
            say.say(f"{name}: {found.answered} answers")
            return True
        if run.uses_features(name):
            found, areas = run.ask_features(place, name, self.model.features, selection)
            say.say(f"{name}: {found.answered} answers")
            for line in run.mean_areas(areas):
                say.say(line)
            return True
        budget = self.costs.budget(to_stderr=quiet)
        outcome = run.ask_model(
            place, self._model_source(), self._asked(), selection, budget=budget, say=say
        )
        if outcome is None:
            raise typer.Abort
        return not outcome.report(say.say)

    def _model_source(self) -> ModelSource:
        from benchsmith.evaluate.local_models import here, is_local

        if not is_local(self.model.model):
            return self.endpoint.connection(stream=self.model.stream)
        return here(self.model.model, self.results, batch=self.model.batch, **self.device._asdict())

    def _asked(self) -> run.Asked:
        from benchsmith.evaluate import panel, prompts, run

        return run.Asked(
            model=self.model.model,
            prompt=prompts.read(self.request.prompt, self.home),
            changed=self.request.change or (),
            pictures=not self.model.no_picture,
            panel=panel.read(self.model.panel, self.home) if self.model.panel else None,
        )


def _judge(place: Location, model: str, endpoint: Endpoint, say: Progress) -> bool:
    """Let a judge interpret unclear replies; return whether it interpreted all of them."""
    from benchsmith.evaluate import run

    judged, unclear = run.ask_judge(place, model, endpoint.connection(), say)
    say.say(f"{model} interpreted {judged} of {unclear} unclear answers")
    return judged == unclear


@app.command(
    epilog="Example: benchsmith features demo --model local:google/siglip-base-patch16-224"
)
@grouped
def features(
    name: Released,
    model: Annotated[
        str,
        typer.Option("--model", help="Encoder: local:ORG/NAME, local:FOLDER or open-clip:NAME."),
    ],
    device: Device,
    as_: Annotated[
        str,
        typer.Option("--as", help="Name of the features; default: last part of the model name."),
    ] = "",
    template: Annotated[
        list[str] | None,
        typer.Option(
            "--template", help="Text around an <option>; may be repeated to average several."
        ),
    ] = None,
    batch: Annotated[int, typer.Option("--batch", min=1, help="Batch size.")] = 32,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Encode all pictures and options of a release, for `evaluate --model probe:NAME`."""
    from benchsmith.cli.progress import Silent, progress
    from benchsmith.evaluate import encode, local_models, locations

    results = results_in(home, output)
    place = locations.locate(name, home.resolve(), results)
    encoder, short = local_models.encoder(model, results, **device._asdict())
    called = as_ or short
    found = encode.encode(
        place.release,
        encode.path_of(place.answers, called),
        encoder,
        templates=template or (),
        batch=batch,
        say=Silent() if json else progress(),
    )
    kinds = ("probe", "zero-shot") if found.texts else ("probe",)
    if json:
        emit(
            {
                "file": str(found.path),
                "pictures": found.pictures,
                "options": found.texts,
                "looked_at_now": found.fresh,
                "cut": found.cut,
                "models": [f"{kind}:{called}" for kind in kinds],
            }
        )
        return
    for line in found.report():
        print(line)
    print(f"  {found.path}")
    for kind in kinds:
        print(f"  next: benchsmith evaluate {name} --model {kind}:{called}")


@app.command(epilog="Example: benchsmith scores demo --against baseline:blind")
def scores(
    name: Released,
    against: Annotated[
        list[str] | None,
        typer.Option(help="Compare all models with this one; may be repeated; default: the best."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="Output folder; default: scores/ beside answers/.")
    ] = None,
    pictures: Annotated[int, typer.Option(min=0, help="Number of cases shown on the page.")] = 240,
    key: Annotated[
        Path | None,
        typer.Option("--key", help="File of the hidden answers; default: the build's private/."),
    ] = None,
    json: Json = False,
    home: Home = Path(),
    output: Output = None,
) -> None:
    """Score all models' answers: write tables, comparisons, and a page for error analysis."""
    from benchsmith.evaluate import compared_runs, locations, printed_tables, scores_page
    from benchsmith.evaluate.leaderboard import board, record

    place = locations.locate(name, home.resolve(), results_in(home, output))
    found = compared_runs.gather(locations.keyed(place, key), place.answers, tuple(against or ()))
    folder = to or place.answers.parent / "scores"
    printed_tables.write(found, folder)
    scores_page.write(found, folder, pictures)
    if json:
        emit(record(found) | {"folder": str(folder)})
        return
    for line in board(found):
        print(line)
    print(f"  {folder}  (open scores.html)")
