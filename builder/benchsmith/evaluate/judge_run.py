"""A judge of saved replies: which ones it reads, at what cost, and what changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchsmith.core.contracts import Progress
from benchsmith.core.random_order import order
from benchsmith.evaluate import answer_log as store
from benchsmith.evaluate import judge, release_reader
from benchsmith.evaluate.answer_log import Kept
from benchsmith.evaluate.connection import Connection
from benchsmith.evaluate.contract import Answer
from benchsmith.evaluate.cost import PILOT_QUESTIONS, Budget, Spending, estimate
from benchsmith.evaluate.extract import UNCLEAR
from benchsmith.evaluate.grades import Grade, grade
from benchsmith.evaluate.items import Item
from benchsmith.evaluate.locations import Location
from benchsmith.evaluate.request_settings import JUDGE_DEFAULTS
from benchsmith.evaluate.session import Outcome, tracker
from benchsmith.release.columns import LETTERS

CONTROLS = 20
"""Replies of a run that the rules read and the judge reads too, to compare both."""
CHANGES_SHOWN = 10
REPLY_CHARACTERS = 60

Read = tuple[Item, Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """Which judge reads how many replies."""

    model: str
    connection: Connection
    limit: int = 0
    """Maximum number of unclear replies; 0 for all."""


def ask_judge(
    place: Location,
    paths: Sequence[Path],
    judging: Judging,
    *,
    budget: Budget,
    spent: float = 0.0,
    say: Progress,
) -> Outcome | None:
    """Let a judge interpret the unclear replies in files of answers, and report what that changes.

    It also reads some replies that the rules read; they do not change. `spent` counts towards the
    cost limit. None if the estimate was declined. Raises DocumentError and EndpointLost.
    """
    items = release_reader.read(place.release).items
    todo: dict[Path, list[Read]] = {}
    total = 0
    for path in paths:
        kept = store.read(path)
        unclear = list(judge.unread(items, kept))
        room = judging.limit - sum(map(len, todo.values())) if judging.limit else len(unclear)
        total += len(unclear)
        todo[path] = unclear[: max(room, 0)]
    left = total - sum(map(len, todo.values()))
    controls = {path: _controls(items, store.read(path)) for path in paths if todo[path]}
    reads = [read for path in controls for read in (*todo[path], *controls[path])]
    whole = Outcome(cost=spent if budget.prices else None)
    if reads:
        pilot = islice((judge.ask(item, answer) for item, answer in reads), PILOT_QUESTIONS)
        guess = estimate(len(reads), pilot, [])
        say.say(f"{judging.model} is asked about {len(reads) - sum(map(len, controls.values()))} unclear "
                f"replies, and {sum(map(len, controls.values()))} that the rules read")  # fmt: skip
        if not budget.confirm(guess.line(judging.connection.concurrency, budget.prices)):
            return None
        spending = Spending(budget.prices, budget.max_cost, guess.each(budget.prices), spent)
        answerer = judging.connection.answerer(judging.model, JUDGE_DEFAULTS)
        for path, more in controls.items():
            before = store.read(path)
            some = [*todo[path], *more]
            track = tracker(say, f"judging {before.run.model}", len(some))
            whole.answered += judge.judge(
                path, before.run, some, answerer, judging.model, spending=spending, track=track
            )
        whole.cost = spending.paid if budget.prices else None
        if failed := spending.done - whole.answered:
            whole.faults["the judge gave no verdict"] = failed
        if spending.reached:
            whole.stopped = spending.line(len(reads) - spending.done)
    for path in paths:
        for line in report(items, store.read(path)):
            say.say(line)
    return whole.limited(f"--limit reached: {left} unclear replies are not read" if left else "")


def report(items: Sequence[Item], kept: Kept) -> Iterator[str]:
    """Yield what the judges' verdicts change in a run, and how often they agree with the rules."""
    keyed = [item for item in items if item.key]
    plain = Kept(kept.run, kept.answers, {}, 0)
    before = {(g.id, g.shift): g for g in grade(keyed, plain).grades}
    after = grade(keyed, kept).grades
    unclear = sum(g.outcome == UNCLEAR for g in before.values())
    changed = [g for g in after if g.outcome != before[g.id, g.shift].outcome]
    if unclear:
        counts = Counter(g.outcome for g in changed)
        became = ", ".join(f"{n} {outcome}" for outcome, n in sorted(counts.items())) or "none"
        yield f"{kept.run.model}: of {unclear} unclear replies the judge read {len(changed)}: {became}"
        hits = [100 * sum(g.hit for g in some) / len(after) for some in (before.values(), after)]
        yield f"  accuracy over all {len(after)} replies: {hits[0]:.2f} before, {hits[1]:.2f} after"
        yield from map(_line, changed[:CHANGES_SHOWN])
        if len(changed) > CHANGES_SHOWN:
            yield f"  and {len(changed) - CHANGES_SHOWN} more"
    both = [(verdict, read) for verdict, read in judge.both_read(items, kept) if read]
    if both:
        same = sum(verdict == read for verdict, read in both)
        yield f"  the judge agrees with the rules on {same} of {len(both)} replies that both read"


def _line(changed: Grade) -> str:
    text = " ".join(changed.reply.split())
    shown = text if len(text) <= REPLY_CHARACTERS else f"{text[:REPLY_CHARACTERS]}..."
    said = ",".join(LETTERS[p] for p in changed.picked)
    return f"  {changed.id}: {shown!r} is {said}, {changed.outcome}"


def _controls(items: Sequence[Item], kept: Kept) -> list[Read]:
    """Return the same replies of a run each time; those with a verdict need none."""
    clear = judge.clear(items, kept)
    chosen = order(clear, 0, "judge controls", name=lambda r: f"{r[0].id}\n{r[1].shift}")[:CONTROLS]
    return [(item, answer) for item, answer in chosen if not judge.has_verdict(kept, answer)]
