"""Other ways to turn volumes and pictures into 2D pictures, written as their papers do it.

They are here to be measured against, and are no part of the program. What they leave out (checks,
neighbours, hashes, reasons) is in our favour only where the comparison says so.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

import cc3d
import cv2
import nibabel as nib
import numpy as np
import PIL.Image
import PIL.ImageFilter
import SimpleITK as sitk

SMALLEST = 100 / 256**2
"""Share of a picture below which SA-Med2D-20M drops a mask."""


def every_slice(image: Path, labels: Path, out: Path) -> int:
    """Write what SA-Med2D-20M writes: each slice of three axes, a mask for each component.

    Min-max over the volume, three equal channels, slices whose short side is under half of the
    long side dropped, masks under 0.153 % dropped (arXiv 2311.11969). Returns the pictures written.
    """
    voxels = nib.load(image).get_fdata()
    marks = nib.load(labels).get_fdata().astype(np.uint8)
    grey = (255 * (voxels - voxels.min()) / (voxels.max() - voxels.min())).astype(np.uint8)
    count = 0
    for axis in range(3):
        rest = [n for i, n in enumerate(grey.shape) if i != axis]
        if min(rest) < max(rest) / 2:
            continue
        for index in range(grey.shape[axis]):
            where = (slice(None),) * axis + (index,)
            plane, marked = grey[where], marks[where]
            masks = []
            for value in np.unique(marked):
                if value == 0:
                    continue
                parts, found = cv2.connectedComponents((marked == value).astype(np.uint8))
                for part in range(1, parts):
                    mask = found == part
                    if mask.mean() >= SMALLEST:
                        masks.append((value, part, mask))
            if not masks:
                continue
            name = f"{'xyz'[axis]}_{index:04d}"
            PIL.Image.fromarray(np.repeat(plane[:, :, None], 3, axis=2)).save(out / f"{name}.png")
            for value, part, mask in masks:
                PIL.Image.fromarray(mask.astype(np.uint8) * 255).save(
                    out / f"{name}--{value:04d}_{part:03d}.png"
                )
            count += 1 + len(masks)
    return count


def medsam(image: Path, labels: Path, out: Path, slices: int) -> tuple[float, int]:
    """Do what MedSAM's `pre_CT_MR.py` does, for the first `slices` slices with foreground.

    Soft-tissue window, small parts removed in 3D and 2D, 1024 x 1024, saved as float arrays.
    Returns the seconds that all slices with foreground would take, and how many there are.
    """
    start = time.perf_counter()
    marks = np.uint8(sitk.GetArrayFromImage(sitk.ReadImage(str(labels))))
    marks = cc3d.dust(marks, threshold=1000, connectivity=26, in_place=True)
    for z in range(marks.shape[0]):
        marks[z] = cc3d.dust(marks[z], threshold=100, connectivity=8, in_place=True)
    present = np.unique(np.where(marks > 0)[0])
    voxels = sitk.GetArrayFromImage(sitk.ReadImage(str(image)))
    shown = np.clip(voxels, 40 - 400 / 2, 40 + 400 / 2)
    shown = np.uint8((shown - shown.min()) / (shown.max() - shown.min()) * 255.0)
    middle = time.perf_counter()
    for z in present[:slices]:
        plane = np.repeat(shown[z][:, :, None], 3, axis=-1)
        large = cv2.resize(plane, (1024, 1024), interpolation=cv2.INTER_CUBIC)
        scaled = (large - large.min()) / np.clip(large.max() - large.min(), 1e-8, None)
        mask = cv2.resize(marks[z], (1024, 1024), interpolation=cv2.INTER_NEAREST)
        np.save(out / f"image_{z:03d}.npy", scaled)
        np.save(out / f"mask_{z:03d}.npy", mask)
    each = (time.perf_counter() - middle) / min(slices, len(present))
    return middle - start + each * len(present), len(present)


def by_hand(image: Path, labels: Path, out: Path, some: int) -> tuple[float, int]:
    """Do what a user would write with nibabel, Pillow and pandas: a table of marked slices.

    For each label and axis the slice with the most of it, windowed, outlined, 512 pixels wide, as
    PNG in a Parquet file. Done for the first `some` labels. Returns the seconds that all labels
    would take, and the pictures of all.
    """
    import pandas as pd

    def write(rows: list[dict[str, object]]) -> None:
        pd.DataFrame(rows).to_parquet(out / "all.parquet")

    return _table(image, labels, write, some)


def by_datasets(image: Path, labels: Path, out: Path, some: int) -> tuple[float, int]:
    """Do the same, and write it with Hugging Face's `datasets`."""
    import datasets

    def write(rows: list[dict[str, object]]) -> None:
        features = datasets.Features(
            {
                "image": datasets.Image(),
                "label": datasets.Value("int64"),
                "axis": datasets.Value("int64"),
            }
        )
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        columns["image"] = [{"bytes": data, "path": None} for data in columns["image"]]
        datasets.Dataset.from_dict(columns, features).to_parquet(out / "all.parquet")

    return _table(image, labels, write, some)


def _table(
    image: Path,
    labels: Path,
    write: Callable[[list[dict[str, object]]], object],
    some: int,
) -> tuple[float, int]:
    start = time.perf_counter()
    voxels, marks = nib.load(image).get_fdata(), nib.load(labels).get_fdata()
    rows: list[dict[str, object]] = []
    present = np.unique(marks)[1:]
    middle = time.perf_counter()
    for label in present[:some]:
        own = marks == label
        for axis in range(3):
            others = tuple(a for a in range(3) if a != axis)
            index = int(own.sum(axis=others).argmax())
            plane = np.clip((np.take(voxels, index, axis) + 160) / 400, 0, 1)
            mask = PIL.Image.fromarray(
                (np.take(marks, index, axis) == label).astype(np.uint8) * 255
            )
            picture = PIL.Image.fromarray((plane * 255).astype(np.uint8)).convert("RGB")
            edge = mask.resize((512, 512)).filter(PIL.ImageFilter.FIND_EDGES)
            picture = picture.resize((512, 512))
            picture.paste((255, 0, 0), mask=edge)
            file = io.BytesIO()
            picture.save(file, "PNG")
            rows.append({"image": file.getvalue(), "label": int(label), "axis": axis})
    write(rows)
    share = len(present) / min(some, len(present))
    return middle - start + share * (time.perf_counter() - middle), round(share * len(rows))


def every_picture(folder: Path, out: Path, some: int) -> tuple[float, int]:
    """Read pictures of a folder of classes, make each 512 pixels wide, write it as PNG.

    Done for `some` of them. Returns the seconds that all would take, and how many they are.
    """
    start = time.perf_counter()
    there = sorted(folder.rglob("*.jpg"))
    for path in there[:: max(1, len(there) // some)]:
        picture = PIL.Image.open(path).convert("RGB").resize((512, 512))
        picture.save(out / f"{path.stem}.png")
    done = len(there[:: max(1, len(there) // some)])
    return (time.perf_counter() - start) * len(there) / done, len(there)
