"""Queries on the lexical tree: `task=bone modality=mri/** department!=hematology label=liver|spleen`.

All terms must hold. A value is an id or a name; `/**` after it includes its descendants, `*` matches
everything, and `|` separates alternatives. Names with spaces are quoted. A query can be applied to
single rows and converted to an equivalent SQL condition.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from benchsmith.core.errors import BenchsmithError
from benchsmith.core.model import SPLITS
from benchsmith.documents.axes import OF_TARGETS, sql, value
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.problems import did_you_mean
from benchsmith.documents.tree import Axis
from benchsmith.text.normal_form import normal

__all__ = ["OF_TARGETS", "Query", "QueryError", "Term", "parse"]

BELOW = "/**"
NEUTRAL_AXES = frozenset({"task", "modality", "granularity", "skill", "split"})
"""Axes on which all options of one question have the same value: they reveal nothing of its answer."""


class QueryError(BenchsmithError, ValueError):
    """An invalid query; the message gives the reason and a hint."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: the row's value is, or is not, one of some ids."""

    axis: str
    ids: frozenset[str] | None
    """None matches everything."""
    holds: bool
    """False for ``!=``."""

    def accepts(self, value: str) -> bool:
        """Return whether a value meets the condition."""
        return (self.ids is None or value in self.ids) == self.holds


@dataclass(frozen=True, slots=True)
class Query:
    """Conditions that all must hold."""

    text: str
    terms: tuple[Term, ...]

    def reveals_answer(self) -> bool:
        """Return whether knowing that a question matches reveals something of its answer."""
        return any(term.axis not in NEUTRAL_AXES for term in self.terms)

    def accepts(self, row: Any, axes: Collection[str] | None = None) -> bool:
        """Return whether a row (a target, or a question with its target's fields) matches.

        With `axes`, only the conditions on these axes are applied.
        """
        return all(
            term.accepts(value(row, term.axis))
            for term in self.terms
            if axes is None or term.axis in axes
        )

    def where(self) -> tuple[str, list[Any]]:
        """Return the condition as SQL for DuckDB over columns named like fields, and its parameters.

        The SQL contains no text of the query: ids are bound, a list of them at each `?`.
        """
        parts, values = ["true"], list[Any]()
        for term in self.terms:
            if term.ids is None:
                parts.append(str(term.holds).lower())
                continue
            # IN yields NULL for a NULL value, which matches no id
            is_in = f"coalesce({sql(term.axis)} IN (SELECT unnest(?::VARCHAR[])), false)"
            parts.append(is_in if term.holds else f"NOT {is_in}")
            values.append(sorted(term.ids))
        return " AND ".join(parts), values


def parse(text: str, lexicon: Lexicon, sources: Iterable[str] = ()) -> Query:
    """Return the query of a text; it may name the given sources. Raises QueryError."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise QueryError(f"the query has an unclosed quote: {text!r}") from error
    known = {**lexicon.axes, "source": tuple(sources), "split": SPLITS}
    return Query(text, tuple(_term(word, known) for word in words))


def _term(word: str, known: dict[str, Any]) -> Term:
    axis, equals, values = word.partition("=")
    holds = not axis.endswith("!")
    axis = axis.rstrip("!").strip()
    if not equals or axis not in known:
        hint = did_you_mean(axis, known) or f"axes are {', '.join(known)}"
        raise QueryError(f"{word!r} is not `axis=value`: {hint}")
    ids: set[str] = set()
    for each in values.split("|"):
        if each.strip() == "*":
            return Term(axis, None, holds)
        ids |= _ids(axis, each.strip(), known[axis])
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
    return {other.id for other in known if term.id in known.lineage(other.id)}
