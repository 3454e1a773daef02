"""PNG, JPEG, BMP, TIFF, WebP, GIF and PNM pictures, and indexed masks in them."""

from __future__ import annotations

import contextlib
import mmap
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import IO, Any, TypeVar

import numpy as np
import PIL.Image
from PIL import UnidentifiedImageError
from PIL.ImageFile import ImageFile

from benchsmith.core.contracts import Array, DataFault, Image, Reading
from benchsmith.core.library_errors import words_for
from benchsmith.formats import (
    deep_colour,
    frame_counts,
    imagej_stacks,
    part_choice,
    png_stream,
    slide_pages,
    stated_samples,
    tiff_directory,
    tiff_orientation,
    tiff_samples,
    tiff_segments,
    transparency,
)
from benchsmith.formats.unread_tiff import why_unread
from benchsmith.imaging import byte_stream, picture_metadata
from benchsmith.imaging.picture_turns import STORED, TURNS, turn

FORMATS = ("PNG", "JPEG", "BMP", "TIFF", "WEBP", "GIF", "PPM")
"""Formats that Pillow may open: an EPS named .png would start another program."""
MAX_PIXELS = 89_478_485
"""Pillow's own limit, a quarter of a gigabyte in RGB."""
MAX_SIDE_PX = 65_000
ORIENTATION = 0x0112
"""EXIF tag."""
T = TypeVar("T")
WHITE_IS_ZERO = 0
"""Value of the TIFF tag PhotometricInterpretation."""
INVERTED_BY_PILLOW = ("1", "L", "P")
"""Modes whose WhiteIsZero pixels Pillow inverts itself."""
COLOUR = ("RGB", "RGBA", "LA", "PA", "La", "RGBa", "RGBX", "CMYK", "YCbCr", "LAB", "HSV")


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read one picture: grey as stored (1 to 32 bits), colour as RGB uint8, labels as numbers.

    A picture with alpha is composited onto black. It is turned by its EXIF orientation. An indexed
    mask is read by its indices, an indexed picture by its colours, and WhiteIsZero is inverted. A
    file of several pictures needs a part, the page number. Raises DataFault.
    """
    return _with(files[0], lambda picture: _image(picture, files[0], how))


def read_bytes(data: bytes, path: Path, how: Reading) -> Image:
    """Read a picture stored inside another file, `path`. Raises DataFault."""
    alone = replace(how, part="")
    return _with(path, lambda picture: _image(picture, path, alone), BytesIO(data))


def parts(files: Sequence[Path]) -> list[str]:
    """Return the numbers of a file's pages or frames, from 0. Raises DataFault."""
    return _with(files[0], lambda picture: [str(n) for n in range(_frames(picture, files[0]))])


def first_tag(path: Path, tag: int) -> Any:
    """Return the value of a TIFF tag of the first page; None if there is none. Raises DataFault."""
    return _with(path, lambda picture: getattr(picture, "tag_v2", {}).get(tag))


def each_page(path: Path, how: Reading, take: Callable[[int, int, Image], None]) -> None:
    """Call `take` with number, count and picture of each page of a file. Raises DataFault."""

    def read_all(picture: PIL.Image.Image) -> None:
        count = _frames(picture, path)
        if picture.format == "TIFF":
            imagej_stacks.check_one_volume(getattr(picture, "tag_v2", {}), path)
        for number in range(count):
            take(number, count, _image(picture, path, replace(how, part=str(number))))

    _with(path, read_all)


def identifiers(files: Sequence[Path]) -> dict[str, str]:
    """Return the texts in a picture file's metadata, each with the name of its field. Raises DataFault."""
    path = files[0]
    texts = _with(path, _texts)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return picture_metadata.texts_of_file(data) | texts


def _texts(picture: PIL.Image.Image) -> dict[str, str]:
    pages = picture_metadata.texts_of_pages(picture) if picture.format == "TIFF" else {}
    return pages | picture_metadata.texts_in_metadata(picture)


