"""Facts of the structures of the demo's real volumes: each is found again by SimpleITK and scipy."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pyarrow.parquet as pq
import pytest
import SimpleITK as sitk
from scipy import ndimage
from scipy.spatial import ConvexHull, QhullError
from scipy.spatial.distance import pdist

from benchsmith.core.structures import StructureShape
from benchsmith.measurements.measure_pair import measure_pair
from tests.conftest import Project, once
from tests.real_volumes import HERE, Mask, Volume, around, box_of, build, keep, volumes

SIDES = (("right", "left"), ("front", "back"), ("foot", "head"))
PAIRS = 24
"""Of each volume: the largest structures with the others, as far as these go."""
Row = dict[str, Any]

pytestmark = pytest.mark.skipif(not HERE, reason="the demo's data are not here")


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project whose volumes are measured."""
    return Project(once(tmp_path_factory, "real-skills", build))


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Volume]:
    return volumes(once(tmp_path_factory, "real-volumes", keep))


def table(project: Project, name: str) -> list[Row]:
    """Return the rows of a table of ingest, of all sources."""
    stage = project.folder / "output/real/stages/ingest"
    return [row for file in stage.glob(f"*/{name}") for row in pq.read_table(file).to_pylist()]


@pytest.fixture(scope="module")
def facts(ingested: Project) -> list[Row]:
    return table(ingested, "structures.parquet")


class Structure(NamedTuple):
    """A whole structure that was measured, and the box of its mask with a margin of one voxel."""

    row: Row
    volume: Volume
    box: tuple[slice, ...]

    @property
    def mask(self) -> Mask:
        """Its mask in the box: it meets a face of the box only where it meets that of the volume."""
        return self.volume.masks[self.row["raw"]][self.box]

    @property
    def start(self) -> list[int]:
        """First voxel of the box (z, y, x)."""
        return [own.start for own in self.box]


@pytest.fixture(scope="module")
def structures(facts: list[Row], read: dict[str, Volume]) -> list[Structure]:
    return [
        Structure(row, volume, box_of(volume.masks[row["raw"]]))
        for row in facts
        if row["part"] == 0
        for volume in [read[row["sample"]]]
    ]


def test_every_mask_of_a_file_is_a_structure_and_no_other(
    facts: list[Row], read: dict[str, Volume]
) -> None:
    for sample, volume in read.items():
        own = [row["raw"] for row in facts if row["sample"] == sample and row["part"] == 0]
        assert sorted(own) == sorted(volume.masks), sample


def test_size_value_place_and_parts_are_those_of_simpleitk(structures: list[Structure]) -> None:
    compared: Counter[str] = Counter()
    for one in structures:
        row, volume, mask, start = one.row, one.volume, one.mask, one.start
        marked = sitk.GetImageFromArray(mask.astype(np.uint8))
        gray = sitk.GetImageFromArray(volume.values[one.box])
        for image in (marked, gray):
            image.SetSpacing(volume.image.GetSpacing())
            image.SetDirection(volume.image.GetDirection())
            image.SetOrigin(volume.image.TransformIndexToPhysicalPoint(start[::-1]))
        theirs = sitk.LabelIntensityStatisticsImageFilter()
        theirs.Execute(marked, gray)
        assert row["voxels"] == theirs.GetNumberOfPixels(1)
        assert row["volume_ml"] == pytest.approx(theirs.GetPhysicalSize(1) / 1000, rel=1e-6)
        assert row["mean"] == pytest.approx(theirs.GetMean(1), rel=1e-6, abs=1e-6), row["id"]
        spread = theirs.GetStandardDeviation(1) * np.sqrt(1 - 1 / row["voxels"])
        assert row["deviation"] == pytest.approx(spread, rel=1e-5, abs=1e-4)
        assert row["centroid_mm"] == pytest.approx(theirs.GetCentroid(1), abs=1e-3)
        x, y, z, *size = theirs.GetBoundingBox(1)
        assert row["low"] == list(np.add((z, y, x), start))
        assert list(np.subtract(row["high"], row["low"])) == size[::-1]
        parts = sitk.GetArrayFromImage(sitk.ConnectedComponent(marked, True))
        sizes = sorted(np.bincount(parts.ravel())[1:].tolist(), reverse=True)
        assert (row["parts"], row["part_voxels"]) == (len(sizes), sizes[:64])
        touched = [
            name
            for axis, names in zip((2, 1, 0), SIDES, strict=True)
            for name, place in zip(names, (0, -1), strict=True)
            if mask.take(place, axis).any()
        ]
        assert row["borders"] == touched
        assert bool(touched) == (theirs.GetNumberOfPixelsOnBorder(1) > 0)
        planes = mask.sum(axis=(1, 2))
        assert (row["largest_plane"], row["largest_plane_voxels"]) == (
            start[0] + planes.argmax(),
            planes.max(),
        )
        compared[row["sample"].partition("/")[0]] += 1
    assert min(compared.values()) > 20 and len(compared) == 3, compared


def test_the_unit_is_stated_where_the_file_states_it(facts: list[Row]) -> None:
    for row in facts:
        # a DICOM file says that its values are Hounsfield units, a NIfTI file cannot
        assert row["unit"] == ("HU" if row["sample"].endswith("dicom") else ""), row["sample"]


def _corners(plane: Mask, sides: tuple[float, ...]) -> np.ndarray:
    """Return the corners (n, 2) of the convex hull of a plane's voxel centres, in mm."""
    points = np.argwhere(plane) * sides[1:]
    try:
        return np.asarray(points[ConvexHull(points).vertices])
    except (QhullError, ValueError):  # a point, or points of one line
        return points


