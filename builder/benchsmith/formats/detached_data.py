"""The data file that a header names: found beside it, and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

from benchsmith.core.contracts import DataFault
from benchsmith.text import path_patterns


def beside(header: Path, name: str) -> Path:
    """Return the file `name` in or below the folder of `header`.

    Raises DataFault for a name that is a list or a pattern, is absolute, climbs out, or is a link
    to elsewhere: a header must not choose what else of a machine is read.
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
