"""Which candidates are too poor to be asked about."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from benchsmith.documents.benchmark import Quality
from benchsmith.selectors.candidate_columns import Index

Poor = tuple[str, npt.NDArray[np.bool_], npt.NDArray[np.float64], str]
"""A reason, who falls under it, the figure of each, and how to say it."""


def poor(index: Index, floors: Quality, long_side: int) -> Iterator[Poor]:
    """Judge what ingest measured; `long_side` is that of the pictures, in pixels.

    A candidate may be named under several reasons; the first one counts.
    """
    is_region = index.named("kind")
    region = np.array([name != "image" for name in is_region.names], dtype=bool)[is_region.codes]
    # a figure that is not there is no reason
    dark, bright, middle = (index.seen(name) for name in ("dark", "bright", "middle"))
    yield "picture-dark", dark > floors.max_dark, dark, "{:.3f} of it"
    yield "picture-bright", bright > floors.max_bright, bright, "{:.3f} of it"
    yield "picture-two-valued", middle < floors.min_middle, middle, "{:.3f} of it lies between"
    side = index.seen("side") * long_side
    yield "region-tiny", region & (side < floors.min_region_side), side, "short side {:.1f} px"
    area = index.numbers("share") * index.seen("aspect") * long_side**2
    yield "region-tiny", region & (area < floors.min_region_px), area, "{:.0f} px"
    cut = index.seen("cut")
    yield "region-clipped", region & (cut > floors.max_cut), cut, "{:.2f} of its outline"
    whole = index.seen("whole")
    yield "region-scattered", region & (whole < floors.min_whole), whole, "largest part {:.2f}"
    contrast = index.seen("contrast")
    yield "region-faint", region & (contrast < floors.min_contrast), contrast, "contrast {:.2f}"
