"""Facts of structures, judged by SimpleITK and scipy, by all pairs of voxels, and by phantoms."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage
from scipy.spatial.distance import cdist

from benchsmith.core.contracts import Image
from benchsmith.core.structures import StructureFacts, StructureShape
from benchsmith.imaging.label_runs import label_runs
from benchsmith.measurements.connected_parts import connected_parts
from benchsmith.measurements.grouped_runs import GroupedRuns, of_labels
from benchsmith.measurements.measure_structures import Named, measure_structures
from benchsmith.measurements.packed_runs import pack, unpack
from benchsmith.measurements.runs_of_one import runs_of
from benchsmith.skills.plane_measures import diameters

SPACING = (2.5, 0.8, 0.7)
Volume = npt.NDArray[np.uint8]
sides = st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(1, 18))
"""Of small volumes (z, y, x): some rows have a run, and some as many as rows of noise have."""
small_volumes = hnp.arrays(np.uint8, sides, elements=st.integers(0, 2)).filter(np.any)


def image_of(voxels: npt.NDArray[np.int16], turn: npt.NDArray[np.float64] | None = None) -> Image:
    affine = np.eye(4)
    affine[:3, :3] = (np.eye(3) if turn is None else turn) * SPACING[::-1]
    affine[:3, 3] = (-40, 15, 300)
    return Image(voxels=voxels, affine=affine, planar=False, unit="HU")


def grouped(labels: Volume) -> tuple[list[int], GroupedRuns]:
    values = [int(v) for v in np.unique(labels) if v]
    return values, of_labels(label_runs(labels), labels.shape, values)


def facts(labels: Volume, image: Image) -> dict[str, StructureFacts]:
    values, runs = grouped(labels)
    names = [Named("s/a", f"v{v}", f"v{v}", "region") for v in values]
    return {row.id.removeprefix("s/a#"): row for row in measure_structures(runs, names, image)}


def shape_of(labels: Volume, value: int) -> StructureShape:
    _, runs = grouped(np.where(labels == value, labels, 0).astype(np.uint8))
    return StructureShape(
        id=f"s/a#v{value}", sample="s/a", grid=labels.shape, runs=pack(runs.start, runs.length)
    )


def noise(seed: int, shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Return values of mean 0 and deviation 1 from the places' hashes (splitmix64)."""
    z = np.arange(np.prod(shape), dtype=np.uint64) + np.uint64(1 + seed * 1_000_003)
    z *= np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        z = (z ^ (z >> np.uint64(shift))) * np.uint64(factor)
    uniform = (z ^ (z >> np.uint64(31))) / 2.0**64
    return ((uniform - 0.5) * np.sqrt(12)).reshape(shape)


def blobs(seed: int) -> Volume:
    """Return three structures of ragged outline, some in parts, one at the border."""
    smooth = ndimage.gaussian_filter(noise(seed, (14, 40, 44)), (1, 3, 3))
    return np.digitize(smooth, np.quantile(smooth, [0.7, 0.85, 0.95])).astype(np.uint8)


def brute_diameter(labels: npt.NDArray[np.bool_]) -> float:
    """Return the longest distance of two voxel centres of one axial plane."""
    places = [np.argwhere(plane) * SPACING[1:] for plane in labels if plane.any()]
    return max(float(cdist(p, p).max()) for p in places)


@pytest.mark.parametrize("seed", range(3))
def test_facts_agree_with_simpleitk(seed: int) -> None:
    labels = blobs(seed)
    voxels = (40 + 25 * noise(seed, labels.shape)).astype(np.int16)
    turn = sitk.Euler3DTransform((0, 0, 0), 0.2, -0.1, 0.3).GetMatrix()
    image = image_of(voxels, np.reshape(turn, (3, 3)))
    ours = facts(labels, image)
    marked, gray = sitk.GetImageFromArray(labels), sitk.GetImageFromArray(voxels)
    for one in (marked, gray):
        one.SetSpacing(SPACING[::-1])
        one.SetDirection(turn)
        one.SetOrigin((-40, 15, 300))
    theirs = sitk.LabelIntensityStatisticsImageFilter()
    theirs.Execute(marked, gray)
    assert set(theirs.GetLabels()) == {1, 2, 3}
    for value in theirs.GetLabels():
        row = ours[f"v{value}"]
        assert row.voxels == theirs.GetNumberOfPixels(value)
        assert row.volume_ml == pytest.approx(theirs.GetPhysicalSize(value) / 1000)
        assert row.mean == pytest.approx(theirs.GetMean(value))
        # ITK divides by n - 1
        expected = theirs.GetStandardDeviation(value) * np.sqrt(1 - 1 / row.voxels)
        assert row.deviation == pytest.approx(expected)
        assert row.centroid_mm == pytest.approx(theirs.GetCentroid(value))
        x, y, z, *size = theirs.GetBoundingBox(value)
        assert row.low == (z, y, x)
        assert tuple(np.subtract(row.high, row.low)) == tuple(size[::-1])
        parts = sitk.ConnectedComponent(marked == value, True)
        found = np.bincount(sitk.GetArrayFromImage(parts).ravel())[1:]
        assert row.part_voxels == tuple(sorted(found.tolist(), reverse=True)[:64])
        assert row.parts == found.size
        planes = (labels == value).sum(axis=(1, 2))
        assert (row.largest_plane, row.largest_plane_voxels) == (planes.argmax(), planes.max())
        assert row.long_mm == pytest.approx(brute_diameter(labels == value))
        touched = theirs.GetNumberOfPixelsOnBorder(value) > 0
        assert bool(row.borders) == touched


