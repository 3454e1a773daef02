"""What a run will cost and how long it will take, before a question is asked; and what it has cost."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil

from benchsmith.evaluate.contract import Answer, Ask

TOLD = 60
"""Tokens of a reply, where nothing was measured yet."""
SECONDS = 3.0
"""Seconds of a reply, the same."""
OVERHEAD = 12
"""Tokens that a chat puts around a message."""
PILOT = 24
"""Questions that are looked at for an estimate."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices for a million tokens, in any currency."""

    asked: float
    told: float

    def of(self, asked: float, told: float) -> float:
        """Return what so many tokens cost."""
        return (asked * self.asked + told * self.told) / 1e6


@dataclass(frozen=True, slots=True)
class Estimate:
    """A run before it is done."""

    questions: int
    asked: float
    """Tokens of a question."""
    told: float
    seconds: float
    """Of one reply."""
    measured: bool
    """Whether earlier answers of this run say so, or rules of thumb."""

    def times(self, calls: int) -> Estimate:
        """Return the estimate where each question is asked so often; measured ones stay."""
        if self.measured:
            return self
        return replace(
            self,
            asked=self.asked * calls,
            told=self.told * calls,
            seconds=self.seconds * calls,
        )

    def cost(self, prices: Prices) -> float:
        """Return what it will cost."""
        return self.questions * prices.of(self.asked, self.told)

    def time_s(self, concurrency: int) -> float:
        """Return how long it will take, if the endpoint keeps up."""
        return self.questions * self.seconds / min(concurrency, max(self.questions, 1))

    def line(self, concurrency: int, prices: Prices | None) -> str:
        """Say it in one line."""
        minutes = self.time_s(concurrency) / 60
        about = f"{minutes:.0f} min" if minutes >= 2 else f"{minutes * 60:.0f} s"
        tokens = f"{self.questions * self.asked / 1e6:.2f} M tokens in, {self.questions * self.told / 1e6:.2f} M out"
        cost = f", {self.cost(prices):.2f} at your prices" if prices else ""
        whence = "by earlier answers" if self.measured else "by rules of thumb"
        return f"{self.questions} questions to ask: about {tokens}{cost}, {about} ({whence})"


def estimate(count: int, pilot: Iterable[Ask], known: Sequence[Answer]) -> Estimate:
    """Return an estimate from what was measured, or from some of the questions."""
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
    seen = [text_tokens(a.system + a.text) + picture_tokens(a.picture) + OVERHEAD for a in pilot]
    return Estimate(count, sum(seen) / max(len(seen), 1), TOLD, SECONDS, measured=False)


def text_tokens(text: str) -> float:
    """Return about how many tokens a text has: four Latin letters each, one Chinese.

    >>> text_tokens("abcdefgh"), text_tokens("肝脏")
    (2.0, 2.0)
    """
    wide = sum(ord(c) > 0x2E7F for c in text)
    return (len(text) - wide) / 4 + wide


def picture_tokens(picture: bytes) -> float:
    """Return about how many tokens a picture has: 85, and 170 for each tile of 512 pixels.

    So GPT-4o counts, whose shorter side is at most 768; others count from 256 to 1,600 a picture.

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


def spent(answers: Iterable[Answer], prices: Prices) -> float:
    """Return what answers cost, as far as the endpoint has counted."""
    return sum(prices.of(a.asked, a.told) for a in answers)
