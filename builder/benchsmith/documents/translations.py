"""`lexicon/tree/<axis>.<language>.tsv`: the names of an axis in a language other than English."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchsmith.documents import tsv
from benchsmith.documents.axes import NEEDED
from benchsmith.documents.problems import Problems, did_you_mean
from benchsmith.documents.tree import Axis, Name, Term
from benchsmith.text.languages import ENGLISH, LANGUAGES, Language, parted
from benchsmith.text.normal_form import normal

NAMES = ("id", "name", "synonyms")
WHOLE = ("task", "department", "granularity")
"""Axes that a language names in full; labels and modalities without a name are left out."""
Names = Mapping[str, Mapping[str, Name]]
"""By axis, then by the term's id."""


def read(folder: Path, axes: Mapping[str, Axis], problems: Problems) -> dict[str, Names]:
    """Read the names of every language that has a file, noting every problem in them."""
    found: dict[str, Names] = {
        id_: {
            axis: _axis(folder / f"{axis}.{id_}.tsv", axis, language, terms, problems)
            for axis, terms in axes.items()
            if axis in NEEDED or (folder / f"{axis}.{id_}.tsv").is_file()
        }
        for id_, language in LANGUAGES.items()
        if id_ != ENGLISH and any((folder / f"{axis}.{id_}.tsv").is_file() for axis in axes)
    }
    for path in sorted(folder.glob("*.*.tsv")):
        axis, id_ = parted(path.name, ".tsv")
        if axis not in axes:
            problems.add(path, 1, f"there is no axis {axis!r}", did_you_mean(axis, axes))
        if id_ not in LANGUAGES:
            problems.add(path, 1, f"unknown language {id_!r}",
                         did_you_mean(id_, LANGUAGES) or f"there are: {', '.join(LANGUAGES)}")  # fmt: skip
    return found


def _axis(
    path: Path, axis: str, language: Language, terms: Axis, problems: Problems
) -> dict[str, Name]:
    """Read what the terms of one axis are called."""
    found: dict[str, Name] = {}
    named: dict[str, tuple[str, int]] = {}
    for row in tsv.read(path, NAMES, problems):
        id_, name = row["id"], Name(row["name"], row.list("synonyms"), row.line)
        if id_ not in terms:
            problems.add(path, row.line, f"unknown {axis} {id_!r}", did_you_mean(id_, terms.terms))
        elif not _fits(name.name, terms[id_], language):
            problems.add(path, row.line, f"{name.name!r} is not in {language.name}")
        if id_ in found:
            problems.add(path, row.line, f"{id_!r} stands on line {found[id_].line} too")
        if not name.name:
            problems.add(path, row.line, f"{id_!r} has no name", "leave the row out instead")
        for each in (name.name, *name.synonyms):
            other, line = named.setdefault(normal(each), (id_, row.line))
            if other != id_:
                problems.add(path, row.line, f"{each!r} also names {other!r} on line {line}",
                             "one name belongs to one term")  # fmt: skip
        found[id_] = name
    for id_ in terms.terms if axis in WHOLE else ():
        if id_ not in found:
            problems.add(path, 1, f"{axis} {id_!r} has no name in {language.name}")
    return found


def _fits(name: str, term: Term, language: Language) -> bool:
    """Say whether a name has a letter of its language, none at all, or is used in both, as CT is."""
    letters = {c for c in name if c.isalpha()}
    own = letters - set(language.foreign(name))
    return bool(own) or not letters or name in (term.name, *term.synonyms)
