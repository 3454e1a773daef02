"""The files of a folder that is one image, listed and classified without reading pixels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchsmith.imaging.file_signature import is_dicom

PICTURE_ENDINGS = (
    ".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".gif", ".ppm", ".pgm",
)  # fmt: skip
LOOKED_AT = 5
"""Files without a picture's ending that are checked for DICOM."""


def members(path: Path) -> list[Path]:
    """Return the folder's files in byte order of their names.

    Left out are hidden files, DICOMDIR, and XML files, which are not slices: LIDC-IDRI has its
    labels beside them.
    """
    return sorted(
        (
            p
            for p in path.iterdir()
            if p.is_file()
            and not p.name.startswith(".")
            and p.name.upper() != "DICOMDIR"
            and p.suffix.lower() != ".xml"
        ),
        key=lambda p: p.name.encode("utf-8", "surrogateescape"),
    )


def are_pictures(files: Sequence[Path]) -> bool:
    """Return whether a folder holds pictures, by their endings, and no DICOM file."""
    others = [p for p in files if not p.name.lower().endswith(PICTURE_ENDINGS)]
    return len(others) < len(files) and not any(is_dicom(p) for p in others[:LOOKED_AT])
