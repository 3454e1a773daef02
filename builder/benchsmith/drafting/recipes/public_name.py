"""The publishable part of a folder's name: its words that are not a person's name.

The id and the title of a source are published in a release. A folder may be named after a patient, so
only words are taken that the project's lists have, and short numbers.
"""

from __future__ import annotations

from benchsmith.documents.lexicon import Lexicon
from benchsmith.drafting.recipes.name_words import MARK_WORDS, PICTURE_WORDS, SPLIT_WORDS, tokens
from benchsmith.text.display_words import DISPLAY_WORDS
from benchsmith.text.plain_letters import plain_letters

NAMELESS = "my data"
"""The name of a folder of which nothing may be published."""
MAX_DIGITS = 4
"""Longer numbers are days, or numbers of persons."""
OF_SETS = frozenset(
    ["my", "our", "own", "mydata", "data", "dataset", "datasets", "set", "sets", "subset", "study", "studies", "pilot", "demo", "example", "examples", "sample", "samples", "case", "cases", "series", "batch", "part", "fold", "final", "new", "old", "copy", "export", "anonymized", "anonymised", "public", "private", "challenge", "miccai", "benchmark", "project", "results", "pairs", "atlas", "template", "templates", "2d", "3d", "ct", "cta", "mr", "mri", "mra", "pet", "us", "xray", "cxr", "oct", "wsi", "dxa", "eye", "eyes", "skin", "tooth", "teeth", "face", "nose", "ear", "hair", "blood", "cell", "cells", "nuclei", "polyp", "polyps", "ulcer", "tumour", "tumours", "tumor", "tumors", "fracture", "fractures", "vessels", "patches", "tiles", "v", "nii", "nifti", "dcm", "png", "jpg", "tif", "tiff", "mha"]
)  # fmt: skip
"""Words in the names of data sets."""


def public_name(name: str, lexicon: Lexicon, sources: frozenset[str]) -> str:
    """Return a folder's name, or only its words that may be published; `my data` where there is none.

    `sources` are the words of the ids of known sources.
    """
    known = (
        DISPLAY_WORDS | PICTURE_WORDS | MARK_WORDS | SPLIT_WORDS | OF_SETS | sources | _of(lexicon)
    )
    words = tokens(name)
    kept = [one for one in words if _is_public(plain_letters(one), known)]
    if kept == words and any(not one.isdigit() for one in words):
        return name
    return " ".join(kept) if any(not one.isdigit() for one in kept) else " ".join([NAMELESS, *kept])


def words_of_ids(ids: list[str]) -> frozenset[str]:
    """Return the words that are joined in ids of sources."""
    return frozenset(word for one in ids for word in one.split("-"))


def _is_public(word: str, known: frozenset[str]) -> bool:
    if word.isdigit():
        return len(word) <= MAX_DIGITS
    return any(one in known for one in (word, word.removesuffix("s"), word.removesuffix("es")))


def _of(lexicon: Lexicon) -> frozenset[str]:
    """Return the words of the names and ids of labels, modalities, tasks and departments."""
    axes = (lexicon.labels, lexicon.modalities, lexicon.tasks, lexicon.departments)
    names = (
        name for axis in axes for term in axis for name in (term.id, term.name, *term.synonyms)
    )
    return frozenset(plain_letters(word) for name in names for word in tokens(name))
