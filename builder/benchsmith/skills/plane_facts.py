"""Measurements of structures in the plane of a picture, by :mod:`benchsmith.skills.plane_measures`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flat:
    """The measurements of one structure in the plane, with what is needed to draw it."""

    long: float
    """Longest diameter, between the centres of two pixels, in the scene's unit."""
    short: float
    """Longest chord of its convex hull that is perpendicular to the longest diameter."""
    parts: tuple[int, ...]
    """Pixels of its 8-connected parts, in descending order."""
    parting: float
    """Shortest distance of two of these parts, between pixel centres in the scene's unit; infinite for
    one part."""
    neck: float
    """Width of the narrowest place at which a part nearly comes apart, in the scene's unit; infinite if
    none is narrower than twice `NECK_PX` pixels."""
    mean: float | None
    """Mean of the image's own values; None for colours."""
    deviation: float
    """Standard deviation of these values, with divisor n; 0 for colours."""
    beyond: float
    """Share of its pixels, 0 to 1, that are darker than black or brighter than white in the picture."""
    profile: tuple[int, ...]
    """Its pixels in every plane along the picture's axis; empty if it is one of several of its label."""


@dataclass(frozen=True, slots=True)
class Apart:
    """The measurements of two structures in the plane."""

    distance: float
    """Shortest distance between the centres of two pixels, in the scene's unit; 0 for common pixels."""
    both: int
    """Pixels of both structures."""
    rims: tuple[float, float]
    """Share of the rim of the first that the second covers, 0 to 1, and the reverse. A rim is the pixels
    outside that share a side with the structure."""
