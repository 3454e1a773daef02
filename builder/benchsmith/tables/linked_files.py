"""Equal files of a folder as one file with several names (hard links)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def link_or_write(path: Path, same: Path, data: bytes) -> None:
    """Hard-link an equal file to this name; write `data` if there is none or it cannot be linked."""
    if path != same:
        try:
            os.link(same, path)
        except OSError:
            pass  # the file system has no links, or no further one for this file
        else:
            return
    path.write_bytes(data)


def copy_folder(folder: Path, to: Path) -> None:
    """Copy a folder; files that are linked to each other are linked in the copy, but not to the original."""
    copied: dict[tuple[int, int], str] = {}

    def copy(source: str, target: str) -> str:
        known = Path(source).stat()
        first = target
        if known.st_nlink > 1:
            first = copied.setdefault((known.st_dev, known.st_ino), target)
        if first != target:
            try:
                os.link(first, target)
            except OSError:
                pass  # as above: a copy is as good
            else:
                return target
        return str(shutil.copy2(source, target))

    shutil.copytree(folder, to, dirs_exist_ok=True, copy_function=copy)
