"""OME-TIFF and Zarr: the channels, slices and sizes that tifffile and zarr write."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
import zarr

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Reading
from tests.test_annotations import read
from tests.test_ingest import run

TIMES, CHANNELS, SLICES, ROWS, COLUMNS = 2, 3, 4, 20, 24
VOXELS = (np.arange(TIMES * CHANNELS * SLICES * ROWS * COLUMNS) % 60_000).astype(np.uint16)
VOXELS = VOXELS.reshape(TIMES, CHANNELS, SLICES, ROWS, COLUMNS)
SPACING = (0.002, 0.0005, 0.0004)
"""z, y and x in millimetres."""


def ome_tiff(path: Path, voxels: np.ndarray, axes: str, **metadata: Any) -> Path:
    sides = {"PhysicalSizeX": 0.4, "PhysicalSizeY": 0.5, "PhysicalSizeZ": 2000,
             "PhysicalSizeZUnit": "nm", **metadata}  # fmt: skip
    rgb = {"photometric": "rgb"} if "S" in axes else {"photometric": "minisblack"}
    tifffile.imwrite(path, voxels, ome=True, metadata={"axes": axes, **sides}, **rgb)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize("axes", ["TCZYX", "TZCYX", "CTZYX", "ZCTYX"])
def test_each_channel_at_each_time_is_a_volume(tmp_path: Path, axes: str) -> None:
    """However the pages are ordered, parts count the channels first."""
    stored = np.transpose(VOXELS, ["TCZYX".index(a) for a in axes])
    path = ome_tiff(tmp_path / "a.ome.tif", stored, axes)
    assert formats.parts(path) == [str(n) for n in range(TIMES * CHANNELS)]
    for number in (0, 1, 4):
        image = formats.read(path, Reading(part=str(number)))
        time, channel = divmod(number, CHANNELS)
        assert np.array_equal(image.voxels, VOXELS[time, channel])
        assert image.spacing_mm == pytest.approx(SPACING) and not image.planar
    with pytest.raises(DataFault, match=r"3 channels .* at 2 times; name one in `parts`"):
        formats.read(path)


def test_pictures_of_ome_tiff(tmp_path: Path) -> None:
    flat = formats.read(ome_tiff(tmp_path / "a.ome.tif", VOXELS[0, 0, 0], "YX"))
    assert flat.planar and np.array_equal(flat.voxels[0], VOXELS[0, 0, 0])
    assert flat.spacing_mm[1:] == pytest.approx(SPACING[1:])
    colour = np.moveaxis(VOXELS[0, :, 0] % 251, 0, 2).astype(np.uint8)
    rgb = formats.read(ome_tiff(tmp_path / "b.ome.tiff", colour, "YXS"))
    assert rgb.planar and np.array_equal(rgb.voxels[0], colour)
    tifffile.imwrite(tmp_path / "c.ome.tif", VOXELS[0, 0, 0])
    assert np.array_equal(formats.read(tmp_path / "c.ome.tif").voxels[0], VOXELS[0, 0, 0])


@pytest.mark.parametrize(
    ("old", "new", "reason", "match"),
    [
        ('SizeZ="4"', 'SizeZ="9"', "truncated", "its sizes need 54"),
        ('PhysicalSizeX="0.4"', 'PhysicalSizeX="0.0"', "spacing", "voxel size"),
        ('PhysicalSizeX="0.4"', 'PhysicalSizeX="abc"', "spacing", "PhysicalSizeX"),
        ('DimensionOrder="XYZCT"', 'DimensionOrder="XYZZT"', "header", "order"),
        ("<TiffData", "<TiffDatb", "header", "assigns no pages"),
        ('IFD="0"', 'IFD="3"', "truncated", "the file has 24"),
        ("</Pixels>", "</Pixelz>", "header", "not valid"),
    ],
)
def test_an_ome_text_that_contradicts_its_file_is_refused(
    tmp_path: Path, old: str, new: str, reason: str, match: str
) -> None:
    path = ome_tiff(tmp_path / "a.ome.tif", VOXELS, "TCZYX")
    data = path.read_bytes()
    assert old.encode() in data and len(old) == len(new)
    path.write_bytes(data.replace(old.encode(), new.encode()))
    with pytest.raises(DataFault, match=match) as caught:
        formats.read(path, Reading(part="0"))
    assert caught.value.reason == reason


def ome_zarr(path: Path, voxels: np.ndarray, axes: str, form: int = 2, **more: Any) -> Path:
    """Write an OME-Zarr image: of version 0.4 in Zarr 2, or of 0.5 in Zarr 3."""
    group = zarr.open_group(path, mode="w", zarr_format=form)  # type: ignore[arg-type]
    chunks = tuple(1 if a in "tc" else min(8, n) for a, n in zip(axes, voxels.shape, strict=True))
    array = group.create_array("0", shape=voxels.shape, dtype=voxels.dtype, chunks=chunks)
    array[:] = voxels
    units = {"t": "second", "z": "nanometer", "y": "micrometer", "x": "micrometer"}
    scale = [{"z": 2000.0, "y": 0.5, "x": 0.2}.get(a, 1.0) for a in axes]
    twice = [2.0 if a == "x" else 1.0 for a in axes]
    types = {"t": "time", "c": "channel"}
    scales = [{
        "axes": [{"name": a, "type": types.get(a, "space"), "unit": units.get(a, "")} for a in axes],
        "datasets": [{"path": "0", "coordinateTransformations": [{"type": "scale", "scale": scale}]}],
        "coordinateTransformations": [{"type": "scale", "scale": twice}],
    }]  # fmt: skip
    stated = {"multiscales": scales, **more}
    group.attrs.update(stated if form == 2 else {"ome": {"version": "0.5", **stated}})
    return path


@pytest.mark.parametrize("form", [2, 3])
@pytest.mark.parametrize("axes", ["tczyx", "ctzyx"])
def test_channels_of_ome_zarr(tmp_path: Path, form: int, axes: str) -> None:
    stored = np.transpose(VOXELS, ["tczyx".index(a) for a in axes])
    path = ome_zarr(tmp_path / "a.zarr", stored, axes, form)
    assert formats.parts(path) == [str(n) for n in range(TIMES * CHANNELS)]
    image = formats.read(path, Reading(part="4"))
    assert np.array_equal(image.voxels, VOXELS[1, 1])
    assert image.spacing_mm == pytest.approx(SPACING) and not image.planar and not image.oriented
    with pytest.raises(DataFault, match="3 channels"):
        formats.read(path)


@pytest.mark.parametrize("form", [2, 3])
def test_pictures_and_plain_arrays(tmp_path: Path, form: int) -> None:
    flat = formats.read(ome_zarr(tmp_path / "a.zarr", VOXELS[0, 0, 0], "yx", form))
    assert flat.planar and np.array_equal(flat.voxels[0], VOXELS[0, 0, 0])
    colours = [{"label": n, "color": c} for n, c in
               (("Red", "FF0000"), ("Green", "00FF00"), ("Blue", "0000FF"))]  # fmt: skip
    rgb = (VOXELS[0, :, 0] % 251).astype(np.uint8)
    drawn = ome_zarr(tmp_path / "b.zarr", rgb, "cyx", form, omero={"channels": colours})
    assert np.array_equal(formats.read(drawn).voxels[0], np.moveaxis(rgb, 0, 2))
    zarr.save_array(str(tmp_path / "c.zarr"), VOXELS[0, 0], zarr_format=form)
    plain = formats.read(tmp_path / "c.zarr")
    assert np.array_equal(plain.voxels, VOXELS[0, 0]) and plain.spacing_mm == ()


@pytest.mark.parametrize("form", [2, 3])
def test_an_image_with_its_labels_is_built(tmp_path: Path, form: int) -> None:
    """The labels lie inside the image's store, as ome-ngff has them."""
    labels = np.zeros((SLICES, ROWS, COLUMNS), np.int32)
    labels[1:3, 4:9, 6:12] = 5
    path = ome_zarr(tmp_path / "data/a.zarr", VOXELS[0, :2], "czyx", form)
    ome_zarr(path / "labels/nuclei", labels, "zyx", form)
    findings, rejected, samples = run(
        tmp_path,
        """  - images: "{key}.zarr/"
    modality: fluorescence-microscopy
    parts: [1]
    labels:
      - kind: instances
        file: "{key}.zarr/labels/nuclei/"
        label: nucleus
""",
    )
    assert not rejected
    first = findings[0]
    assert (first.raw, first.axis, first.area_px) == ("nucleus", "axial", 30)
    assert first.area_mm2 == pytest.approx(30 * SPACING[1] * SPACING[2])
    assert samples[0].shape == (SLICES, ROWS, COLUMNS)


