"""The file endings of pictures and volumes that readers know, and how to remove them from names."""

from __future__ import annotations

from functools import lru_cache

ENDINGS = (
    ".nii.gz", ".nii", ".hdr.gz", ".hdr", ".nrrd", ".nhdr", ".mha", ".mhd", ".mgh.gz", ".mgh", ".mgz",
    ".dcm", ".dicom", ".ima", ".png", ".jpg", ".jpeg", ".bmp", ".ome.tif", ".ome.tiff", ".tif",
    ".tiff", ".webp", ".gif", ".ppm", ".pgm", ".npz", ".npy", ".mat", ".parquet", ".mp4", ".avi",
    ".mov", ".mpg", ".mkv", ".svs", ".ndpi", ".mrxs",
)  # fmt: skip
"""Endings of the formats in lower case, longer ones before those that they end in."""
KNOWN = frozenset(ENDINGS)
SAME = ({".jpg", ".jpeg"}, {".tif", ".tiff"}, {".ome.tif", ".ome.tiff"})
"""Endings of one format that sources mix."""


@lru_cache(maxsize=1024)
def ending(name: str) -> str:
    """Return the known ending of a file's name in lower case; empty if it has none.

    >>> ending("a/case.NII.GZ"), ending("1.2.840.1")
    ('.nii.gz', '')

    A file's name is asked for several times while it is read.
    """
    lower = name.lower()
    last = lower.rfind(".")
    for place in (lower.rfind(".", 0, max(last, 0)), last):  # an ending has two dots at most
        if place >= 0 and lower[place:] in KNOWN:
            return lower[place:]
    return ""


def stem(name: str) -> str:
    """Return the name of a file without its ending, such as ``.nii.gz``.

    >>> stem("case.nii.gz"), stem("1.2.840.1")
    ('case', '1.2.840.1')
    """
    end = ending(name)
    return name[: len(name) - len(end)] if end else name


def without_ending(path: str) -> str:
    """Return a path without the ending of its name, if readers know it.

    >>> without_ending("train/case.nii.gz"), without_ending("1.2.840.1.png"), without_ending("v1.2")
    ('train/case', '1.2.840.1', 'v1.2')
    """
    found = ending(path)
    whole = path[: len(path) - len(found)]
    return whole if whole.rpartition("/")[2] else path


def alike(end: str) -> tuple[str, ...]:
    """Return the endings of the same format as a known one, which is included.

    >>> alike(".jpg"), alike(".png")
    (('.jpeg', '.jpg'), ('.png',))
    """
    return next((tuple(sorted(group)) for group in SAME if end in group), (end,))


def only_length(end: str) -> int:
    """Return the length of the known ending that all names ending in `end` have; 0 if it differs.

    >>> only_length(".png"), only_length(".jpg"), only_length(".tif"), only_length(".gz")
    (4, 0, 0, 0)
    """
    is_whole = [known for known in KNOWN if known.endswith(end)] == [end]
    return len(end) if end and is_whole and len(alike(end)) == 1 else 0
