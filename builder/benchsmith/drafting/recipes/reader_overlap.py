"""Decides whether two mask files of a picture mark the same things, as two readers do, or different ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchsmith.core.contracts import Array, DataFault, Plugins, Reading
from benchsmith.drafting.recipes.mask_pairs import Pairing

LOOKED_AT = 3
"""Pictures whose masks are compared."""
ALIKE = 0.6
"""Smallest share of both masks that two readers of one thing have in common."""
APART = 0.1
"""Largest share of the smaller mask that lies in the other, if they mark different things."""


def mark_different_things(root: Path, one: Pairing, other: Pairing, readers: Plugins) -> bool:
    """Return whether the masks of two kinds are disjoint in every picture that has both."""
    shares = [of_smaller for of_smaller, _ in _shares(root, one, other, readers)]
    return bool(shares) and max(shares) <= APART


def mark_the_same_things(root: Path, one: Pairing, other: Pairing, readers: Plugins) -> bool:
    """Return whether the masks of two kinds are nearly the same in every picture that has both."""
    shares = [of_both for _, of_both in _shares(root, one, other, readers)]
    return bool(shares) and min(shares) >= ALIKE


def _shares(
    root: Path, one: Pairing, other: Pairing, readers: Plugins
) -> list[tuple[float, float]]:
    """Return the overlap of masks of two kinds, as shares of the smaller one and of the union.

    Masks of a few pictures that cannot be compared are left out.
    """
    first = {p.entry.path: m.entry.path for p, m in one.pairs}
    both = [(first[p.entry.path], m.entry.path) for p, m in other.pairs if p.entry.path in first]
    found = []
    for paths in both[:LOOKED_AT]:
        a, b = (_marked(root / path, readers) for path in paths)
        if a is not None and b is not None and a.shape == b.shape and a.any() and b.any():
            common = float((a & b).sum())
            found.append((common / min(a.sum(), b.sum()), common / (a | b).sum()))
    return found


def _marked(path: Path, readers: Plugins) -> Array | None:
    try:
        voxels = readers.read_labels(path, Reading()).voxels
    except DataFault:
        return None
    values, counts = np.unique(voxels, return_counts=True)
    found: Array = voxels != values[counts.argmax()]
    return found


def one_pattern(files: Sequence[str]) -> str:
    """Return the pattern of files that differ by a number at the end of their names, or nothing.

    >>> one_pattern(["y/{name}_1.bmp", "y/{name}_2.bmp"]), one_pattern(["a/{name}.png", "b/{name}.png"])
    ('y/{name}_*.bmp', '')
    """
    stems = [f.rpartition(".") for f in files]
    starts = {stem.rstrip("0123456789") for stem, _, _ in stems}
    ends = {end for _, _, end in stems}
    told = all(stem[-1:].isdigit() for stem, _, _ in stems)
    return f"{starts.pop()}*.{ends.pop()}" if told and len(starts) == len(ends) == 1 else ""