def edit(path: Path, **changes: Any) -> None:
    tree = json.loads(path.read_text())
    path.write_text(json.dumps({**tree, **changes}))


def plain(folder: Path, **more: Any) -> Path:
    voxels = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64)
    path = folder / "p.zarr"
    array = zarr.create_array(path, shape=voxels.shape, dtype=voxels.dtype, chunks=(32, 32),
                              zarr_format=2, **more)  # fmt: skip
    array[:] = voxels
    return path


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"filters": [{"id": "pickle"}]}, "codec 'pickle'"),
        ({"dtype": "|O"}, "values of type"),
        ({"shape": [64, 1 << 40]}, "declares the shape"),
        ({"shape": [90_000, 90_000], "chunks": [90_000, 90_000]}, "chunks of"),
        ({"chunks": [0, 8]}, "its chunks are"),
        ({"shape": "64"}, "its shape is"),
        ({"zarr_format": 1}, "version 1"),
        ({"shape": [2, 2, 2, 2, 2, 2], "chunks": [1, 1, 1, 1, 1, 1]}, "6 axes"),
    ],
)
def test_metadata_is_checked_before_zarr_sees_it(
    tmp_path: Path, changes: dict[str, Any], match: str
) -> None:
    path = plain(tmp_path)
    edit(path / ".zarray", **changes)
    with pytest.raises(DataFault, match=match):
        formats.read(path)


