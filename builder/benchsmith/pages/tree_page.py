"""The tree as a page: a sunburst and an icicle over axes in any order, with a query for each part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchsmith import __version__
from benchsmith.core.model import VIEWS
from benchsmith.documents.axes import FIELDS_WITHOUT_FILE
from benchsmith.documents.lexicon import ANY, Lexicon
from benchsmith.documents.tree import Axis
from benchsmith.explore.question_rows import QuestionRows
from benchsmith.pages.embedded_pictures import thumbnails
from benchsmith.pages.page import page

GRANULARITY = "granularity"
PLACEMENT_AXES = ("task", "department", "modality", "label")
"""Axes of a placement."""
DEFAULT_RINGS = ("task", "department", "modality", "label")
"""The initial rings for a benchmark."""
DEFAULT_RINGS_OF_LEXICON = ("task", "department", "label")
"""The initial rings for the lexicon alone; most labels are placed for any modality."""
MAX_EXAMPLES = 2
"""Example pictures of one place and granularity."""


def tree_page(
    lexicon: Lexicon,
    rings: Sequence[str] = (),
    rows: QuestionRows | None = None,
    benchmark: str = "",
) -> str:
    """Return the page; with the rows of a benchmark it includes their counts and pictures.

    It contains no names of files, samples or patients: examples have their published ids.
    """
    axes: dict[str, Any] = {name: _axis(name, axis) for name, axis in lexicon.axes.items()}
    worlds: dict[str, Any] = {"placed": _placed(lexicon)}
    pictures: list[dict[str, Any]] = []
    if rows is not None:
        names = [*(n for n in lexicon.axes if n != GRANULARITY), *FIELDS_WITHOUT_FILE]
        cells = rows.cells(names)
        for n, name in enumerate(FIELDS_WITHOUT_FILE, start=len(names) - len(FIELDS_WITHOUT_FILE)):
            axes[name] = _plain(name, {cell.places[n] for cell in cells})
        place = _TermNumbers(names, axes)
        packed = [[*place(c.places), _bits(c.views), c.pictured, int(c.altered)] for c in cells]
        number = {(c.places, c.views, c.altered): n for n, c in enumerate(cells)}
        worlds["built"] = {"axes": names, "rows": packed}
        pictures = [
            {
                "row": number[one.places, one.views, one.altered],
                "view": VIEWS.index(one.view),
                "id": case,
                "jpeg": jpeg,
            }
            for one, case, jpeg in thumbnails(rows, rows.examples(names, MAX_EXAMPLES))
        ]
    order = list(rings or (DEFAULT_RINGS if rows is not None else DEFAULT_RINGS_OF_LEXICON))
    granularities = list(lexicon.granularities.terms)
    data = {
        "title": f"The tree of {benchmark}" if benchmark else "The lexical tree",
        "subtitle": _subtitle(lexicon, benchmark),
        "benchmark": benchmark,
        "axes": axes,
        "order": order,
        "views": [granularities.index(v) if v in granularities else -1 for v in VIEWS],
        "worlds": worlds,
        "pictures": pictures,
    }
    return page(
        title=str(data["title"]),
        body="tree.html",
        styles=["tree.css"],
        scripts=["places.js", "chart.js", "search.js", "tree.js"],
        data=data,
        footer=f"Benchsmith {__version__}. This page makes no network requests.",
    )


def _subtitle(lexicon: Lexicon, benchmark: str) -> str:
    labels = {label for label, _ in lexicon.placements}
    what = f"{len(labels):,} labels placed at {len(lexicon.tasks.terms)} tasks and "
    what += f"{len(lexicon.departments.terms)} departments"
    return f"Counts and pictures of {benchmark}; the whole lexicon: {what}" if benchmark else what


def _axis(name: str, axis: Axis) -> dict[str, Any]:
    number = {term.id: n for n, term in enumerate(axis)}
    terms = [[t.id, number.get(t.parent, -1), t.name, list(t.synonyms)] for t in axis]
    none = "any modality" if name == "modality" else "unknown"
    return {"title": name.replace("-", " ").capitalize(), "none": none, "terms": terms}


def _plain(name: str, values: Iterable[str]) -> dict[str, Any]:
    terms = [[value, -1, value, []] for value in sorted(values)]
    return {"title": name.capitalize(), "none": "unknown", "terms": terms}


class _TermNumbers:
    """Converts ids to indices of terms, one for each axis; -1 for an unknown id."""

    def __init__(self, names: Sequence[str], axes: Mapping[str, Any]) -> None:
        self._numbers = [
            {term[0]: n for n, term in enumerate(axes[name]["terms"])} for name in names
        ]

    def __call__(self, places: Sequence[str]) -> list[int]:
        return [of.get(id_, -1) for of, id_ in zip(self._numbers, places, strict=True)]


def _placed(lexicon: Lexicon) -> dict[str, Any]:
    axes = {name: _axis(name, lexicon.axes[name]) for name in PLACEMENT_AXES}
    place = _TermNumbers(PLACEMENT_AXES, axes)
    rows = [
        place((at.task, at.department, "" if modality == ANY else modality, label))
        for (label, modality), at in sorted(lexicon.placements.items())
    ]
    return {"axes": list(PLACEMENT_AXES), "rows": rows}


def _bits(views: Iterable[str]) -> int:
    return sum(1 << VIEWS.index(view) for view in views)
