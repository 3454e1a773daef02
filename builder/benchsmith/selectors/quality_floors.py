"""Quality limits: which candidates are of too poor quality to be asked about, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchsmith.documents.benchmark import Quality
from benchsmith.selectors.candidate_columns import CandidateColumns


class Floor(NamedTuple):
    """One quality limit, applied to n candidates."""

    reason: str
    """Code of :mod:`benchsmith.core.reasons`."""
    fails: npt.NDArray[np.bool_]
    """(n,): whether each is beyond the limit."""
    figure: npt.NDArray[np.float64]
    """(n,): what was measured."""
    detail: str
    """Format string for one figure."""


def floors(candidates: CandidateColumns, limits: Quality, long_side: int) -> Iterator[Floor]:
    """Compare the measurements of ingest with the benchmark's limits, one limit at a time.

    `long_side` is the long side of the rendered pictures, in pixels. A candidate may fail several
    limits; the first one is its reason. A figure that was not measured (NaN) fails no limit.
    """
    kinds = candidates.named("kind")
    region = np.array([name != "image" for name in kinds.names], dtype=bool)[kinds.codes]
    dark, bright, middle = (candidates.quality(name) for name in ("dark", "bright", "middle"))
    yield Floor("picture-dark", dark > limits.max_dark, dark, "{:.3f} of its pixels")
    yield Floor("picture-bright", bright > limits.max_bright, bright, "{:.3f} of its pixels")
    two_valued = middle < limits.min_middle
    yield Floor("picture-two-valued", two_valued, middle, "{:.3f} of its pixels lie between")
    side = candidates.quality("side") * long_side
    tiny = region & (side < limits.min_region_side)
    yield Floor("region-tiny", tiny, side, "short side {:.1f} px")
    area = candidates.numbers("share") * candidates.quality("aspect") * long_side**2
    yield Floor("region-tiny", region & (area < limits.min_region_px), area, "{:.0f} px")
    cut = candidates.quality("cut")
    yield Floor("region-clipped", region & (cut > limits.max_cut), cut, "{:.2f} of its outline")
    tasks = candidates.named("task")
    edged = np.array([name not in limits.edgeless for name in tasks.names], dtype=bool)
    edged = edged[tasks.codes]
    whole = candidates.quality("whole")
    other = limits.min_whole_edgeless
    least = np.where(edged, limits.min_whole, limits.min_whole if other is None else other)
    scattered = region & (whole < least)
    yield Floor("region-scattered", scattered, whole, "largest part {:.2f}")
    empty = candidates.quality("empty")
    yield Floor("region-off", region & (empty > limits.max_empty), empty, "{:.2f} of its area")
    contrast = candidates.quality("contrast")
    faint = region & (contrast < limits.min_contrast) & edged
    yield Floor("region-faint", faint, contrast, "contrast {:.2f}")