def _with(path: Path, use: Callable[[PIL.Image.Image], T], data: IO[bytes] | None = None) -> T:
    """Open a picture within size limits; Pillow's exceptions become DataFault."""
    byte_stream.beginning(path, 16)
    try:
        with warnings.catch_warnings(), contextlib.ExitStack() as opened:
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", PIL.Image.DecompressionBombWarning)
            # without its description, the pages of OME-TIFF and ImageJ files would be misread
            warnings.filterwarnings("error", message=f".*Skipping tag {imagej_stacks.DESCRIPTION}$")
            # if a turned TIFF is opened by its name, Pillow 13 maps it into memory with its sides exchanged
            file = data or opened.enter_context(path.open("rb"))
            if data is not None:
                frame_counts.check_open(data, path)
            elif frame_counts.may_be_many(file):
                frame_counts.check(path, path.stat().st_mtime_ns)
            return use(opened.enter_context(PIL.Image.open(file, formats=FORMATS)))
    except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning) as error:
        raise DataFault("too-large", path, str(error)) from error
    except UnidentifiedImageError as error:
        what = "is not a picture of a known format"
        if byte_stream.beginning(path, 16)[:4] in frame_counts.TIFF_STARTS:
            what = why_unread(path)
        raise DataFault("unreadable", path, what) from error
    except DataFault:
        raise
    except Exception as error:
        # Pillow's readers raise any exception that a damaged file causes
        text = words_for(error)
        reason = "truncated" if "truncated" in text else "unreadable"
        raise DataFault(reason, path, text) from error


def _frames(picture: PIL.Image.Image, path: Path) -> int:
    """Return the number of pages or frames. Raises DataFault for a stack that hides some."""
    count = int(getattr(picture, "n_frames", 1))
    frame_counts.check_count(count, path)
    if picture.format == "TIFF":
        imagej_stacks.check(getattr(picture, "tag_v2", {}), count, path)
    return count


def _image(picture: PIL.Image.Image, path: Path, how: Reading) -> Image:
    width, height = picture.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE_PX:
        raise DataFault("too-large", path, f"has {width} x {height} pixels")
    if picture.format == "PNG" and isinstance(picture, ImageFile) and picture.fp is not None:
        png_stream.check(picture.fp, path)
    # checked first, because Pillow loads a PNG to find its EXIF
    few = stated_samples.grey_maximum(picture)
    deep = stated_samples.is_deep_colour(picture)
    if how.mask and picture.format != "TIFF" and deep:
        deep_colour.check(picture, int(how.part) if how.part.isdigit() else 0, path)
    frames = _frames(picture, path)
    if how.part:
        picture.seek(part_choice.number(how.part, frames, path))
    elif frames > 1 and picture.format != "MPO":
        marks = "a file of labels holds one, unless its entry names it in `part`"
        what = marks if how.labels or how.mask else "name one in `parts`"
        raise DataFault("dimensions", path, f"holds {frames} frames; {what}")
    stated = picture.getexif().get(ORIENTATION, STORED)
    code = stated if stated in TURNS else STORED
    note = "" if code == STORED else "turned as its EXIF orientation says"
    if picture.format == "TIFF" and code != STORED:
        file: Any = picture.fp  # type: ignore[attr-defined]
        file.seek(0)
        stored = file.read()
        neutral = tiff_orientation.as_stored(stored)
        if neutral != stored:
            found = _with(path, lambda one: _image(one, path, how), BytesIO(neutral))
            turned = np.ascontiguousarray(turn(found.voxels, code))
            return replace(found, voxels=turned, note=note, exif_orientation=code)
    if picture.format == "TIFF":
        tiff: Any = picture
        tiff_directory.check(tiff.tag_v2, tiff.fp, path)
        if stated_samples.PHOTOMETRIC not in tiff.tag_v2:
            # here Pillow takes 0 for white, and libtiff for black
            raise DataFault("header", path, "does not state which value is black (TIFF tag 262)")
        if not (how.burned_in or how.labels or how.mask):
            slide_pages.check(tiff.tag_v2, path)
        tiff_segments.check(tiff.tag_v2, tiff.fp, path)
    white_is_zero = (
        picture.format == "TIFF"
        and stated_samples.first_value(picture, stated_samples.PHOTOMETRIC) == WHITE_IS_ZERO
    )
    if white_is_zero and how.labels:
        what = (
            "is WhiteIsZero: 0 is drawn white, and it is not stated what is marked; save it as PNG"
        )
        raise DataFault("header", path, what)
    most = few or stated_samples.pnm_maximum(picture, path)
    if how.labels and picture.format == "GIF" and frames > 1:
        what = "is a GIF of several frames, of which Pillow has no indices: save its labels as PNG"
        raise DataFault("dimensions", path, what)
    samples = _tiff_samples(picture, path, how)
    if samples is None:
        picture.load()
        if picture.format == "PNG":
            transparency.fit_key(picture, few, path, deep=deep)
    # Pillow turns a TIFF with an orientation in its XMP when it loads it, and forgets it
    left = picture.getexif().get(ORIENTATION, STORED) if code != STORED else STORED
    if samples is not None and not isinstance(samples, PIL.Image.Image):
        pixels = _finite(samples, path)
    else:
        pixels = _pixels(samples or picture, path, how)
    if most and how.labels:
        pixels = stated_samples.as_written(pixels, most)
    if picture.format == "TIFF":
        pixels = stated_samples.as_sampled(pixels, picture)
    if white_is_zero and picture.mode not in INVERTED_BY_PILLOW:
        pixels = stated_samples.inverted(
            pixels, stated_samples.first_value(picture, stated_samples.BITS_PER_SAMPLE), path
        )
    shown = np.ascontiguousarray(turn(pixels[None], left))
    return Image(
        shown, None, planar=True, note=note, exif_orientation=code, boolean=picture.mode == "1"
    )


