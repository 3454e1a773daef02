"""What is said of a volume whose file has no place in space."""

from __future__ import annotations

from collections.abc import Sequence


def note(spacing_mm: Sequence[float] | None) -> str:
    """Return the note of such a volume, with the voxel size that the recipe states, if any, in mm.

    >>> note(None)
    'the file has no orientation and no voxel size: slices are shown as stored'
    >>> note((3.0, 1.5, 1.5))
    'the file has no orientation: slices are shown as stored, with the voxel size of the recipe'
    """
    if spacing_mm:
        return (
            "the file has no orientation: slices are shown as stored, with the voxel size of the "
            "recipe"
        )
    return "the file has no orientation and no voxel size: slices are shown as stored"
