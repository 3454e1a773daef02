"""ImageJ stacks whose pictures follow a single TIFF directory, so that other readers see one picture.

ImageJ writes stacks of more than 4 GB in this way: one directory, and the pictures one after the
other. Its description states their number (https://imagej.net/ij/docs/guide, "TIFF"; `images=` in
the source of TiffEncoder).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from benchsmith.core.contracts import DataFault

DESCRIPTION = 270
"""TIFF tag ImageDescription."""
_AXES = re.compile(r"^(channels|frames)=(\d{1,9})\s*$", re.MULTILINE)
_OME = re.compile(r"<(?:\w+:)?OME\b")
_OME_NAMES = {"C": "channels", "T": "frames"}
_SIZES = re.compile(r'\bSize([CT])="(\d{1,9})"')
_SAMPLES = re.compile(r'\bSamplesPerPixel="(\d{1,9})"')
_IMAGES = re.compile(r"^images=(\d{1,9})\s*$", re.MULTILINE)


def check_one_volume(tags: Any, path: Path) -> None:
    """Refuse pages that are of several channels or times, as slices of one volume.

    ImageJ states their numbers in lines of its description; a TIFF file with any ending may contain
    OME-XML. Raises DataFault.
    """
    text = tags.get(DESCRIPTION)
    if not isinstance(text, str):
        return
    stated = {}
    if text.startswith("ImageJ="):
        stated = {name: int(count) for name, count in _AXES.findall(text)}
    elif _OME.search(text):
        stated = {_OME_NAMES[axis]: int(count) for axis, count in _SIZES.findall(text)}
        if samples := _SAMPLES.search(text):
            stated["channels"] = stated.get("channels", 1) // max(int(samples[1]), 1)
    several = [f"{count} {name}" for name, count in sorted(stated.items()) if count > 1]
    if several:
        what = f"is a stack of {' and '.join(several)}, whose pages are not one volume"
        raise DataFault("dimensions", path, f"{what}: save one of them alone")


def check(tags: Any, pages: int, path: Path) -> None:
    """Refuse a file whose description states more pictures than it has pages. Raises DataFault.

    `tags` are those of the first page.
    """
    text = tags.get(DESCRIPTION)
    if not isinstance(text, str) or not text.startswith("ImageJ="):
        return
    stated = _IMAGES.search(text)
    if stated and int(stated[1]) > pages:
        what = f"is an ImageJ stack of {stated[1]} pictures with pages for {pages}"
        raise DataFault("truncated", path, f"{what}: save it again, as pages of their own")
