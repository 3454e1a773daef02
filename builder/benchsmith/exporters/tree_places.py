"""The places of a release's questions on every axis of the tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchsmith.core.model import Question
from benchsmith.documents.axes import QUESTION_FIELDS, in_order, value
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.tree import Axis
from benchsmith.release.model import Release

LABEL = "label"
NESTED_AXES = 3
"""Axes that are drawn inside one another."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A term of an axis below other terms, with the questions there."""

    name: str
    questions: int
    share: float
    """Share of all questions, 0 to 1."""
    hue: int
    """Number of the branch of the first axis."""
    below: Sequence[Branch]


def tree_axes(lexicon: Lexicon) -> list[str]:
    """Return the axes on which questions are compared: all except the labels themselves."""
    return [axis for axis in in_order(lexicon.axes) if axis != LABEL]


def places(release: Release, question: Question, axes: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of a question's terms on some axes; empty if the source states nothing."""
    choice = release.choices[question.target]
    return tuple(
        value(question if hasattr(question, QUESTION_FIELDS.get(axis, axis)) else choice, axis)
        for axis in axes
    )


def title_of(axis: str) -> str:
    """Return an axis's name as a heading.

    >>> title_of("department")
    'Department'
    """
    return axis.replace("-", " ").capitalize()


def name_of(terms: Axis | None, id_: str) -> str:
    """Return the name of a term; an id without a term is its own name."""
    return terms[id_].name if terms is not None and id_ in terms else id_ or "unknown"


def nested(release: Release) -> list[Branch]:
    """Return the first axes of the tree inside one another, the largest branch first."""
    axes = tree_axes(release.lexicon)[:NESTED_AXES]
    rows = [places(release, q, axes) for q in release.asked()]
    terms = [release.lexicon.axes[axis] for axis in axes]
    return _branches(rows, terms, len(rows), 0)


def _branches(
    rows: Sequence[tuple[str, ...]], terms: Sequence[Axis], total: int, hue: int
) -> list[Branch]:
    if not terms:
        return []
    axis, *deeper = terms
    groups: dict[str, list[tuple[str, ...]]] = {}
    for first, *rest in rows:
        groups.setdefault(first, []).append(tuple(rest))
    names = {id_: name_of(axis, id_) for id_ in groups}
    ranked = sorted(groups, key=lambda id_: (-len(groups[id_]), names[id_]))
    outermost = len(terms) == NESTED_AXES
    return [
        Branch(
            names[id_],
            len(groups[id_]),
            len(groups[id_]) / total,
            own := n if outermost else hue,
            _branches(groups[id_], deeper, total, own),
        )
        for n, id_ in enumerate(ranked)
    ]
