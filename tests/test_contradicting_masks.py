"""Masks that contradict themselves, their header or their entry are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from benchsmith.core.contracts import Annotations, DataFault, Image
from tests.grey_pictures import HEIGHT, WIDTH, image, objects
from tests.test_annotations import read

__all__ = ["image"]
MARKED = np.zeros((HEIGHT, WIDTH), bool)
MARKED[10:30, 20:50] = True


def paletted(path: Path, indices: Any, *colours: int) -> None:
    mask = PIL.Image.fromarray(np.asarray(indices, np.uint8), "P")
    mask.putpalette([c for grey in colours for c in (grey, grey, grey)])
    mask.save(path)


def masks(tmp_path: Path, image: Image, **more: Any) -> Annotations:
    return read({"kind": "masks", "file": "m/{label}.png", **more}, tmp_path, image)


def test_a_palette_that_draws_the_ground_white_and_the_mask_black_is_refused(
    tmp_path: Path, image: Image
) -> None:
    """By its indices the ground is marked, by its colours the organ."""
    (tmp_path / "m").mkdir()
    paletted(tmp_path / "m/liver.png", MARKED, 0, 255)
    assert np.array_equal(masks(tmp_path, image).layers[0].voxels[0] > 0, MARKED)
    paletted(tmp_path / "m/liver.png", MARKED, 0, 0)
    assert np.array_equal(masks(tmp_path, image).layers[0].voxels[0] > 0, MARKED)
    paletted(tmp_path / "m/liver.png", ~MARKED, 255, 0)
    found = masks(tmp_path, image)
    assert not found.layers
    assert [f.reason for f in found.faults] == ["header"]


@pytest.mark.parametrize(
    ("frame", "expected"), [(None, None), ("stored", MARKED), ("shown", MARKED[::-1, ::-1])]
)
def test_a_mask_that_its_own_header_turns_needs_a_frame(
    tmp_path: Path, image: Image, frame: str | None, expected: Any
) -> None:
    """Programs copy the orientation of a photograph into a mask that is upright already."""
    (tmp_path / "m").mkdir()
    turned = PIL.Image.Exif()
    turned[0x0112] = 3
    PIL.Image.fromarray(MARKED.astype(np.uint8) * 255).save(tmp_path / "m/liver.png", exif=turned)
    found = masks(tmp_path, image, frame=frame)
    if expected is None:
        assert [f.reason for f in found.faults] == ["frame-unstated"]
        assert found.is_unknown("liver")
    else:
        assert np.array_equal(found.layers[0].voxels[0] > 0, expected)


@pytest.mark.parametrize("kind", ["instances", "count"])
@pytest.mark.parametrize(
    ("mask", "found"),
    [
        (objects(1, 2, 3), 3),
        (objects(255), 1),
        (objects(0, 0), 0),
        (objects(255, 255, 255), None),
        (objects(7, 7), None),
    ],
)
def test_a_mask_of_all_objects_is_no_mask_of_single_ones(
    tmp_path: Path, image: Image, kind: str, mask: Any, found: int | None
) -> None:
    """Three nuclei of one value were counted as one."""
    PIL.Image.fromarray(mask).save(tmp_path / "m.png")
    entry = {"kind": kind, "file": "m.png"}
    entry |= {"label": "nucleus"} if kind == "instances" else {"tiles": (1, 1), "smallest_px": 4}  # type: ignore[dict-item]
    if found is None:
        with pytest.raises(DataFault) as fault:
            read(entry, tmp_path, image)
        assert fault.value.reason == "objects-merged"
    elif kind == "count":
        assert [s.raw for s in read(entry, tmp_path, image).stated] == [f"count {found}"]
    else:
        assert len(read(entry, tmp_path, image).layers[0].structures) == found


@pytest.mark.parametrize("entry", [
    {"kind": "instances", "file": "m.png", "label": "nucleus"},
    {"kind": "count", "file": "m.png", "tiles": (1, 1)},
    {"kind": "volume", "file": "m.png", "names": {80: "liver", 160: "spleen", 240: "cyst"}},
])  # fmt: skip
def test_label_values_of_a_jpeg_are_refused_under_any_name(
    tmp_path: Path, image: Image, entry: dict[str, Any]
) -> None:
    """Its noise was read as a hundred objects."""
    mask = PIL.Image.fromarray(objects(80, 160, 240))
    mask.save(tmp_path / "m.png", format="JPEG", quality=75)
    with pytest.raises(DataFault) as fault:
        read(entry, tmp_path, image)
    assert fault.value.reason == "labels-lossy"
    mask.save(tmp_path / "m.png")
    assert not read(entry, tmp_path, image).faults
