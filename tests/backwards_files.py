"""Pictures, volumes and label files of a miniature source."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
from pydicom.uid import generate_uid

from benchsmith.documents import labels as kinds
from benchsmith.documents.recipe import Every, Region, Samples
from tests import backwards_layouts as layouts
from tests.backwards_shapes import (
    AFFINE,
    PAGES,
    SHAPE,
    VIDEOS,
    VOLUMES,
    ZOOM,
    blocks_of,
    corner_of,
    pages_of,
    repeated,
    write_dicom,
    write_volume,
)


def write_image(path: Path, end: str, entry: Samples, arrays: kinds.Arrays | None) -> None:
    x, y, z = np.indices(SHAPE)
    voxels = (x * 9 + y * 5 + z * 3).astype(np.int16)
    flat = np.kron(voxels[:, :, 0] % 251, np.ones((ZOOM, ZOOM))).astype(np.uint8)
    parts = entry.parts
    frames = 1 if parts is None else 3
    if isinstance(parts, tuple):
        # entries of other components read the same file
        frames = 4 if all(isinstance(p, Region) or p < 4 for p in parts) else PAGES
    assert parts is None or isinstance(parts, tuple | Every) or parts == "all"
    if entry.spacing_mm is not None and end != ".npz":
        stack = np.ascontiguousarray(voxels % 251).astype(np.uint8)
        layouts.slices(path, stack) if end == "/" else layouts.pages(path, stack)
    elif path.suffix == ".zarr":
        layouts.ome_zarr(path, voxels.transpose(2, 1, 0), channels=0 if parts is None else 3)
    elif end in (".ome.tif", ".ome.tiff"):
        layouts.ome_tiff(path, voxels.transpose(2, 1, 0) if parts else flat.T[None])
    elif end == ".mat":
        layouts.matlab(path, entry.variable or "image", flat)
    elif end in (".mgh", ".mgz"):
        layouts.mgh(path, voxels, AFFINE)
    elif isinstance(parts, tuple) and isinstance(parts[0], Region):
        colours = np.stack([flat] * 3, axis=2)
        if end == "/":
            layouts.dicom_slide(path, np.kron(colours, np.ones((8, 8, 1), np.uint8))[:1152, :1152])
        else:
            layouts.pyramid(path, colours)
    elif end in VOLUMES and end != "/":
        write_volume(path, voxels if frames == 1 else np.stack([voxels] * frames, axis=3))
    elif end == "/":
        path.mkdir(parents=True, exist_ok=True)
        uid = generate_uid()
        for k in range(SHAPE[2]):
            write_dicom(path / f"{k:03d}", voxels[:, :, k].T, uid, k)
    elif end in (".dcm", ".dicom", ".ima"):
        write_dicom(path, np.kron(voxels[:, :, 0], np.ones((4, 4), np.int16)), generate_uid(), 0)
    elif end == ".npz" and entry.variable:
        flat_or_not = flat if entry.spacing_mm is None else voxels.transpose() % 251
        layouts.named_array(path, entry.variable, flat_or_not.astype(np.uint8))
    elif end == ".npz":
        assert arrays is not None
        stack = np.stack([voxels.astype(np.uint8)] * 3) if entry.slice else np.stack([flat] * 3)
        values = list(arrays.names)
        rows = np.array([[values[i % len(values)]] for i in range(3)])
        splits = {f"{s}_images": stack for s in ("train", "val", "test")}
        np.savez(path, **splits, **{f"{s}_labels": rows for s in ("train", "val", "test")})
    elif end in VIDEOS:
        kind = cv2.VideoWriter.fourcc(*"MJPG")
        writer = cv2.VideoWriter(str(path.with_suffix(".avi")), kind, 5, flat.shape[::-1])
        for _ in range(frames):
            writer.write(np.repeat(flat[:, :, None], 3, axis=2))
        writer.release()
        path.with_suffix(".avi").rename(path)
    else:
        pictures = [PIL.Image.fromarray(flat) for _ in range(frames)]
        pictures[0].save(
            path, **({"save_all": True, "append_images": pictures[1:]} if frames > 1 else {})
        )


def pages_or_regions(path: Path, entry: Samples, values: Mapping[int, int]) -> None:
    """Write labels for each page of the pictures' file, or of the same pyramid."""
    path.parent.mkdir(parents=True, exist_ok=True)
    labels = blocks_of(values)
    flat = np.kron(labels[:, :, 8], np.ones((ZOOM, ZOOM), labels.dtype))
    if isinstance(entry.parts, tuple) and isinstance(entry.parts[0], Region):
        layouts.pyramid(path, flat)
    else:
        PIL.Image.fromarray(flat).save(path)
        repeated(path, pages_of(entry))


def write_labels(
    path: Path,
    values: Mapping[int, int],
    planar: bool,
    components: int | None = None,
    *,
    nested: bool = False,
    folder: bool = False,
    variable: str | None = None,
    small: bool = False,
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    labels = blocks_of(values, nested=nested)
    if ".zarr" in str(path):
        layouts.ome_zarr(path, labels.transpose(2, 1, 0))
        return
    if folder:
        layouts.slices(path, labels)
        return
    if path.name.endswith((".mgh", ".mgz")):
        layouts.mgh(path, labels, AFFINE)
        return
    if path.suffix == ".npz":
        flat = np.kron(labels[:, :, 8], np.ones((ZOOM, ZOOM), labels.dtype))
        layouts.named_array(path, variable or "labels", flat if planar else labels.transpose())
        return
    if not planar and path.suffix in (".tif", ".tiff"):
        layouts.pages(path, labels)
        return
    if not planar:
        if path.suffix == "":
            raise AssertionError(f"no format for {path}")
        write_volume(
            path, labels if components is None else np.stack([labels] * (components + 1), 3)
        )
        return
    flat = np.kron(labels[:, :, 8], np.ones((ZOOM, ZOOM), labels.dtype))
    if small:
        flat = flat[::2, ::2]
    if path.suffix == ".mat":
        layouts.matlab(path, variable or "labels", flat)
    elif path.name.endswith((".nii", ".nii.gz")):
        write_volume(path, flat[:, :, None])
    else:
        PIL.Image.fromarray(flat).save(path)


def write_colours(
    path: Path, wanted: Mapping[int, str], background: tuple[str, ...], *, nested: bool
) -> None:
    def rgb(colour: str) -> list[int]:
        return list(bytes.fromhex(colour[1:]))

    path.parent.mkdir(parents=True, exist_ok=True)
    picture = np.empty((*SHAPE[:2], 3), np.uint8)
    picture[:] = rgb(background[0]) if background else rgb(wanted[0])
    for number, colour in wanted.items():
        picture[corner_of(number, nested)] = rgb(colour)
    PIL.Image.fromarray(np.kron(picture, np.ones((ZOOM, ZOOM, 1), np.uint8))).save(path)
