"""Prompts are documents: how a question and its options are put to a model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pydantic

from benchsmith.documents import yaml
from benchsmith.evaluate import wording_files
from benchsmith.release.columns import LETTERS

DEFAULT = "zero-shot"
PARTS = ("<question>", "<options>")


def _whole(text: str) -> str:
    if missing := [part for part in PARTS if part not in text]:
        raise ValueError(f"has no {' and no '.join(missing)}")
    return text


Template = Annotated[str, pydantic.AfterValidator(_whole)]


class Wording(yaml.Document):
    """A prompt file."""

    system: str = ""
    """What is said before the question; nothing where it is empty."""
    one: Template
    several: Template
    option: str = "<letter>. <text>"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt by name."""

    name: str
    wording: Wording

    @property
    def digest(self) -> str:
        """Return a hash of every word of it."""
        return wording_files.digest(self.wording)

    def ask(self, question: str, options: Sequence[str], *, several: bool) -> str:
        """Return the text for one question. Nothing inside of a question or an option is a placeholder.

        >>> read("letter").ask("Which?", ["<question>", "b"], several=False).splitlines()[:3]
        ['Which?', 'A. <question>', 'B. b']
        """
        lines = [
            fill(self.wording.option, {"<letter>": letter, "<text>": text})
            for letter, text in zip(LETTERS, options, strict=False)
        ]
        template = self.wording.several if several else self.wording.one
        return fill(template, {"<question>": question, "<options>": "\n".join(lines)}).strip()


def fill(template: str, values: dict[str, str]) -> str:
    """Fill in all values at once, so that what is filled in is never looked at again."""
    return re.sub("|".join(values), lambda found: values[found[0]], template)


def read(name: str = DEFAULT, home: Path | None = None) -> Prompt:
    """Return a prompt: a file, one of the project's `prompts/`, or one that is shipped.

    Raises DocumentError for one that is not there or is not sound.
    """
    return Prompt(*wording_files.read("prompt", name, Wording, home))
