"""Guesses for one source of a project: its recipe, its place in the catalogue and MeSH together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from benchsmith.documents import data_set_catalog, recipe
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.problems import Problems
from benchsmith.drafting.mappings.label_guesses import Guess, Guesser
from benchsmith.drafting.mappings.like_meaning import like_meaning
from benchsmith.drafting.mappings.source_scope import Scope, scope_of
from benchsmith.mesh.concept import Concept


class SourceGuesser:
    """Guesses labels for the words of a project's sources."""

    def __init__(self, home: Path, lexicon: Lexicon, mesh: Sequence[Concept] = ()) -> None:
        """`mesh` are the imported concepts."""
        self._home, self._lexicon = home, lexicon
        self._guesser = Guesser(lexicon, mesh, like_meaning(lexicon))

    def scope(
        self,
        source: str,
        words: Sequence[str],
        labels: Sequence[str],
        modalities: Iterable[str] = (),
        unknown: Iterable[str] = (),
    ) -> Scope:
        """Return what a source is about.

        `words` are its raw words, `labels` are the known labels of these words, and `unknown` the words
        that the lexicon does not know. Without `modalities`, those of the recipe are used.
        """
        found = recipe.collect(self._home / "raw_sources" / source, Problems(self._home))
        known = found.recipe if found else None
        stated = tuple(s.modality for s in known.samples) if known else ()
        modes = tuple(modalities) or stated
        anatomy = data_set_catalog.anatomy(self._home, source)
        return scope_of(known, source, words, labels, self._lexicon, modes, anatomy, unknown)

    def guess(self, words: Sequence[str], scope: Scope) -> list[tuple[Guess, ...]]:
        """Return the guesses for each word, surest first."""
        return self._guesser.guess(words, scope)

    def filled_in(self, found: Sequence[Guess]) -> Guess | None:
        """Return the guess that a draft fills in, or None if all are doubtful."""
        return self._guesser.filled_in(found)
