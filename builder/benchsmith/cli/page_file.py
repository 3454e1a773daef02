"""Pages that a command writes: whole, or not at all."""

from __future__ import annotations

from pathlib import Path


def write_page(place: Path, page: str) -> None:
    """Write a page to a file at once; a pipe or a device gets its text.

    Raises InputMissing if there is no such folder.
    """
    from benchsmith.core.errors import InputMissing
    from benchsmith.tables.atomic_files import replace_file

    if not place.parent.is_dir():
        raise InputMissing(f"{place.parent} is no folder: make it first")
    if place.exists() and not place.is_file():
        place.write_text(page, encoding="utf-8", newline="\n")
    else:
        replace_file(place, page.encode())
