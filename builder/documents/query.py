"""Queries on the lexical tree: `task=bone modality=mri/** department!=hematology label=liver|spleen`.

Terms are joined by "and". A value is an id or a name; `/**` behind it takes its descendants too,
`*` is anything, and `|` parts alternatives. Names with blanks stand in quotes.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from builder.documents.lexicon import Lexicon
from builder.documents.problems import did_you_mean
from builder.documents.tree import Axis
from builder.model import SPLITS, VIEWS
from builder.words import normal

BELOW = "/**"
FIELDS = {
    "task": "task",
    "department": "department",
    "modality": "modality",
    "label": "label",
    "granularity": "view",
    "source": "source",
    "split": "split",
}
"""What a query may speak of, and the field of a row that has it."""
OF_TARGETS = frozenset({"task", "department", "modality", "label", "source"})
"""Axes that a target has before it is asked about."""


class QueryError(ValueError):
    """A query cannot be understood; the message says why and names what is near."""


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: the row's value is, or is not, among some ids."""

    axis: str
    ids: frozenset[str] | None
    """None for anything."""
    holds: bool

    def accepts(self, value: str) -> bool:
        """Say whether a value meets the condition."""
        return (self.ids is None or value in self.ids) == self.holds


@dataclass(frozen=True, slots=True)
class Query:
    """Conditions that all must hold."""

    text: str
    terms: tuple[Term, ...]

    def accepts(self, row: Any, axes: Collection[str] = frozenset(FIELDS)) -> bool:
        """Say whether a row (a target or question) meets every condition on some axes."""
        return all(
            term.accepts(getattr(row, FIELDS[term.axis]))
            for term in self.terms
            if term.axis in axes
        )


def parse(text: str, lexicon: Lexicon, sources: Iterable[str]) -> Query:
    """Read a query against a lexicon. Raises QueryError."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise QueryError(f"the query has an open quote: {text!r}") from error
    known = {
        "task": lexicon.tasks,
        "department": lexicon.departments,
        "modality": lexicon.modalities,
        "label": lexicon.labels,
        "granularity": VIEWS,
        "source": tuple(sources),
        "split": SPLITS,
    }
    return Query(text, tuple(_term(word, known) for word in words))


def _term(word: str, known: dict[str, Any]) -> Term:
    axis, equals, values = word.partition("=")
    holds = not axis.endswith("!")
    axis = axis.rstrip("!").strip()
    if not equals or axis not in known:
        hint = did_you_mean(axis, known) or f"axes are {', '.join(known)}"
        raise QueryError(f"{word!r} is no `axis=value`: {hint}")
    ids: set[str] = set()
    for value in values.split("|"):
        if value.strip() == "*":
            return Term(axis, None, holds)
        ids |= _ids(axis, value.strip(), known[axis])
    return Term(axis, frozenset(ids), holds)


def _ids(axis: str, value: str, known: Axis | tuple[str, ...]) -> set[str]:
    name = value.removesuffix(BELOW)
    if not isinstance(known, Axis):
        if value not in known:
            raise QueryError(f"there is no {axis} {value!r}: {did_you_mean(value, known)}")
        return {value}
    term = known.terms.get(name) or known.by_name(normal(name))
    if term is None:
        near = did_you_mean(name, [*known.terms, *known.names()])
        raise QueryError(f"there is no {axis} {name!r}: {near or 'see `benchsmith tree`'}")
    if not value.endswith(BELOW):
        return {term.id}
    return {other.id for other in known if term.id in known.line_up(other.id)}