def test_parts_are_measured_as_structures_of_their_own() -> None:
    labels = blobs(7)
    rows = facts(labels, image_of(labels.astype(np.int16)))
    for value in (1, 2, 3):
        parts, count = ndimage.label(labels == value, np.ones((3, 3, 3)))
        assert count > 2
        sizes = np.bincount(parts.ravel())[1:]
        for rank, number in enumerate(np.argsort(-sizes, kind="stable")[:16] + 1, start=1):
            row = rows[f"v{value}/{rank}"]
            assert (row.part, row.parts) == (rank, 1)
            assert row.voxels == (parts == number).sum()
            assert row.centroid == pytest.approx(ndimage.center_of_mass(parts == number))
            assert row.long_mm == pytest.approx(brute_diameter(parts == number))


@settings(max_examples=60, deadline=None)
@given(small_volumes)
def test_parts_of_any_volume_are_those_of_scipy(labels: Volume) -> None:
    values, runs = grouped(labels)
    part = connected_parts(runs)
    for group, value in enumerate(values):
        ours = np.zeros(labels.size, int)
        for start, length, number, owner in zip(
            runs.start, runs.length, part, runs.group, strict=True
        ):
            if owner == group:
                ours[start : start + length] = number + 1
        theirs, count = ndimage.label(labels == value, np.ones((3, 3, 3)))
        pairs = {(a, b) for a, b in zip(ours, theirs.ravel(), strict=True) if b}
        assert len(pairs) == count == len({a for a, _ in pairs})


@settings(max_examples=60, deadline=None)
@given(small_volumes)
def test_the_longest_diameter_of_any_volume_is_that_of_all_pairs(labels: Volume) -> None:
    rows = facts(labels, image_of(labels.astype(np.int16)))
    for value in np.unique(labels[labels > 0]):
        row = rows[f"v{value}"]
        assert row.long_mm == pytest.approx(brute_diameter(labels == value))
        x0, y0, x1, y1 = row.long_ends
        assert labels[row.long_plane, y0, x0] == labels[row.long_plane, y1, x1] == value
        ends = np.hypot((y1 - y0) * SPACING[1], (x1 - x0) * SPACING[2])
        assert ends == pytest.approx(row.long_mm)


def ellipse(long: float, short: float, angle: float) -> npt.NDArray[np.uint8]:
    """Return one plane of 1 mm pixels with an ellipse of these diameters."""
    y, x = np.mgrid[-60:61, -60:61]
    along, across = (
        x * np.cos(angle) + y * np.sin(angle),
        y * np.cos(angle) - x * np.sin(angle),
    )
    return (((along / long) ** 2 + (across / short) ** 2) <= 0.25).astype(np.uint8)[None]


@pytest.mark.parametrize("angle", [0, 0.4, 1.1, np.pi / 2, 2.5])
def test_an_ellipse_has_its_two_diameters(angle: float) -> None:
    image = Image(voxels=np.zeros((1, 121, 121), np.int16), affine=np.eye(4), planar=False)
    row = facts(ellipse(100, 40, angle), image)["v1"]
    # the centres of the outermost pixels lie up to a pixel inside
    assert row.long_mm == pytest.approx(99.3, abs=1)
    assert row.short_mm == pytest.approx(39.3, abs=1)
    assert row.long_mm <= 100
    assert row.short_mm <= 40.5


def test_the_perpendicular_is_a_chord_and_not_the_height() -> None:
    """A slanted parallelogram is higher across its diagonal than any chord across it is long."""
    labels = np.zeros((1, 41, 90), np.uint8)
    for y in range(41):
        labels[0, y, y : y + 50] = 1
    image = Image(voxels=labels.astype(np.int16), affine=np.eye(4), planar=False)
    row = facts(labels, image)["v1"]
    corners = np.array([(0, 0), (49, 0), (89, 40), (40, 40)], float)
    along = corners[2] / np.linalg.norm(corners[2])
    t, u = corners @ along, corners @ np.array([-along[1], along[0]])
    chords = [chord(t, u, place) for place in np.linspace(t.min(), t.max(), 20001)]
    assert row.long_mm == pytest.approx(np.linalg.norm(corners[2]))
    assert row.short_mm == pytest.approx(max(chords), abs=1e-2)
    assert row.short_mm < np.ptp(u) - 1


def chord(t: npt.NDArray[np.float64], u: npt.NDArray[np.float64], place: float) -> float:
    """Return the length of the cut through a polygon (t, u) where t is `place`."""
    met = [
        u1 + (place - t1) * (u2 - u1) / (t2 - t1)
        for t1, u1, t2, u2 in zip(t, u, np.roll(t, 1), np.roll(u, 1), strict=True)
        if min(t1, t2) <= place <= max(t1, t2)
    ]
    return max(met) - min(met)


