"""Cost and duration of a run: the estimate before a question is asked, and the budget."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil

from benchsmith.evaluate.contract import Answer, Ask

TYPICAL_OUTPUT_TOKENS = 60
"""Assumed output tokens of a reply without a measurement."""
TYPICAL_SECONDS = 3.0
"""Assumed seconds of a reply without a measurement."""
CHAT_OVERHEAD_TOKENS = 12
"""Tokens that a chat template adds to a message."""
PROBE_QUESTIONS = 3
"""Questions that are asked before the estimate: the thoughts of a reasoning model cost the most."""
PILOT_QUESTIONS = 24
"""Questions whose input tokens are counted for an estimate."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices per million tokens, in any currency."""

    input: float
    output: float

    def of(self, input_tokens: float, output_tokens: float) -> float:
        """Return the cost of some numbers of tokens."""
        return (input_tokens * self.input + output_tokens * self.output) / 1e6


def _always(_: str) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Prices, the cost limit, and the confirmation of an estimate."""

    prices: Prices | None = None
    max_cost: float | None = None
    """No question is begun that may exceed it; None for no limit."""
    probe: bool = False
    """Whether to ask a few questions before the estimate if there are no earlier answers."""
    confirm: Callable[[str], bool] = _always
    """Called with the estimate as text; nothing is asked if it returns False."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Estimated effort of a run; tokens and seconds are means per question."""

    questions: int
    input_tokens: float
    output_tokens: float
    seconds: float
    measured: bool
    """Whether it is based on earlier answers of this run, or on rules of thumb."""

    def times(self, calls: int) -> Estimate:
        """Return the estimate for `calls` requests per question; a measured one already counts them."""
        if self.measured:
            return self
        return replace(
            self,
            input_tokens=self.input_tokens * calls,
            output_tokens=self.output_tokens * calls,
            seconds=self.seconds * calls,
        )

    def cost(self, prices: Prices) -> float:
        """Return the cost in the prices' currency."""
        return self.questions * prices.of(self.input_tokens, self.output_tokens)

    def each(self, prices: Prices | None) -> float:
        """Return the cost of one question; 0 without prices."""
        return prices.of(self.input_tokens, self.output_tokens) if prices else 0.0

    def time_s(self, concurrency: int) -> float:
        """Return the duration in seconds, provided that the endpoint keeps up."""
        return self.questions * self.seconds / min(concurrency, max(self.questions, 1))

    def line(self, concurrency: int, prices: Prices | None) -> str:
        """Return the estimate as one line."""
        minutes = self.time_s(concurrency) / 60
        about = f"{minutes:.0f} min" if minutes >= 2 else f"{minutes * 60:.0f} s"
        millions = (self.questions * n / 1e6 for n in (self.input_tokens, self.output_tokens))
        tokens = "{:.2f} M input and {:.2f} M output tokens".format(*millions)
        cost = f", {self.cost(prices):.2f} at your prices" if prices else ""
        basis = "from earlier answers" if self.measured else "rule of thumb"
        return f"{self.questions} questions to ask: about {tokens}{cost}, {about} ({basis})"


class Spending:
    """Yields questions until their cost would exceed the limit."""

    def __init__(
        self, prices: Prices | None, max_cost: float | None, expected: float, spent: float = 0.0
    ) -> None:
        self.prices, self.max_cost, self.expected, self.spent = prices, max_cost, expected, spent
        self.paid, self.in_flight, self.done, self.reached = spent, 0, 0, False

    def within(self, asks: Iterable[Ask]) -> Iterator[Ask]:
        """Yield questions while the cost so far and that of the questions in flight are below the limit."""
        for ask in asks:
            mean = max(self.expected, (self.paid - self.spent) / self.done if self.done else 0.0)
            if (
                self.max_cost is not None
                and self.paid + (self.in_flight + 1) * mean > self.max_cost
            ):
                self.reached = True
                return
            self.in_flight += 1
            yield ask

    def line(self, left: int) -> str:
        """Return the end of a run as a line."""
        return f"--max-cost reached: {self.paid:.2f} spent, {left} questions are left"

    def pay(self, answer: Answer) -> None:
        """Add the cost of an answer."""
        self.in_flight -= 1
        self.done += 1
        if self.prices:
            self.paid += self.prices.of(answer.asked, answer.told)


def estimate(count: int, pilot: Iterable[Ask], known: Sequence[Answer]) -> Estimate:
    """Return an estimate from earlier answers, or else from a sample of the questions."""
    measured = [a for a in known if a.asked and a.told]
    if measured:
        n = len(measured)
        return Estimate(
            count,
            sum(a.asked for a in measured) / n,
            sum(a.told for a in measured) / n,
            sum(a.seconds for a in measured) / n,
            measured=True,
        )
    seen = [
        text_tokens(a.system + a.text) + picture_tokens(a.picture) + CHAT_OVERHEAD_TOKENS
        for a in pilot
    ]
    mean = sum(seen) / max(len(seen), 1)
    return Estimate(count, mean, TYPICAL_OUTPUT_TOKENS, TYPICAL_SECONDS, measured=False)


def text_tokens(text: str) -> float:
    """Return the approximate number of tokens of a text: 4 Latin letters, or 1 CJK one, per token.

    >>> text_tokens("abcdefgh"), text_tokens("肝脏")
    (2.0, 2.0)
    """
    wide = sum(ord(c) > 0x2E7F for c in text)
    return (len(text) - wide) / 4 + wide


def picture_tokens(picture: bytes) -> float:
    """Return the approximate number of tokens of a picture: 85, and 170 per tile of 512 pixels.

    Source: OpenAI's formula for GPT-4o, which scales the shorter side to at most 768 pixels. Other
    models use 256 to 1,600 tokens per picture.

    >>> picture_tokens(b"")
    0.0
    """
    if not picture:
        return 0.0
    width, height = 512, 512
    if picture.startswith(b"\x89PNG") and len(picture) > 24:
        width, height = struct.unpack(">II", picture[16:24])
    scale = min(1.0, 768 / max(min(width, height), 1))
    return 85.0 + 170 * ceil(width * scale / 512) * ceil(height * scale / 512)
