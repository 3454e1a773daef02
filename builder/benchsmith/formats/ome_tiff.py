"""OME-TIFF: pages that an OME-XML text assigns to slices, channels and times.

The text in the first page's description (https://docs.openmicroscopy.org/ome-model, OME-TIFF) states
sizes, the order of the pages, and the size of a pixel. The pages are read like those of any other TIFF.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
import numpy as np
from defusedxml.common import DefusedXmlException

from benchsmith.core.contracts import DataFault, Image, Reading
from benchsmith.core.library_errors import words_for
from benchsmith.formats import microscopy_axes, raster
from benchsmith.imaging import byte_stream
from benchsmith.imaging.picture_turns import STORED

MAX_XML = 64 << 20
DESCRIPTION = 270
"""TIFF tag ImageDescription."""


@dataclass(frozen=True, slots=True)
class _Pixels:
    """What the OME-XML text states about the first image."""

    slices: int
    times: int
    channels: list[str]
    page_of: dict[tuple[int, int, int], int]
    """The page of each slice, channel and time."""
    spacing_mm: tuple[float | None, float | None, float | None]


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read one channel at one time: a picture, or a volume (z, y, x) if it has several slices.

    A channel of three samples is in colour. Raises DataFault.
    """
    path = files[0]
    text = _description(path)
    if text is None:
        return raster.read(files, how)
    pixels = _pixels(text, path, path.stat().st_mtime_ns)
    time, channel = microscopy_axes.choose(how.part, pixels.times, pixels.channels, path)
    alone = replace(how, stack=False)
    voxels = None
    for z in range(pixels.slices):
        page = pixels.page_of.get((z, channel, time))
        if page is None:
            what = f"assigns no page to slice {z} of channel {channel} at time {time}"
            raise DataFault("header", path, what)
        picture = raster.read(files, replace(alone, part=str(page)))
        one = picture.voxels[0]
        if picture.exif_orientation != STORED:
            raise DataFault("header", path, "has a page with an orientation in its header")
        if voxels is None:
            byte_stream.check_shape((pixels.slices, *one.shape), one.dtype.itemsize, path)
            voxels = np.empty((pixels.slices, *one.shape), one.dtype)
        if one.shape != voxels.shape[1:] or one.dtype != voxels.dtype:
            raise DataFault(
                "header", path, f"its page {page} differs from the first in size or type"
            )
        voxels[z] = one
    assert voxels is not None
    return microscopy_axes.image(voxels, pixels.spacing_mm, path)


def parts(files: Sequence[Path]) -> list[str]:
    """Return the numbers of the channels and times; the pages of a file without OME-XML."""
    text = _description(files[0])
    if text is None:
        return raster.parts(files)
    pixels = _pixels(text, files[0], files[0].stat().st_mtime_ns)
    return microscopy_axes.parts(pixels.times, len(pixels.channels), files[0])


def identifiers(files: Sequence[Path]) -> dict[str, str]:
    """Return the texts in the file's metadata, to the name of their field."""
    return raster.identifiers(files)


def _description(path: Path) -> str | None:
    """Return the OME-XML text; None if the first page's description is something else. Raises DataFault."""
    text = raster.first_tag(path, DESCRIPTION)
    found = text if isinstance(text, str) else ""
    with contextlib.suppress(UnicodeError):
        # OME-XML is UTF-8, and Pillow reads tags as Latin-1: a micrometre has a letter of its own
        found = found.encode("latin-1").decode("utf-8")
    if "<OME" not in found and ":OME" not in found:
        return None
    if len(found) > MAX_XML:
        raise DataFault("too-large", path, f"its OME-XML has {len(found)} characters")
    return found


