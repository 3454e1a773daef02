"""What `benchsmith evaluate` does, whoever answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchsmith.core.build_files import ANSWERS, PRIVATE_FOLDER, RELEASE_FOLDER
from benchsmith.core.contracts import Progress
from benchsmith.documents.problems import DocumentError, Problem, did_you_mean
from benchsmith.evaluate import (
    answer_key,
    encode,
    features,
    imports,
    judge,
    probe,
    prompts,
    release_reader,
)
from benchsmith.evaluate import answer_log as store
from benchsmith.evaluate.answer_log import PANEL, Run
from benchsmith.evaluate.baselines import PREFIX, Baseline
from benchsmith.evaluate.connection import Asked, Connection
from benchsmith.evaluate.contract import Answer
from benchsmith.evaluate.cost import Prices
from benchsmith.evaluate.panel import Panel, Readers
from benchsmith.evaluate.release_reader import Released
from benchsmith.evaluate.session import Outcome, Session

OURS = {"model", "messages", "stream", "stream_options", "n", PANEL}
"""Fields of a request that are not settings."""
BATCHES = 4
"""Times the concurrency: questions that a panel has before it at a time."""
SECRET = ("key", "token", "secret", "password", "authorization", "header")
SETTINGS: Mapping[str, Any] = {"temperature": 0, "max_tokens": 1024}
JUDGE_SETTINGS: Mapping[str, Any] = {"temperature": 0, "max_tokens": 256}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A release, and where its answers are kept."""

    release: Path
    answers: Path
    key: Path | None = None
    """The answers of its hidden splits, where they are here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """What may be spent, and who is asked first."""

    prices: Prices | None = None
    most: float | None = None
    agree: Callable[[str], bool] = lambda line: True
    """Shown the estimate; nothing is asked where it says no."""


def locate(target: str, home: Path, output: Path) -> Place:
    """Find a benchmark that is built, by name, or a release's folder.

    Raises DocumentError where there is none.
    """
    folder = Path(target)
    if (folder / "data").is_dir():
        found = release_reader.name_of(folder)
        return Place(release=folder, answers=output / store.plain(found) / "answers")
    if "/" not in target and (output / target / "release/data").is_dir():
        key = output / target / PRIVATE_FOLDER / ANSWERS
        return Place(
            release=output / target / RELEASE_FOLDER,
            answers=output / target / "answers",
            key=key if key.is_file() else None,
        )
    built = sorted(p.parent.parent.name for p in output.glob("*/release/data"))
    hint = did_you_mean(target, built) or "name a benchmark that is built, or a release's folder"
    raise DocumentError([Problem.without_place(f"there is no release {target!r}", hint)])


def keyed(place: Place, key: Path | None = None) -> Released:
    """Read a release with all answers that are here, those that it keeps back too.

    Raises DocumentError.
    """
    found, path = release_reader.read(place.release), key or place.key
    return answer_key.completed(found, path) if path else found


def settings(given: Sequence[str]) -> dict[str, Any]:
    """Return a request's settings: the defaults, changed by `KEY=JSON`; null takes one away.

    Raises DocumentError with everything that is wrong.

    >>> settings(["max_tokens=null", "max_completion_tokens=2000", "reasoning_effort=low"])
    {'temperature': 0, 'max_completion_tokens': 2000, 'reasoning_effort': 'low'}
    """
    found, problems = dict(SETTINGS), []
    for one in given:
        name, equals, text = one.partition("=")
        if not equals or not name:
            problems.append(Problem.without_place(f"{one!r} is no setting", "write KEY=VALUE"))
        elif name in OURS:
            problems.append(Problem.without_place(f"{name} is not a setting", "it has an option"))
        elif any(word in name.lower() for word in SECRET) and "tokens" not in name:
            hint = "settings are kept with the answers; keys come from the environment"
            problems.append(Problem.without_place(f"{name} looks like a secret", hint))
        else:
            try:
                value = json.loads(text)
            except ValueError:
                value = text
            found[name] = value
    if problems:
        raise DocumentError(problems)
    return {name: value for name, value in found.items() if value is not None}


def ask_model(
    place: Place,
    model: str,
    at: Asked,
    *,
    prompt: prompts.Prompt,
    changed: Sequence[str],
    split: str,
    limit: int,
    circular: bool,
    pictures: bool,
    purse: Purse,
    say: Progress,
    panel: Panel | None = None,
) -> Outcome | None:
    """Ask a model what has no answer yet; None where nobody agreed to the estimate.

    Raises DocumentError and EndpointLost.
    """
    sent = settings(changed)
    answerer = at.answerer(model, sent)
    of_panel: dict[str, Any] = {}
    if panel is not None:
        answerer = Readers(panel, answerer, BATCHES * at.concurrency)
        of_panel = {PANEL: f"{panel.name}-{panel.digest}"}
    read = release_reader.read(place.release)
    run = Run(
        model=at.name(model),
        kind="model",
        prompt=prompt.name,
        prompt_digest=prompt.digest,
        settings=tuple(sorted({**at.kept(model, sent), **of_panel}.items())),
        pictures=pictures,
    )
    items = read.some(split, limit)
    session = Session(read, items, run, prompt, place.answers, circular)
    kept = session.known()
    todo = session.todo(kept)
    asked = sum(len(i.options) if circular else 1 for i in items)
    say.say(
        f"{read.name}: {len(items)} cases, {asked - len(todo)} of {asked} questions are answered"
    )
    if not todo:
        return Outcome()
    estimate = session.estimate(todo, kept).times(panel.calls if panel else 1)
    if not purse.agree(estimate.line(at.concurrency, purse.prices)):
        return None
    return session.ask(
        answerer,
        todo,
        prices=purse.prices,
        most=purse.most,
        expected=estimate.cost(purse.prices) / len(todo) if purse.prices else 0.0,
        track=_track(say, "asking", len(todo)),
    )


def ask_baseline(place: Place, name: str, *, split: str, limit: int, circular: bool) -> Outcome:
    """Have a baseline answer. Its old answers are replaced: what it learns from may have changed."""
    read = release_reader.read(place.release)
    baseline = Baseline(name, read.items)
    run = Run(model=name, kind="baseline")
    session = Session(read, read.some(split, limit), run, None, place.answers, circular)
    session.path.unlink(missing_ok=True)
    todo = session.todo(session.known())
    return session.ask(baseline, todo)


def ask_features(
    place: Place, name: str, path: Path | None, *, split: str, limit: int, circular: bool
) -> tuple[Outcome, list[dict[str, Any]]]:
    """Have frozen features answer; return also each label's area under the ROC curve.

    Old answers are replaced, and the areas kept in `auroc/` beside them. Raises DocumentError.
    """
    kind = next(prefix for prefix in probe.MAKERS if name.startswith(prefix))
    read = keyed(place)
    made = encode.path_of(place.answers, name.removeprefix(kind))
    if path is None and made.is_file():
        encode.check(made, read)
        path = made
    if path is not None:
        known = features.read(path)
    elif name == probe.PROBE + features.PIXELS:
        known = features.pixels(read.pictures(read.items))
    else:
        hint = f"`benchsmith features` makes them, --features FILE names others; {probe.PROBE}{features.PIXELS} needs none"
        raise DocumentError([Problem.without_place(f"{name} needs features", hint)])
    values = probe.MAKERS[kind](read.items, known, str(path or name))
    run = Run(model=name, kind="features")
    session = Session(read, read.some(split, limit), run, None, place.answers, circular)
    session.path.unlink(missing_ok=True)
    outcome = session.ask(probe.Known(values), session.todo(session.known()))
    areas = probe.aurocs(read.items, values)
    probe.write(areas, place.answers.parent / "auroc" / f"{store.plain(name)}.csv")
    return outcome, areas


def import_file(place: Place, path: Path, model: str) -> int:
    """Take over another tool's answers, in the place of those taken over before; return how many."""
    read = release_reader.read(place.release)
    found = imports.read(path, read.items)
    run = Run(model=model, kind="import", prompt=path.suffix.lstrip("."))
    file = store.file_of(place.answers, run)
    file.unlink(missing_ok=True)
    with store.appending(file, run) as appender:
        appender.keep(found)
    return len(found)


def ask_judge(place: Place, model: str, connection: Connection, say: Progress) -> tuple[int, int]:
    """Have a judge read every reply that the rules leave unclear: how many it read, of how many.

    Raises DocumentError and EndpointLost.
    """
    read = release_reader.read(place.release)
    answerer = connection.answerer(model, JUDGE_SETTINGS)
    given = of = 0
    for path in store.files(place.answers):
        kept = store.read(path)
        unclear = list(judge.unread(read.items, kept))
        if unclear:
            track = _track(say, f"judging {kept.run.model}", len(unclear))
            given += judge.judge(path, kept.run, unclear, answerer, model, track=track)
            of += len(unclear)
    return given, of


def is_of_features(model: str) -> bool:
    """Say whether frozen features answer."""
    return model.startswith(tuple(probe.MAKERS))


def is_baseline(model: str) -> bool:
    """Say whether a model is a guesser."""
    return model.startswith(PREFIX)


def _track(say: Progress, title: str, total: int) -> Callable[[Iterator[Answer]], Iterator[Answer]]:
    return lambda found: say.track(title, total, found)
