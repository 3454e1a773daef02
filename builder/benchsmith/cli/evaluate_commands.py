"""The command that asks a model the questions of a release."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from benchsmith.cli.app import ENVIRONMENT, Home, Json, Output, app, emit, results_in
from benchsmith.cli.endpoint_options import Costs, Device, Endpoint, Request
from benchsmith.cli.evaluate_options import Cases, Imports, Model, Released
from benchsmith.cli.option_groups import grouped

if TYPE_CHECKING:
    from benchsmith.core.contracts import Progress
    from benchsmith.evaluate import run
    from benchsmith.evaluate.connection import ModelSource
    from benchsmith.evaluate.locations import Location
    from benchsmith.evaluate.session import Selection


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
    from benchsmith.evaluate import locations, model_presets
    from benchsmith.evaluate.session import Selection

    model = model._replace(model=model_presets.resolved(model.model, home.resolve()))
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
        from benchsmith.evaluate import model_presets, panel, run

        return run.Asked(
            model=self.model.model,
            prompt=model_presets.prompt(self.request.prompt, self.model.model, self.home),
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
