"""The careful peer of `make performance` does the same work as ours, and its floor writes the same files."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from benchsmith.documents.benchmark import Slices
from benchsmith.imaging.rendering import png
from benchsmith.stages.ingest import ingest
from performance import careful, compare, floors, layouts, ours, page, suite

SHAPE = (48, 40, 36)
AXES = ("axial", "coronal", "sagittal")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the layouts with small volumes."""
    home = tmp_path_factory.mktemp("layouts")
    whole = layouts.volume
    with pytest.MonkeyPatch.context() as patch:
        small = {"dicom": 4, "mr": 4, "masks": 104}
        patch.setattr(
            layouts, "volume", lambda name, _, n, *rest: whole(name, SHAPE, small[name], *rest)
        )
        for name in small:
            layouts.made(name, home)
    return home


@pytest.mark.parametrize("name", ["mr", "masks", "dicom"])
def test_the_careful_peer_chooses_the_same_planes_as_ours(
    name: str, home: Path, tmp_path: Path
) -> None:
    folder, layout = home / name, layouts.LAYOUTS[name]
    units, readers = ours.prepared(name, folder, tmp_path)
    found = ingest(units[0], Slices(per_label=1), readers)
    values = {
        (f.layer, f.value): int(f.raw.rpartition("organ")[2].strip(" _")) for f in found.findings
    }
    chosen = {(values[f.layer, f.value], f.axis, f.index) for f in found.findings}
    voxels, sides = careful.read(layout, folder)
    peers = careful.candidates(careful.regions(layout, folder), voxels.shape)
    numbers = [int("".join(c for c in one.region.name if c.isdigit())) for one in peers]
    assert len(chosen) >= 10
    assert {(n, AXES[one.axis], one.index) for n, one in zip(numbers, peers, strict=True)} == chosen
    assert sides == pytest.approx(found.samples[0].spacing_mm)
    image = readers.read_image(units[0].path, units[0].reading())
    assert (voxels == image.voxels).all()


def test_the_pictures_show_the_same_planes_with_their_marks(home: Path, tmp_path: Path) -> None:
    folder, layout = home / "mr", layouts.LAYOUTS["mr"]
    (tmp_path / "ours").mkdir()
    (tmp_path / "theirs").mkdir()
    given = ours.prepared("mr", folder, tmp_path)
    count = ours.pictures("mr", folder, tmp_path / "ours", given)
    assert count == careful.pictures("mr", folder, tmp_path / "theirs")
    voxels, _ = careful.read(layout, folder)
    peers = careful.candidates(careful.regions(layout, folder), voxels.shape)
    # ours go label by label, axis by axis, and so do theirs
    for number, _ in enumerate(peers):
        mine = cv2.imread(str(tmp_path / f"ours/{number:05d}.png")).astype(int)
        their = cv2.imread(str(tmp_path / f"theirs/{number}.png")).astype(int)
        assert mine.shape == their.shape
        # contours are drawn in other ways; elsewhere windows differ by what an empty ground counts as
        far = np.abs(mine - their).max(axis=2) > 24
        assert far.mean() < 0.1


def test_the_floor_writes_the_bytes_that_ours_wrote(tmp_path: Path) -> None:
    picture = (np.arange(40 * 30 * 3) % 251).astype(np.uint8).reshape(40, 30, 3)
    assert floors.packed(picture) == png.encode(picture)


def test_the_table_has_medians_and_ratios() -> None:
    def runs(*cpu: float) -> list[dict[str, float]]:
        return [{"cpu": s, "wall": 2 * s, "peak_mb": 90, "base_mb": 40, "made": 7} for s in cpu]

    ways = {
        "floor index": runs(1, 2, 1.5), "ours index": runs(3, 4, 2), "careful pictures": runs(5),
        "ours pictures": runs(4), "MONAI": [], "ours facts": runs(6),
    }  # fmt: skip
    rows = [line.split(" | ") for line in page.table(ways).splitlines()[2:]]
    assert rows[1] == ["| ours index", "3.00", "2.00 to 4.00", "6.00", "50", "7", "2.00", "1.00 |"]
    assert rows[2][-2:] == ["", "1.25 |"]
    assert rows[4][:2] == ["| MONAI", "not installed"]
    # facts are measured beside the index
    assert rows[5][-2:] == ["4.00", "2.00 |"]


def test_ways_that_do_not_make_the_same_are_not_compared() -> None:
    ways = {"ours index": [{"made": 99}], "careful index": [{"made": 299}], "MONAI": []}
    with pytest.raises(AssertionError, match="99, 299"):
        suite.check_alike("many", ways)
    suite.check_alike("many", ways | {"careful index": [{"made": 99}]})


def test_every_way_of_a_layout_has_a_function() -> None:
    for name in layouts.LAYOUTS:
        for way in compare.ways(name):
            if way not in compare.NEEDS:
                assert callable(compare.function_of(name, way))
