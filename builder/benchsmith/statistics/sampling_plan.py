"""Which questions of a benchmark are judged, and in which order: a stratified sample that may stop anywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from benchsmith.core.random_order import RANK_SPAN, order, rank

T = TypeVar("T")
STRATUM_LEAST = 20
"""Questions that a stratum needs; smaller ones are joined. Each stratum costs up to one question more than
its share."""
OTHERS = "others"


def strata_of(places: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Return the stratum of each question, given its source and its task.

    A source's tasks with fewer than `STRATUM_LEAST` questions are joined, and then the sources whose
    joined tasks still have fewer.

    >>> strata_of({"q": ("brain", "bone")})
    {'q': 'others'}
    """
    named = {id_: f"{source} / {task}" for id_, (source, task) in places.items()}
    for of_source in (True, False):
        sizes = Counter(named.values())
        for id_, name in named.items():
            if sizes[name] < STRATUM_LEAST:
                named[id_] = f"{places[id_][0]} / {OTHERS}" if of_source else OTHERS
    return named


def shuffled(questions: Iterable[str], seed: int) -> list[str]:
    """Return the questions of a stratum in random order.

    >>> sorted(shuffled("ba", 1))
    ['a', 'b']
    """
    return order(questions, seed, "verify", name=str)


def merged(
    strata: Mapping[str, Sequence[T]], placed: Mapping[str, int], seed: int
) -> list[tuple[str, T]]:
    """Return (stratum, question) in the order in which questions are judged.

    `strata` has each stratum's questions in their random order, of which the first `placed` already
    have a place. Strata take turns, so that at any point each stratum is judged at least in
    proportion to its size. The order depends on no answer, as the bound requires.
    """
    turns = [
        (at / len(own), rank(seed, "verify turn", name) / RANK_SPAN, name, own[at])
        for name, own in strata.items()
        for at in range(placed.get(name, 0), len(own))
    ]
    turns.sort(key=lambda turn: turn[:3])
    return [(name, question) for *_, name, question in turns]
