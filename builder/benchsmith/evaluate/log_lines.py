"""The further lines of a file of answers, which are verdicts and ends of sessions, and how lines are read."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, TypeVar

from benchsmith.evaluate.contract import Answer


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judge's reading of a reply that the rules cannot read."""

    case: str
    shift: int
    reply: str
    """Digest of the answer it is about."""
    judge: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The end of a session, and the run's score in the headline split at that time."""

    ended: str
    """UTC, to the second: ``2026-01-31T09:00:00Z``."""
    release: str
    """Digest of the questions of the release; see :func:`benchsmith.evaluate.run_record.state_of`."""
    edition: str
    """Name of the release, such as ``demo@spring``."""
    version: str = ""
    """Version of the release, as its manifest has it."""
    split: str = ""
    """The headline split; empty if no answer of the release is known on this machine."""
    published: int = 0
    """Number of its questions with one right answer."""
    asked: int = 0
    """Number of these that were asked."""
    right: int = 0
    low: float = 0.0
    """The 95 % interval of the share of right ones of those asked, from 0 to 1."""
    high: float = 0.0
    chance: float = 0.0
    """Share that a random guess of all these is expected to have right."""


T = TypeVar("T", Answer, Verdict, Ended)
KINDS: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (int, float)}


def as_line(noun: Answer | Verdict | Ended) -> dict[str, Any]:
    """Return the fields of a line; fields at their defaults are left out."""
    return {
        f.name: value
        for f in dataclasses.fields(noun)
        if (value := getattr(noun, f.name)) != f.default
    }


def read_line(noun: type[T], value: dict[str, Any] | None) -> T | None:
    """Return a line as an Answer or a Verdict if its fields and their types fit."""
    kinds = {f.name: str(f.type) for f in dataclasses.fields(noun)}
    if value is None or not set(value) <= set(kinds):
        return None
    for name, given in value.items():
        if isinstance(given, bool) or not isinstance(given, KINDS[kinds[name]]):
            return None
    try:
        return noun(**value)
    except TypeError:
        return None
