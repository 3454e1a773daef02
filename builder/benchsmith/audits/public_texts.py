"""Public words, which identify nobody: those of a project's documents and of the program."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import benchsmith
from benchsmith.documents import shipped
from benchsmith.documents.recipe import Source

PRIVATE_KEYS = {"data", "also", "samples", "obtain", "id_space"}
"""Keys of a recipe that no release has."""
PROGRAM_SUFFIXES = (".py", ".jinja", ".js", ".html", ".css")
_UNSAID = re.compile(r"(?m)^[^\t\n]*\tdrop\t.*$|(?:^|(?<=\s))#.*$")
"""Rows of words that are no labels, which may be names, and comments of YAML."""
_FIRST_CELL = re.compile(r"(?m)^[^\t\n]*\t")
_EXPLANATION = re.compile(r'"""[\s\S]*?"""')


def public_text(home: Path, sources: Sequence[Source]) -> str:
    """Return the text of the project's documents, without comments and words that mappings drop.

    A project's own mappings repeat cells of its sources, so only labels of the lexicon are taken from
    them. Of recipes, only the published parts are taken: their patterns and comments may name a person's
    files.
    """
    folders = ("lexicon", "question_pools", "benchmarks")
    homes = [folder for folder in (home, shipped.below(home)) if folder is not None]
    files = [p for of in homes for name in folders for p in (of / name).rglob("*.*")]
    texts = [f"{one.id} {one.recipe.model_dump(exclude=PRIVATE_KEYS)}" for one in sources]
    texts += [_public_part(p, home) for p in sorted(files) if p.is_file()]
    return "\n".join(texts)


def _public_part(path: Path, home: Path) -> str:
    text = _UNSAID.sub("", path.read_text("utf-8", "replace"))
    own = path.is_relative_to(home / "lexicon/mappings")
    return _FIRST_CELL.sub("", text) if own else text


@cache
def program_text() -> str:
    """Return the words that the program itself may write: its code and templates, without explanations."""
    package = Path(benchsmith.__file__).parent
    found = []
    for path in sorted(package.rglob("*.*")):
        if path.suffix in PROGRAM_SUFFIXES:
            text = path.read_text("utf-8", "replace")
            found.append(_EXPLANATION.sub(" ", text) if path.suffix == ".py" else text)
    return "\n".join(found)
