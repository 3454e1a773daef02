"""Marks of a picture or volume: what is compared of each structure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchsmith import annotations, formats
from benchsmith.core.contracts import Image, Request
from benchsmith.core.reasons import REASONS
from benchsmith.text import path_patterns
from tests.label_entries import parsed
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.values import REFUSED, Values

ROWS, COLUMNS = 40, 60
"""Sides of the picture that marks are of."""
NAMES = ("polyp", "ulcer", "naïve, 3 mm")
Mark = tuple[str, float, tuple[float, ...], tuple[float, ...]]
"""Label, area, box (low and high index of each axis), centroid."""


def mark(raw: str, mask: Any) -> Mark:
    """Return what is compared of a mask of any dimensions; indices count from 0."""
    places = np.argwhere(mask)
    low, high = places.min(axis=0), places.max(axis=0)
    box = tuple(float(v) for v in (*low, *high))
    return raw, float(len(places)), box, tuple(float(v) for v in places.mean(axis=0))


def picture(rows: int = ROWS, columns: int = COLUMNS) -> Image:
    """Return a black picture."""
    return Image(np.zeros((1, rows, columns), np.uint8), None, planar=True)


def ours(
    path: Path,
    entry: Mapping[str, Any],
    image: Image | None = None,
    *,
    of: str = "good.png",
    rows: Sequence[Any] = (),
) -> Values:
    """Read an entry's labels of an image; faults are the reasons for what is left out."""
    request = Request(
        image=image or picture(),
        fields={"key": of.partition(".")[0]},
        find=lambda pattern: [(m.path, m.fields) for m in path_patterns.find(path.parent, pattern)],
        show=lambda p: p.name,
        read_labels=formats.read_labels,
        read_image=formats.read,
        path=path.with_name(of),
        part="",
        own_labels=lambda: np.zeros(1),
        rows={path.name: rows},
    )
    found = annotations.read(parsed(entry), request)
    marks = [
        mark(
            structure.raw,
            layer.voxels == value if image is not None else (layer.voxels == value)[0],
        )
        for layer in found.layers
        for value, structure in layer.structures.items()
    ]
    faults = sorted({f.reason for f in found.faults if REASONS[f.reason].fault})
    stated = [(s.raw, s.group) for s in found.stated]
    return {"marks": marks, "stated": stated, REFUSED: tuple(faults)}


def theirs(marks: Iterable[Mark]) -> Values:
    """Return the values of a judge's marks."""
    return {"marks": list(marks), "stated": []}


def box_mask(x0: float, y0: float, x1: float, y1: float) -> Any:
    """Return the pixels of a box whose edges go to the nearest pixel edge, halves up."""
    mask = np.zeros((ROWS, COLUMNS), bool)
    edges = [int(np.floor(v + 0.5)) for v in (x0, y0, x1, y1)]
    left, top = max(edges[0], 0), max(edges[1], 0)
    right, bottom = max(edges[2], left + 1), max(edges[3], top + 1)
    mask[top:bottom, left:right] = True
    return mask


def box(chance: Chance, *, whole: bool = False) -> tuple[float, float, float, float]:
    """Return x, y, width, height inside the picture, off the half pixels."""
    x, y = chance.whole(0, COLUMNS - 12), chance.whole(0, ROWS - 12)
    width, height = chance.whole(2, 11), chance.whole(2, 11)
    if whole or chance.yes():
        return float(x), float(y), float(width), float(height)
    return x + chance.real(0, 0.45), y + chance.real(0, 0.45), width - 0.7, height - 0.7
