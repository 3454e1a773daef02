"""Coverage as a page: a heat map of two axes with the third as a filter, and details of each cell."""

from __future__ import annotations

from typing import Any

from benchsmith import __version__
from benchsmith.documents.lexicon import ANY, Lexicon
from benchsmith.explore.coverage import AXES, Coverage, order
from benchsmith.pages.page import page


def coverage_page(found: Coverage, lexicon: Lexicon, rows: str, columns: str) -> str:
    """Return the page with all cells; `rows` and `columns` are the initial axes."""
    labels = sorted({label for cell in found.cells.values() for label in cell.labels})
    number = {label: n for n, label in enumerate(labels)}
    cells = [
        dict(zip(AXES, place, strict=True))
        | {
            "labels": [number[label] for label in sorted(cell.labels)],
            "sources": sorted(cell.sources),
            "targets": cell.targets,
            "questions": cell.questions,
            "matches": [[entry, *match] for entry, match in cell.ranked()],
        }
        for place, cell in found.cells.items()
    ]
    used = {entry for cell in found.cells.values() for entry in cell.matches}
    what = f"of {found.benchmark}" if found.benchmark else "of the lexicon and its recipes"
    data = {
        "title": f"Coverage {what}",
        "subtitle": "Covered and empty cells of the tree, and the data sets of the catalogue that "
        "may fill them",
        "benchmark": found.benchmark,
        "axes": {axis: _axis(axis, lexicon) for axis in AXES},
        "rows": rows,
        "columns": columns,
        "labels": [lexicon.labels[label].name for label in labels],
        "cells": cells,
        "entries": {
            id_: {"name": entry.name, "recipe": entry.recipe}
            for id_, entry in found.entries.items()
            if id_ in used
        },
        "unmatched": {column: list(words.items()) for column, words in found.unmatched.items()},
    }
    return page(
        title=str(data["title"]),
        body="coverage.html",
        styles=["coverage.css"],
        scripts=["coverage.js"],
        data=data,
        footer=f"Benchsmith {__version__}. This page makes no network requests.",
    )


def _axis(axis: str, lexicon: Lexicon) -> dict[str, Any]:
    """Return an axis's terms, each after what it lies below: id, name, and id of the term above."""
    tree = lexicon.axes[axis]
    terms = [
        [ANY, "any modality", ""] if id_ == ANY else [id_, tree[id_].name, tree[id_].parent]
        for id_ in order(lexicon, axis)
    ]
    return {"title": axis.capitalize(), "terms": terms}
