"""How projection radiographs are hung: head up, the patient's left at the right of the picture."""

from __future__ import annotations

from typing import NamedTuple

import pydicom

from benchsmith.imaging.picture_turns import CODES, STORED, Turn

PROJECTIONS = frozenset({"CR", "DX", "IO", "PX", "RF", "RG", "XA"})
"""Modalities (0008,0060) of projections through the body. Mammograms are hung by their breast, and
pictures in visible light as they were taken."""
VERTICAL = "HF"
"""First letters of directions towards the head and the feet (PS3.3 C.7.6.1.1.1)."""
DIRECTIONS = frozenset("LRAPHF")


class Hanging(NamedTuple):
    """The turn of a radiograph, as an EXIF orientation code, and a note for its users."""

    code: int
    note: str


def of_projection(data: pydicom.Dataset) -> Hanging:
    """Return how a picture without an image orientation is hung, by its patient orientation.

    Patient Orientation (0020,0020) names the directions of rows and columns. A picture is turned so
    that columns run to the feet, and rows, where they run from side to side, to the patient's left.
    Lateral projections are not mirrored: both ways are in use. View Position (0018,5101) says where
    the rays come from, and not how the picture is stored, so it turns nothing.
    """
    if data.get("Modality") not in PROJECTIONS:
        return Hanging(STORED, "")
    stated = data.get("PatientOrientation") or ()
    letters = [str(v)[:1] for v in stated] if not isinstance(stated, str) else []
    if len(letters) != 2 or not set(letters) <= DIRECTIONS or _same_axis(*letters):
        what = "the header states no patient orientation (0020,0020)"
        return Hanging(STORED, f"{what}: shown as stored, left and right are not known")
    row, column = letters
    transposed = row in VERTICAL and column not in VERTICAL
    if transposed:
        row, column = column, row
    code = CODES[Turn(transposed, row == "R", column == "H")]
    note = "" if code == STORED else "turned as its patient orientation (0020,0020) says"
    return Hanging(code, note)


def _same_axis(row: str, column: str) -> bool:
    return any(row in axis and column in axis for axis in ("LR", "AP", "HF"))
