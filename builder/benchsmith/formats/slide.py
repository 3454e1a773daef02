"""Regions of whole-slide images, by OpenSlide (`pip install 'benchsmith[slides]'`).

A part is `level,x,y,width,height`, in pixels of that pyramid level from its top left corner.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import PIL.Image

from benchsmith.core.contracts import DataFault, Image, Reading
from benchsmith.imaging import byte_stream

MAX_PIXELS = 120_000_000


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read one region as RGB uint8; unscanned areas are white. Raises DataFault."""
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
    white = PIL.Image.new("RGBA", region.size, (255, 255, 255, 255))
    picture = PIL.Image.alpha_composite(white, region.convert("RGBA")).convert("RGB")
    return Image(np.asarray(picture)[None], None, planar=True)
