"""Detects masks that may be inverted: the background is marked, and the structure is not."""

from __future__ import annotations

from benchsmith.core.contracts import Array

MIN_SHARE = 0.5
"""Share of the picture above which a mask that has all of its border is doubted."""


def doubt(mask: Array) -> str:
    """Return a note on a mask (1, rows, columns) of bool that marks most of a picture and all of its border.

    Empty for any other mask, and for one that marks every pixel, since it leaves no structure out.
    """
    share = float(mask.mean())
    if not MIN_SHARE < share < 1.0:
        return ""
    plane = mask[0]
    if not all(edge.all() for edge in (plane[0], plane[-1], plane[:, 0], plane[:, -1])):
        return ""
    mend = (
        '`kind: colours` with `names: {"#000000": ...}` and `background: ["#ffffff"]` reads it so'
    )
    return (
        f"marks {share:.0%} of the picture and all of its border: if 0 marks the structure, {mend}"
    )