@lru_cache(maxsize=2)
def _pixels(text: str, path: Path, changed_ns: int) -> _Pixels:
    try:
        root: Element = defusedxml.ElementTree.fromstring(
            text.strip("\0 \n").encode(), forbid_dtd=True
        )
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise DataFault("header", path, f"its OME-XML is not valid: {words_for(error)}") from error
    images = [one for image in _children(root, "Image") for one in _children(image, "Pixels")]
    if len(images) != 1:
        what = f"holds {len(images)} images; a file of one is read" if images else "lists no image"
        raise DataFault("dimensions", path, what)
    pixels = images[0]
    try:
        sizes = {axis: int(pixels.attrib[f"Size{axis}"]) for axis in "ZCT"}
    except (KeyError, ValueError) as error:
        raise DataFault("header", path, f"its OME-XML states no sound {error}") from error
    order = pixels.attrib.get("DimensionOrder", "")
    if sorted(order) != sorted("XYZCT") or min(sizes.values()) < 1:
        raise DataFault("header", path, f"its OME-XML states the order {order!r} of {sizes}")
    if max(sizes.values()) > byte_stream.MAX_AXIS_LENGTH:
        raise DataFault("header", path, f"declares {sizes}")
    channels = _channels(pixels, sizes["C"], path)
    planes = {**sizes, "C": len(channels)}
    if max(planes.values()) > byte_stream.MAX_AXIS_LENGTH:
        raise DataFault("header", path, f"declares {planes}")
    pages = int(raster.parts([path])[-1]) + 1
    return _Pixels(
        sizes["Z"],
        sizes["T"],
        channels,
        _assigned(pixels, order[2:], planes, pages, path),
        (_length(pixels, "Z", path), _length(pixels, "Y", path), _length(pixels, "X", path)),
    )


def _channels(pixels: Element, count: int, path: Path) -> list[str]:
    """Return the channels' names; SizeC counts the samples of colours one by one."""
    listed = _children(pixels, "Channel")
    try:
        samples = [int(one.attrib.get("SamplesPerPixel", "1")) for one in listed]
    except ValueError as error:
        raise DataFault("header", path, f"its OME-XML states {error}") from error
    if not listed:
        return [""] * count
    if sum(samples) != count:
        raise DataFault("header", path, f"its OME-XML states {count} channels and lists {samples}")
    return [one.attrib.get("Name", "") for one in listed]


def _assigned(
    pixels: Element, order: str, sizes: dict[str, int], pages: int, path: Path
) -> dict[tuple[int, int, int], int]:
    """Return the page of each slice, channel and time. Raises DataFault.

    A TiffData element assigns `PlaneCount` pages from `IFD` on, beginning at FirstZ, FirstC and
    FirstT; without a count it is one page if it has an IFD, and all pages otherwise.
    """
    total = sizes["Z"] * sizes["C"] * sizes["T"]
    found: dict[tuple[int, int, int], int] = {}
    listed = _children(pixels, "TiffData")
    if not listed:
        raise DataFault("header", path, "its OME-XML assigns no pages (it has no TiffData)")
    names = {u.attrib.get("FileName", "") for one in listed for u in _children(one, "UUID")}
    if len(names) > 1:
        what = f"is one of {len(names)} files of an image, such as {min(names)!r}: store it as one"
        raise DataFault("dimensions", path, what)
    for one in listed:
        try:
            page = int(one.attrib.get("IFD", "0"))
            whole = total if "IFD" not in one.attrib else 1
            count = int(one.attrib.get("PlaneCount", str(whole)))
            start = {axis: int(one.attrib.get(f"First{axis}", "0")) for axis in "ZCT"}
        except ValueError as error:
            raise DataFault("header", path, f"its OME-XML states {error}") from error
        at = 0
        for axis in reversed(order):
            at = at * sizes[axis] + start[axis]
        if page < 0 or at < 0 or count < 0 or at + count > total:
            raise DataFault("header", path, f"its OME-XML assigns {count} pages from {page}")
        if page + count > pages:
            what = f"its OME-XML assigns page {page + count - 1}, and the file has {pages}"
            raise DataFault("truncated", path, what)
        for number in range(count):
            rest, place = at + number, {}
            for axis in order:
                rest, place[axis] = divmod(rest, sizes[axis])
            if (
                found.setdefault((place["Z"], place["C"], place["T"]), page + number)
                != page + number
            ):
                raise DataFault("header", path, "its OME-XML assigns two pages to one slice")
    if len(found) != total:
        what = f"its OME-XML assigns {len(found)} pages, and its sizes need {total}"
        raise DataFault("truncated", path, what)
    return found


def _length(pixels: Element, axis: str, path: Path) -> float | None:
    """Return a pixel's side in millimetres; the unit is the micrometre unless another is stated."""
    stated = pixels.attrib.get(f"PhysicalSize{axis}")
    unit = microscopy_axes.MM.get(pixels.attrib.get(f"PhysicalSize{axis}Unit", "µm").lower())
    if stated is None or unit is None:
        return None
    with contextlib.suppress(ValueError):
        return float(stated) * unit
    raise DataFault("spacing", path, f"its PhysicalSize{axis} is {stated!r}")


def _children(element: Element, name: str) -> list[Element]:
    """Return the children of a name, whatever the namespace of the schema's year."""
    return [child for child in element if child.tag.rpartition("}")[2] == name]
