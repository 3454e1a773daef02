"""What compressed frames state of themselves, compared with their DICOM header, in every transfer syntax.

A decoder allocates memory for the stated size before it finds that the stream has no data, and its pixels are laid
into the rows of the header. It spreads components that are smaller than the picture, or of other types than the
first, over the places and values of others.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pydicom
from pydicom.encaps import generate_frames
from pydicom.uid import RLELossless

from benchsmith.core.contracts import DataFault
from benchsmith.imaging.dicom import jpeg_streams, rle_segments
from benchsmith.imaging.dicom.files import frame_count

MEND = "save it uncompressed with the software that wrote it"


def check(data: pydicom.Dataset, path: Path) -> list[jpeg_streams.Stream]:
    """Return what frames in JPEG 2000 state. Raises DataFault (header).

    A frame of other sides or components than the header is refused, also where its pixels are as many, and one in
    JPEG 2000 whose components are not read. A damaged frame is left to its decoder.
    """
    syntax = getattr(getattr(data, "file_meta", None), "TransferSyntaxUID", None)
    if syntax is None or not syntax.is_compressed:
        return []
    rows, columns, samples = int(data.Rows), int(data.Columns), int(data.SamplesPerPixel)
    found = []
    for frame in _frames(data):
        if syntax == RLELossless:
            pixel_bytes = samples * -(-int(data.BitsAllocated) // 8)
            if what := rle_segments.contradiction(frame, rows, columns, pixel_bytes):
                raise DataFault("header", path, f"a compressed frame has {what}")
        elif (one := jpeg_streams.stated(frame)) is not None:
            if (one.columns, one.rows) != (columns, rows):
                what = f"{one.columns} x {one.rows} pixels, its header says {columns} x {rows}"
                raise DataFault("header", path, f"a compressed frame has {what}")
            what = one.unread
            if one.components != samples:
                what = f"{one.components} components, its header says {samples} samples a pixel"
            if what:
                raise DataFault("header", path, f"a compressed frame has {what}: {MEND}")
            found += [one] if one.codestream else []
    return found


def _frames(data: pydicom.Dataset) -> Iterator[bytes]:
    """Yield frames as far as they can be told apart; pydicom tells why they cannot, when it decodes them."""
    tables = (data.get("ExtendedOffsetTable"), data.get("ExtendedOffsetTableLengths"))
    extended = tables if all(tables) else None
    frames = generate_frames(
        data.PixelData, number_of_frames=frame_count(data), extended_offsets=extended
    )
    while True:
        try:
            frame = next(frames)
        except StopIteration:
            return
        except Exception:  # noqa: BLE001 - pydicom documents no exception of what is damaged
            return
        yield frame
