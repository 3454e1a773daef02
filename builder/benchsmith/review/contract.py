"""The interface of a desk: a queue of items per person, what is shown, and the possible actions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from unicodedata import category

from benchsmith.review.act_store import Action, ActionStore, utc_now
from benchsmith.tables.partition import fingerprint

Parameters = Mapping[str, str]
"""The parameters of a request; untrusted text."""


class Refused(ValueError):
    """A request cannot be fulfilled; the message explains why to the user."""


class NotFound(LookupError):
    """The requested thing does not exist; the message completes "there is no ..."."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture."""

    data: bytes
    kind: str = "image/png"
    """The media type."""


@dataclass(frozen=True, slots=True)
class DeskReport:
    """The progress of a desk for the curator: figures, and notes on open items."""

    title: str
    figures: Sequence[tuple[str, str]]
    notes: Sequence[str] = ()

    def lines(self) -> list[str]:
        """Return the report as lines of text."""
        figures = [f"  {name}: {value}" for name, value in self.figures]
        return [self.title, *figures, *(f"  {note}".rstrip() for note in self.notes), ""]


class Desk(ABC):
    """One kind of work. Items have text ids; what is shown is JSON, which pages display as text."""

    name: ClassVar[str]
    """Used in URLs and in the store."""
    title: ClassVar[str]
    scripts: ClassVar[Sequence[str]] = ()
    """Scripts of its page beside its own and the shared ones."""
    writes: str = ""
    """The documents that its results are written to; empty if there are none."""

    shows_keys: ClassVar[bool] = False
    """Whether it shows answers; then only the curator may open it, since reviewers are measured."""

    def __init__(self, store: ActionStore) -> None:
        self.store = store

    @property
    def about(self) -> str:
        """The benchmark or round that actions belong to."""
        return ""

    @property
    def fills(self) -> str:
        """How people get work at this desk; shown if there is none."""
        return ""

    def page_data(self, who: str) -> dict[str, Any]:
        """Return data that the page needs in addition to its items."""
        return {}

    @abstractmethod
    def queue(self, who: str) -> list[str]:
        """Return the items that a person has not done yet, in order."""

    @abstractmethod
    def show(self, item: str, who: str) -> dict[str, Any]:
        """Return the content of an item that a person is shown. Raises NotFound."""

    def check(self, item: str, who: str, value: Mapping[str, Any]) -> dict[str, Any]:
        """Validate a decision and return the value to store. Raises Refused."""
        raise Refused("no decision is possible here")

    def act(self, item: str, who: str, value: Mapping[str, Any], key: str, seen: str) -> dict[str, Any]:  # fmt: skip
        """Store a person's action; return what the page shows next. Raises Refused and NotFound."""
        kept = self.check(item, who, value)
        self.store.add(
            Action(key, self.name, self.about_of(item), item, who, kept, seen, utc_now())
        )
        return {}

    def curators(self, known: Iterable[str]) -> frozenset[str]:
        """Return the people who may decide: the curators of the documents, and those let in since."""
        return frozenset(known) | self.store.links().keys()

    def join(self, who: str) -> None:  # noqa: B027  most desks ask everybody alike
        """Count a person among those who work here; they were let in while the desk is open."""

    def about_of(self, item: str) -> str:
        """Return the benchmark or round of an action on an item."""
        return self.about

    def undo(self, who: str, key: str) -> str:
        """Undo a person's last action and return its item; empty if there is none."""
        act = self.store.undo(key, self.name, self.about, who)
        return act.item if act else ""

    def done(self, who: str) -> int:
        """Return the number of items that a person has done."""
        return len(self.store.done_items(self.name, self.about, who))

    def ask(self, what: str, given: Parameters, who: str) -> dict[str, Any]:
        """Answer a query of the page. Raises Refused and NotFound."""
        raise NotFound(what)

    def picture(self, given: Parameters) -> Picture:
        """Return a picture for the page. Raises Refused and NotFound."""
        raise NotFound("picture")

    @abstractmethod
    def report(self) -> DeskReport:
        """Return the progress for the curator."""

    def write(self, who: str) -> Iterator[str]:
        """Write the results to the project's documents; yield a line about each change.

        Raises DocumentError with all problems; then nothing is written.
        """
        yield from ()


def with_fingerprint(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content with its fingerprint under `seen`."""
    return {**content, "seen": fingerprint(content)}


def text_of(value: Mapping[str, Any], name: str, *, most: int = 2000) -> str:
    """Return a text of a decision as one line of at most `most` characters. Raises Refused."""
    found = value.get(name, "")
    if not isinstance(found, str):
        raise Refused(f"{name} is not a text")
    if len(found) > most:
        raise Refused(f"{name} is longer than {most} characters")
    # TSV rows are single lines, so every run of whitespace becomes one space
    line = " ".join(found.split())
    if any(category(letter) == "Cc" for letter in line):  # other programs stop at such bytes
        raise Refused(f"{name} has a control character: remove it")
    return line


def number_of(given: Parameters, name: str, least: float, most: float) -> float:
    """Return a number from the parameters. Raises Refused if it is not a number within the bounds."""
    try:
        found = float(given.get(name, ""))
    except ValueError:
        raise Refused(f"{name} is not a number") from None
    if not least <= found <= most:
        raise Refused(f"{name} is not between {least:g} and {most:g}")
    return found
