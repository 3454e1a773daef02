"""The parts of a format in the fuzz."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.value_fuzz.chance import Chance
from tests.value_fuzz.values import Values

Change = Callable[[Chance, Path], Path]
"""Writes a mutant into a folder and returns the file that is read."""


@dataclass(frozen=True)
class Mutant:
    """One file, and how it was changed."""

    path: Path
    kind: str
    """Name of the mutation."""
    valid: bool
    """Whether the file was kept valid and its meaning changed; otherwise its bytes were damaged."""


@dataclass(frozen=True)
class Format:
    """A kind of file, the two readers of it, and its mutations."""

    name: str
    judge: str
    """The independent reader."""
    meanings: Mapping[str, Change]
    """Mutations that keep the file valid, by name."""
    ours: Callable[[Path], Values]
    """Raises DataFault for a file that is refused."""
    theirs: Callable[[Path], Values]
    """Raises any exception for a file that is refused."""
    tolerance: Mapping[str, float] = field(default_factory=dict)
    alone: Mapping[str, str] = field(default_factory=dict)
    """Why ours is right to read what the judge refuses, by a pattern of the judge's message."""
    damaged: Callable[[Path], Path] = lambda path: path
    """The file of a mutant whose bytes are damaged."""
    mutants: int = 950
    """How many are made for the page: fewer where each takes long."""
    lossy: bool = False
    """Whether decoders of this format fill in damaged parts, each in its own way."""


class Refused(Exception):
    """The judge does not read a file, for a reason of the test's own."""


def note(folder: Path, **words: Any) -> None:
    """Keep what a mutation must tell the readers, such as a recipe's key, beside the file."""
    import json

    (folder / NOTE).write_text(json.dumps(words), "utf-8")


def noted(path: Path) -> dict[str, Any]:
    """Return what `note` kept."""
    import json

    file = path.parent / NOTE
    found: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    return found


NOTE = ".note.json"
