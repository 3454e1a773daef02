"""Looks that may be copies are the same pairs, however few are held at a time."""

from __future__ import annotations

import numpy as np
import pytest

from benchsmith.core.random_order import rank
from benchsmith.imaging.appearance import WAVES
from benchsmith.selectors import aligned_looks
from benchsmith.selectors.aligned_looks import aligned, shortlisted

COUNT = 40


def noise(salt: str) -> np.ndarray:
    levels = [[rank(1, salt, str(i), str(w)) % 81 - 40 for w in range(WAVES)] for i in range(COUNT)]
    return np.array(levels)


@pytest.mark.parametrize("pairs", [1, 7, 1 << 21])
def test_the_same_pairs_whatever_is_held(pairs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    one = noise("a").astype(np.int8)
    other = (noise("a")[::-1] + noise("b") // 8).astype(np.int8)
    monkeypatch.setattr(aligned_looks, "PAIRS", pairs)
    monkeypatch.setattr(aligned_looks, "BLOCK", 3 * COUNT)
    monkeypatch.setattr(aligned_looks, "CROPPED", 3)
    blocks = list(shortlisted(one, other))
    assert len(blocks) == {1: 14, 7: len(blocks), 1 << 21: 1}[pairs]
    like = {
        (a, b)
        for i, j in blocks
        for a, b, cosine in zip(i, j, aligned(one, other, i, j), strict=True)
        if cosine > 0.93
    }
    assert like == {(n, COUNT - 1 - n) for n in range(COUNT)}
