"""Pictures, arrays, videos and slides, written by their own libraries, to the pixel."""

from __future__ import annotations

from pathlib import Path

import cv2
import datasets
import numpy as np
import PIL.Image
import pytest
import tifffile

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Reading

L = np.array([[0, 40, 80], [120, 160, 200]], np.uint8)
"""Rows 2, columns 3: no two turns of it are alike."""


def pixels(path: Path, how: Reading | None = None) -> list[object]:
    found: list[object] = formats.read(path, how or Reading()).voxels[0].tolist()
    return found


def reason(path: Path, how: Reading | None = None) -> str:
    with pytest.raises(DataFault) as caught:
        formats.read(path, how or Reading())
    return caught.value.reason


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_how_a_picture_is_seen(tmp_path: Path, orientation: int) -> None:
    """The file is stored so that each of the eight orientations shows the same picture."""
    stored = {
        1: L, 2: L[:, ::-1], 3: L[::-1, ::-1], 4: L[::-1], 5: L.T,
        6: np.rot90(L, 1), 7: L[::-1, ::-1].T, 8: np.rot90(L, -1),
    }[orientation]  # fmt: skip
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    PIL.Image.fromarray(np.ascontiguousarray(stored)).save(tmp_path / "p.png", exif=exif)
    assert pixels(tmp_path / "p.png") == L.tolist()


def test_an_indexed_picture_is_seen_in_its_colours_and_a_mask_by_its_indices(
    tmp_path: Path,
) -> None:
    picture = PIL.Image.fromarray(np.array([[0, 1], [1, 0]], np.uint8), "P")
    picture.putpalette([10, 20, 30, 200, 100, 50])
    picture.save(tmp_path / "p.png")
    assert pixels(tmp_path / "p.png")[0] == [[10, 20, 30], [200, 100, 50]]
    assert formats.read_labels(tmp_path / "p.png").voxels[0].tolist() == [[0, 1], [1, 0]]


def test_one_bit_is_black_and_white_and_a_mask_of_ones(tmp_path: Path) -> None:
    PIL.Image.fromarray(np.array([[0, 255], [255, 0]], np.uint8)).convert("1").save(
        tmp_path / "b.tif"
    )
    assert pixels(tmp_path / "b.tif") == [[0, 255], [255, 0]]
    assert formats.read_labels(tmp_path / "b.tif").voxels[0].tolist() == [[0, 1], [1, 0]]


def test_a_grey_mask_in_three_channels_is_one(tmp_path: Path) -> None:
    PIL.Image.fromarray(np.repeat(L[..., None], 3, 2)).save(tmp_path / "m.png")
    assert formats.read_labels(tmp_path / "m.png").voxels[0].tolist() == L.tolist()
    coloured = np.repeat(L[..., None], 3, 2).copy()
    coloured[0, 0] = (1, 2, 3)
    PIL.Image.fromarray(coloured).save(tmp_path / "c.png")
    with pytest.raises(DataFault, match="one number per voxel"):
        formats.read_labels(tmp_path / "c.png")


def test_cmyk_and_lossless_webp(tmp_path: Path) -> None:
    PIL.Image.new("CMYK", (2, 1), (0, 255, 255, 0)).save(tmp_path / "c.tif")
    assert pixels(tmp_path / "c.tif") == [[[255, 0, 0]] * 2]
    PIL.Image.fromarray(np.repeat(L[..., None], 3, 2)).save(tmp_path / "w.webp", lossless=True)
    assert pixels(tmp_path / "w.webp") == np.repeat(L[..., None], 3, 2).tolist()


def test_pages_are_read_by_their_part(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "p.tif", np.stack([L, L + 1, L + 2]), photometric="minisblack")
    assert reason(tmp_path / "p.tif") == "dimensions"
    assert formats.parts(tmp_path / "p.tif") == ["0", "1", "2"]
    assert pixels(tmp_path / "p.tif", Reading(part="2")) == (L + 2).tolist()
    assert reason(tmp_path / "p.tif", Reading(part="3")) == "dimensions"


def test_sixteen_bits_agree_with_a_second_library(tmp_path: Path) -> None:
    deep = (np.arange(12).reshape(3, 4) * 5000).astype(np.uint16)
    tifffile.imwrite(tmp_path / "d.tif", deep, photometric="minisblack", byteorder=">")
    assert np.array_equal(formats.read(tmp_path / "d.tif").voxels[0], deep)
    cv2.imwrite(str(tmp_path / "d.png"), deep)
    assert np.array_equal(formats.read(tmp_path / "d.png").voxels[0], deep)


