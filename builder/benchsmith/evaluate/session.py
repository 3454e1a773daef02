"""One run: find the open questions, ask them within a budget, and save every answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from benchsmith.core.contracts import Progress
from benchsmith.evaluate import answer_log as store
from benchsmith.evaluate.answer_log import Kept, Run
from benchsmith.evaluate.contract import Answer, Answerer, Ask, turned
from benchsmith.evaluate.cost import PILOT_QUESTIONS, Estimate, Prices, Spending, estimate
from benchsmith.evaluate.items import Item
from benchsmith.evaluate.prompts import Prompt
from benchsmith.evaluate.release_reader import Released


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which cases of a release are asked."""

    split: str = "all"
    limit: int = 0
    """Maximum number of cases; 0 for all."""
    circular: bool = False
    """Ask each question once per option, each time with a different option first."""


@dataclass(slots=True)
class Outcome:
    """Result of a run."""

    answered: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    """Number of questions without an answer, by reason."""
    stopped: str = ""
    """Which limit ended the run with questions left, and how many are left; empty if none did."""
    path: Path | None = None
    """The run's file of answers."""
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None

    @property
    def ended(self) -> str:
        """``faults`` if requests failed, ``limit`` if a limit left questions unasked, or ``complete``."""
        return "faults" if self.faults else "limit" if self.stopped else "complete"

    def limited(self, by: str) -> Outcome:
        """Return the outcome of a run that asked only some of the cases, as `by` says."""
        return replace(self, stopped="; ".join(part for part in (self.stopped, by) if part))

    def after(self, first: Outcome) -> Outcome:
        """Return the outcome together with that of questions that were asked before."""
        return replace(
            self,
            answered=self.answered + first.answered,
            input_tokens=self.input_tokens + first.input_tokens,
            output_tokens=self.output_tokens + first.output_tokens,
        )

    def report(self, say: Callable[[str], None]) -> None:
        """Print a summary by `say`."""
        tokens = f"{self.input_tokens} input and {self.output_tokens} output tokens"
        cost = "" if self.cost is None else f", {self.cost:.2f} at your prices"
        say(f"{self.answered} answers, {tokens}{cost}")
        for fault, count in sorted(self.faults.items(), key=lambda f: (-f[1], f[0])):
            say(f"no answer: {count} x {fault}")
        if self.stopped:
            say(f"incomplete: {self.stopped}")
        if self.faults:
            say("run the same command to retry them")


@dataclass(frozen=True, slots=True)
class Session:
    """A run of one model on some cases of a release."""

    released: Released
    items: Sequence[Item]
    run: Run
    prompt: Prompt | None
    folder: Path
    """The benchmark's `answers/`."""
    circular: bool = False
    """Ask each question once per option, each time with a different option first."""
    passes: int = 1
    """Otherwise: number of passes, each with the next option first; at most one per option."""

    @property
    def path(self) -> Path:
        """Path of the file of answers."""
        return store.file_of(self.folder, self.run)

    def known(self) -> Kept:
        """Return the saved answers."""
        return store.read(self.path) if self.path.exists() else Kept(self.run, {}, {}, 0)

    def todo(self, kept: Kept) -> list[tuple[Item, int]]:
        """Return the (item, shift) pairs without an answer, or whose answer has a fault."""
        return [
            (item, shift)
            for item in self.items
            for shift in range(len(item.options) if self.circular else self.turns(item))
            if (known := kept.answers.get((item.id, shift, item.content))) is None or known.fault
        ]

    def turns(self, item: Item) -> int:
        """Return the number of passes for an item."""
        return min(self.passes, len(item.options))

    def asks(self, todo: Sequence[tuple[Item, int]]) -> Iterator[Ask]:
        """Yield the prompts with their pictures; one picture is in memory at a time."""
        for (item, picture), (_, shift) in zip(
            self.released.pictures(item for item, _ in todo), todo, strict=True
        ):
            options = turned(item.options, shift)
            prompt = self.prompt
            text = prompt.ask(item.question, options, several=item.several) if prompt else ""
            yield Ask(
                item=item,
                shift=shift,
                system=prompt.wording.system if prompt else "",
                text=text,
                picture=picture if self.run.pictures else b"",
            )

    def estimate(self, todo: Sequence[tuple[Item, int]], kept: Kept) -> Estimate:
        """Return the estimated cost and duration of the open questions."""
        return estimate(
            len(todo), islice(self.asks(todo), PILOT_QUESTIONS), list(kept.answers.values())
        )

    def ask(
        self,
        answerer: Answerer,
        todo: Sequence[tuple[Item, int]],
        *,
        prices: Prices | None = None,
        max_cost: float | None = None,
        expected: float = 0.0,
        spent: float = 0.0,
        track: Callable[[Iterator[Answer]], Iterator[Answer]] = lambda found: found,
    ) -> Outcome:
        """Ask, and save each answer before it counts.

        With `max_cost` no question is started if the cost so far, plus the expected cost of the
        questions in flight (at least `expected` each), would exceed it. `spent` was paid before, and
        is in the returned cost. Raises EndpointLost.
        """
        outcome = Outcome(path=self.path)
        spending = Spending(prices, max_cost, expected, spent)
        with store.appending(self.path, self.run) as file:
            for answer in track(answerer.answers(spending.within(self.asks(todo)))):
                file.keep([answer])
                spending.pay(answer)
                outcome.input_tokens += answer.asked
                outcome.output_tokens += answer.told
                if answer.fault:
                    outcome.faults[answer.fault] = outcome.faults.get(answer.fault, 0) + 1
                else:
                    outcome.answered += 1
        outcome.cost = spending.paid if prices else None
        if spending.reached:
            left = len(todo) - outcome.answered - sum(outcome.faults.values())
            outcome.stopped = spending.line(left)
        return outcome


def limit_reached(released: Released, selection: Selection) -> str:
    """Return a line on the cases that `--limit` leaves out; empty if it leaves out none."""
    whole = len(released.some(selection.split, 0))
    left = whole - selection.limit if selection.limit else 0
    return f"--limit reached: {left} of {whole} cases are not asked" if left > 0 else ""


def tracker(
    say: Progress, title: str, total: int
) -> Callable[[Iterator[Answer]], Iterator[Answer]]:
    """Return a function that passes answers through and shows progress."""
    return lambda found: say.track(title, total, found)
