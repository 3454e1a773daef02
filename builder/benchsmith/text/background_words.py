"""Names that label files give to the background value."""

from __future__ import annotations

import re

WORDS = frozenset(
    {"", "0", "air", "background", "back ground", "bg", "bkg", "clear", "clear label", "empty", "exterior",
     "no label", "non labeled", "none", "not labeled", "nothing", "null", "other", "others", "outside",
     "rest", "unassigned", "unclassified", "undefined", "unknown", "unlabeled", "unlabelled", "unsegmented",
     "void"}
)  # fmt: skip
"""In lower case, with spaces between words."""


def is_background(name: str) -> bool:
    """Return whether a name says that nothing is marked.

    >>> is_background("_background_"), is_background("Clear Label"), is_background("liver")
    (True, True, False)
    """
    return re.sub(r"[\W_]+", " ", name).strip().casefold() in WORDS
