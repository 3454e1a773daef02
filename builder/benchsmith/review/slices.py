"""Planes of the sources' own pictures, read on demand; one volume is kept in memory."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchsmith import plugins
from benchsmith.core.contracts import DataFault, Image, Shown
from benchsmith.core.model import AXES, PLANAR, Box
from benchsmith.documents.lexicon import Window
from benchsmith.documents.recipe import Source
from benchsmith.fetch import packages
from benchsmith.imaging.geometry import crop, pixel_mm, plane, plane_count
from benchsmith.review.contract import NotFound, Refused
from benchsmith.stages.list_units import list_units
from benchsmith.stages.units import Unit

LONG_SIDE = 640
"""Pixels on a plane's longer side."""
INITIAL_PERCENTILES = (0.1, 99.9)
"""Percentiles of a volume's values that bound the initial window."""
MAX_SAMPLED_VOXELS = 2_000_000
"""Voxels, evenly spread, from which these percentiles are computed."""


@dataclass(frozen=True, slots=True)
class VolumeInfo:
    """Data for browsing the planes of a picture."""

    planes: Mapping[str, int]
    """Number of planes along each axis."""
    unit: str
    """Unit of the values, such as ``HU``."""
    low: float
    high: float
    """Percentiles of the values, see INITIAL_PERCENTILES."""
    windowed: bool
    """Whether a window applies; otherwise the picture is shown as stored."""


class Slices:
    """Planes of the pictures of some sources. Keeps one volume in memory, shared by all users."""

    def __init__(
        self, home: Path, sources: Mapping[str, Source], windows: Mapping[str, Window]
    ) -> None:
        self._home, self._sources, self._windows = home, sources, windows
        self._readers, self._painter = plugins.readers(), plugins.painter()
        self._units: dict[str, dict[str, Unit]] = {}
        self._lock = threading.Lock()
        self._held: tuple[str, Image, VolumeInfo] | None = None

    def about(self, sample: str, window: str = "") -> tuple[VolumeInfo, tuple[float, float]]:
        """Return data about a picture, and the values that a window maps to black and white.

        Raises NotFound, and Refused if the picture cannot be read.
        """
        with self._lock:
            image, about = self._open(sample)
            shown = self._painter.choose(image, self._windows.get(window), None)
        return about, (shown.low, shown.high) if shown else (about.low, about.high)

    def png(self, sample: str, axis: str, index: int, window: tuple[float, float] | None) -> bytes:
        """Return a plane as PNG with square pixels, windowed to (black, white).

        The default window is that of :class:`VolumeInfo`. Raises NotFound and Refused.
        """
        with self._lock:
            image, about = self._open(sample)
            if axis not in about.planes or not 0 <= index < about.planes[axis]:
                raise NotFound("such plane")
            cut = np.array(plane(image.voxels, axis, index))
            sides = image.sides
        low, high = window or (about.low, about.high)
        shown = Shown(low, high, "") if about.windowed else None
        size = self._painter.size(cut.shape[0], cut.shape[1], pixel_mm(sides, axis), LONG_SIDE)
        picture = self._painter.compose(self._painter.apply(cut, shown), None, "image", size)
        return self._painter.png(picture)

    def hangs_on_region(self, window: str) -> bool:
        """Return whether a window's range depends on the values of the region that is asked about."""
        found = self._windows.get(window)
        return found is not None and bool(found.otherwise)

    def unmarked(
        self, sample: str, axis: str, index: int, window: str, part: Box | None, side: int
    ) -> bytes:
        """Return a plane as a build draws it without a mark: the part in a box, `side` pixels long.

        Raises NotFound and Refused.
        """
        with self._lock:
            image, about = self._open(sample)
            if axis not in about.planes or not 0 <= index < about.planes[axis]:
                raise NotFound("such plane")
            shown = self._painter.choose(image, self._windows.get(window), None)
            cut = crop(np.array(plane(image.voxels, axis, index)), part)
            pixel = pixel_mm(image.sides, axis)
        size = self._painter.size(cut.shape[0], cut.shape[1], pixel, side)
        return self._painter.png(
            self._painter.compose(self._painter.apply(cut, shown), None, "image", size)
        )

    def _open(self, sample: str) -> tuple[Image, VolumeInfo]:
        if self._held is None or self._held[0] != sample:
            self._held = None
            unit = self._unit(sample)
            try:
                image = self._readers.read_image(unit.path, unit.reading())
            except (DataFault, OSError) as fault:
                raise Refused(f"the picture cannot be read: {fault}") from fault
            self._held = (sample, image, _about(image))
        return self._held[1], self._held[2]

    def _unit(self, sample: str) -> Unit:
        """Find a sample of a source by its id. Raises NotFound, and Refused without files."""
        source = sample.partition("/")[0]
        if source not in self._units:
            if source not in self._sources:
                raise NotFound("such source")
            roots = packages.roots(self._home, self._sources[source])
            if isinstance(roots, str):
                raise Refused(f"the files of {source} are missing: {roots}")
            units, _ = list_units(self._sources[source], roots, self._readers)
            self._units[source] = {unit.sample: unit for unit in units}
        if sample not in self._units[source]:
            raise NotFound("such picture")
        return self._units[source][sample]


def _about(image: Image) -> VolumeInfo:
    voxels = image.voxels
    axes = (PLANAR,) if image.planar else AXES
    windowed = voxels.ndim == 3 and not (image.planar and voxels.dtype == np.uint8)
    low, high = 0.0, 255.0
    if windowed:
        flat = voxels.reshape(-1)[:: max(1, voxels.size // MAX_SAMPLED_VOXELS)]
        low, high = (float(v) for v in np.percentile(flat, INITIAL_PERCENTILES))
    return VolumeInfo({a: plane_count(voxels.shape, a) for a in axes}, image.unit, low, max(high, low + 1e-6), windowed)  # fmt: skip
