"""Checks that a label file of one picture is about the picture beside it."""

from __future__ import annotations

from pathlib import Path

from benchsmith.core.contracts import DataFault, Request
from benchsmith.text.file_endings import without_ending
from benchsmith.text.unicode_names import composed


def check_name(stated: str, path: Path, request: Request, field: str) -> str:
    """Refuse a file that names another picture which is there; return a note on one that is not there.

    `stated` is the name in its `field`, with any folders. Pictures are renamed, and their label files go on
    to state the old name. Raises DataFault.
    """
    name = composed(stated.strip().replace("\\", "/")).rpartition("/")[2]
    own = request.path
    if name and without_ending(name) != without_ending(composed(own.name)):
        endings = {own.suffix, Path(name).suffix}
        if any((own.parent / f"{without_ending(name)}{ending}").is_file() for ending in endings):
            what = f"its {field} is {name!r}, which is a different picture"
            raise DataFault("header", path, what)
        return f"its {field} is {name!r}, and no such picture is beside it: was it renamed?"
    return ""
