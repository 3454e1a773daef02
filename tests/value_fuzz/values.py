"""Compares the values that two readers read from one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from typing import Any

import numpy as np

Values = Mapping[str, Any]
"""Arrays, numbers, texts and lists of them by name. `refused` holds the reasons for which a part of
the file was left out: what is left must then be a part of what the other reader read."""
REFUSED = "refused"
MAX_SHIFT = 0.02
"""Largest distance of a voxel from its place, in voxels: headers round."""


@dataclass(frozen=True)
class Placed:
    """A volume in space, however its axes run."""

    voxels: Any
    """Indexed (x, y, z) or (x, y, z, channel)."""
    affine: Any
    """4x4, index to LPS millimetres."""

    def error(self, other: Placed, tolerance: float) -> str:
        """Return how two volumes differ: the same value must lie at the same place."""
        ours, theirs = np.asarray(self.affine, float), np.asarray(other.affine, float)
        mapping = np.linalg.inv(theirs) @ ours
        shape, sizes = self.voxels.shape[:3], np.array(other.voxels.shape[:3])
        corners = np.array([(*c, 1) for c in product(*((0, n - 1) for n in shape))], float)
        places = corners @ mapping.T
        if np.abs(places - np.rint(places)).max() > MAX_SHIFT:
            return f"a corner lies at {places.round(3).tolist()} of the other grid"
        whole = np.rint(mapping).astype(int)
        index = np.stack(np.indices(shape), axis=-1).reshape(-1, 3) @ whole[:3, :3].T
        # one voxel more or less along an axis of length 1 has no step to tell
        index = index + np.rint(places[0, :3] - corners[0, :3] @ whole[:3, :3].T).astype(int)
        if (index < 0).any() or (index >= sizes).any() or np.prod(shape) != np.prod(sizes):
            return f"the grids have the shapes {shape} and {tuple(sizes)}"
        there = other.voxels[tuple(index.T)].reshape(self.voxels.shape)
        return array_error(self.voxels, there, tolerance)


def hung(image: Any) -> str:
    """Return why a volume's axes are not those nearest to left, back and head; empty if they are."""
    cosines = image.affine[:3, :3] / np.linalg.norm(image.affine[:3, :3], axis=0)
    best = max(
        sum(abs(cosines[w, v]) for w, v in enumerate(order)) for order in permutations(range(3))
    )
    return "" if np.trace(cosines) >= best - 1e-6 else f"its axes run along {cosines.tolist()}"


def array_error(ours: Any, theirs: Any, tolerance: float) -> str:
    """Return how two arrays differ; empty if they do not."""
    a, b = np.asarray(ours), np.asarray(theirs)
    if a.shape != b.shape:
        return f"the shapes are {a.shape} and {b.shape}"
    if a.dtype.kind in "US" or b.dtype.kind in "USO":
        return "" if a.tolist() == b.tolist() else f"{a.tolist()} and {b.tolist()}"
    if not a.size:
        return ""
    apart = np.abs(a.astype(float) - b.astype(float))
    allowed = tolerance + 1e-5 * np.abs(b.astype(float))
    if not (apart <= allowed).all():
        at = tuple(int(i) for i in np.unravel_index(int((apart - allowed).argmax()), a.shape))
        return f"{a[at]} and {b[at]} at {at}; {int((apart > allowed).sum())} of {a.size} differ"
    return ""


def difference(ours: Values, theirs: Values, tolerance: Mapping[str, float]) -> str:
    """Return what differs; empty if all values are the same."""
    partial = bool(ours.get(REFUSED))
    names = {n for n in (*ours, *theirs) if n != REFUSED}
    for name in sorted(names):
        if name not in ours or name not in theirs:
            if partial and name not in ours:
                continue
            return f"only {'ours' if name in ours else 'theirs'} has {name}"
        allowed = (tolerance.get(name, 0.0), tolerance.get(f"places of {name}", 0.0))
        error = _error(ours[name], theirs[name], allowed, partial)
        if error:
            return f"{name}: {error}"
    return ""


def _error(a: Any, b: Any, allowed: tuple[float, float], partial: bool) -> str:
    if isinstance(a, Placed) and isinstance(b, Placed):
        return a.error(b, allowed[0])
    if isinstance(a, list) and isinstance(b, list):
        return _lists_error(a, b, allowed, partial)
    if isinstance(a, str | None) or isinstance(b, str | None):
        return "" if a == b else f"{a!r} and {b!r}"
    return array_error(a, b, allowed[0])


def _lists_error(
    a: Sequence[Any], b: Sequence[Any], allowed: tuple[float, float], partial: bool
) -> str:
    """Return which row of one list is not in the other, whatever their order."""
    left = list(b)
    for row in a:
        same = next((k for k, other in enumerate(left) if _same(row, other, allowed)), None)
        if same is None:
            return f"only ours has {row}; theirs {left[:4]}"
        del left[same]
    return f"only theirs has {left[0]}; ours {list(a)[:4]}" if left and not partial else ""


def _same(a: Any, b: Any, allowed: tuple[float, float]) -> bool:
    """Compare two rows; the first tolerance is of their numbers, the second of those in tuples."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(
            _same(x, y, (allowed[1], allowed[1]) if isinstance(x, tuple) else allowed)
            for x, y in zip(a, b, strict=True)
        )
    if isinstance(a, str) or isinstance(b, str):
        return bool(a == b)
    return abs(float(a) - float(b)) <= allowed[0] + 1e-6
