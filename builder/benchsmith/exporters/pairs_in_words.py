"""The counterfactual questions of a release: the number of each kind, and some beside their originals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from benchsmith.core.alteration import ERASE, KINDS, MIRROR, MOVE, SHIFT, TURN
from benchsmith.core.model import Question
from benchsmith.core.random_order import order
from benchsmith.exporters.thumbnail import thumbnail
from benchsmith.release.model import Release

WORDS = {
    ERASE: "something is painted out by its surroundings",
    MOVE: "the mark is moved to another structure",
    MIRROR: "the picture is mirrored",
    TURN: "the picture is turned by a quarter, a half or three quarters",
    SHIFT: "the mark, with its shape, is shifted onto another structure",
}
"""What was done, by kind."""
SHOWN_OF_EACH = 2
"""Pairs of each kind in the report."""
SIDE_PX = 300
"""Pixels on the longer side of a picture."""


class KindOfPair(NamedTuple):
    """The pairs of one kind."""

    kind: str
    words: str
    pairs: int
    """How many questions have a counterfactual of this kind."""
    changed: int
    """In how many of them the answer is another one."""


class Pair(NamedTuple):
    """A question and its counterfactual."""

    original: Question
    altered: Question

    @property
    def changes(self) -> bool:
        """Whether the answer changed."""
        return _key(self.original) != _key(self.altered)


def pairs_of(release: Release) -> list[Pair]:
    """Return the pairs of the open splits, in the order of the altered questions."""
    asked = release.asked()
    by_id = {q.id: q for q in asked}
    return [Pair(by_id[q.pair], q) for q in asked if q.altered and q.pair in by_id]


def kinds_of_pairs(release: Release) -> list[KindOfPair]:
    """Return the kinds of pairs that the open splits have."""
    pairs = pairs_of(release)
    own = {kind: [p for p in pairs if p.altered.altered == kind] for kind in KINDS}
    return [
        KindOfPair(kind, WORDS[kind], len(of), sum(p.changes for p in of))
        for kind, of in own.items()
        if of
    ]


def pair_sheet(release: Release) -> list[dict[str, object]]:
    """Return some pairs of each kind with their pictures, those whose answer changes first."""
    pairs = pairs_of(release)
    found: list[dict[str, object]] = []
    for kind in KINDS:
        own = [p for p in pairs if p.altered.altered == kind]
        ranked = order(
            own, release.benchmark.seed, "pairs", name=lambda p: release.published(p.altered.id)
        )
        ranked.sort(key=lambda p: not p.changes)
        found += [_shown(release, p) for p in ranked[:SHOWN_OF_EACH]]
    return found


def _shown(release: Release, pair: Pair) -> dict[str, object]:
    return {
        "kind": pair.altered.altered,
        "question": pair.original.question,
        "sides": [
            {
                "picture": thumbnail(release.item(q.id).case.png, SIDE_PX),
                "answer": ", ".join(q.options[a] for a in q.answers),
                "id": release.published(q.id),
            }
            for q in pair
        ],
    }


def _key(question: Question) -> Sequence[str]:
    return sorted(question.option_labels[a] for a in question.answers)