def _pixels(picture: PIL.Image.Image, path: Path, how: Reading) -> Array:
    mode = picture.mode
    keyed = mode in transparency.KEYED and "transparency" in picture.info
    if (how.labels or how.mask) and (mode in transparency.ALPHA or keyed):
        return transparency.mask(picture, path)
    if keyed:
        return transparency.without_key(picture)
    if mode == "1":
        ones = np.asarray(picture).astype(np.uint8)
        return ones if how.labels else ones * np.uint8(255)
    if mode == "P" and not how.labels:
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
        mode = picture.mode
    if mode == "P":
        _check_palette(picture, path)
    if mode in ("L", "P", "I", "F") or mode.startswith("I;16"):
        pixels = _finite(np.asarray(picture), path)
        return pixels.astype(pixels.dtype.newbyteorder("="))
    if mode not in COLOUR:
        raise DataFault("dimensions", path, f"has pixels of the kind {mode}")
    if mode in transparency.ALPHA:
        over = PIL.Image.new("RGBA", picture.size, (0, 0, 0, 255))
        picture = PIL.Image.alpha_composite(over, picture.convert("RGBA"))
    return np.asarray(picture if picture.mode == "RGB" else picture.convert("RGB"))


def _tiff_samples(
    picture: PIL.Image.Image, path: Path, how: Reading
) -> Array | PIL.Image.Image | None:
    """Return the grey levels, or the picture in colour, of a TIFF page that Pillow misreads."""
    if picture.format != "TIFF":
        return None
    tiff: Any = picture
    samples = tiff_samples.read(tiff.tag_v2, tiff.tag_v2.prefix, tiff.fp, path)
    if samples is None:
        return None
    if how.mask and samples.shape[2] > 2 and samples.dtype == np.uint16:
        deep_colour.check_samples(samples, path)
    return tiff_samples.as_picture(samples, tiff.tag_v2, path)


def _finite(pixels: Array, path: Path) -> Array:
    if pixels.dtype.kind == "f" and not np.isfinite(pixels).all():
        raise DataFault("not-finite", path, "has pixels that are not numbers")
    return pixels


def _check_palette(picture: PIL.Image.Image, path: Path) -> None:
    """Refuse a mask whose palette draws the background, 0, in a colour and another index in black.

    Programs that choose the colours of a palette themselves number them in any order. Raises DataFault.
    """
    colours = np.array(picture.getpalette() or [], np.uint8).reshape(-1, 3)
    used = [n for n in np.unique(np.asarray(picture)).tolist() if 0 < n < len(colours)]
    black = [n for n in used if not colours[n].any()]
    if black and colours[0].any():
        what = f"its palette draws index 0 in a colour and index {black[0]} black: which is marked?"
        mend = "`kind: colours` reads it by its colours"
        raise DataFault("header", path, f"{what} {mend}")