@pytest.mark.parametrize("radius", [6.0, 11.0])
def test_a_sphere_of_unequal_spacing_has_its_volume_and_centre(radius: float) -> None:
    z, y, x = np.ogrid[:24, :60, :64]
    distance = ((z - 11) * 2.5) ** 2 + ((y - 30) * 0.8) ** 2 + ((x - 31) * 0.7) ** 2
    labels = (distance <= radius**2).astype(np.uint8)
    row = facts(labels, image_of(labels.astype(np.int16)))["v1"]
    assert row.volume_ml == pytest.approx(4 / 3 * np.pi * radius**3 / 1000, rel=0.05)
    assert row.centroid == pytest.approx((11, 30, 31))
    assert row.centroid_mm == pytest.approx((-40 + 31 * 0.7, 15 + 30 * 0.8, 300 + 11 * 2.5))
    assert 2 * radius - 1.2 <= row.long_mm <= 2 * radius
    assert row.long_plane == 11
    assert row.borders == ()


def test_a_box_touches_the_sides_that_it_touches() -> None:
    labels = np.zeros((5, 6, 7), np.uint8)
    labels[0:3, 2:6, 0:4] = 1
    row = facts(labels, image_of(labels.astype(np.int16)))["v1"]
    assert row.borders == ("right", "back", "foot")
    assert row.volume_ml == pytest.approx(3 * 4 * 4 * 2.5 * 0.8 * 0.7 / 1000)
    assert (row.low, row.high) == ((0, 2, 0), (3, 6, 4))
    assert row.share == 48 / 210


@settings(max_examples=30, deadline=None)
@given(small_volumes, st.permutations(range(3)), st.sets(st.integers(0, 2)))
def test_values_are_found_in_any_order_of_memory(
    labels: Volume, order: list[int], turned: set[int]
) -> None:
    values = (40 + 25 * noise(4, labels.shape)).astype(np.int16)
    stored = np.ascontiguousarray(np.flip(values, tuple(turned)).transpose(order))
    shown = np.flip(stored.transpose(np.argsort(order)), tuple(turned))
    rows = facts(labels, image_of(shown))
    for value in np.unique(labels[labels > 0]):
        row, inside = rows[f"v{value}"], values[labels == value]
        assert (row.mean, row.deviation) == pytest.approx((inside.mean(), inside.std()))


def test_a_large_mean_does_not_swallow_a_small_deviation() -> None:
    labels = np.ones((3, 50, 50), np.uint8)
    voxels = 1e8 + 1e-2 * noise(0, labels.shape)
    row = facts(labels, Image(voxels=voxels, affine=np.eye(4), planar=False))["v1"]
    assert row.deviation == pytest.approx((voxels - 1e8).std(), rel=1e-5)


def test_what_is_unknown_is_empty() -> None:
    labels = np.zeros((1, 20, 20), np.uint8)
    labels[0, 4:9, 3:15] = 1
    colours = np.zeros((1, 20, 20, 3), np.uint8)
    row = facts(labels, Image(voxels=colours, affine=None, planar=True))["v1"]
    assert row.volume_ml is row.area_mm2 is row.mean is row.deviation is None
    assert row.long_mm is row.short_mm is None
    assert row.centroid_mm == ()
    assert row.long_px == pytest.approx(np.hypot(11, 4))
    nan = np.full((1, 20, 20), np.nan)
    assert facts(labels, Image(voxels=nan, affine=None, planar=True))["v1"].mean is None


@settings(max_examples=60, deadline=None)
@given(small_volumes)
def test_packed_runs_come_back(labels: Volume) -> None:
    for value in np.unique(labels[labels > 0]).tolist():
        shape = shape_of(labels, value)
        start, length = unpack(shape.runs)
        assert pack(start, length) == shape.runs
        mask, low = runs_of(shape).voxels()
        whole = np.zeros(labels.shape, bool)
        whole[tuple(slice(a, a + n) for a, n in zip(low, mask.shape, strict=True))] = mask
        assert np.array_equal(whole, labels == value)


@given(hnp.arrays(bool, st.tuples(st.integers(1, 5), st.integers(1, 9), st.integers(1, 9))))
def test_diameters_of_masks_of_one_plane_are_those_of_all_pairs(planes: Volume) -> None:
    """Measured together, masks that lie over one another do not touch each other's numbers."""
    masks = [mask for mask in planes if mask.any()]
    pixel = SPACING[1:]
    found = diameters(masks, pixel)
    assert found == [one for mask in masks for one in diameters([mask], pixel)]
    for mask, one in zip(masks, found, strict=True):
        places = np.argwhere(mask)
        longest = cdist(places * pixel, places * pixel).max()
        assert one.length == pytest.approx(longest, rel=1e-12)
        x0, y0, x1, y1 = one.ends
        assert mask[y0, x0] and mask[y1, x1]
        ends = np.array([(y0, x0), (y1, x1)]) * pixel
        assert np.linalg.norm(ends[1] - ends[0]) == pytest.approx(one.length)
