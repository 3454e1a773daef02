"""Facts of pairs of structures: each two structures of a layout's image, from what ingest keeps of them."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from performance import ours

if TYPE_CHECKING:
    from benchsmith.stages.ingest import Ingested


def imports() -> None:
    """Import what measures a pair, besides what ingest needs."""
    ours.imports()
    from scipy.spatial import cKDTree
    from scipy.spatial.distance import cdist

    assert all((cKDTree, cdist))


def prepared(name: str, folder: Path, scratch: Path) -> Ingested:
    """Return what ingest measured of the layout's image."""
    (found,) = ours.ingested(ours.prepared(name, folder, scratch), facts=True)
    return found


def pairs(name: str, folder: Path, scratch: Path, given: Ingested) -> int:
    """Measure each two structures, of which a build measures those that a skill asks for; return how many."""
    from benchsmith.measurements.measure_pair import measure_pair

    spacing = given.samples[0].spacing_mm
    return sum(measure_pair(a, b, spacing) is not None for a, b in combinations(given.shapes, 2))
