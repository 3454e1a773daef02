"""The lexical tree as text, with counts, and the catalogue of public data sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchsmith.documents import data_set_catalog
from benchsmith.documents.lexicon import ANY, Lexicon
from benchsmith.documents.problems import Problems
from benchsmith.explore.question_rows import Counts

INDENT = "  "
COUNT_HEADER = ("placed", "labels", "targets", "questions")


def placed(lexicon: Lexicon, axis: str) -> dict[str, set[str]]:
    """Return the labels placed at or below each term of an axis; ``*`` has those for any modality."""
    terms = lexicon.axes[axis]
    found: dict[str, set[str]] = {term.id: set() for term in terms}
    for (label, modality), place in lexicon.placements.items():
        where = {
            "task": place.task, "department": place.department, "modality": modality, "label": label,
        }.get(axis, "")  # fmt: skip
        for above in terms.lineage(where):
            found[above].add(label)
    if axis == "modality":
        found[ANY] = {label for label, modality in lexicon.placements if modality == ANY}
    return found


def tree(lexicon: Lexicon, axis: str, counts: Mapping[str, Counts] | None = None) -> Iterator[str]:
    """Yield the terms of an axis as an indented tree, with the number of labels placed below each.

    With the counts of a benchmark, yield a table: placed labels, then labels, targets and questions
    of the benchmark.
    """
    terms, labels = lexicon.axes[axis], placed(lexicon, axis)
    below: dict[str, list[str]] = {}
    for term in terms:
        below.setdefault(term.parent, []).append(term.id)

    def walk(parent: str, depth: int) -> Iterator[tuple[str, str]]:
        for id_ in sorted(below.get(parent, []), key=lambda i: terms[i].name.casefold()):
            yield id_, f"{INDENT * depth}{terms[id_].name}  [{id_}]"
            yield from walk(id_, depth + 1)

    if counts is None:
        for id_, text in walk("", 0):
            yield text + (f"  ({len(labels[id_])})" if labels[id_] else "")
        return
    rows = list(walk("", 0))
    if ANY in labels:
        rows.append((ANY, f"(any modality)  [{ANY}]"))
    rows += [(id_, f"(unknown)  [{id_}]") for id_ in sorted(set(counts) - set(terms.terms))]
    width = max(len(text) for _, text in rows)
    yield " " * width + "".join(f"{name:>11}" for name in COUNT_HEADER)
    for id_, text in rows:
        found = counts.get(id_, Counts())
        numbers = (len(labels.get(id_, ())), found.labels, found.targets, found.questions)
        yield f"{text:<{width}}" + "".join(f"{n or '.':>11}" for n in numbers)


def records(
    lexicon: Lexicon, axis: str, counts: Mapping[str, Counts] | None = None
) -> list[dict[str, Any]]:
    """Return the terms of an axis as JSON records, in the order of the axis's file.

    Ids of the counts that are not terms of the axis follow, with an empty name.
    """
    terms, labels = lexicon.axes[axis], placed(lexicon, axis)
    others = sorted((labels.keys() | set(counts or ())) - set(terms.terms))
    found = [(t.id, t.name, t.parent) for t in terms] + [(id_, "", "") for id_ in others]
    return [
        {"id": id_, "name": name, "parent": parent, "placed": len(labels.get(id_, ()))}
        | (_numbers(counts.get(id_, Counts())) if counts is not None else {})
        for id_, name, parent in found
    ]


def _numbers(counts: Counts) -> dict[str, int]:
    return {"labels": counts.labels, "targets": counts.targets, "questions": counts.questions}


def catalog(home: Path, words: Sequence[str], problems: Problems) -> list[dict[str, str]]:
    """Return the rows of `raw_sources/catalog.tsv` that contain all of some words.

    Without words all rows are returned, and none if the project has no catalogue.
    """
    if not words and not data_set_catalog.is_there(home):
        return []
    rows = data_set_catalog.rows(home, problems)
    wanted = [w.casefold() for w in words]
    return [
        dict(row.cells)
        for row in rows
        if all(w in " ".join(row.cells.values()).casefold() for w in wanted)
    ]
