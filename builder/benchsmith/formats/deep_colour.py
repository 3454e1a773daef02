"""Colour masks with 16 bits per sample, from which Pillow keeps only the high byte."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import cv2
import numpy as np
import PIL.Image

from benchsmith.core.contracts import Array, DataFault

BYTE_IN_WORD = 257
"""What a sample of 8 bits is multiplied by to fill 16."""


def check(picture: PIL.Image.Image, page: int, path: Path) -> None:
    """Raise DataFault (value-without-name) unless all samples are those of 8-bit colours.

    A writer puts an 8-bit colour into both bytes, or into the high one. In any other
    sample the low byte distinguishes colours that would become equal.
    """
    file = picture.fp  # type: ignore[attr-defined]
    before = file.tell()
    file.seek(0)
    _, pages = cv2.imdecodemulti(np.frombuffer(file.read(), np.uint8), cv2.IMREAD_UNCHANGED)
    file.seek(before)
    if page < len(pages) and pages[page].dtype == np.uint16:
        check_samples(pages[page], path)
        return
    _refuse(path)


def check_samples(samples: Array, path: Path) -> None:
    """Raise DataFault (value-without-name) unless samples of 16 bits are those of 8-bit colours."""
    high = samples >> 8
    if not ((samples == high * BYTE_IN_WORD) | (samples & 255 == 0)).all():
        _refuse(path)


def _refuse(path: Path) -> NoReturn:
    what = (
        "is a mask in 16-bit colour with other samples than 8-bit colours have: save it in 8 bits"
    )
    raise DataFault("value-without-name", path, what)
