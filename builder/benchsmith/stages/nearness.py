"""Weights for offering a wrong option beside a key: near labels make hard questions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from benchsmith.documents.lexicon import Lexicon

Nearness = Callable[[str, str], float]
"""The weight with which one label is offered beside another, at least 1; symmetric."""

SAME_DEPARTMENT = 2.0
SAME_PARENT = 4.0
SAME_GRANDPARENT = 2.0
TOGETHER = 3.0
"""Factors of the weight, chosen by this project: a label with the key's parent and department that
is seen in one picture with it has 24 times the weight of a label that shares nothing with it."""


def nearness(lexicon: Lexicon, modality: str, together: frozenset[frozenset[str]]) -> Nearness:
    """Return the weights for a pool of one modality.

    `together` are the pairs of labels that are seen in one picture of the pool. The weight is
    symmetric so that a matched draw stays matched: each label of a pair is the key beside the other
    equally often.
    """

    @cache
    def department(label: str) -> str:
        place = lexicon.place(label, modality)
        return place.department if place else ""

    @cache
    def near(a: str, b: str) -> float:
        above_a, above_b = lexicon.labels.lineage(a)[1:3], lexicon.labels.lineage(b)[1:3]
        weight = SAME_DEPARTMENT if department(a) == department(b) else 1.0
        if above_a[:1] and above_a[:1] == above_b[:1]:
            weight *= SAME_PARENT
        elif set(above_a) & set(above_b):
            weight *= SAME_GRANDPARENT
        return weight * TOGETHER if frozenset((a, b)) in together else weight

    return near


def no_preference(a: str, b: str) -> float:
    """Return the same weight for every pair."""
    return 1.0
