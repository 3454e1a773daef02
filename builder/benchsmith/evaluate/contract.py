"""The contract between questions and answerers: models, baselines and feature classifiers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from benchsmith.evaluate.items import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question as it is asked, with its options possibly rotated."""

    item: Item
    shift: int
    """Number of positions by which the options are rotated; 0 is the published order."""
    system: str
    text: str
    picture: bytes
    """PNG or JPEG; empty if no picture is shown."""

    @property
    def options(self) -> tuple[str, ...]:
        """The options in the order in which they are shown."""
        return turned(self.item.options, self.shift)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The reply to one question."""

    case: str
    shift: int
    content: str
    text: str
    finish: str = "stop"
    """Why it ended: ``stop``, ``length``, or ``refused`` (by the model or the endpoint's filter)."""
    fault: str = ""
    """Why there is no answer; the next run asks the question again."""
    asked: int = 0
    """Input tokens as counted by the endpoint; 0 if it reports none."""
    told: int = 0
    """Output tokens, likewise."""
    seconds: float = 0.0
    """Duration of the request."""


class Answerer(Protocol):
    """Answers questions, in any order."""

    def answers(self, asks: Iterable[Ask]) -> Iterator[Answer]:
        """Consume questions lazily, and yield each answer when it is available.

        Every question gets an answer, possibly one with a fault. Raises EndpointLost.
        """


def turned(options: tuple[str, ...], shift: int) -> tuple[str, ...]:
    """Return the options rotated by `shift` positions.

    >>> turned(("a", "b", "c"), 1)
    ('b', 'c', 'a')
    """
    return (*options[shift:], *options[:shift])
