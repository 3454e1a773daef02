"""What is asked of whoever answers, and what comes back. Models, guessers and files all fit it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from benchsmith.evaluate.release_reader import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question as it is put: its options may be turned."""

    item: Item
    shift: int
    """Options are shown from this one on, and round: 0 as published."""
    system: str
    text: str
    picture: bytes
    """PNG or JPEG; empty where nothing is shown."""

    @property
    def options(self) -> tuple[str, ...]:
        """Return the options in the order in which they are shown."""
        return turned(self.item.options, self.shift)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back for one question."""

    case: str
    shift: int
    content: str
    text: str
    finish: str = "stop"
    """Why it ended: ``stop``, ``length``, ``refused`` (the model's, or the endpoint's filter)."""
    fault: str = ""
    """Why there is no answer; it is asked again next time."""
    asked: int = 0
    """Tokens of the question, as the endpoint counts them; 0 where it does not say."""
    told: int = 0
    seconds: float = 0.0


class Answerer(Protocol):
    """Answers questions, in any order."""

    def answers(self, asks: Iterable[Ask]) -> Iterator[Answer]:
        """Take questions as they are needed, and yield each answer as soon as it is there.

        Every question has an answer, or an answer with a fault. Raises EndpointLost.
        """


def turned(options: tuple[str, ...], shift: int) -> tuple[str, ...]:
    """Return the options from the one at `shift` on, and round.

    >>> turned(("a", "b", "c"), 1)
    ('b', 'c', 'a')
    """
    return (*options[shift:], *options[:shift])
