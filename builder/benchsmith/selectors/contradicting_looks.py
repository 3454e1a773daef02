"""Copies of pictures, in one source or in several, whose labels or marks contradict each other.

A copy may be saved again, resized, turned, mirrored, inverted, brighter, cropped or framed. The shortlisted
pictures that have labels as a whole, or marks in one plane, are looked up among all such pictures of all sources; candidates that
would change something are opened, and compared pixel by pixel. A label that one of two copies states and the
other one denies (:mod:`benchsmith.selectors.contradicting_lists`) is not asked of either. Two lists of one
source are compared if they have one name; those of two sources always are, but a source denies only labels
that its list has somewhere. What an entry marks in a picture is a list too. Pictures of one person in one source are not compared: neighbouring slices and
frames are alike, and may differ in their labels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from benchsmith.imaging.appearance import WAVES
from benchsmith.selectors.candidate_files import CandidateFiles
from benchsmith.selectors.contradicting_lists import Lineage
from benchsmith.selectors.cropped_pairs import CroppedLooks, cropped_pairs
from benchsmith.selectors.near_copies import Links
from benchsmith.selectors.said_by_copy import Pair, SaidByCopy
from benchsmith.selectors.shortlist import Shortlist, picture_numbers
from benchsmith.selectors.stated_lists import (
    Face,
    NameOf,
    StatedLists,
    face_of,
    is_compared,
    looks_of,
)
from benchsmith.tables import coded_columns
from benchsmith.tables import compute as pc

MIN_LIKENESS = 0.97
"""Smallest cosine of the pixels of two copies. Copies have 0.98 and more, pictures of other people up to 0.96;
docs/selection.md has the figures."""
Verify = Callable[[Sequence[Pair]], Sequence[float]]
"""Returns how alike the pixels of pairs of pictures are, -1 to 1."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparison of all sources needs besides their rows."""

    lineage: Lineage
    name_of: NameOf
    verify: Verify


@dataclass(frozen=True, slots=True)
class Compared:
    """What the copies of shortlisted pictures say about them."""

    gone: Mapping[str, str] = field(default_factory=dict)
    """By target that must not be asked, which copy denies it."""
    unknown: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """By number of a shortlisted picture, labels that its copies state, or that are disputed."""
    a: tuple[int, ...] = ()
    b: tuple[int, ...] = ()
    """Shortlisted pictures that are copies of each other, `a` < `b`, besides those known before."""
    opened: int = 0
    """Pairs whose pixels were compared."""

    def joined(self, links: Links) -> Links:
        """Return links between pictures, together with those found here, which are certain."""
        if not self.a:
            return links
        columns = (
            np.concatenate([links.a, np.array(self.a, np.int64)]),
            np.concatenate([links.b, np.array(self.b, np.int64)]),
            np.concatenate([links.distance, np.zeros(len(self.a), np.int64)]),
            np.concatenate([links.similarity, np.ones(len(self.a))]),
        )
        order = np.lexsort((columns[1], columns[0]))
        return Links(*(c[order] for c in columns))


def compare(
    files: CandidateFiles,
    short: Shortlist,
    links: Links,
    with_: Comparison,
    without: frozenset[str] = frozenset(),
) -> Compared:
    """Compare the shortlisted pictures with all others; `links` are the copies that are known.

    The rows of the sources in `without` are ignored.
    """
    own = _own_faces(short)
    if not own:
        return Compared()
    number = {face: n for n, face in own.items()}
    stated = StatedLists(with_.name_of)
    pairs = _candidates(files, short, number, stated, without)
    known = set(zip(links.a.tolist(), links.b.tolist(), strict=True))
    found = [
        SaidByCopy(one, other, stated, with_.lineage)
        for one, other in pairs
        if stated.person(one) != stated.person(other)
    ]
    found = [
        copy
        for copy in found
        if copy.matters or not _is_known(number[copy.one], number.get(copy.other), known)
    ]
    wanted = sorted({copy.pair for copy in found})
    alike = dict(zip(wanted, with_.verify(wanted), strict=True)) if wanted else {}
    gone: dict[str, str] = {}
    unknown: dict[int, frozenset[str]] = {}
    joined: set[tuple[int, int]] = set()
    for copy in found:
        if alike[copy.pair] < MIN_LIKENESS:
            continue
        mine, theirs = number[copy.one], number.get(copy.other)
        for target, detail in copy.gone.items():
            gone.setdefault(target, detail)
        if copy.unknown:
            unknown[mine] = unknown.get(mine, frozenset()) | copy.unknown
        if not _is_known(mine, theirs, known):
            assert theirs is not None
            joined.add((min(mine, theirs), max(mine, theirs)))
    a, b = zip(*sorted(joined), strict=True) if joined else ((), ())
    # what equal pixels dispute is no target any more, but still denies the labels of other copies
    asked = set(short.ids(np.arange(len(short.rows)))) if gone else set()
    gone = {target: detail for target, detail in gone.items() if target in asked}
    return Compared(gone, unknown, a, b, len(wanted))


def _is_known(one: int, other: int | None, known: set[tuple[int, int]]) -> bool:
    """Return whether two shortlisted pictures are known to be copies, or one is not shortlisted."""
    return other is None or (min(one, other), max(one, other)) in known


def _own_faces(short: Shortlist) -> dict[int, Face]:
    """Return the shortlisted pictures that are compared, by number."""
    rows = short.candidates.rows.select(["kind", "axis"])
    here = np.flatnonzero(np.asarray(coded_columns.as_array(is_compared(rows)))[short.rows])
    numbers, first = np.unique(short.picture[here], return_index=True)
    places = short.rows[here[first]]
    rows = short.candidates.rows.select(["sample", "axis", "index", "crop"]).take(pa.array(places))
    return {n: face_of(row) for n, row in zip(numbers.tolist(), rows.to_pylist(), strict=True)}


def _candidates(
    files: CandidateFiles,
    short: Shortlist,
    number: Mapping[Face, int],
    stated: StatedLists,
    without: frozenset[str],
) -> list[Pair]:
    """Return the pairs of a shortlisted picture and another one that may be its copy.

    The rows of both are kept in `stated`.
    """
    faces = list(number)
    looks = short.pictures().looks
    places = np.searchsorted(np.unique(short.picture), [number[face] for face in faces])
    own = CroppedLooks(looks[places])
    samples = pa.array(sorted({face.sample for face in faces}), pa.string())
    pairs: list[Pair] = []
    for source in range(len(files.targets)):
        for rows in stated.batches(files, source):
            if not rows.num_rows or rows["source"][0].as_py() in without:
                continue
            picture = picture_numbers(
                coded_columns.encode_names(rows["sample"]).codes,
                coded_columns.encode_names(rows["axis"]).codes,
                rows.select(["index", "crop"]),
            )
            first = np.unique(picture, return_index=True)[1]
            seen = looks_of(rows.take(pa.array(first)))[:, :WAVES]
            i, j = cropped_pairs(own, CroppedLooks(np.ascontiguousarray(seen)))
            near = np.isin(picture, np.unique(j))
            mine = np.asarray(pc.is_in(coded_columns.as_array(rows["sample"]), value_set=samples))
            stated.keep(rows.filter(pa.array(near | mine)))
            few = rows.select(["sample", "axis", "index", "crop"]).take(pa.array(first[j]))
            others = [face_of(row) for row in few.to_pylist()]
            found = zip(i.tolist(), others, strict=True)
            pairs += [(faces[n], other) for n, other in found if faces[n] != other]
    return sorted(set(pairs), key=str)
