"""`lexicon/tree/<axis>.<language>.tsv`: names of terms in a language other than English."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchsmith.documents import layered_table, shipped
from benchsmith.documents.axes import REQUIRED
from benchsmith.documents.problems import Problems, nearest
from benchsmith.documents.tree import Axis, Name, Term
from benchsmith.text.languages import ENGLISH, LANGUAGES, Language, split_name
from benchsmith.text.normal_form import normal

NAME_COLUMNS = ("id", "name", "synonyms")
FULLY_NAMED = ("task", "department", "granularity")
"""Axes whose terms all need a name; labels and modalities without one are left out at `tag`."""
Names = Mapping[str, Mapping[str, Name]]
"""By axis, then by the term's id."""


def collect(folder: Path, axes: Mapping[str, Axis], problems: Problems) -> dict[str, Names]:
    """Return the names by language, adding every problem to `problems`."""
    there = {path.name for path in shipped.files(folder, "*.*.tsv", problems.home)}
    found: dict[str, Names] = {
        id_: {
            axis: _axis(folder / f"{axis}.{id_}.tsv", axis, language, terms, problems)
            for axis, terms in axes.items()
            if axis in REQUIRED or f"{axis}.{id_}.tsv" in there
        }
        for id_, language in LANGUAGES.items()
        if id_ != ENGLISH and any(f"{axis}.{id_}.tsv" in there for axis in axes)
    }
    for path in shipped.files(folder, "*.*.tsv", problems.home):
        axis, id_ = split_name(path.name, ".tsv")
        if axis not in axes:
            problems.add(path, 1, f"there is no axis {axis!r}", nearest(axis, axes))
        if id_ not in LANGUAGES:
            problems.add(path, 1, f"unknown language {id_!r}",
                         nearest(id_, LANGUAGES, f"there are: {', '.join(LANGUAGES)}"))  # fmt: skip
    return found


def _axis(
    path: Path, axis: str, language: Language, terms: Axis, problems: Problems
) -> dict[str, Name]:
    """Return the names of one axis by id."""
    found: dict[str, Name] = {}
    named: dict[str, tuple[str, int]] = {}
    for row in layered_table.collect(path, NAME_COLUMNS, problems, lambda row: row["id"]).rows:
        if row["id"] in terms.withdrawn and shipped.is_shipped(row.path, problems.home):
            continue
        id_, name = row["id"], Name(row["name"], row.list("synonyms"), row.line)
        if id_ not in terms:
            problems.add(row.path, row.line, f"unknown {axis} {id_!r}", nearest(id_, terms.terms))
        elif not _fits(name.name, terms[id_], language):
            problems.add(row.path, row.line, f"{name.name!r} is not in {language.name}")
        if id_ in found:
            problems.add(row.path, row.line, f"{id_!r} is also on line {found[id_].line}")
        if not name.name:
            problems.add(row.path, row.line, f"{id_!r} has no name", "remove the row")
        for each in (name.name, *name.synonyms):
            other, line = named.setdefault(normal(each), (id_, row.line))
            if other != id_:
                problems.add(row.path, row.line, f"{each!r} also names {other!r} on line {line}",
                             "a name may belong to one term only")  # fmt: skip
        found[id_] = name
    for id_ in terms.terms if axis in FULLY_NAMED else ():
        if id_ in found:
            continue
        own = not shipped.is_shipped(terms[id_].path, problems.home)
        optional = own and shipped.below(problems.home) is not None
        if not optional:
            problems.add(path, 1, f"{axis} {id_!r} has no name in {language.name}")
    return found


def _fits(name: str, term: Term, language: Language) -> bool:
    """Return whether a name is in its language.

    It is if it has a letter of the language's script or no letters at all, or if it is used in
    English as well, such as CT.
    """
    letters = {c for c in name if c.isalpha()}
    own = letters - set(language.foreign(name))
    return bool(own) or not letters or name in (term.name, *term.synonyms)
