"""Tells whether two mask files of a picture mark the same things, as two readers do, or different ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchsmith.core.contracts import Array, DataFault, Plugins, Reading
from benchsmith.drafting.recipes.mask_pairs import Pairing

LOOKED_AT = 3
"""Pictures whose masks are compared."""
APART = 0.1
"""Largest share of the smaller mask that lies in the other, if they mark different things."""


def mark_different_things(root: Path, one: Pairing, other: Pairing, readers: Plugins) -> bool:
    """Return whether the masks of two kinds lie apart in every picture that has both."""
    first = {p.entry.path: m.entry.path for p, m in one.pairs}
    both = [(first[p.entry.path], m.entry.path) for p, m in other.pairs if p.entry.path in first]
    shares = [_shared(root / a, root / b, readers) for a, b in both[:LOOKED_AT]]
    return bool(shares) and max(shares) <= APART


def _shared(one: Path, other: Path, readers: Plugins) -> float:
    """Return the share of the smaller mask that lies in the other; 1 if they cannot be compared."""
    masks = [_marked(path, readers) for path in (one, other)]
    if any(m is None or not m.any() for m in masks):
        return 1.0
    a, b = (m for m in masks if m is not None)
    return float((a & b).sum() / min(a.sum(), b.sum())) if a.shape == b.shape else 1.0


def _marked(path: Path, readers: Plugins) -> Array | None:
    try:
        voxels = readers.read_labels(path, Reading()).voxels
    except DataFault:
        return None
    values, counts = np.unique(voxels, return_counts=True)
    found: Array = voxels != values[counts.argmax()]
    return found


def one_pattern(files: Sequence[str]) -> str:
    """Return the pattern of files that a number at the end of their names tells apart, or nothing.

    >>> one_pattern(["y/{name}_1.bmp", "y/{name}_2.bmp"]), one_pattern(["a/{name}.png", "b/{name}.png"])
    ('y/{name}_*.bmp', '')
    """
    stems = [f.rpartition(".") for f in files]
    starts = {stem.rstrip("0123456789") for stem, _, _ in stems}
    ends = {end for _, _, end in stems}
    told = all(stem[-1:].isdigit() for stem, _, _ in stems)
    return f"{starts.pop()}*.{ends.pop()}" if told and len(starts) == len(ends) == 1 else ""
