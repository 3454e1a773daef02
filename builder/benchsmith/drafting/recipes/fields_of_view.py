"""Masks that mark the field of view of a camera, which is not a structure.

Sets of fundus pictures such as DRIVE have them in a folder `mask` beside that of the vessels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchsmith.drafting.recipes.file_looks import Look
from benchsmith.drafting.recipes.mask_pairs import Pairing
from benchsmith.drafting.recipes.name_words import tokens

NAMES = frozenset(
    ("mask", "masks", "fov", "fovs", "roi", "rois", "field", "fields", "of", "view", "aperture")
)
"""Words of folders and files of such masks; any other word may name a structure."""


def of(pairings: Sequence[Pairing], looks: Mapping[int, Sequence[Look]]) -> list[Pairing]:
    """Return the masks that mark the field of view, beside other masks of the same pictures.

    Each of them is one disc or rectangle over most of its picture, and no name says what it is.
    """
    fields = [p for p in pairings if _is_field(p, looks[id(p.marks)])]
    return [
        one
        for one in fields
        if any(p.pictures is one.pictures and p not in fields for p in pairings)
    ]


def words(one: Pairing) -> str:
    """Return what the draft states about such masks."""
    count = len(one.marks.members)
    more = f" and {count - 1} like it" * (count > 1)
    return (
        f"{one.marks.members[0].entry.path}{more}: each marks one disc or rectangle over most of its "
        "picture, as a field of view; if it is a structure, add an entry of `labels`"
    )


def _is_field(one: Pairing, looks: Sequence[Look]) -> bool:
    if not looks or not all(each.field for each in looks):
        return False
    known = set(tokens(one.pictures.words)) | NAMES
    places = (
        one.marks.before,
        one.marks.after,
        *(f.before + f.after for f in one.marks.folders[-1:]),
    )
    named = {t for place in places for t in tokens(place) if t.isalpha()}
    return named <= known
