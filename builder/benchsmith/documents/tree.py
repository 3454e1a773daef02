"""One axis of the tree, `lexicon/tree/<axis>.tsv`: its terms, by id and by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from benchsmith.documents import layered_table
from benchsmith.documents.ids import ID, ID_HINT
from benchsmith.documents.problems import Problems, nearest
from benchsmith.text.normal_form import normal
from benchsmith.text.spelling import Key, by_spelling, spelled

COLUMNS = ("id", "parent", "name", "synonyms", "mesh", "note")
KIND = "kind"
"""An optional last column of `label.tsv`."""
MAX_DEPTH = 64
"""Terms from a root to a term below it."""


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of an axis."""

    id: str
    parent: str
    name: str
    synonyms: tuple[str, ...]
    mesh: str
    """MeSH concept UI, such as M0011970; empty if MeSH has no such concept."""
    note: str
    path: Path
    """The file of its row, the project's own or a shipped one."""
    line: int
    kind: str = ""
    """What a label is, such as `bone`; empty in tables without the column."""


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a term in a language other than English."""

    name: str
    synonyms: tuple[str, ...]
    line: int


class Axis:
    """The terms of one axis, by id and by name."""

    def __init__(
        self,
        terms: Mapping[str, Term],
        lines: Mapping[str, str] | None = None,
        withdrawn: frozenset[str] = frozenset(),
        by_name: dict[str, str] | None = None,
    ) -> None:
        """Index the terms; `by_name` has their ids by the normal forms of all names, if they are known."""
        self.terms = dict(terms)
        self.withdrawn = withdrawn
        """Ids of shipped terms that the project withdrew."""
        self.nameless: frozenset[str] = frozenset()
        """Ids of terms without a name in the display language."""
        self._by_name = by_name or {
            normal(name): term.id for term in terms.values() for name in (term.name, *term.synonyms)
        }
        for term in terms.values():
            self._by_name.setdefault(normal(term.id), term.id)
        self._lines = dict(lines or {})
        self._spellings: dict[Key, str] | None = None
        self._lineages: dict[str, tuple[str, ...]] = {}

    def __contains__(self, id_: object) -> bool:
        """Return whether the axis has a term with this id."""
        return id_ in self.terms

    def __getitem__(self, id_: str) -> Term:
        """Return a term. Raises KeyError."""
        return self.terms[id_]

    def __iter__(self) -> Iterator[Term]:
        """Iterate over the terms in the file's order."""
        return iter(self.terms.values())

    def at(self, id_: str) -> str:
        """Return the file and line of a term. Raises KeyError."""
        return self._lines[id_]

    def by_name(self, name: str) -> Term | None:
        """Return the term with this name or synonym (a normal form), or None."""
        id_ = self._by_name.get(name)
        return None if id_ is None else self.terms[id_]

    def spelled(self, name: str) -> str:
        """Return the name that a normal form is another spelling of, or an empty string.

        Spellings that names of several terms share are ignored.
        """
        if self._spellings is None:
            self._spellings = by_spelling(self._by_name.items())
        return spelled(self._spellings, name)

    def names(self) -> list[str]:
        """Return all names and synonyms as normal forms."""
        return list(self._by_name)

    def with_names(self, names: Mapping[str, Name]) -> Axis:
        """Return the axis with other display names; terms are still found by their English ones."""
        other = Axis(
            {
                id_: replace(term, name=names[id_].name) if id_ in names else term
                for id_, term in self.terms.items()
            },
            self._lines,
            self.withdrawn,
        )
        other.nameless = frozenset(self.terms) - frozenset(names)
        for id_, name in names.items():
            for each in (name.name, *name.synonyms):
                other._by_name.setdefault(normal(each), id_)
        for word, id_ in self._by_name.items():
            other._by_name[word] = id_
        return other

    def lineage(self, id_: str) -> tuple[str, ...]:
        """Return the ids of a term and its ancestors, nearest first; empty for an unknown id."""
        known = self._lineages.get(id_)
        if known is None:
            found: list[str] = []
            above = id_
            while above and above in self.terms and above not in found:
                found.append(above)
                above = self.terms[above].parent
            known = self._lineages[id_] = tuple(found)
        return known

    def related(self, a: str, b: str) -> bool:
        """Return whether two terms are the same, or one is an ancestor of the other."""
        return a in self.lineage(b) or b in self.lineage(a)


