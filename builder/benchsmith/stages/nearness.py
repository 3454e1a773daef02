"""How near a wrong option is to the key: near ones are the hard ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from benchsmith.documents.lexicon import Lexicon

SAME_DEPARTMENT = 2.0
SAME_PARENT = 4.0
SAME_GRANDPARENT = 2.0
TOGETHER = 3.0
"""Factors of the weight, our own: a label of the same parent and department that is often seen in
the same picture is drawn 24 times as often as one that shares nothing with the key."""


def nearness(
    lexicon: Lexicon, modality: str, together: frozenset[frozenset[str]]
) -> Callable[[str, str], float]:
    """Return how much rather a label is offered beside another; symmetric, 1 at least.

    `together` are the pairs of labels that stand in one picture somewhere in the pool. Symmetry
    keeps a matched draw matched: a pair meets as often with the one as the key as with the other.
    """

    @cache
    def department(label: str) -> str:
        place = lexicon.place(label, modality)
        return place.department if place else ""

    @cache
    def near(a: str, b: str) -> float:
        above_a, above_b = lexicon.labels.line_up(a)[1:3], lexicon.labels.line_up(b)[1:3]
        weight = SAME_DEPARTMENT if department(a) == department(b) else 1.0
        if above_a[:1] and above_a[:1] == above_b[:1]:
            weight *= SAME_PARENT
        elif set(above_a) & set(above_b):
            weight *= SAME_GRANDPARENT
        return weight * TOGETHER if frozenset((a, b)) in together else weight

    return near


def alike(a: str, b: str) -> float:
    """Prefer no label over another."""
    return 1.0
