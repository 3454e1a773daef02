"""Ask a model the questions of a benchmark without their pictures, and with other pictures.

Answers without a picture, and with the question's own picture, are saved beside those of
`benchsmith evaluate`; answers with another picture are saved in `shuffled/`. The numbers of right
answers are written to `reviews/<benchmark>.blind.tsv`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchsmith.audits.table_from_release import text_of
from benchsmith.core.build_files import ANSWERS, PRIVATE_FOLDER, RELEASE_FOLDER
from benchsmith.core.contracts import Progress
from benchsmith.core.model import Question
from benchsmith.documents import blind_answers
from benchsmith.documents.blind_answers import NONE, OTHER, OWN, BlindAnswer
from benchsmith.documents.problems import DocumentError, Problem, Problems
from benchsmith.evaluate import prompts
from benchsmith.evaluate.answer_log import Run
from benchsmith.evaluate.connection import Connection
from benchsmith.evaluate.cost import Budget
from benchsmith.evaluate.grades import FAULT, grade
from benchsmith.evaluate.locations import Location, keyed
from benchsmith.evaluate.request_settings import settings
from benchsmith.evaluate.session import Outcome, Selection, Session, limit_reached, tracker
from benchsmith.evaluate.swapped_pictures import partners
from benchsmith.release.model import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A model, and how it is asked."""

    connection: Connection
    model: str
    prompt: prompts.Prompt
    changed: Sequence[str] = ()
    """Settings of the request, as `KEY=JSON`."""
    passes: int = 3
    """Times each question is asked, each time with a different option first."""
    limit: int = 0
    """Maximum number of cases; 0 for all."""
    shuffled: bool = False
    """Also ask with the right picture, and with another patient's picture."""


def ask(
    release: Release,
    folder: Path,
    home: Path,
    asked: Asked,
    *,
    budget: Budget,
    say: Progress,
) -> Outcome | None:
    """Ask all open questions, and write the results file; return how it ended.

    `folder` is the benchmark's folder of results. None if the estimate was declined. Raises
    DocumentError and EndpointLost; the results file is written in any case.
    """
    sent = settings(asked.changed)
    answerer = asked.connection.answerer(asked.model, sent)
    sessions = _sessions(release, folder, asked, sent)
    kept = {picture: session.known() for picture, session in sessions.items()}
    todo = {picture: session.todo(kept[picture]) for picture, session in sessions.items()}
    lines, costs = [], {}
    for picture, session in sessions.items():
        if todo[picture]:
            estimate = session.estimate(todo[picture], kept[picture])
            each = estimate.cost(budget.prices) / len(todo[picture]) if budget.prices else 0.0
            lines.append(
                f"{CONDITIONS[picture]}: {estimate.line(asked.connection.concurrency, budget.prices)}"
            )
            costs[picture] = each
        else:
            say.say(f"{CONDITIONS[picture]}: {len(session.items)} cases, all answered")
    if lines and not budget.confirm("\n".join(lines)):
        return None
    whole = Outcome(cost=0.0)
    try:
        for picture, session in sessions.items():
            if not todo[picture]:
                continue
            outcome = session.ask(
                answerer, todo[picture], prices=budget.prices, max_cost=budget.max_cost,
                expected=costs[picture], spent=whole.cost or 0.0,
                track=tracker(say, f"asking, {CONDITIONS[picture]}", len(todo[picture])),
            )  # fmt: skip
            outcome.report(say.say)
            whole = replace(outcome, faults={**whole.faults, **outcome.faults},
                            stopped=whole.stopped or outcome.stopped)  # fmt: skip
    finally:
        path = blind_answers.path_of(home, release.name)
        count = _write(path, home, release, asked.model, sessions)
        say.say(f"{count} rows in {path.relative_to(home)}")
    return whole.limited(limit_reached(sessions[NONE].released, Selection(limit=asked.limit)))


CONDITIONS = {
    NONE: "without a picture",
    OWN: "with its own picture",
    OTHER: "with another patient's picture",
}


def _sessions(
    release: Release, folder: Path, asked: Asked, sent: Mapping[str, Any]
) -> dict[str, Session]:
    """Return a session for each picture condition. Raises DocumentError."""
    key = folder / PRIVATE_FOLDER / ANSWERS
    place = Location(
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
        what = "the release belongs to another build"
        hint = f"run `benchsmith build {release.name}` first"
        raise DocumentError([Problem(str(folder / RELEASE_FOLDER), 1, what, hint)])
    items = read.some("all", asked.limit)
    run = Run(
        model=asked.model,
        kind="model",
        prompt=asked.prompt.name,
        prompt_digest=asked.prompt.digest,
        settings=tuple(sorted(sent.items())),
    )
    prompt, passes, answers = asked.prompt, asked.passes, place.answers
    unseen = replace(run, pictures=False)
    found = {NONE: Session(read, items, unseen, prompt, answers, passes=passes)}
    if asked.shuffled:
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
    """Replace the model's rows of the results file; return the number of rows."""
    problems = Problems(home)
    there = {row.key: row for row in blind_answers.collect(path, problems)}
    problems.raise_any()
    today = datetime.now(UTC).date().isoformat()
    questions = {release.published(q.id): q for q in release.asked()}
    closed = closed_sets(questions.values())
    rules = blind_answers.rules_of(release.benchmark)
    for picture, session in sessions.items():
        passes: Counter[str] = Counter()
        right: Counter[str] = Counter()
        for one in grade(session.items, session.known()).grades:
            if one.outcome != FAULT and one.shift < session.passes:
                passes[one.id] += 1
                right[one.id] += one.hit == 1
        for id_, count in passes.items():
            q = questions[id_]
            row = BlindAnswer(
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
    """Return the ids of questions in closed sets.

    In a closed set (same stem, same options) every option is the key of one question.
    """
    alike: dict[tuple[str, frozenset[str]], list[Question]] = {}
    for question in asked:
        if not question.several and not question.altered:
            place = (question.question, frozenset(question.option_labels))
            alike.setdefault(place, []).append(question)
    return {
        q.id
        for (_, offered), some in alike.items()
        if {q.option_labels[q.answers[0]] for q in some} == offered
        for q in some
    }
