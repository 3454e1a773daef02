"""One run: what is left to ask, asking it within a budget, and keeping every answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from benchsmith.evaluate import answer_log as store
from benchsmith.evaluate.answer_log import Kept, Run
from benchsmith.evaluate.contract import Answer, Answerer, Ask, turned
from benchsmith.evaluate.cost import PILOT, Estimate, Prices, estimate
from benchsmith.evaluate.prompts import Prompt
from benchsmith.evaluate.release_reader import Item, Released


@dataclass(slots=True)
class Outcome:
    """What came of a run."""

    answered: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    """Questions without an answer, by reason."""
    stopped: str = ""
    """Why it ended before its end."""
    asked: int = 0
    told: int = 0
    cost: float | None = None

    def report(self, say: Callable[[str], None]) -> bool:
        """Tell a person; return whether questions are left without an answer."""
        tokens = f"{self.asked} tokens in, {self.told} out"
        cost = "" if self.cost is None else f", {self.cost:.2f} at your prices"
        say(f"{self.answered} answers, {tokens}{cost}")
        for fault, count in sorted(self.faults.items(), key=lambda f: (-f[1], f[0])):
            say(f"without an answer: {count} x {fault}")
        if self.stopped:
            say(f"stopped: {self.stopped}; the same command goes on")
        if self.faults:
            say("the same command asks them again")
        return bool(self.faults)


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
    """Ask each question once with each option first."""
    passes: int = 1
    """Or so many times, each time with the next option first; never twice with the same one."""

    @property
    def path(self) -> Path:
        """Return the file of the answers."""
        return store.file_of(self.folder, self.run)

    def known(self) -> Kept:
        """Return what was answered before."""
        return store.read(self.path) if self.path.exists() else Kept(self.run, {}, {}, 0)

    def todo(self, kept: Kept) -> list[tuple[Item, int]]:
        """Return the questions that have no answer yet; with faults they are asked again."""
        return [
            (item, shift)
            for item in self.items
            for shift in range(len(item.options) if self.circular else self.turns(item))
            if (known := kept.answers.get((item.id, shift, item.content))) is None or known.fault
        ]

    def turns(self, item: Item) -> int:
        """Return how often a question is asked."""
        return min(self.passes, len(item.options))

    def asks(self, todo: Sequence[tuple[Item, int]]) -> Iterator[Ask]:
        """Put questions into words, with their pictures; one is in memory at a time."""
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
        """Say what is ahead."""
        return estimate(len(todo), islice(self.asks(todo), PILOT), list(kept.answers.values()))

    def ask(
        self,
        answerer: Answerer,
        todo: Sequence[tuple[Item, int]],
        *,
        prices: Prices | None = None,
        most: float | None = None,
        expected: float = 0.0,
        track: Callable[[Iterator[Answer]], Iterator[Answer]] = lambda found: found,
    ) -> Outcome:
        """Ask, keeping each answer on disk before it counts.

        With `most` no question is begun once what was spent, with what those on their way are
        expected to cost (`expected` each), reaches it. Raises EndpointLost.
        """
        outcome, budget = Outcome(), _Budget(prices, most, expected)
        with store.appending(self.path, self.run) as file:
            for answer in track(answerer.answers(budget.within(self.asks(todo)))):
                file.keep([answer])
                budget.pay(answer)
                outcome.asked += answer.asked
                outcome.told += answer.told
                if answer.fault:
                    outcome.faults[answer.fault] = outcome.faults.get(answer.fault, 0) + 1
                else:
                    outcome.answered += 1
        outcome.cost = budget.paid if prices else None
        if budget.reached:
            left = len(todo) - outcome.answered - sum(outcome.faults.values())
            outcome.stopped = f"{budget.paid:.2f} spent; {left} questions are left"
        return outcome


class _Budget:
    """Gives questions out as long as there is money for them."""

    def __init__(self, prices: Prices | None, most: float | None, expected: float) -> None:
        self.prices, self.most, self.expected = prices, most, expected
        self.paid, self.under_way, self.done, self.reached = 0.0, 0, 0, False

    def within(self, asks: Iterable[Ask]) -> Iterator[Ask]:
        for ask in asks:
            mean = max(self.expected, self.paid / self.done if self.done else 0.0)
            if self.most is not None and self.paid + (self.under_way + 1) * mean > self.most:
                self.reached = True
                return
            self.under_way += 1
            yield ask

    def pay(self, answer: Answer) -> None:
        self.under_way -= 1
        self.done += 1
        if self.prices:
            self.paid += self.prices.of(answer.asked, answer.told)
