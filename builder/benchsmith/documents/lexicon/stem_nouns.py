"""`lexicon/nouns.tsv`: the noun by which a stem names the property or the counted objects that it asks about.

The table is optional. A noun fills `<attribute>` or `<object>` in the stems of a task that needs
it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchsmith.documents import tsv
from benchsmith.documents.lexicon.row_checks import ANY, RowChecks
from benchsmith.documents.problems import did_you_mean
from benchsmith.documents.tree import Axis, Term
from benchsmith.text.languages import ENGLISH, LANGUAGES
from benchsmith.text.normal_form import contains_phrase, normal

NOUN_COLUMNS = ("label", "source", "language", "noun", "reviewed_by", "note")
Nouns = Mapping[tuple[str, str, str], str]
"""By label, source (`*` for all) and language."""


def key_of(row: tsv.Row) -> tuple[str, str, str]:
    """Return what identifies a row: label, source and language."""
    return row["label"], row["source"] or ANY, row["language"]


def collect(folder: Path, check: RowChecks) -> Nouns:
    """Return the nouns, adding every problem to `check.problems`."""
    path, labels = folder / "nouns.tsv", check.axes["label"]
    below = _terms_below(labels)
    found: dict[tuple[str, str, str], str] = {}
    for row in check.optional_rows(path, NOUN_COLUMNS, key_of):
        key, noun = key_of(row), row["noun"]
        check.terms(row, "label", "label", [row["label"]])
        check.signed(row, "reviewed_by")
        if row["language"] not in LANGUAGES:
            hint = did_you_mean(row["language"], LANGUAGES) or f"there are: {', '.join(LANGUAGES)}"
            what = f"unknown language {row['language']!r}"
            check.problems.add(row.path, row.line, what, hint)
        elif foreign := LANGUAGES[row["language"]].foreign(noun):
            check.problems.add(row.path, row.line, f"has letters of another language: {foreign!r}")
        if not noun or any(c in noun for c in "<>?"):
            check.problems.add(
                row.path, row.line, f"{noun!r} is not a noun", "write such as: cell shape"
            )
        if key in found:
            check.problems.add(row.path, row.line, f"{row['label']!r} already has a noun")
        if told := _told(noun, row["label"], below.get(row["label"], ())):
            hint = "name the property, not one of its values"
            check.problems.add(
                row.path, row.line, f"the noun {noun!r} tells the answer {told!r}", hint
            )
        found[key] = noun
    return found


def noun_of(nouns: Nouns, labels: Axis, label: str, source: str, language: str = ENGLISH) -> str:
    """Return the noun of a label, or an empty string.

    It is the noun of the label, otherwise of its nearest ancestor; a noun for the source is
    preferred to one for all sources.
    """
    for term in labels.lineage(label):
        for of_source in (source, ANY):
            if noun := nouns.get((term, of_source, language)):
                return noun
    return ""


def _terms_below(labels: Axis) -> dict[str, list[Term]]:
    """Return, by the id of a label, itself and all labels below it, in the axis's order."""
    found: dict[str, list[Term]] = {}
    for term in labels:
        for above in labels.lineage(term.id):
            found.setdefault(above, []).append(term)
    return found


def _told(noun: str, label: str, of_row: Sequence[Term]) -> str:
    """Return a label's name that the noun contains, of a label that the noun is for; empty if none.

    `of_row` are the terms that the noun's row is for: the one of `label`, and all below it.
    """
    if len(of_row) > 1:
        of_row = [term for term in of_row if term.id != label]
    names = (name for term in of_row for name in (term.name, *term.synonyms))
    return next((name for name in names if contains_phrase(normal(noun), name)), "")
