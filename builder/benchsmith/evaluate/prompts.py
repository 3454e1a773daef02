"""Prompts: files with the text in which a question and its options are asked."""

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
PLACEHOLDERS = ("<question>", "<options>")


def _complete(text: str) -> str:
    if missing := [part for part in PLACEHOLDERS if part not in text]:
        raise ValueError(f"has no {' and no '.join(missing)}")
    return text


Template = Annotated[str, pydantic.AfterValidator(_complete)]


class Wording(yaml.Document):
    """The content of a prompt file."""

    system: str = ""
    """The system prompt; none if it is empty."""
    one: Template
    several: Template
    option: str = "<letter>. <text>"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt with its name."""

    name: str
    wording: Wording

    @property
    def digest(self) -> str:
        """Digest of its wording."""
        return wording_files.digest(self.wording)

    def ask(self, question: str, options: Sequence[str], *, several: bool) -> str:
        """Return the text for one question; placeholders inside a question or option are not filled.

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
    """Replace all placeholders in one pass, so that inserted text is never replaced."""
    return re.sub("|".join(values), lambda found: values[found[0]], template)


def read(name: str = DEFAULT, home: Path | None = None) -> Prompt:
    """Read a prompt: a file, one in the project's `prompts/`, or a shipped one.

    Raises DocumentError for a missing or invalid one.
    """
    return Prompt(*wording_files.read("prompt", name, Wording, home))
