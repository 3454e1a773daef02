"""Files that no reader knows and that may hold the pictures or labels of a set: their kind, and what helps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from benchsmith.drafting.recipes.folder_listing import Entry

ARRAYS = "save each picture with its labels as .npz, or as .png, .nii.gz or .mat"
ARCHIVE = "unpack it"
HELP = {
    ".h5": f"HDF5 is read where MATLAB wrote it as .mat; {ARRAYS}",
    ".hdf5": f"HDF5 is read where MATLAB wrote it as .mat; {ARRAYS}",
    ".pkl": f"a pickle may run code and is not opened; {ARRAYS}",
    ".pickle": f"a pickle may run code and is not opened; {ARRAYS}",
    ".pt": f"a pickle of PyTorch may run code and is not opened; {ARRAYS}",
    ".pth": f"a pickle of PyTorch may run code and is not opened; {ARRAYS}",
    ".tfrecord": f"records of TensorFlow are not read; {ARRAYS}",
    ".tfrecords": f"records of TensorFlow are not read; {ARRAYS}",
    ".mdb": f"LMDB is not read; {ARRAYS}",
    ".zip": ARCHIVE,
    ".tar": ARCHIVE,
    ".tgz": ARCHIVE,
    ".7z": ARCHIVE,
    ".rar": ARCHIVE,
    ".xls": "save it as .xlsx or .csv",
    ".ods": "save it as .xlsx or .csv",
    ".docx": "save its table as .csv",
    ".pdf": "write what it says of the pictures into a .csv",
}
"""What helps, by the ending of a file's name."""


def said(others: Iterable[Entry]) -> list[str]:
    """Return a line for each kind of file that may matter, with what helps."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for entry in others:
        suffix = PurePosixPath(entry.name.lower()).suffix
        suffix = (
            ".tar" if entry.name.lower().endswith((".tar.gz", ".tar.xz", ".tar.bz2")) else suffix
        )
        if suffix in HELP:
            kinds[suffix].append(entry.path)
    return [
        paths[0]
        + (f" and {len(paths) - 1} like it" if len(paths) > 1 else "")
        + f": {HELP[suffix]}"
        for suffix, paths in sorted(kinds.items())
    ]
