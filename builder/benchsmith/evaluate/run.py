"""The ways to answer a release's questions: models, baselines, features, and imports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchsmith.core.contracts import Progress
from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.evaluate import answer_log as store
from benchsmith.evaluate import (
    feature_file,
    features,
    imports,
    probe,
    prompts,
    release_reader,
    run_record,
)
from benchsmith.evaluate.answer_log import PANEL, Run
from benchsmith.evaluate.baselines import PREFIX, Baseline
from benchsmith.evaluate.connection import ModelSource
from benchsmith.evaluate.cost import PROBE_QUESTIONS, Budget
from benchsmith.evaluate.imports import plain_table
from benchsmith.evaluate.locations import Location, keyed
from benchsmith.evaluate.log_lines import Ended
from benchsmith.evaluate.panel import Panel, Readers
from benchsmith.evaluate.release_reader import Released
from benchsmith.evaluate.request_settings import settings
from benchsmith.evaluate.session import Outcome, Selection, Session, limit_reached, tracker

PANEL_BATCHES = 4
"""A panel works on this multiple of the concurrency at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A model, and how it is asked."""

    model: str
    prompt: prompts.Prompt
    changed: Sequence[str] = ()
    """Settings of the request, as `KEY=JSON`."""
    pictures: bool = True
    """Whether the pictures are shown."""
    panel: Panel | None = None


def ask_model(
    place: Location,
    source: ModelSource,
    asked: Asked,
    selection: Selection,
    *,
    budget: Budget,
    say: Progress,
) -> Outcome | None:
    """Ask a model all selected questions without an answer; None if the estimate was declined.

    Raises DocumentError and EndpointLost.
    """
    sent = settings(asked.changed)
    answerer = source.answerer(asked.model, sent)
    panel, of_panel = asked.panel, {}
    if panel is not None:
        answerer = Readers(panel, answerer, PANEL_BATCHES * source.concurrency)
        of_panel = {PANEL: f"{panel.name}-{panel.digest}"}
    read = release_reader.read(place.release)
    run = Run(
        model=source.name(asked.model),
        kind="model",
        prompt=asked.prompt.name,
        prompt_digest=asked.prompt.digest,
        settings=tuple(sorted({**source.identity(asked.model, sent), **of_panel}.items())),
        pictures=asked.pictures,
    )
    session = _session(read, run, place, selection, asked.prompt)
    kept = session.known()
    todo = session.todo(kept)
    total = sum(len(i.options) if selection.circular else 1 for i in session.items)
    say.say(
        f"{read.name}: {len(session.items)} cases, "
        f"{total - len(todo)} of {total} questions are answered"
    )
    left = limit_reached(read, selection)
    if not todo:
        return Outcome(path=session.path).limited(left)
    estimate = session.estimate(todo, kept).times(panel.calls if panel else 1)
    first = Outcome(cost=0.0)
    if budget.probe and not estimate.measured and len(todo) > PROBE_QUESTIONS:
        say.say(f"{PROBE_QUESTIONS} questions are asked first, to measure their tokens and time")
        first = session.ask(
            answerer,
            todo[:PROBE_QUESTIONS],
            prices=budget.prices,
            max_cost=budget.max_cost,
            expected=estimate.each(budget.prices),
        )
        kept = session.known()
        todo = session.todo(kept)
        estimate = session.estimate(todo, kept).times(panel.calls if panel else 1)
    if not budget.confirm(estimate.line(source.concurrency, budget.prices)):
        return None
    outcome = session.ask(
        answerer,
        todo,
        prices=budget.prices,
        max_cost=budget.max_cost,
        expected=estimate.each(budget.prices),
        spent=first.cost or 0.0,
        track=tracker(say, "asking", len(todo)),
    )
    run_record.record(place, read, run)
    return outcome.after(first).limited(left)


def ask_baseline(place: Location, name: str, selection: Selection) -> Outcome:
    """Let a baseline answer. Its old answers are replaced, since its training data may differ."""
    read = release_reader.read(place.release)
    baseline = Baseline(name, read.items)
    session = _session(read, Run(model=name, kind="baseline"), place, selection)
    before = _forgotten(session)
    outcome = session.ask(baseline, session.todo(session.known()))
    run_record.record(place, read, session.run, before)
    return outcome.limited(limit_reached(read, selection))


def ask_features(
    place: Location, name: str, path: Path | None, selection: Selection
) -> tuple[Outcome, list[dict[str, Any]]]:
    """Answer by frozen features of the pictures; also return the AUROC rows of all labels.

    Old answers are replaced. The AUROC rows are saved in `auroc/` beside the answers. Raises
    DocumentError.
    """
    kind = next(prefix for prefix in probe.MAKERS if name.startswith(prefix))
    read = keyed(place)
    made = feature_file.path_of(place.answers, name.removeprefix(kind))
    if path is None and made.is_file():
        feature_file.check(made, read)
        path = made
    if path is not None:
        known = features.read(path)
    elif name == probe.PROBE + features.PIXELS:
        known = features.pixels(read.pictures(read.items))
    else:
        pixels = f"{probe.PROBE}{features.PIXELS}"
        hint = f"run `benchsmith features`, or name a file with --features; {pixels} needs neither"
        raise DocumentError([Problem.without_place(f"{name} needs features", hint)])
    values = probe.MAKERS[kind](read.items, known, str(path or name))
    session = _session(read, Run(model=name, kind="features"), place, selection)
    before = _forgotten(session)
    outcome = session.ask(probe.LabelScores(values), session.todo(session.known()))
    run_record.record(place, read, session.run, before)
    areas = probe.aurocs(read.items, values)
    probe.write(areas, place.answers.parent / "auroc" / f"{store.plain(name)}.csv")
    return outcome.limited(limit_reached(read, selection)), areas


def mean_areas(rows: Sequence[dict[str, Any]]) -> Iterable[str]:
    """Yield a line for each split with the mean AUROC of its labels."""
    for split in dict.fromkeys(row["split"] for row in rows):
        own = [row["auroc"] for row in rows if row["split"] == split]
        mean = sum(own) / len(own)
        yield f"{split}: AUROC {mean:.3f}, the mean of {len(own)} labels of whole pictures"


def import_files(
    place: Location, paths: Sequence[Path], model: str, columns: Sequence[str] = ()
) -> Outcome:
    """Import another tool's answers, replacing earlier imports of the model.

    `columns` are those of a plain table, as `FIELD=COLUMN`. Raises DocumentError.
    """
    read = release_reader.read(place.release)
    found = imports.read(paths, read.items, plain_table.columns(columns))
    run = Run(model=model, kind="import", prompt=paths[0].suffix.lstrip("."))
    file = store.file_of(place.answers, run)
    before: list[Ended] = []
    for old in sorted(file.parent.glob("*.jsonl")):
        known = store.read(old)
        if known.run.kind == run.kind:
            before += known.sessions
            old.unlink()
    with store.appending(file, run) as appender:
        appender.keep(found)
    run_record.record(place, read, run, before)
    return Outcome(answered=len(found), path=file)


def _forgotten(session: Session) -> list[Ended]:
    """Remove a run's answers, and return the records of its sessions."""
    before = session.known().sessions
    session.path.unlink(missing_ok=True)
    return before


def uses_features(model: str) -> bool:
    """Return whether a model name means frozen features."""
    return model.startswith(tuple(probe.MAKERS))


def is_baseline(model: str) -> bool:
    """Return whether a model name means a baseline."""
    return model.startswith(PREFIX)


def _session(
    read: Released,
    run: Run,
    place: Location,
    selection: Selection,
    prompt: prompts.Prompt | None = None,
) -> Session:
    items = read.some(selection.split, selection.limit)
    return Session(read, items, run, prompt, place.answers, selection.circular)
