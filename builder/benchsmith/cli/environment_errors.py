"""Errors of the system in words: which file, why, and what to do."""

from __future__ import annotations

import errno
import os

MENDS = {
    errno.ENOSPC: "free space on the disk that is written to, or write to another one; what was finished is kept",
    errno.EDQUOT: "free space within the quota, or write to another disk; what was finished is kept",
    errno.EROFS: "name a folder on a disk that can be written to",
    errno.EACCES: "change the rights of the file or folder, or name another one",
    errno.EPERM: "change the rights of the file or folder, or name another one",
    errno.EMFILE: "allow more open files with `ulimit -n`, or use fewer `--workers`",
    errno.ENAMETOOLONG: "use shorter names",
}
"""What to do, by the number of the error."""


def line(error: OSError) -> str:
    """Return one line about an error of the system.

    >>> line(OSError(28, "No space left on device", "out/small/rows.parquet")).split(";")[0]
    'out/small/rows.parquet: No space left on device'
    >>> line(ConnectionError("the server sent nothing"))
    'ConnectionError: the server sent nothing'
    """
    if error.errno not in MENDS:
        return f"{type(error).__name__}: {error}"
    why = os.strerror(error.errno)
    where = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    return f"{where}: {why}; {MENDS[error.errno]}" if where else f"{why}: {MENDS[error.errno]}"