def read(path: Path) -> Axis:
    """Return an axis of `lexicon/tree/`. Raises DocumentError with every problem found."""
    problems = Problems(path.parents[2])
    axis = collect(path, problems)
    problems.raise_any()
    return axis


def collect(path: Path, problems: Problems) -> Axis:
    """Return an axis; duplicate ids or names, unknown parents and cycles are added as problems."""
    found = layered_table.collect(
        path, COLUMNS, problems, lambda row: row["id"], KIND if path.stem == "label" else ""
    )
    withdrawn = {row["id"]: row["parent"] for row in found.withdrawn}
    terms: dict[str, Term] = {}
    named: dict[str, Term] = {}
    for row in found.rows:
        term = Term(
            row["id"],
            _standing(row["parent"], withdrawn),
            row["name"],
            row.list("synonyms"),
            row["mesh"],
            row["note"],
            row.path,
            row.line,
            row.cells.get(KIND, ""),
        )
        if not re.fullmatch(ID, term.id) or not term.name:
            problems.add(row.path, row.line, "has no name or an invalid id", ID_HINT)
        if term.id in terms:
            problems.add(row.path, row.line, f"{term.id!r} is also on line {terms[term.id].line}")
        for name in (term.name, *term.synonyms):
            other = named.setdefault(normal(name), term)
            if other is not term:
                where = "" if other.path == row.path else f" of {problems.show(other.path)}"
                problems.add(
                    row.path,
                    row.line,
                    f"{name!r} also names {other.id!r} on line {other.line}{where}",
                    "a name may belong to one term only",
                )
        terms[term.id] = term
    for term in terms.values():
        if term.parent and term.parent not in terms:
            hint = nearest(term.parent, terms)
            problems.add(term.path, term.line, f"unknown parent {term.parent!r}", hint)
    _check_depths(terms, problems)
    lines = {term.id: f"{problems.show(term.path)}:{term.line}" for term in terms.values()}
    by_name = {name: term.id for name, term in named.items()}
    return Axis(terms, lines, frozenset(withdrawn), by_name)


def _standing(parent: str, withdrawn: Mapping[str, str]) -> str:
    """Return the nearest ancestor that is not withdrawn, starting with the parent."""
    seen: set[str] = set()
    while parent in withdrawn and parent not in seen:
        seen.add(parent)
        parent = withdrawn[parent]
    return parent


def _check_depths(terms: dict[str, Term], problems: Problems) -> None:
    """Add a problem for each term that is its own ancestor, or too deep; it becomes a root.

    The depth is limited because a walk up the tree is made for each term.
    """
    depths: dict[str, int] = {}
    for id_ in terms:
        below: list[str] = []
        above = id_
        while above in terms and above not in depths:
            depths[above] = 0  # met on this walk
            below.append(above)
            above = terms[above].parent
        loop = below[below.index(above) :] if depths.get(above) == 0 and above in below else []
        for met in loop:
            problems.add(terms[met].path, terms[met].line, f"{met!r} is its own ancestor")
            terms[met], depths[met] = replace(terms[met], parent=""), 1
        for met in reversed(below[: len(below) - len(loop)]):
            depths[met] = depths.get(terms[met].parent, 0) + 1
            if depths[met] > MAX_DEPTH:
                what = f"{met!r} has {MAX_DEPTH} or more terms above it"
                problems.add(terms[met].path, terms[met].line, what, "use a flatter tree")
                terms[met], depths[met] = replace(terms[met], parent=""), 1
