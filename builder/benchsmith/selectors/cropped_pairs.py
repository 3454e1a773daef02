"""Pairs of pictures that may be copies after a turn and an even crop, found by hashes with few false pairs.

Each picture is looked up as it is and with `CUTS` off its sides, among the others as they are; and as it is
among the others with these cuts, so that a copy with a border is found too. Pairs are candidates: only a
comparison of the pixels (:mod:`benchsmith.imaging.matched_pictures`) distinguishes copies from look-alikes.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from benchsmith.imaging.appearance import HASHED
from benchsmith.selectors.hash_index import Hashes, between
from benchsmith.selectors.turned_looks import cropped_looks, turned_cosines, turned_hashes
from benchsmith.tables.coded_columns import Codes

CUTS = (0.0, 0.015, 0.03, 0.045)
"""Shares of a side that are cut off at each end. Half a step away, 90 % of the hashes differ in at most 10
bits; crops of up to 5 % on each side are found."""
RADIUS = 10
"""Largest number of bits in which the hashes of a pair differ."""
MIN_COARSE = 0.85
"""Smallest cosine of the coarse frequencies of a pair, in the best turn; docs/selection.md has the figures."""


class CroppedLooks:
    """Looks (n, WAVES), uncropped and with each of `CUTS` removed."""

    def __init__(self, looks: npt.NDArray[np.int8]) -> None:
        self.looks = looks

    def __len__(self) -> int:
        return len(self.looks)

    @cached_property
    def cropped(self) -> list[tuple[npt.NDArray[np.int8], Hashes]]:
        """The looks for each of `CUTS`, and their hashes."""
        every = [self.looks, *(cropped_looks(self.looks, cut) for cut in CUTS[1:])]
        return [(looks, turned_hashes(looks)) for looks in every]


def cropped_pairs(one: CroppedLooks, other: CroppedLooks) -> tuple[Codes, Codes]:
    """Return the pairs (i, j) of looks that may be copies, each once and sorted.

    A look without waves has no copies.
    """
    if not len(one) or not len(other):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    found = [np.zeros(0, np.int64)]
    crops = [(own, other.cropped[0]) for own in one.cropped]
    crops += [(one.cropped[0], others) for others in other.cropped[1:]]
    for (looks, hashes), (other_looks, other_hashes) in crops:
        a, b = between(hashes, other_hashes, RADIUS)
        near = turned_cosines(looks, other_looks, a, b, HASHED) >= MIN_COARSE
        found.append(a[near] * len(other) + b[near])
    pairs = np.unique(np.concatenate(found))
    return pairs // len(other), pairs % len(other)