@pytest.mark.parametrize("ending", ["png", "jpg", "bmp", "tif", "webp"])
def test_half_a_picture_never_passes(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"p.{ending}"
    noise = np.kron(L, np.arange(1600).reshape(40, 40) % 251).astype(np.uint8)
    PIL.Image.fromarray(noise).save(path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    assert reason(path) in ("truncated", "unreadable")


def medmnist(path: Path, stack: np.ndarray, labels: np.ndarray) -> Path:
    np.savez_compressed(
        path,
        **{f"{s}_images": stack + i for i, s in enumerate(("train", "val", "test"))},
        **{f"{s}_labels": labels for s in ("train", "val", "test")},
    )
    return path


@pytest.mark.parametrize(
    ("shape", "planar"),
    [((28, 28), True), ((28, 28, 3), True), ((28, 28, 28), False), ((9, 28, 28, 3), False)],
)
def test_arrays_in_medmnist_s_layout(tmp_path: Path, shape: tuple[int, ...], planar: bool) -> None:
    stack = np.arange(4)[(...,) + (None,) * len(shape)] * np.ones(shape)
    path = medmnist(tmp_path / "m.npz", stack.astype(np.uint8), np.array([[0], [1], [2], [1]]))
    assert formats.parts(path)[:5] == [
        *(f"test_images/{i}" for i in range(4)),
        "train_images/0",
    ]
    image = formats.read(path, Reading(part="val_images/2"))
    assert (image.voxels == 3).all()
    assert image.planar == planar
    assert image.voxels.shape[-len(shape) :] == shape
    assert formats.own_labels(path, "val_images/2").tolist() == [2]


def test_one_array_has_no_parts(tmp_path: Path) -> None:
    np.save(tmp_path / "stack.npy", np.zeros((4, 64, 64, 3)))
    np.save(tmp_path / "one.npy", np.zeros((64, 64), np.uint8))
    with pytest.raises(DataFault, match=r"has the shape \(4, 64, 64, 3\)"):
        formats.parts(tmp_path / "stack.npy")
    with pytest.raises(DataFault, match="has no parts"):
        formats.parts(tmp_path / "one.npy")


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str, ...]]:
            return (Path.touch, (tmp_path / "pwned",))  # type: ignore[return-value]

    np.save(tmp_path / "o.npy", np.array([Evil()], dtype=object), allow_pickle=True)
    np.savez(tmp_path / "o.npz", train_images=np.array([Evil()], dtype=object))
    assert reason(tmp_path / "o.npy") == "format-unknown"
    assert reason(tmp_path / "o.npz", Reading(part="train_images/0")) == "format-unknown"
    assert not (tmp_path / "pwned").exists()


def test_a_data_set_of_the_hub_on_disk(tmp_path: Path) -> None:
    """Written by the datasets library itself; labels are the names of their class."""
    features = datasets.Features(
        {
            "image": datasets.Image(),
            "label": datasets.ClassLabel(names=["benign", "malignant"]),
            "site": datasets.Value("string"),
        }
    )
    rows = {
        "image": [PIL.Image.fromarray(L + i) for i in range(5)],
        "label": [0, 1, 1, 0, 1],
        "site": ["arm", "leg", None, "arm", "face"],
    }
    path = tmp_path / "train-00000-of-00001.parquet"
    datasets.Dataset.from_dict(rows, features=features).to_parquet(path, batch_size=2)
    assert formats.parts(path) == ["0", "1", "2", "3", "4"]
    assert pixels(path, Reading(part="3")) == (L + 3).tolist()
    assert formats.own_labels(path, "4") == {"label": "malignant", "site": "face"}
    assert formats.own_labels(path, "2")["site"] == ""
    assert reason(path) == "dimensions"
    assert reason(path, Reading(part="5")) == "dimensions"


def test_frames_of_a_video(tmp_path: Path) -> None:
    path = tmp_path / "v.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for grey in (10, 90, 170, 250):
        writer.write(np.full((48, 64, 3), grey, np.uint8))
    writer.release()
    assert formats.parts(path) == ["0", "1", "2", "3"]
    assert reason(path) == "dimensions"
    for number, grey in enumerate((10, 90, 170, 250)):
        frame = formats.read(path, Reading(part=str(number))).voxels
        assert frame.shape == (1, 48, 64, 3)
        assert abs(int(frame.mean()) - grey) <= 3
    assert reason(path, Reading(part="4")) == "truncated"


def test_a_region_of_a_slide(tmp_path: Path) -> None:
    """A tiled pyramid written by tifffile; what level 1 shows is level 0 halved."""
    base = np.zeros((512, 512, 3), np.uint8)
    base[128:256, 256:384] = (200, 100, 50)
    path = tmp_path / "s.svs"
    with tifffile.TiffWriter(path) as file:
        file.write(base, tile=(256, 256), photometric="rgb", description="Aperio Image Library")
        file.write(base[::2, ::2], tile=(256, 256), photometric="rgb", subfiletype=1)
    region = formats.read(path, Reading(part="0,256,128,128,128")).voxels
    assert region.shape == (1, 128, 128, 3)
    assert (region == (200, 100, 50)).all()
    assert reason(path, Reading(part="0,500,500,100,100")) == "dimensions"
    assert reason(path) == "dimensions"