def compressors() -> list[Any]:
    from numcodecs import LZ4, Blosc, GZip, Zlib, Zstd

    return [Blosc(), Zstd(), GZip(), Zlib(), LZ4()]


@pytest.mark.parametrize("compressor", compressors(), ids=lambda c: c.codec_id)
def test_chunks_are_checked(tmp_path: Path, compressor: Any) -> None:
    """A chunk of another array, four times as large, is not inflated; a damaged one is a fault."""
    path = plain(tmp_path, compressors=compressor)
    assert np.array_equal(formats.read(path).voxels[0], np.arange(64 * 64).reshape(64, 64))
    large = zarr.create_array(tmp_path / "l.zarr", shape=(64, 64), dtype="u2", chunks=(64, 64),
                              zarr_format=2, compressors=compressor, fill_value=1)  # fmt: skip
    large[:] = 7
    (path / "1.1").write_bytes((tmp_path / "l.zarr/0.0").read_bytes())
    with pytest.raises(DataFault, match="a chunk has 2048") as caught:
        formats.read(path)
    assert caught.value.reason == "too-large"
    (path / "1.1").write_bytes((path / "0.0").read_bytes()[:40])
    with pytest.raises(DataFault) as caught:
        formats.read(path)
    assert caught.value.reason in ("unreadable", "truncated", "checksum")


def test_missing_chunks_are_counted_and_an_empty_store_is_refused(tmp_path: Path) -> None:
    path = plain(tmp_path)
    (path / "0.1").unlink()
    assert (
        formats.read(path).note == "1 chunks of the store are not there: they have its fill value"
    )
    for name in ("0.0", "1.0", "1.1"):
        (path / name).unlink()
    with pytest.raises(DataFault, match="none of its 4 chunks") as caught:
        formats.read(path)
    assert caught.value.reason == "truncated"


def test_links_out_of_a_store_and_levels_outside_of_it_are_refused(tmp_path: Path) -> None:
    path = ome_zarr(tmp_path / "a.zarr", VOXELS[0, 0, 0], "yx")
    (tmp_path / "secret").write_bytes(b"x")
    link = path / "0/9.9"
    link.symlink_to(tmp_path / "secret")
    with pytest.raises(DataFault) as caught:
        formats.read(path)
    assert caught.value.reason == "path-outside"
    link.unlink()
    tree = json.loads((path / ".zattrs").read_text())
    tree["multiscales"][0]["datasets"][0]["path"] = "../a.zarr/0"
    (path / ".zattrs").write_text(json.dumps(tree))
    with pytest.raises(DataFault, match="is not there"):
        formats.read(path)


def test_a_volume_of_labels_on_another_grid_is_refused(tmp_path: Path) -> None:
    path = ome_zarr(tmp_path / "a.zarr", VOXELS[0, 0], "zyx")
    ome_zarr(path / "labels/nuclei", np.ones((SLICES, ROWS, 9), np.uint8), "zyx")
    entry = {"kind": "instances", "file": "a.zarr/labels/nuclei/", "label": "nucleus"}
    with pytest.raises(DataFault, match="labels 4 x 20 x 9"):
        read(entry, tmp_path, formats.read(path))


def test_without_zarr_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = plain(tmp_path)
    monkeypatch.setitem(sys.modules, "zarr", None)
    with pytest.raises(DataFault, match=r"benchsmith\[zarr\]") as caught:
        formats.read(path)
    assert caught.value.reason == "format-unknown"
