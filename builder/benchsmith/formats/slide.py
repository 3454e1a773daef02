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
from benchsmith.formats import raster, slide_header
from benchsmith.formats.slide_person import slide_person
from benchsmith.formats.stated_samples import PHOTOMETRIC
from benchsmith.imaging import byte_stream
from benchsmith.imaging.file_signature import is_dicom
from benchsmith.text import file_endings

COMPRESSION, PALETTE = 259, 3
DICOM_ENDINGS = (".dcm", ".dicom", ".ima")
LOSSY = (6, 7, 33003, 33005, 34712)
"""Values of the TIFF tag Compression: JPEG, and JPEG 2000, which may be lossy."""


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read one region as RGB uint8; unscanned areas are white, in masks black.

    Labels are one number per pixel: grey, or the red of a mask whose green and blue are 0. Raises
    DataFault.
    """
    path, person = _entrance(files, how)
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
            if (
                x + width > across
                or y + height > down
                or width * height > byte_stream.MAX_PICTURE_PX
            ):
                raise DataFault("dimensions", path, f"level {level} has {across} x {down} pixels")
            scale = slide.level_downsamples[level]
            corner = (round(x * scale), round(y * scale))
            region = slide.read_region(corner, level, (width, height))
            person = person or slide_person(slide.properties)
    except (openslide.OpenSlideError, OSError, ValueError, MemoryError) as error:
        # OpenSlide names files by their whole path
        words = str(error).replace(f"{path.parent}/", "")
        raise DataFault("unreadable", path, words) from error
    unscanned = 0 if how.labels or how.mask else 255
    ground = PIL.Image.new("RGBA", region.size, (unscanned,) * 3 + (255,))
    picture = PIL.Image.alpha_composite(ground, region.convert("RGBA")).convert("RGB")
    pixels = np.asarray(picture)
    if how.labels and not pixels[..., 1:].any():
        pixels = pixels[..., 0]
    return Image(pixels[None], None, planar=True, level_size=(down, across), person=person)


def identifiers(files: Sequence[Path]) -> dict[str, str]:
    """Return the texts that describe the slide, with the names of their fields. Raises DataFault."""
    path = files[0]
    found: dict[str, str] = {}
    if byte_stream.beginning(path, 4) in (b"II*\0", b"MM\0*"):
        found = raster.identifiers(files)
    try:
        import openslide

        with openslide.OpenSlide(str(path)) as slide:
            stated = {value: name for name, value in slide.properties.items()}
    except ImportError:
        return found
    except (openslide.OpenSlideError, OSError) as error:
        if found:
            return found
        raise DataFault("unreadable", path, str(error).replace(f"{path.parent}/", "")) from error
    return {v: n for v, n in stated.items() if not v.replace(".", "").isdigit()} | found


def _entrance(files: Sequence[Path], how: Reading) -> tuple[Path, str]:
    """Return the file by which a slide is opened: of DICOM, an instance of the slide itself.

    The other value is a digest of whom the DICOM header names; empty if it names nobody.
    Raises DataFault for DICOM without such an instance, with one that is not whole, or with burned-in
    text that is not accepted.
    """
    if len(files) == 1 and not is_dicom(files[0]):
        return files[0], ""
    for path in files:
        if file_endings.ending(path.name) in DICOM_ENDINGS and not is_dicom(path):
            raise DataFault("truncated", path, "is named as DICOM and does not begin as DICOM")
    slides = [h for path in files if is_dicom(path) and (h := slide_header.of(path)) is not None]
    volumes = [h for h in slides if "VOLUME" in h.kind]
    if not volumes:
        raise DataFault("not-a-picture", files[0].parent, "holds no levels of a DICOM slide")
    if len({h.series for h in volumes}) > 1:
        raise DataFault("series-gap", files[0].parent, "holds the levels of more than one slide")
    if not how.burned_in and any(h.burned_in for h in volumes):
        raise DataFault("burned-in", files[0].parent, "(0028,0301) is YES")
    return volumes[0].path, volumes[0].person


def _check_labels(path: Path) -> None:
    """Refuse label values that OpenSlide does not return as they are stored. Raises DataFault."""
    if file_endings.ending(path.name) not in (".tif", ".tiff"):
        return
    if raster.first_tag(path, COMPRESSION) in LOSSY:
        raise DataFault("labels-lossy", path, "its tiles are JPEG")
    if raster.first_tag(path, PHOTOMETRIC) == PALETTE:
        raise DataFault("header", path, "its values are indices of a palette: store them as grey")
