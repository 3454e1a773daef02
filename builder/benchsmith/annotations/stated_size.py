"""The size of a picture that a table of marks states beside them, in pixels of its marks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from benchsmith.annotations.table_columns import need
from benchsmith.core.contracts import DataFault
from benchsmith.documents.labels import Boxes, MaskFiles, RunLengths
from benchsmith.text.plain_numbers import plain_number

OWNERS = (
    "",
    "image",
    "img",
    "picture",
    "photo",
    "original",
    "originalimage",
    "orig",
    "frame",
    "slice",
)
"""What precedes `width` and `height` in the names of columns that state the size of a picture."""
SIDES = ("width", "height")
MAX_ROUNDING_PX = 1.5
"""Sides of a box differ by so much from the distance of its corners, if both were rounded."""
MAX_ASPECT = 0.01
"""Largest relative difference of two pictures' ratios of sides, of which one is a scaled copy."""
MEND = "label the pictures that the table is about; if the columns state something else, set `picture_size: ignore`"


def size_columns(columns: Iterable[str], own: Collection[str] = ()) -> tuple[str, str] | None:
    """Return the columns that state the width and the height of pictures; None if none do.

    Columns in `own` hold the marks themselves, as those of boxes with a corner and a size.

    >>> size_columns(["file", "width", "height", "xmin"]), size_columns(["Image_Width", "image height"])
    (('width', 'height'), ('Image_Width', 'image height'))
    >>> size_columns(["x", "y", "width", "height"], own=["x", "y", "width", "height"])
    """
    plain = {re.sub("[^a-z]", "", name.lower()): name for name in columns if name not in own}
    for owner in (*OWNERS[1:], OWNERS[0]):
        if all(owner + side in plain for side in SIDES):
            return plain[owner + SIDES[0]], plain[owner + SIDES[1]]
    return None


def check_size(
    labels: Boxes | RunLengths | MaskFiles,
    cells: Mapping[str, str],
    at: str,
    shape: tuple[int, ...],
    *,
    own: Collection[str] = (),
    box: tuple[float, float] | None = None,
) -> None:
    """Raise DataFault if a row states another size of its picture than `shape`, (slices, rows, columns, ...).

    `own` are the columns of its marks, and `box` are the sides of its box in pixels: columns that repeat
    these state nothing of the picture. Marks in shares of the sides also hold for a scaled copy. Empty
    cells and zeros state nothing.
    """
    if labels.picture_size == "ignore":
        return
    columns = labels.picture_size
    if columns is not None:
        need(cells, columns, at)
    elif (columns := size_columns(cells, own)) is None:
        return
    text = [cells[column].strip() for column in columns]
    if not any(text):
        return
    try:
        width, height = (plain_number(cell) for cell in text)
    except ValueError:
        if labels.picture_size is None:
            return
        what = (
            f"{columns[0]} {text[0]!r} and {columns[1]} {text[1]!r} are not the size of a picture"
        )
        raise DataFault("shape-mismatch", at, what) from None
    rows, own_columns = shape[1:3]
    if (width, height) == (own_columns, rows) or (width == 0 and height == 0):
        return
    is_box = box is not None and (
        abs(width - box[0]) <= MAX_ROUNDING_PX and abs(height - box[1]) <= MAX_ROUNDING_PX
    )
    if labels.picture_size is None and is_box:
        return
    if getattr(labels, "unit", "px") == "share" and min(width, height) > 0:
        ratio = (width / height) / (own_columns / rows)
        if abs(ratio - 1) <= MAX_ASPECT:
            return
    what = (
        f"{columns[0]} and {columns[1]} state a picture of {text[0]} x {text[1]} pixels, and it has "
        f"{own_columns} x {rows}: {MEND}"
    )
    raise DataFault("shape-mismatch", at, what)
