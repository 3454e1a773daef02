"""DICOM Segmentations of whole slides: the tiles that reach the region of a slide's level.

Tiles lie in the total pixel matrix of one level, each at a stated place (TILED_SPARSE) or in the order of
segments, rows and columns (TILED_FULL; PS3.3 C.7.6.17.3).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pydicom
from pydicom.pixels import pixel_array

from benchsmith.annotations import segment_values
from benchsmith.core.contracts import Array, DataFault, Image
from benchsmith.core.library_errors import words_for
from benchsmith.imaging.dicom import functional_groups

SEGMENT = "SegmentIdentificationSequence"
POSITION = "PlanePositionSlideSequence"


class Tile(NamedTuple):
    """One frame: its segment, 0 for all of a label map, and the place of its first pixel, from 0."""

    frame: int
    segment: int
    top: int
    left: int


def masks(
    data: pydicom.Dataset, names: Mapping[int, str], image: Image, part: str, path: Path
) -> dict[int, Array]:
    """Return each segment in a region, (1, rows, columns) of bool, by its number.

    `part` is the region, ``level,x,y,width,height``. Raises DataFault for an object of another level.
    """
    stated = (
        int(data.get("TotalPixelMatrixRows") or 0),
        int(data.get("TotalPixelMatrixColumns") or 0),
    )
    if stated != image.level_size:
        there, here = (" x ".join(map(str, s or ())) for s in (stated, image.level_size))
        what = f"its matrix has {there} pixels, but the slide's level {here}"
        raise DataFault("shape-mismatch", path, what)
    _, left, top, width, height = (int(n) for n in part.split(","))
    found = {number: np.zeros((1, height, width), bool) for number in names}
    rows, columns = int(data.Rows), int(data.Columns)
    kind = segment_values.kind_of(data, path)
    least, background = segment_values.least(data, kind, path), segment_values.background_of(data)
    for tile in _tiles(data, list(names), kind, path):
        y0, x0 = max(tile.top, top), max(tile.left, left)
        y1, x1 = min(tile.top + rows, top + height), min(tile.left + columns, left + width)
        if y0 >= y1 or x0 >= x1:
            continue
        if tile.segment and tile.segment not in names:
            what = f"a frame is of segment {tile.segment}, which is not described"
            raise DataFault("header", path, what)
        pixels = _frame(data, tile.frame, path)
        segment_values.check(pixels, data, kind, path)
        inside = pixels[y0 - tile.top : y1 - tile.top, x0 - tile.left : x1 - tile.left]
        where = np.s_[0, y0 - top : y1 - top, x0 - left : x1 - left]
        if tile.segment:
            found[tile.segment][where] |= inside >= least
            continue
        for value in np.unique(inside[inside != background]).tolist():
            if value not in names:
                raise DataFault("header", path, f"has the value {value}, which is not described")
            found[value][where] |= inside == value
    return found


def _frame(data: pydicom.Dataset, number: int, path: Path) -> Array:
    try:
        return np.asarray(pixel_array(data, index=number))
    except Exception as error:
        # pydicom passes on exceptions of its decoders, whose types are not documented
        raise DataFault("unreadable", path, words_for(error)) from error


def _tiles(data: pydicom.Dataset, segments: list[int], kind: str, path: Path) -> Iterator[Tile]:
    """Yield every frame with its place. Raises DataFault."""
    count = int(data.NumberOfFrames)
    groups = list(data.get("PerFrameFunctionalGroupsSequence") or ())
    if str(data.get("DimensionOrganizationType") or "") == "TILED_FULL":
        down = -(-int(data.TotalPixelMatrixRows) // int(data.Rows))
        across = -(-int(data.TotalPixelMatrixColumns) // int(data.Columns))
        each = [0] if kind == "LABELMAP" else sorted(segments)
        if count != len(each) * down * across:
            what = (
                f"{count} frames, {len(each)} segments of {down} x "
                f"{across} tiles need a different number"
            )
            raise DataFault("header", path, what)
        for frame in range(count):
            segment, tile = divmod(frame, down * across)
            row, column = divmod(tile, across)
            yield Tile(frame, each[segment], row * int(data.Rows), column * int(data.Columns))
        return
    if len(groups) != count:
        raise DataFault("header", path, f"{count} frames, {len(groups)} of them described")
    shared = functional_groups.shared_groups(data)
    for frame, group in enumerate(groups):
        position = functional_groups.group(group, shared, POSITION)
        own = functional_groups.group(group, shared, SEGMENT)
        number = own.get("ReferencedSegmentNumber") if own else None
        if position is None or (number is None and kind != "LABELMAP"):
            raise DataFault("header", path, "a frame does not state its segment or its position")
        yield Tile(
            frame,
            0 if kind == "LABELMAP" else int(number or 0),
            int(position.RowPositionInTotalImagePixelMatrix) - 1,
            int(position.ColumnPositionInTotalImagePixelMatrix) - 1,
        )
