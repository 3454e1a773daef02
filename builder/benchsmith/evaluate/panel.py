"""Panels: one model answers as several readers, who debate until a verdict is given.

A panel wraps an answerer and is an answerer, so its answers are saved, scored and paid for like any
model's. If all readers pick the same options, that is the answer, without further requests.
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

MAX_OPINION_CHARACTERS = 3_000
"""Readers see at most this many last characters of an opinion."""
PLACEHOLDERS = ("<question>", "<opinions>")
NO_ANSWER = "(no answer)"


def _complete(text: str) -> str:
    if missing := [part for part in PLACEHOLDERS if part not in text]:
        raise ValueError(f"has no {' and no '.join(missing)}")
    return text


Template = Annotated[str, pydantic.AfterValidator(_complete)]


class Member(yaml.Document):
    """A reader."""

    name: Annotated[str, pydantic.Field(min_length=1)]
    system: str
    """Its system prompt."""


class Wording(yaml.Document):
    """The content of a panel file."""

    members: Annotated[tuple[Member, ...], pydantic.Field(min_length=2, max_length=9)]
    rounds: Annotated[int, pydantic.Field(ge=0, le=5)] = 1
    """Rounds of debate after the first answers."""
    debate: Template
    verdict: Template


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel with its name."""

    name: str
    wording: Wording

    @property
    def digest(self) -> str:
        """Digest of its wording."""
        return wording_files.digest(self.wording)

    @property
    def calls(self) -> int:
        """Maximum number of requests for one question."""
        return len(self.wording.members) * (1 + self.wording.rounds) + 1


def read(name: str, home: Path | None = None) -> Panel:
    """Read a panel: a file, one in the project's `panels/`, or a shipped one.

    Raises DocumentError for a missing or invalid one.
    """
    return Panel(*wording_files.read("panel", name, Wording, home))


@dataclass(slots=True)
class _Debate:
    """The state of one question."""

    ask: Ask
    opinions: list[str]
    """The latest reply of each reader; empty if there is none."""
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def picks(self) -> tuple[int, ...]:
        """Return the options that all readers pick; empty if they differ or one has no answer."""
        found = {
            extract(opinion, self.ask.options, several=self.ask.item.several).picked
            for opinion in self.opinions
        }
        return found.pop() if len(found) == 1 else ()


class Readers:
    """A panel that wraps another answerer. See :class:`benchsmith.evaluate.contract.Answerer`."""

    def __init__(self, panel: Panel, inner: Answerer, batch: int) -> None:
        """Work on `batch` questions at a time, whose pictures are in memory."""
        self._wording = panel.wording
        self._inner = inner
        self._batch = batch

    def answers(self, asks: Iterable[Ask]) -> Iterator[Answer]:
        """Answer in batches. Raises EndpointLost."""
        queue = iter(asks)
        while batch := list(islice(queue, self._batch)):
            yield from self._decided(batch)

    def _decided(self, batch: Sequence[Ask]) -> Iterator[Answer]:
        debates = [_Debate(ask, [""] * len(self._wording.members)) for ask in batch]
        self._round(debates, lambda debate: debate.ask.text)
        for _ in range(self._wording.rounds):
            self._round(
                [debate for debate in debates if any(debate.opinions) and not debate.picks()],
                lambda debate: self._filled(self._wording.debate, debate),
            )
        undecided = []
        for debate in debates:
            if picks := debate.picks():
                yield _answer(debate, text=letters(picks))
            elif not any(debate.opinions):
                yield _answer(debate, text="", fault=debate.faults[0])
            else:
                undecided.append(debate)
        yield from self._verdicts(undecided)

    def _round(self, debates: Sequence[_Debate], text: Callable[[_Debate], str]) -> None:
        """Ask every reader once about each question, concurrently and independently."""
        asks: dict[str, tuple[_Debate, int, Ask]] = {}
        for number, debate in enumerate(debates):
            prompt = text(debate)
            for seat, member in enumerate(self._wording.members):
                name = f"{number}/{seat}"
                item = replace(debate.ask.item, content=name)
                asks[name] = (
                    debate,
                    seat,
                    replace(debate.ask, item=item, system=member.system, text=prompt),
                )
        for answer in self._inner.answers(ask for _, _, ask in asks.values()):
            debate, seat, _ = asks[answer.content]
            _pay(debate, answer)
            if answer.fault:
                debate.faults.append(answer.fault)
            else:
                debate.opinions[seat] = answer.text or NO_ANSWER

    def _verdicts(self, debates: Sequence[_Debate]) -> Iterator[Answer]:
        asks = {
            str(number): (debate, replace(
                debate.ask, item=replace(debate.ask.item, content=str(number)),
                text=self._filled(self._wording.verdict, debate),
            ))
            for number, debate in enumerate(debates)
        }  # fmt: skip
        for answer in self._inner.answers(ask for _, ask in asks.values()):
            debate, _ = asks[answer.content]
            _pay(debate, answer)
            yield _answer(debate, text=answer.text, finish=answer.finish, fault=answer.fault)

    def _filled(self, template: str, debate: _Debate) -> str:
        opinions = "\n\n".join(
            f"{member.name}: {opinion[-MAX_OPINION_CHARACTERS:]}"
            for member, opinion in zip(self._wording.members, debate.opinions, strict=True)
            if opinion
        )
        return fill(template, {"<question>": debate.ask.text, "<opinions>": opinions}).strip()


def _pay(debate: _Debate, answer: Answer) -> None:
    debate.input_tokens += answer.asked
    debate.output_tokens += answer.told
    debate.seconds = round(debate.seconds + answer.seconds, 3)


def _answer(debate: _Debate, *, text: str, finish: str = "stop", fault: str = "") -> Answer:
    ask = debate.ask
    return Answer(
        case=ask.item.id, shift=ask.shift, content=ask.item.content, text=text, finish=finish,
        fault=fault, asked=debate.input_tokens, told=debate.output_tokens, seconds=debate.seconds,
    )  # fmt: skip
