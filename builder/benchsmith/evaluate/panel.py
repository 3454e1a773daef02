"""Several readers of one model: each answers alone, they debate, and one verdict is given.

A panel asks through another answerer and is one itself, so that its answers are kept, scored and
paid for as any model's. Where all readers pick the same, that is the answer and nobody is asked more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Annotated

import pydantic

from benchsmith.documents import yaml
from benchsmith.evaluate import wording_files
from benchsmith.evaluate.contract import Answer, Answerer, Ask
from benchsmith.evaluate.extract import extract
from benchsmith.evaluate.prompts import fill
from benchsmith.release.columns import letters

LONGEST = 3_000
"""Characters of an opinion that others are shown, the last ones."""
PARTS = ("<question>", "<opinions>")
SILENT = "(no answer)"


def _whole(text: str) -> str:
    if missing := [part for part in PARTS if part not in text]:
        raise ValueError(f"has no {' and no '.join(missing)}")
    return text


Template = Annotated[str, pydantic.AfterValidator(_whole)]


class Member(yaml.Document):
    """One of a panel."""

    name: Annotated[str, pydantic.Field(min_length=1)]
    system: str
    """What is said to it before the question."""


class Wording(yaml.Document):
    """A panel's file."""

    members: Annotated[tuple[Member, ...], pydantic.Field(min_length=2, max_length=9)]
    rounds: Annotated[int, pydantic.Field(ge=0, le=5)] = 1
    """Rounds of debate."""
    debate: Template
    verdict: Template


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel by name."""

    name: str
    wording: Wording

    @property
    def digest(self) -> str:
        """Return a hash of every word of it."""
        return wording_files.digest(self.wording)

    @property
    def calls(self) -> int:
        """Return how often the model is asked for one question, at most."""
        return len(self.wording.members) * (1 + self.wording.rounds) + 1


def read(name: str, home: Path | None = None) -> Panel:
    """Return a panel: a file, one of the project's `panels/`, or one that is shipped.

    Raises DocumentError for one that is not there or is not sound.
    """
    return Panel(*wording_files.read("panel", name, Wording, home))


@dataclass(slots=True)
class _Talk:
    """What was said about one question."""

    ask: Ask
    opinions: list[str]
    """The last of each member; empty where it has not answered."""
    asked: int = 0
    told: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def picks(self) -> tuple[int, ...]:
        """Return what all members pick; empty where they differ or one has not answered."""
        found = {
            extract(said, self.ask.options, several=self.ask.item.several).picked
            for said in self.opinions
        }
        return found.pop() if len(found) == 1 else ()


class Readers:
    """A panel that asks through another answerer. See :class:`benchsmith.evaluate.contract.Answerer`."""

    def __init__(self, panel: Panel, inner: Answerer, batch: int) -> None:
        """Take so many questions at a time: their pictures are in memory."""
        self._wording = panel.wording
        self._inner = inner
        self._batch = batch

    def answers(self, asks: Iterable[Ask]) -> Iterator[Answer]:
        """Answer a batch after the other. Raises EndpointLost."""
        queue = iter(asks)
        while batch := list(islice(queue, self._batch)):
            yield from self._decided(batch)

    def _decided(self, batch: Sequence[Ask]) -> Iterator[Answer]:
        talks = [_Talk(ask, [""] * len(self._wording.members)) for ask in batch]
        self._round(talks, lambda talk: talk.ask.text)
        for _ in range(self._wording.rounds):
            self._round(
                [talk for talk in talks if any(talk.opinions) and not talk.picks()],
                lambda talk: self._filled(self._wording.debate, talk),
            )
        undecided = []
        for talk in talks:
            if picks := talk.picks():
                yield _answer(talk, text=letters(picks))
            elif not any(talk.opinions):
                yield _answer(talk, text="", fault=talk.faults[0])
            else:
                undecided.append(talk)
        yield from self._verdicts(undecided)

    def _round(self, talks: Sequence[_Talk], text: Callable[[_Talk], str]) -> None:
        """Ask every member once about each question; all at once, and none hears the others."""
        asks: dict[str, tuple[_Talk, int, Ask]] = {}
        for number, talk in enumerate(talks):
            said = text(talk)
            for seat, member in enumerate(self._wording.members):
                name = f"{number}/{seat}"
                item = replace(talk.ask.item, content=name)
                asks[name] = (
                    talk,
                    seat,
                    replace(talk.ask, item=item, system=member.system, text=said),
                )
        for answer in self._inner.answers(ask for _, _, ask in asks.values()):
            talk, seat, _ = asks[answer.content]
            _pay(talk, answer)
            if answer.fault:
                talk.faults.append(answer.fault)
            else:
                talk.opinions[seat] = answer.text or SILENT

    def _verdicts(self, talks: Sequence[_Talk]) -> Iterator[Answer]:
        asks = {
            str(number): (talk, replace(
                talk.ask, item=replace(talk.ask.item, content=str(number)),
                text=self._filled(self._wording.verdict, talk),
            ))
            for number, talk in enumerate(talks)
        }  # fmt: skip
        for answer in self._inner.answers(ask for _, ask in asks.values()):
            talk, _ = asks[answer.content]
            _pay(talk, answer)
            yield _answer(talk, text=answer.text, finish=answer.finish, fault=answer.fault)

    def _filled(self, template: str, talk: _Talk) -> str:
        opinions = "\n\n".join(
            f"{member.name}: {said[-LONGEST:]}"
            for member, said in zip(self._wording.members, talk.opinions, strict=True)
            if said
        )
        return fill(template, {"<question>": talk.ask.text, "<opinions>": opinions}).strip()


def _pay(talk: _Talk, answer: Answer) -> None:
    talk.asked += answer.asked
    talk.told += answer.told
    talk.seconds = round(talk.seconds + answer.seconds, 3)


def _answer(talk: _Talk, *, text: str, finish: str = "stop", fault: str = "") -> Answer:
    ask = talk.ask
    return Answer(
        case=ask.item.id, shift=ask.shift, content=ask.item.content, text=text, finish=finish,
        fault=fault, asked=talk.asked, told=talk.told, seconds=talk.seconds,
    )  # fmt: skip
