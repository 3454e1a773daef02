"""Regions of whole-slide images, by OpenSlide (`pip install 'benchsmith[slides]'`).

A part is `level,x,y,width,height`, in pixels of that pyramid level from its top left corner. Tiled TIFF
files and DICOM slides (VL Whole Slide Microscopy) are slides, too, if a part names a region of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import PIL.Image

from benchsmith.core.contracts import DataFault, Image, Reading
from benchsmith.formats import raster
from benchsmith.formats.raster import PHOTOMETRIC
from benchsmith.imaging import byte_stream
from benchsmith.text import file_endings

MAX_PIXELS = 120_000_000
COMPRESSION, PALETTE = 259, 3
LOSSY = (6, 7, 33003, 33005, 34712)
"""Values of the TIFF tag Compression: JPEG, and JPEG 2000, which may be lossy."""


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read one region as RGB uint8; unscanned areas are white, in masks black.

    Labels are one number per pixel: grey, or the red of a mask whose green and blue are 0. Raises
    DataFault.
    """
    path = files[0]
    byte_stream.beginning(path, 16)
    try:
        import openslide
    except ImportError as error:
        what = "reading slides needs OpenSlide: pip install 'benchsmith[slides]'"
        raise DataFault("format-unknown", path, what) from error
    numbers = how.part.split(",")
    if len(numbers) != 5 or not all(n.isdigit() for n in numbers):
        raise DataFault("dimensions", path, "name regions of the slide in the recipe's `parts`")
    if how.labels:
        _check_labels(path)
    level, x, y, width, height = (int(n) for n in numbers)
    try:
        with openslide.OpenSlide(str(path)) as slide:
            if level >= slide.level_count:
                raise DataFault("dimensions", path, f"has no level {level} of {slide.level_count}")
            across, down = slide.level_dimensions[level]
            if x + width > across or y + height > down or width * height > MAX_PIXELS:
                raise DataFault("dimensions", path, f"level {level} has {across} x {down} pixels")
            scale = slide.level_downsamples[level]
            corner = (round(x * scale), round(y * scale))
            region = slide.read_region(corner, level, (width, height))
    except (openslide.OpenSlideError, OSError, ValueError, MemoryError) as error:
        raise DataFault("unreadable", path, str(error)) from error
    unscanned = 0 if how.labels or how.mask else 255
    ground = PIL.Image.new("RGBA", region.size, (unscanned,) * 3 + (255,))
    picture = PIL.Image.alpha_composite(ground, region.convert("RGBA")).convert("RGB")
    pixels = np.asarray(picture)
    if how.labels and not pixels[..., 1:].any():
        pixels = pixels[..., 0]
    return Image(pixels[None], None, planar=True, level_size=(down, across))


def _check_labels(path: Path) -> None:
    """Refuse label values that OpenSlide does not return as they are stored. Raises DataFault."""
    if file_endings.ending(path.name) not in (".tif", ".tiff"):
        return
    if raster.first_tag(path, COMPRESSION) in LOSSY:
        raise DataFault("labels-lossy", path, "its tiles are JPEG")
    if raster.first_tag(path, PHOTOMETRIC) == PALETTE:
        raise DataFault("header", path, "its values are indices of a palette: store them as grey")
