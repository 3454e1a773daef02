"""Names with a similar meaning, by the word vectors that the optional package wordllama carries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchsmith.documents.lexicon import Lexicon
from benchsmith.drafting.mappings.label_guesses import Likeness
from benchsmith.text.name_tokens import plain_word
from benchsmith.text.normal_form import normal

MOST = 3
"""Labels that are returned for a word."""
LEAST = 0.5
"""Smallest cosine of a label that is returned."""


def like_meaning(lexicon: Lexicon) -> Likeness | None:
    """Return a function that finds labels with a similar meaning, or None without the package.

    The vectors are read from the installed package; nothing is downloaded.
    """
    try:
        import wordllama
    except ImportError:
        return None
    folder = Path(wordllama.__file__).parent
    model = wordllama.WordLlama.load(cache_dir=folder, disable_download=True)
    names = [(normal(text), t.id) for t in lexicon.labels for text in (t.name, *t.synonyms)]
    vectors = model.embed([name for name, _ in names], norm=True)
    owners = [label for _, label in names]

    def find(words: Sequence[str]) -> list[list[tuple[str, float]]]:
        if not words or not names:
            return [[] for _ in words]
        cosines = model.embed([plain_word(w) or w for w in words], norm=True) @ vectors.T
        return [_nearest(row, owners) for row in np.round(cosines, 4)]

    return find


def _nearest(
    row: np.ndarray[tuple[int], np.dtype[np.float32]], owners: Sequence[str]
) -> list[tuple[str, float]]:
    best: dict[str, float] = {}
    for i in np.argsort(-row, kind="stable")[: 8 * MOST].tolist():
        if row[i] >= LEAST and len(best) < MOST:
            best.setdefault(owners[i], float(row[i]))
    return list(best.items())
