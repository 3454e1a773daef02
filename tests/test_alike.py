"""Copies are found by hash and look: exactly those that comparing every pair finds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchsmith.core.random_order import rank
from benchsmith.imaging import appearance
from benchsmith.imaging.appearance import WAVES
from benchsmith.selectors import near_copies
from tests.pictures import CHANGES, picture

ANY = -2.0
"""A similarity that every pair has."""


def hashed(numbers: Sequence[int]) -> near_copies.Pictures:
    """Return pictures of these hashes, whose mirror images are like nothing."""
    rows = [[n, rank(1, "lr", str(i)), rank(1, "tb", str(i))] for i, n in enumerate(numbers)]
    hashes = np.array(rows, dtype=np.uint64).reshape(-1, 3).T
    levels = [
        [rank(2, str(i), str(w)) % 200 - 100 for w in range(WAVES)] for i in range(len(numbers))
    ]
    looks = np.array(levels, np.int8).reshape(-1, WAVES)
    return near_copies.Pictures(np.ascontiguousarray(hashes), looks)


@settings(max_examples=60, deadline=None)
@given(
    centres=st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=6),
    changes=st.lists(
        st.tuples(st.integers(0, 5), st.sets(st.integers(0, 63), max_size=14)), max_size=30
    ),
    radius=st.integers(0, 13),
)
def test_every_pair_within_the_radius_is_found_and_no_other(
    centres: list[int], changes: list[tuple[int, set[int]]], radius: int
) -> None:
    numbers = list(centres)
    numbers += [centres[c % len(centres)] ^ sum(1 << b for b in bits) for c, bits in changes]
    of = hashed(numbers)
    wanted = {}
    for a in range(len(numbers)):
        for b in range(a + 1, len(numbers)):
            least = min((int(h) ^ numbers[b]).bit_count() for h in of.hashes[:, a])
            turned = (int(of.turned[a]) ^ int(of.turned[b])).bit_count()
            if least <= radius or turned <= radius:
                wanted[a, b] = least if least <= radius else turned
    for few in (near_copies.FEW, 0):  # all compared, and by the index
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(near_copies, "FEW", few)
            found = near_copies.links(of, radius, ANY)
        pairs = zip(found.a.tolist(), found.b.tolist(), found.distance.tolist(), strict=True)
        assert {(a, b): d for a, b, d in pairs} == wanted


def columns(planes: Sequence[np.ndarray]) -> near_copies.Pictures:
    seen = [appearance.describe(p) for p in planes]
    return near_copies.pictures(
        pa.array([s.phash for s in seen]),
        pa.array([s.mirrors for s in seen]),
        pa.array([s.look for s in seen]),
    )


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_a_changed_picture_is_found_and_another_is_not(change: str) -> None:
    planes = [picture("alike", n) for n in range(12)]
    found = near_copies.links(columns([*planes, *(CHANGES[change](p) for p in planes)]), 10, 0.8)
    assert list(zip(found.a.tolist(), found.b.tolist(), strict=True)) == [
        (n, n + 12) for n in range(12)
    ]


def test_mirrors_of_a_narrow_picture_are_its_own() -> None:
    """One side shorter than the thumbnail and the other longer: both must be averaged."""
    tall = picture("narrow")[:, ::6][:, :20]
    assert min(tall.shape) < appearance.SIDE < max(tall.shape)
    seen = appearance.describe(tall)
    for axis, at in ((1, 0), (0, 16)):
        mirror = appearance.describe(np.ascontiguousarray(np.flip(tall, axis)))
        assert mirror.phash == seen.mirrors[at : at + 16]


def test_a_symmetric_picture_keeps_its_hash_through_jpeg() -> None:
    """It has no odd frequencies: their bits must not be noise."""
    half = picture("symmetric").astype(float)
    whole = ((half + half[:, ::-1]) / 2).astype(np.uint8)
    a, b = (int(appearance.describe(p).phash, 16) for p in (whole, CHANGES["jpeg"](whole)))
    assert (a ^ b).bit_count() <= 4


def test_a_picture_without_a_look_is_like_no_other() -> None:
    none = near_copies.pictures(pa.array(["0" * 16] * 2), pa.array(["", ""]), pa.array([b"", b""]))
    assert len(near_copies.links(none, 10, 0.5).a) == 0
