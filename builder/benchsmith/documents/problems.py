"""What is wrong in a document, said so that a person can mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: ``file:line: what; hint``."""

    file: str
    line: int
    what: str
    hint: str = ""

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.file}:{self.line}: {self.what}" + (f"; {self.hint}" if self.hint else "")


class DocumentError(Exception):
    """One or more documents cannot be used; carries all problems at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(p) for p in self.problems))


class Problems:
    """Gathers problems while documents are read."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.found: list[Problem] = []

    def show(self, path: Path) -> str:
        """Return a file's name relative to the project, for people."""
        return (
            path.relative_to(self.home).as_posix() if path.is_relative_to(self.home) else str(path)
        )

    def add(self, path: Path, line: int, what: str, hint: str = "") -> None:
        """Note a problem."""
        self.found.append(Problem(self.show(path), line, what, hint))

    def raise_any(self) -> None:
        """Raise DocumentError if anything was noted."""
        if self.found:
            raise DocumentError(self.found)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint with the nearest known words, or an empty string.

    >>> did_you_mean("kidny", ["kidney", "liver"])
    'did you mean kidney?'
    """
    near = difflib.get_close_matches(word, sorted(known), n=3, cutoff=0.6)
    return f"did you mean {' or '.join(near)}?" if near else ""
