"""The command that asks a model the questions of a release."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from benchsmith.cli.app import Home, Json, Output, app, emit, results_in
from benchsmith.cli.endpoint_options import Costs, Device, Endpoint, Request, exit_by
from benchsmith.cli.evaluate_options import Cases, Imports, Model, Released
from benchsmith.cli.option_groups import grouped

if TYPE_CHECKING:
    from benchsmith.core.contracts import Progress
    from benchsmith.evaluate import run
    from benchsmith.evaluate.connection import ModelSource
    from benchsmith.evaluate.locations import Location
    from benchsmith.evaluate.session import Outcome, Selection


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
    ends: list[str] = []
    paths: list[Path] = []
    outcome: Outcome | None = None
    asking = _Asking(model, endpoint, request, costs, device, home.resolve(), results)
    if imports.import_:
        from benchsmith.evaluate import run

        outcome = run.import_files(place, imports.import_, imports.as_, imports.column or ())
        say.say(f"{outcome.answered} answers of {imports.as_} imported")
    elif model.model:
        outcome = asking.ask(place, selection, say, quiet=json)
    if outcome is not None:
        ends.append(outcome.ended)
        paths += [outcome.path] if outcome.path else []
    if model.judge_model:
        judged = asking.judge(place, paths, outcome, say, quiet=json)
        ends.append(judged.ended)
    ended = min(ends, key=("faults", "limit", "complete").index)
    if isinstance(say, Buffered):
        emit(
            {
                "model": model.model or imports.as_ or model.judge_model,
                "answers": str(place.answers),
                "complete": ended == "complete",
                "ended": ended,
                "lines": say.lines,
            }
        )
    else:
        say.say(f"  {place.answers}  (next: `benchsmith scores {name}`)")
    exit_by(ended)


class _Asking(NamedTuple):
    """Everything that decides how the questions are answered."""

    model: Model
    endpoint: Endpoint
    request: Request
    costs: Costs
    device: Device
    home: Path
    results: Path

    def ask(self, place: Location, selection: Selection, say: Progress, *, quiet: bool) -> Outcome:
        """Ask the model; return how it ended. Raises Abort if declined."""
        from benchsmith.evaluate import run

        name = self.model.model
        if run.is_baseline(name):
            found = run.ask_baseline(place, name, selection)
            return _said(found, name, say)
        if run.uses_features(name):
            found, areas = run.ask_features(place, name, self.model.features, selection)
            _said(found, name, say)
            for line in run.mean_areas(areas):
                say.say(line)
            return found
        budget = self.costs.budget(to_stderr=quiet)
        outcome = run.ask_model(
            place, self._model_source(), self._asked(), selection, budget=budget, say=say
        )
        if outcome is None:
            raise typer.Abort
        outcome.report(say.say)
        return outcome

    def judge(
        self,
        place: Location,
        paths: Sequence[Path],
        asked: Outcome | None,
        say: Progress,
        *,
        quiet: bool,
    ) -> Outcome:
        """Let the judge interpret unclear replies of this run, or of all. Raises Abort if declined."""
        from benchsmith.evaluate import answer_log, judge_run

        outcome = judge_run.ask_judge(
            place,
            answer_log.files(place.answers) if self.model.judge_all else paths,
            judge_run.Judging(
                model=self.model.judge_model,
                connection=self.endpoint.connection(),
                limit=self.request.limit,
            ),
            budget=self.costs.budget(to_stderr=quiet),
            spent=asked.cost or 0.0 if asked else 0.0,
            say=say,
        )
        if outcome is None:
            raise typer.Abort
        outcome.report(say.say)
        return outcome

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


def _said(found: Outcome, name: str, say: Progress) -> Outcome:
    say.say(f"{name}: {found.answered} answers")
    if found.stopped:
        say.say(f"incomplete: {found.stopped}")
    return found
