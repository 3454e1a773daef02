"""Ask a model the questions of a benchmark without their pictures, and with other ones.

Answers are kept like any others: those without a picture, and those with the question's own, beside
what `benchsmith evaluate` asked; those with another picture in `shuffled/`. What was right goes to
`reviews/<benchmark>.blind.tsv`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchsmith.audits.table_from_release import text_of
from benchsmith.core.build_files import ANSWERS, PRIVATE_FOLDER, RELEASE_FOLDER
from benchsmith.core.contracts import Progress
from benchsmith.core.model import Question
from benchsmith.documents import blind_answers
from benchsmith.documents.blind_answers import NONE, OTHER, OWN, Tried
from benchsmith.documents.problems import DocumentError, Problem, Problems
from benchsmith.evaluate import prompts
from benchsmith.evaluate.answer_log import Run
from benchsmith.evaluate.connection import Connection
from benchsmith.evaluate.contract import Answer
from benchsmith.evaluate.grades import FAULT, grade
from benchsmith.evaluate.run import Place, Purse, keyed, settings
from benchsmith.evaluate.session import Session
from benchsmith.evaluate.swapped_pictures import partners
from benchsmith.release.model import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked of whom."""

    model: str
    prompt: prompts.Prompt
    changed: Sequence[str] = ()
    """Settings of the request, as `KEY=JSON`."""
    passes: int = 3
    """Times each question is asked, options turned round by one each time."""
    limit: int = 0
    shuffled: bool = False
    """Also with the own picture, and with another patient's."""


def ask(
    release: Release,
    folder: Path,
    home: Path,
    connection: Connection,
    wanted: Wanted,
    purse: Purse,
    say: Progress,
) -> bool | None:
    """Ask what has no answer yet, and write down what was right; say whether all was answered.

    `folder` is the benchmark's in the results. None where nobody agreed to the estimate. Raises
    DocumentError and EndpointLost; what was answered before is written down in any case.
    """
    sent = settings(wanted.changed)
    answerer = connection.answerer(wanted.model, sent)
    sessions = _sessions(release, folder, wanted, sent)
    kept = {picture: session.known() for picture, session in sessions.items()}
    todo = {picture: session.todo(kept[picture]) for picture, session in sessions.items()}
    lines, costs = [], {}
    for picture, session in sessions.items():
        if todo[picture]:
            estimate = session.estimate(todo[picture], kept[picture])
            each = estimate.cost(purse.prices) / len(todo[picture]) if purse.prices else 0.0
            lines.append(f"{SAYS[picture]}: {estimate.line(connection.concurrency, purse.prices)}")
            costs[picture] = each
        else:
            say.say(f"{SAYS[picture]}: {len(session.items)} cases, all of them answered")
    if lines and not purse.agree("\n".join(lines)):
        return None
    complete, most = True, purse.most
    try:
        for picture, session in sessions.items():
            if not todo[picture]:
                continue
            outcome = session.ask(
                answerer, todo[picture], prices=purse.prices, most=most, expected=costs[picture],
                track=_track(say, f"asking, {SAYS[picture]}", len(todo[picture])),
            )  # fmt: skip
            complete = not outcome.report(say.say) and not outcome.stopped and complete
            if most is not None:
                most -= outcome.cost or 0.0
    finally:
        path = blind_answers.path_of(home, release.name)
        count = _write(path, home, release, wanted.model, sessions)
        say.say(f"{count} rows in {path.relative_to(home)}")
    return complete


SAYS = {
    NONE: "without a picture",
    OWN: "with its own picture",
    OTHER: "with another patient's picture",
}


def _sessions(
    release: Release, folder: Path, wanted: Wanted, sent: Mapping[str, Any]
) -> dict[str, Session]:
    """Return what is asked for each way to show a picture. Raises DocumentError."""
    key = folder / PRIVATE_FOLDER / ANSWERS
    place = Place(
        release=folder / RELEASE_FOLDER,
        answers=folder / "answers",
        key=key if key.is_file() else None,
    )
    read = keyed(place)
    public = {
        q.id: release.published(q.id)
        for q in release.asked()
        if q.source not in release.restricted_sources
    }
    if {item.id for item in read.items} != set(public.values()):
        what = "the release is not of this build"
        hint = f"run `benchsmith build {release.name}` first"
        raise DocumentError([Problem(str(folder / RELEASE_FOLDER), 1, what, hint)])
    items = read.some("all", wanted.limit)
    run = Run(
        model=wanted.model,
        kind="model",
        prompt=wanted.prompt.name,
        prompt_digest=wanted.prompt.digest,
        settings=tuple(sorted(sent.items())),
    )
    prompt, passes, answers = wanted.prompt, wanted.passes, place.answers
    unseen = replace(run, pictures=False)
    found = {NONE: Session(read, items, unseen, prompt, answers, passes=passes)}
    if wanted.shuffled:
        others = {
            public[q]: public[other]
            for q, other in partners(release).items()
            if q in public and other in public
        }
        swapped, chosen = read.swapped(others), {item.id for item in items}
        own = [item for item in items if item.id in others]
        other = [item for item in swapped.items if item.id in chosen]
        found[OWN] = Session(read, own, run, prompt, answers, passes=passes)
        found[OTHER] = Session(swapped, other, run, prompt, folder / "shuffled", passes=passes)
    return found


def _write(
    path: Path, home: Path, release: Release, model: str, sessions: Mapping[str, Session]
) -> int:
    """Put what a model got right into the file, in the place of what it got before."""
    problems = Problems(home)
    there = {row.key: row for row in blind_answers.read(path, problems)}
    problems.raise_any()
    today = datetime.now(UTC).date().isoformat()
    asked = {release.published(q.id): q for q in release.asked()}
    closed = closed_sets(asked.values())
    rules = blind_answers.rules_of(release.benchmark)
    for picture, session in sessions.items():
        passes: Counter[str] = Counter()
        right: Counter[str] = Counter()
        for one in grade(session.items, session.known()).grades:
            if one.outcome != FAULT and one.shift < session.passes:
                passes[one.id] += 1
                right[one.id] += one.hit == 1
        for id_, count in passes.items():
            q = asked[id_]
            row = Tried(
                question=q.id, model=model, picture=picture, solved=right[id_], asked=count,
                options=len(q.options), closed=q.id in closed, label=q.label, task=q.task,
                modality=q.modality, text=text_of(q), rules=rules, when=today,
            )  # fmt: skip
            before = there.get(row.key)
            if before is None or replace(row, when=before.when) != before:
                there[row.key] = row
    blind_answers.write(path, there.values())
    return len(there)


def closed_sets(asked: Iterable[Question]) -> set[str]:
    """Return the questions whose every option is the key of one with the same stem and options."""
    alike: dict[tuple[str, frozenset[str]], list[Question]] = {}
    for question in asked:
        if not question.several:
            place = (question.question, frozenset(question.option_labels))
            alike.setdefault(place, []).append(question)
    return {
        q.id
        for (_, offered), some in alike.items()
        if {q.option_labels[q.answers[0]] for q in some} == offered
        for q in some
    }


def _track(say: Progress, title: str, total: int) -> Callable[[Iterator[Answer]], Iterator[Answer]]:
    return lambda found: say.track(title, total, found)
