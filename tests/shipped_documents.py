"""The documents of this project, read once in a process: many tests ask them and none changes them."""

from __future__ import annotations

from functools import cache

from benchsmith.documents import lexicon, library
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.library import Library
from tests.paths import PROJECT


@cache
def shipped_library() -> Library:
    """Return lexicon, question pools and recipes of this project."""
    return library.read(PROJECT)


@cache
def shipped_lexicon() -> Lexicon:
    """Return the lexicon of this project."""
    return lexicon.read(PROJECT / "lexicon")
