"""Checks that a label file of one picture is about the picture beside it."""

from __future__ import annotations

from pathlib import Path

from benchsmith.core.contracts import DataFault, Request
from benchsmith.text.file_endings import without_ending
from benchsmith.text.unicode_names import composed

RENAMED = "if the pictures were renamed, set `picture_name: ignore`"


def check_name(stated: str, path: Path, request: Request, field: str) -> None:
    """Refuse a file that names another picture than the one beside it, whether that is there or not.

    `stated` is the name in its `field`, with any folders; endings and cases may differ. Pictures are renamed, and
    their label files go on to state the old name, which only the recipe can say. Raises DataFault.
    """
    name, own = _last(stated), request.path
    if not name or without_ending(name) == without_ending(composed(own.name)):
        return
    endings = {own.suffix, Path(name).suffix}
    if any((own.parent / f"{without_ending(name)}{ending}").is_file() for ending in endings):
        what = f"its {field} is {name!r}, which is a different picture; {RENAMED}"
        raise DataFault("header", path, what)
    if not is_name_of(stated, own.name):
        what = f"its {field} is {name!r}, and the picture is {own.name!r}; {RENAMED}"
        raise DataFault("header", path, what)


def is_name_of(stated: str, own: str) -> bool:
    """Return whether a stated name, with any folders, is that of a picture, but for its ending and cases.

    >>> is_name_of("D:/scans/P1.jpg", "p1.png"), is_name_of("p2.png", "p1.png")
    (True, False)
    """
    return without_ending(_last(stated)).casefold() == without_ending(composed(own)).casefold()


def _last(stated: str) -> str:
    return composed(stated.strip().replace("\\", "/")).rpartition("/")[2]
