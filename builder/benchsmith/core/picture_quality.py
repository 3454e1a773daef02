"""What is measured of a picture's quality, one of the nouns of :mod:`benchsmith.core.model`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Measurements of a picture's quality and of its region's visibility."""

    dark: float = 0.0
    """Share of the picture that is near black."""
    bright: float = 0.0
    """Share of the picture that is saturated."""
    middle: float = 1.0
    """Share of the picture that is neither at the dark nor at the bright end."""
    aspect: float = 1.0
    """The picture's short side as a share of its long side, in millimetres."""
    side: float = 1.0
    """Short side of the region's box as a share of the picture's long side, in millimetres."""
    cut: float = 0.0
    """Share of the region's outline that lies on the picture's border."""
    whole: float = 1.0
    """Share of the region's pixels in its largest connected component."""
    empty: float = 0.0
    """Share of the region's pixels on the empty background of the picture."""
    contrast: float | None = None
    """Difference between the medians of the region and of the ring around it, in median absolute
    deviations; None for a whole picture, and for a region without a ring."""
    level: float | None = None
    """Median of the region's values in the units of the file; None for a whole picture or colours."""


UNMEASURED = Quality()
"""The quality of a picture of which nothing is measured."""
