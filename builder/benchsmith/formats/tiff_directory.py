"""The directory of a TIFF page: every tag that the pixels depend on must have been read.

Pillow stops at the first tag whose value lies outside the file, and passes over tags of an unknown
type. The page then has the defaults of those tags, such as unsigned samples (TIFF 6.0, section 2).
"""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

from benchsmith.core.contracts import DataFault
from benchsmith.formats.tiff_entries import MEANT, entries, repeated


def check(tags: Any, file: IO[bytes], path: Path) -> None:
    """Raise DataFault unless a page's directory is whole, and `tags` has what it lists of `MEANT`.

    `tags` is the page's directory as Pillow read it from `file`.
    """
    at = file.tell()
    big, order, start = tags._bigtiff, tags._endian, tags._offset  # noqa: SLF001
    found = entries(file, start, order, big=big)
    file.seek(at)
    if found is None:
        raise DataFault("truncated", path, "the directory of its page ends outside the file")
    if twice := repeated(found):
        raise DataFault("header", path, f"its page has the tag {twice} twice")
    listed = {one.tag for one in found}
    lost = [name for tag, name in MEANT.items() if tag in listed and tag not in tags]
    if lost:
        what = (
            f"the value of its tag {lost[0]} cannot be read: write the file again from its original"
        )
        raise DataFault("header", path, what)
