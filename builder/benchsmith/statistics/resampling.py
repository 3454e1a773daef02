"""Pseudo-random numbers in bulk, permutations and the bootstrap.

Seed rule: every random number of this room is SHAKE-128 output over the seed and a key of names.
It depends on nothing else, so it is the same on every machine and for every number of workers.
:mod:`benchsmith.core.random_order` follows the same rule for single items.
"""

from __future__ import annotations

from hashlib import shake_128

import numpy as np
import numpy.typing as npt

from benchsmith.statistics.cluster_arrays import Floats, Ints

Counts = npt.NDArray[np.uint8]
DRAWS = 2_000
"""Bootstrap samples."""
CHUNK = 100
"""Bootstrap samples that are counted, or converted to floats, at a time, to bound memory; DRAWS are whole chunks."""


def random_numbers(count: int, seed: int, *key: str) -> npt.NDArray[np.uint64]:
    """Return `count` uniform 64-bit numbers; a smaller count is a prefix of a larger one.

    >>> bool((random_numbers(3, 1, "a") == random_numbers(5, 1, "a")[:3]).all())
    True
    """
    name = "\0".join((str(seed), *(f"{len(k)}:{k}" for k in key)))
    stream = shake_128(name.encode()).digest(8 * count)
    return np.frombuffer(stream, dtype="<u8").astype(np.uint64, copy=False)


def permutation(count: int, seed: int, *key: str) -> Ints:
    """Return 0 to `count` - 1 in random order."""
    (order,) = permutations(1, count, seed, *key)
    found: Ints = order
    return found


def permutations(draws: int, count: int, seed: int, *key: str) -> Ints:
    """Return `draws` random orders of 0 to `count` - 1: (draws, count)."""
    numbers = random_numbers(draws * count, seed, *key).reshape(draws, count)
    return np.argsort(numbers, axis=1, kind="stable")


def bootstrap_counts(clusters: int, seed: int, *key: str) -> Counts:
    """Return how often each cluster is drawn in each bootstrap sample: (DRAWS, clusters).

    Each sample draws as many clusters as there are, with replacement. Source: B. Efron, Bootstrap
    methods, Annals of Statistics 7 (1979) 1-26.
    """
    numbers = random_numbers(DRAWS * clusters, seed, "bootstrap", *key).reshape(DRAWS, clusters)
    counts = np.empty((DRAWS, clusters), np.uint8)
    first = np.arange(CHUNK)[:, None] * clusters  # each sample of a chunk has numbers of its own
    for start in range(0, DRAWS, CHUNK):
        drawn = (numbers[start : start + CHUNK] % np.uint64(clusters)).astype(np.int64) + first
        own = np.bincount(drawn.ravel(), minlength=CHUNK * clusters)
        counts[start : start + CHUNK] = own.reshape(CHUNK, clusters)
    return counts


def resampled_sums(counts: Counts, sums: Floats) -> Floats:
    """Return the column sums of `sums` (clusters, m) in each bootstrap sample: (samples, m).

    Every score that is a function of sums over cases can be computed from them.
    """
    return np.concatenate(
        [
            counts[start : start + CHUNK].astype(np.float64) @ sums
            for start in range(0, len(counts), CHUNK)
        ]
    )
