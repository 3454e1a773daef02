"""The result of resolving a source's word: a label, or the reason why there is none."""

from __future__ import annotations

from typing import NamedTuple

UNMAPPED = "unmapped-label"
UNDECIDED = "undecided-label"
STRANGE = frozenset({UNMAPPED, UNDECIDED})
"""Why a word has no label although it may name any: nobody knows it, or a person left its label open."""


class Resolved(NamedTuple):
    """The label of one raw word, or the reason why it has none."""

    label: str
    """Empty if there is none."""
    laterality: str
    decided_at: str
    """The line that decided, and what was done to the word; of a label that was not taken, why not."""
    reason: str = ""
    """Why there is no label: a code of :mod:`benchsmith.core.reasons`."""


UNKNOWN = Resolved("", "", "", UNMAPPED)
NOT_TAKEN = "not taken"
"""Begins the reason why a label that the lexicon has for a word says more than the source."""


def not_taken(found: Resolved) -> tuple[str, str] | None:
    """Return the label that says more than its word, and why; None if there is none.

    >>> not_taken(Resolved("", "", "label.tsv:9, not taken: polyp-of-nose adds nose", UNMAPPED))
    ('polyp-of-nose', 'adds nose')
    """
    _, mark, why = found.decided_at.partition(f", {NOT_TAKEN}: ")
    label, _, rest = why.partition(" ")
    return (label, rest) if mark and found.reason == UNMAPPED else None
