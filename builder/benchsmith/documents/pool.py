"""The types of a question pool: the file of a task, its stems, and the rules of a language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import pydantic

from benchsmith.documents import parse_cache, yaml
from benchsmith.documents.stems import Checker, Cues, TaskWords, Wording
from benchsmith.text.languages import ENGLISH, Language

View = Literal["image", "box", "mask", "contour"]


class TaskFile(yaml.Document):
    """Stems of one task in one language."""

    task: str
    language: str = ENGLISH
    cues: tuple[str, ...]
    avoid: tuple[str, ...] = ()
    noun: Literal["attribute", "object"] | None = None
    many_in_view: bool = False
    yes_no: bool = False
    answers: Literal["one", "several"] = "one"
    stems: dict[View, tuple[str, ...]]
    several: dict[View, tuple[str, ...]] = pydantic.Field(default_factory=dict)
    withdrawn: tuple[str, ...] = ()
    """Shipped stems that the project does not use, word for word."""


@dataclass(frozen=True, slots=True)
class Stem:
    """A question with its placeholder, and its file and line."""

    text: str
    at: str


@dataclass(frozen=True, slots=True)
class Pool:
    """All stems of one task, by view."""

    task: str
    stems: Mapping[str, tuple[Stem, ...]]
    """For one right answer."""
    several: Mapping[str, tuple[Stem, ...]]
    """For several right answers."""
    words: TaskWords = field(default_factory=TaskWords)
    """What each stem must say, and must not."""
    withdrawn: tuple[str, ...] = ()
    """Shipped stems that a project's file withdraws."""


@dataclass(frozen=True)
class Rules:
    """The rules for stems of one language that all tasks share."""

    language: Language
    cues: Cues
    wording: Wording
    names: tuple[str, ...]
    """Normal forms of the labels' names, which no stem may contain."""

    @cached_property
    def names_digest(self) -> str:
        """The digest of `names`, computed once: each file is checked against up to a hundred thousand names."""
        return parse_cache.digest("\n".join(self.names))  # names have no line breaks

    def texts(self) -> tuple[str, ...]:
        """Return everything that a checker reads, as texts for a digest; the names are replaced by their digest."""
        words = (self.cues.model_dump_json(), self.wording.model_dump_json())
        return (self.language.id, *words, self.names_digest)

    def checker(self, task: TaskWords) -> Checker:
        """Return the checker for the stems of one task."""
        return Checker(self.language, self.cues, self.wording, task, self.names)
