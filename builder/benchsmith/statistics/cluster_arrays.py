"""Array types of this room, and three helpers on arrays whose rows belong to clusters."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def codes(names: npt.NDArray[np.object_]) -> Ints:
    """Return the integer code of each name, 0 to C-1 in the sorted order of the names.

    >>> codes(np.array(["b", "a", "b"], dtype=object)).tolist()
    [1, 0, 1]
    """
    _, found = np.unique(names.astype(str), return_inverse=True)
    return found.astype(np.int64)


def cluster_sums(clusters: Ints, *values: Floats) -> Floats:
    """Return the sum of each of `values` (each (n,)) in each cluster: (clusters, len(values)).

    >>> cluster_sums(np.array([0, 0, 1]), np.array([1.0, 2.0, 4.0])).tolist()
    [[3.0], [4.0]]
    """
    return np.stack([np.bincount(clusters, weights=v) for v in values], axis=1)


def divided(numerator: Floats, denominator: Floats) -> Floats:
    """Return the elementwise quotient; NaN if the denominator is not positive."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(denominator > 0, numerator / denominator, np.nan)
