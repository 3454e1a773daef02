"""What a desk is: a queue of items for each person, what is shown of one, and what may be done."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from benchsmith.review.act_store import Act, Store, now
from benchsmith.tables.partition import fingerprint

Given = Mapping[str, str]
"""The parameters of a request: text that somebody else wrote."""


class Refused(ValueError):
    """Something cannot be done as it was asked for; says why, for the person who asked."""


class Unknown(LookupError):
    """There is no such thing."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is sent."""

    data: bytes
    kind: str = "image/png"


@dataclass(frozen=True, slots=True)
class Told:
    """What a curator sees of a desk: one line of figures, and what is open."""

    title: str
    figures: Sequence[tuple[str, str]]
    notes: Sequence[str] = ()

    def lines(self) -> list[str]:
        """Say it as text."""
        figures = [f"  {name}: {value}" for name, value in self.figures]
        return [self.title, *figures, *(f"  {note}".rstrip() for note in self.notes), ""]


class Desk(ABC):
    """One kind of work. Items are named by text; what is shown is JSON, which pages show as text."""

    name: ClassVar[str]
    """In addresses, and in the store."""
    title: ClassVar[str]
    writes: str = ""
    """The documents that its results go to; empty for a desk that has none."""

    shows_keys: ClassVar[bool] = False
    """Whether answers can be read at it: then it is the curator's, since people are measured."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @property
    def about(self) -> str:
        """The benchmark or round that acts belong to."""
        return ""

    def opening(self, who: str) -> dict[str, Any]:
        """Return what the page needs beside its items."""
        return {}

    @abstractmethod
    def queue(self, who: str) -> list[str]:
        """Return what a person has still to do, in order."""

    @abstractmethod
    def show(self, item: str, who: str) -> dict[str, Any]:
        """Return what a person sees of an item. Raises Unknown."""

    def check(self, item: str, who: str, value: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is kept of an act. Raises Refused, with what is wrong."""
        raise Refused("nothing can be decided here")

    def act(self, item: str, who: str, value: Mapping[str, Any], key: str, seen: str) -> dict[str, Any]:  # fmt: skip
        """Keep what a person did; return what the page shows then. Raises Refused and Unknown."""
        kept = self.check(item, who, value)
        self.store.add(Act(key, self.name, self.about_of(item), item, who, kept, seen, now()))
        return {}

    def about_of(self, item: str) -> str:
        """Return what an act on an item belongs to."""
        return self.about

    def undo(self, who: str, key: str) -> str:
        """Take a person's last act back, and return its item; empty where there is none."""
        act = self.store.undo(key, self.name, self.about, who)
        return act.item if act else ""

    def done(self, who: str) -> int:
        """Return how much a person has done."""
        return len(self.store.done(self.name, self.about, who))

    def ask(self, what: str, given: Given, who: str) -> dict[str, Any]:
        """Answer a question of the page. Raises Refused and Unknown."""
        raise Unknown(what)

    def picture(self, given: Given) -> Picture:
        """Return a picture of the page. Raises Refused and Unknown."""
        raise Unknown("picture")

    @abstractmethod
    def told(self) -> Told:
        """Return what the curator sees."""

    def write(self, who: str) -> Iterator[str]:
        """Put results into the project's documents, and tell what was written.

        Raises DocumentError with every problem at once; then nothing is written.
        """
        yield from ()


def shown(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is shown, with the fingerprint of it."""
    return {**content, "seen": fingerprint(content)}


def text_of(value: Mapping[str, Any], name: str, *, most: int = 2000) -> str:
    """Return a text of an act: one line, no longer than `most`. Raises Refused."""
    found = value.get(name, "")
    if not isinstance(found, str):
        raise Refused(f"{name} is no text")
    if len(found) > most:
        raise Refused(f"{name} is longer than {most} characters")
    # tables hold one line a row: every kind of blank and line end becomes one blank
    return " ".join(found.split())


def number_of(given: Given, name: str, least: float, most: float) -> float:
    """Return a number of a request. Raises Refused where it is none, or outside of its bounds."""
    try:
        found = float(given.get(name, ""))
    except ValueError:
        raise Refused(f"{name} is no number") from None
    if not least <= found <= most:
        raise Refused(f"{name} is not within {least:g} and {most:g}")
    return found
