"""The data file that a header names: it must be in or below the header's folder."""

from __future__ import annotations

import os
from pathlib import Path

from benchsmith.core.contracts import DataFault
from benchsmith.text import path_patterns


def beside(header: Path, name: str) -> Path:
    """Return the file `name` in or below the folder of `header`.

    Raises DataFault for a list, a pattern, an absolute path, a path or link that leaves the folder:
    a header must not choose which other files of a machine are read.
    """
    fault = path_patterns.problem(name)
    if fault or "%" in name or "*" in name or "{" in name or name.upper().startswith("LIST"):
        raise DataFault(
            "path-outside", header, f"names its data file {name!r}: {fault or 'a list'}"
        )
    home = Path(os.path.realpath(header.parent))
    path = home / name
    try:
        where = Path(os.path.realpath(path))
        there = path.is_file() and not path.samefile(header)
    except OSError as error:
        raise DataFault("file-missing", header, f"its data file: {error.strerror}") from error
    if not where.is_relative_to(home):
        what = f"names its data file {name!r}: a link to elsewhere"
        raise DataFault("path-outside", header, what)
    if not there:
        raise DataFault("file-missing", header, f"its data file {name!r} is not there")
    return header.parent / name
