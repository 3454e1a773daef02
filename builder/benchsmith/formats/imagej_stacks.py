"""Stacks of ImageJ whose pictures lie behind one TIFF directory, which other readers take for one.

ImageJ writes stacks of more than 4 GB so: one directory, and the pictures one after the other. Its
description states their number (https://imagej.net/ij/docs/guide, "TIFF"; `images=` in the source of
TiffEncoder).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from benchsmith.core.contracts import DataFault

DESCRIPTION = 270
"""TIFF tag ImageDescription."""
_IMAGES = re.compile(r"^images=(\d{1,9})\s*$", re.MULTILINE)


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