def _chord(corners: np.ndarray, along: np.ndarray) -> float:
    """Return the longest chord of a convex polygon that is perpendicular to a direction."""
    t, u = corners @ along, corners @ np.array([-along[1], along[0]])
    longest = 0.0
    for place in t:
        met = []
        for t1, u1, t2, u2 in zip(t, u, np.roll(t, 1), np.roll(u, 1), strict=True):
            if min(t1, t2) - 1e-9 <= place <= max(t1, t2) + 1e-9:
                met += (
                    [u1, u2] if abs(t1 - t2) < 1e-9 else [u1 + (place - t1) * (u2 - u1) / (t2 - t1)]
                )
        longest = max(longest, max(met) - min(met))
    return longest


def test_diameters_are_those_of_all_voxels_of_all_planes(structures: list[Structure]) -> None:
    for row, volume, box in structures:
        mask = volume.masks[row["raw"]][:, box[1], box[2]]
        longest = {}
        for z in np.flatnonzero(mask.any(axis=(1, 2))):
            corners = _corners(mask[z], volume.sides)
            longest[int(z)] = float(pdist(corners).max()) if len(corners) > 1 else 0.0
        assert row["long_mm"] == pytest.approx(max(longest.values()), abs=1e-4), row["id"]
        assert longest[row["long_plane"]] == pytest.approx(row["long_mm"], abs=1e-4)
        x0, y0, x1, y1 = row["long_ends"]
        plane = mask[row["long_plane"]]
        top, left = box[1].start, box[2].start
        assert plane[y0 - top, x0 - left] and plane[y1 - top, x1 - left]
        line = np.multiply((y1 - y0, x1 - x0), volume.sides[1:])
        assert np.linalg.norm(line) == pytest.approx(row["long_mm"], abs=1e-4)
        if row["long_mm"]:
            chord = _chord(_corners(plane, volume.sides), line / np.linalg.norm(line))
            assert row["short_mm"] == pytest.approx(chord, abs=1e-4), row["id"]


def test_parts_are_measured_one_by_one(facts: list[Row], read: dict[str, Volume]) -> None:
    compared = 0
    labelled: dict[tuple[str, str], list[tuple[int, tuple[float, ...]]]] = {}
    for row in facts:
        if row["part"]:
            key = (row["sample"], row["raw"])
            if key not in labelled:
                labelled[key] = _parts(read[row["sample"]].masks[row["raw"]])
            size, centre = labelled[key][row["part"] - 1]
            assert row["voxels"] == size
            assert row["centroid"] == pytest.approx(centre)
            compared += 1
    assert compared > 50


def _parts(mask: Mask) -> list[tuple[int, tuple[float, ...]]]:
    """Return the voxels and the centre (z, y, x) of each part of a mask, the largest first."""
    box = box_of(mask)
    parts, count = ndimage.label(mask[box], np.ones((3, 3, 3)))
    sizes = np.bincount(parts.ravel())[1:]
    inside = ndimage.center_of_mass(mask[box], parts, range(1, count + 1))
    centres = np.add(inside, [own.start for own in box])
    order = np.argsort(-sizes, kind="stable")
    return [(int(sizes[part]), tuple(centres[part])) for part in order]


def _far(mask: Mask, sides: tuple[float, ...]) -> np.ndarray:
    """Return the distance in mm of each voxel to a mask; not above 0 in it."""
    image = sitk.GetImageFromArray(mask.astype(np.uint8))
    image.SetSpacing(sides[::-1])
    found = sitk.SignedMaurerDistanceMap(
        image, insideIsPositive=False, squaredDistance=False, useImageSpacing=True
    )
    return sitk.GetArrayFromImage(found)


def test_distance_and_contact_of_pairs_are_those_of_a_distance_map(
    ingested: Project, facts: list[Row], read: dict[str, Volume]
) -> None:
    shapes = {r["id"]: StructureShape(**r) for r in table(ingested, "shapes.parquet")}
    raw = {row["id"]: row for row in facts if row["part"] == 0}
    compared = touching = 0
    for sample, volume in read.items():
        own = sorted((r for r in raw.values() if r["sample"] == sample), key=lambda r: -r["voxels"])
        z, y, x = volume.sides
        for one, other in list(combinations(own, 2))[:PAIRS]:
            pair = measure_pair(shapes[one["id"]], shapes[other["id"]], volume.sides)
            a, b = volume.masks[one["raw"]], volume.masks[other["raw"]]
            box = around(box_of(a), box_of(b))  # has all of both, and so the way between them
            a, b = a[box], b[box]
            far = max(0, _far(a, volume.sides)[b].min())
            assert pair.distance_mm == pytest.approx(far, abs=1e-4), pair.id
            assert pair.overlap_voxels == np.count_nonzero(a & b)
            only_a, only_b, faces = a & ~b, b & ~a, 0.0
            for axis, area in enumerate((y * x, z * x, z * y)):
                for p, q in ((only_a, only_b), (only_b, only_a)):
                    moved = np.roll(q, -1, axis)
                    np.moveaxis(moved, axis, 0)[-1] = False
                    faces += area * np.count_nonzero(p & moved)
            assert pair.contact_mm2 == pytest.approx(faces, abs=1e-3)
            compared += 1
            touching += faces > 0
    assert compared > 80 and touching > 20
