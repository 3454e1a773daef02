"""The nouns of three-dimensional facts: measurements of a structure, and of a pair of structures.

Names end in their unit. A fact is None, or an empty tuple, where it is unknown: millimetres without
a stated spacing, a mean of colours, a volume of a single picture.
"""

from __future__ import annotations

from dataclasses import dataclass

from benchsmith.core.model import PLANAR, Finding

BORDERS = ("right", "left", "front", "back", "foot", "head")
"""The sides of a scanned field, as the patient's: low and high x, y and z of memory."""
PICTURE_BORDERS = ("left side", "right side", "top", "bottom")
"""The sides of a planar picture: low and high x and y."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureFacts:
    """Measurements of one structure, or of one of its connected parts, in one image.

    Voxel places are (z, y, x) in memory order; see :class:`benchsmith.core.image.Image`.
    """

    id: str
    """``source/key#liver``; a part of it is ``source/key#lesion/2``."""
    sample: str
    structure: str
    """The structure's name, as in the ids of its findings: ``liver`` of ``source/key#liver@z43``."""
    raw: str
    """The label as the source spells it."""
    kind: str
    """``region`` (a mask), ``box`` (only a bounding box is known, and measured) or ``partial`` (a mask in
    which planes are missing)."""
    part: int
    """0 for the whole structure; its connected parts are 1, 2, ..., the largest first."""
    planar: bool
    voxels: int
    volume_ml: float | None
    area_mm2: float | None
    """Of a structure of a planar picture."""
    share: float
    """Share of the image's voxels, 0 to 1."""
    unit: str
    """Unit of `mean` and `deviation`: ``HU``, ``SUV``, or empty for the file's own values."""
    mean: float | None
    deviation: float | None
    """Standard deviation of the values, with divisor n."""
    centroid: tuple[float, ...]
    """Mean voxel place (z, y, x)."""
    centroid_mm: tuple[float, ...]
    """The centroid in LPS millimetres (x, y, z); empty if no position is known."""
    low: tuple[int, ...]
    """The lowest voxel (z, y, x) of the smallest box around the structure."""
    high: tuple[int, ...]
    """One past the highest voxel (z, y, x) of that box."""
    parts: int
    """Number of connected parts: 26 neighbours in a volume, 8 in a picture."""
    part_voxels: tuple[int, ...]
    """Voxels of the largest parts, in descending order."""
    borders: tuple[str, ...]
    """The sides of the scanned field that the structure touches, of `BORDERS` or `PICTURE_BORDERS`."""
    largest_plane: int
    """Index z of the axial plane in which its area is largest; the lowest of equals."""
    largest_plane_voxels: int
    """Its pixels in that plane."""
    long_mm: float | None
    """Longest diameter in an axial plane, between the centres of its voxels."""
    short_mm: float | None
    """Longest chord perpendicular to that diameter, in the same plane's convex hull."""
    long_px: float | None
    """As `long_mm`, in pixels, where the spacing is unknown."""
    short_px: float | None
    long_plane: int
    """Index z of the plane of the longest diameter."""
    long_ends: tuple[int, ...]
    """Its ends, as (x, y, x, y) of voxels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFacts:
    """Measurements of two structures of one image; `first` comes before `second` by name."""

    id: str
    """``source/key#kidney|liver``."""
    sample: str
    first: str
    second: str
    distance_mm: float | None
    """Shortest distance between the centres of two of their voxels; 0 where they overlap."""
    contact_mm2: float | None
    """Area of the voxel faces that they share."""
    overlap_voxels: int
    """Voxels that belong to both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureShape:
    """The voxels of a structure, from which pairs are measured without reading its files again."""

    id: str
    """``source/key#liver``, as of its facts."""
    sample: str
    grid: tuple[int, ...]
    """Voxels of the image as (z, y, x)."""
    runs: bytes
    """Its runs along x as packed by :func:`benchsmith.measurements.packed_runs.pack`."""


def structure_of(finding: Finding) -> str:
    """Return the id of the structure whose plane a region's finding shows."""
    return finding.id if finding.axis == PLANAR else finding.id.rpartition("@")[0]
