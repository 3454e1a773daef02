"""The lexical tree in words: its axes, how they meet, and what is known of public data sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from builder.documents import tsv
from builder.documents.lexicon import ANY, Lexicon
from builder.documents.problems import Problems
from builder.documents.tree import Axis

AXES = ("task", "department", "modality", "label", "granularity")
CATALOG = (
    "id", "name", "kind", "modality", "task", "anatomy", "size", "year", "venue", "licence",
    "link", "recipe", "note",
)  # fmt: skip
INDENT = "  "


def tree(lexicon: Lexicon, axis: str) -> Iterator[str]:
    """Yield the terms of an axis, each below its parent, with the labels placed at or below it."""
    terms = axis_of(lexicon, axis)
    placed: dict[str, set[str]] = {term.id: set() for term in terms}
    for (label, modality), place in lexicon.placements.items():
        where = {
            "task": place.task, "department": place.department, "modality": modality, "label": label,
        }.get(axis, "")  # fmt: skip
        for above in terms.line_up(where):
            placed[above].add(label)
    below: dict[str, list[str]] = {}
    for term in terms:
        below.setdefault(term.parent, []).append(term.id)

    def lines(parent: str, depth: int) -> Iterator[str]:
        for id_ in sorted(below.get(parent, []), key=lambda i: terms[i].name.casefold()):
            count = f"  ({len(placed[id_])})" if placed[id_] else ""
            yield f"{INDENT * depth}{terms[id_].name}  [{id_}]{count}"
            yield from lines(id_, depth + 1)

    yield from lines("", 0)


def axis_of(lexicon: Lexicon, name: str) -> Axis:
    """Return an axis by its name."""
    return {
        "task": lexicon.tasks,
        "department": lexicon.departments,
        "modality": lexicon.modalities,
        "label": lexicon.labels,
        "granularity": lexicon.granularities,
    }[name]


def coverage(
    lexicon: Lexicon, rows: str, columns: str
) -> tuple[list[str], list[str], list[list[int]]]:
    """Count the labels placed where two axes meet; return row ids, column ids, and the counts.

    A label that is placed for every modality counts in the column `*`.
    """
    cells: Counter[tuple[str, str]] = Counter()
    for (_, modality), place in lexicon.placements.items():
        where = {"task": place.task, "department": place.department, "modality": modality}
        cells[where[rows], where[columns]] += 1
    across = [t.id for t in axis_of(lexicon, columns)] + [ANY] * (columns == "modality")
    down = [t.id for t in axis_of(lexicon, rows)] + [ANY] * (rows == "modality")
    across = [c for c in across if any(cells[r, c] for r in down)]
    return down, across, [[cells[r, c] for c in across] for r in down]


def catalog(home: Path, words: Sequence[str], problems: Problems) -> list[dict[str, str]]:
    """Return the rows of `raw_sources/catalog.tsv` that have every one of some words."""
    rows = tsv.read(home / "raw_sources" / "catalog.tsv", CATALOG, problems)
    wanted = [w.casefold() for w in words]
    return [
        dict(row.cells)
        for row in rows
        if all(w in " ".join(row.cells.values()).casefold() for w in wanted)
    ]
