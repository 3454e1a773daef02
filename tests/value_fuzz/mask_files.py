"""Masks and label volumes: label, area, box and centroid, judged by OpenCV, nibabel and ITK."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import nibabel as nib
import numpy as np
import PIL.Image
import SimpleITK as sitk

from benchsmith import formats
from tests.value_fuzz import grids, marks, nifti
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.marks import COLUMNS, ROWS
from tests.value_fuzz.mutants import Change, Format, Refused, note, noted
from tests.value_fuzz.values import Values

NAMES = {1: "polyp", 2: "ulcer", 3: "scar"}
COLOURS = {"#ff0000": "polyp", "#00ff00": "ulcer", "#0000ff": "scar"}


def _labels(chance: Chance) -> Any:
    """Return (rows, columns) of 0 to 3 in rectangles, which are not outlines."""
    found = np.zeros((ROWS, COLUMNS), np.uint8)
    for _ in range(chance.whole(0, 4)):
        x, y, w, h = (int(v) for v in marks.box(chance, whole=True))
        found[y : y + h, x : x + w] = chance.whole(0, 3)
    return found


def _grey(chance: Chance, folder: Path) -> Path:
    note(folder, kind="volume")
    kind = chance.pick((np.uint8, np.uint16))
    PIL.Image.fromarray(_labels(chance).astype(kind)).save(folder / "m.png")
    return folder / "m.png"


def _indexed(chance: Chance, folder: Path) -> Path:
    note(folder, kind="volume", indexed=True)
    picture = PIL.Image.fromarray(_labels(chance), "P")
    picture.putpalette(chance.array((768,), 0, 255, "u1").tobytes())
    picture.save(folder / "m.png", bits=chance.pick((2, 4, 8)))
    return folder / "m.png"


def _two_values(chance: Chance, folder: Path) -> Path:
    """Mark a structure by 255, by 1, or by one bit a pixel."""
    mask = _labels(chance) > 0
    note(folder, kind="masks")
    picture = PIL.Image.fromarray((mask * chance.pick((1, 255))).astype(np.uint8))
    (picture.convert("1") if chance.yes(0.3) else picture).save(folder / "m.png")
    return folder / "m.png"


def _alpha(chance: Chance, folder: Path) -> Path:
    """Draw in the alpha channel alone, in colours on clear, or on opaque black."""
    labels = _labels(chance) > 0
    note(folder, kind="masks", alpha=True)
    wide = np.zeros((ROWS, COLUMNS, 4), np.uint8)
    how = chance.pick(("alpha", "white", "opaque"))
    wide[..., 3] = 255 if how == "opaque" else labels * 255
    if how != "alpha":
        wide[..., :3] = labels[..., None] * 255
    PIL.Image.fromarray(wide).save(folder / "m.png")
    return folder / "m.png"


def _colours(chance: Chance, folder: Path) -> Path:
    labels = _labels(chance)
    table = np.array([[0, 0, 0], [255, 0, 0], [0, 255, 0], [0, 0, 255]], np.uint8)
    note(folder, kind="colours")
    picture = PIL.Image.fromarray(table[labels])
    if chance.yes(0.4):
        picture = picture.quantize(8)
    picture.save(folder / "m.png")
    return folder / "m.png"


def _jpeg_colours(chance: Chance, folder: Path) -> Path:
    labels = _labels(chance)
    table = np.array([[0, 0, 0], [255, 0, 0], [0, 255, 0], [0, 0, 255]], np.uint8)
    note(folder, kind="colours", tolerance=chance.pick((0, 127)))
    PIL.Image.fromarray(table[labels]).save(folder / "m.jpg", quality=100, subsampling=0)
    return folder / "m.jpg"


def _threshold(chance: Chance, folder: Path) -> Path:
    """Blur the edges, and state where inside begins."""
    mask = (_labels(chance) > 0).astype(np.uint8) * 255
    note(folder, kind="masks", threshold=chance.pick((1, 100, 128, 255)))
    PIL.Image.fromarray(cv2.GaussianBlur(mask, (3, 3), 0)).save(folder / "m.png")
    return folder / "m.png"


def _instances(chance: Chance, folder: Path) -> Path:
    note(folder, kind="instances")
    labels = _labels(chance).astype(np.uint16) * chance.pick((1, 300))
    PIL.Image.fromarray(labels).save(folder / "m.png")
    return folder / "m.png"


def _pnm(chance: Chance, folder: Path) -> Path:
    """Write labels with a largest value that is not 255."""
    note(folder, kind="volume")
    most = chance.pick((3, 7, 255))
    head = f"P5 {COLUMNS} {ROWS} {most}\n".encode()
    (folder / "m.pgm").write_bytes(head + _labels(chance).tobytes())
    return folder / "m.pgm"


def _tiff(chance: Chance, folder: Path) -> Path:
    note(folder, kind="volume")
    PIL.Image.fromarray(_labels(chance)).save(folder / "m.tif")
    return folder / "m.tif"


def _size(chance: Chance, folder: Path) -> Path:
    note(folder, kind="volume")
    labels = _labels(chance)
    labels = labels.T if chance.yes() else labels[:, :-1]
    PIL.Image.fromarray(np.ascontiguousarray(labels)).save(folder / "m.png")
    return folder / "m.png"


def ours(path: Path) -> Values:
    """Return the structures of a mask."""
    words = noted(path)
    entry: dict[str, Any] = {"kind": words["kind"], "file": path.name}
    if words["kind"] == "volume":
        entry["names"] = NAMES
    elif words["kind"] == "colours":
        entry |= {"names": COLOURS, "tolerance": words.get("tolerance", 0)}
    else:
        entry["label"] = "polyp"
    if words.get("threshold"):
        entry["threshold"] = words["threshold"]
    if words["kind"] != "instances":
        entry["fill"] = False
    return marks.ours(path, entry)


def theirs(path: Path) -> Values:
    """Read with OpenCV, and count the pixels of each value, colour or object."""
    words = noted(path)
    if words.get("indexed"):
        # OpenCV has no indices
        with PIL.Image.open(path) as picture:
            pixels: Any = np.asarray(picture)
    else:
        pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.shape[:2] != (ROWS, COLUMNS):
        raise Refused("another size")
    if words["kind"] == "colours":
        return marks.theirs(_by_colour(pixels, words.get("tolerance", 0)))
    if words.get("alpha"):
        drawn = pixels[..., 3] > 0
        pixels = pixels[..., 0] if drawn.all() or pixels[..., :3].any() else pixels[..., 3]
    if pixels.ndim == 3:
        raise Refused("in colours")
    if words["kind"] == "volume" or words["kind"] == "instances":
        values = [int(v) for v in np.unique(pixels) if v]
        if words["kind"] == "volume" and set(values) - set(NAMES):
            raise Refused("a value without a name")
        name = (lambda v: NAMES[v]) if words["kind"] == "volume" else (lambda v: "polyp")
        return marks.theirs(marks.mark(name(v), pixels == v) for v in values)
    inside = pixels >= words["threshold"] if words.get("threshold") else pixels > 0
    if not words.get("threshold") and len(np.unique(pixels[inside])) > 1:
        raise Refused("more than one value")
    return marks.theirs([marks.mark("polyp", inside)] if inside.any() else [])


def _by_colour(pixels: Any, tolerance: int) -> list[marks.Mark]:
    if pixels.ndim == 2:
        pixels = np.repeat(pixels[..., None], 3, axis=2)
    rgb = pixels[..., 2::-1].astype(int)
    known = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in ("#000000", *COLOURS)])
    apart = np.abs(rgb[:, :, None] - known)
    nearest = (apart**2).sum(axis=3).argmin(axis=2)
    if (np.take_along_axis(apart.max(axis=3), nearest[..., None], 2) > tolerance).any():
        raise Refused("a colour without a name")
    return [
        marks.mark(name, nearest == k)
        for k, name in enumerate(COLOURS.values(), start=1)
        if (nearest == k).any()
    ]


MASKS = Format(
    "masks",
    "OpenCV",
    {
        "grey values": _grey,
        "indices": _indexed,
        "two values": _two_values,
        "alpha": _alpha,
        "colours": _colours,
        "colours in JPEG": _jpeg_colours,
        "threshold": _threshold,
        "objects": _instances,
        "largest value of PNM": _pnm,
        "TIFF": _tiff,
        "size": _size,
    },
    ours,
    theirs,
    tolerance={"marks": 3.0, "places of marks": 1.0},
    alone={"another size": "bytes of a header or after the pixels that OpenCV minds more"},
)


# Label volumes on the grid of their image.


def _volume(kind: str) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        grid = grids.labels(chance)
        if kind == "not whole" and grid.voxels.dtype.kind == "f":
            grid.voxels = grid.voxels + np.float32(chance.pick((0.4, 1e-5)))
        if kind == "a value without a name":
            grid.voxels.flat[0] = 9
        nifti.write(folder, nifti.header(grid), grid.voxels, packed=False).rename(
            folder / "image.nii"
        )
        made = nifti.header(grid)
        if kind == "codes":
            made[chance.pick(("qform_code", "sform_code"))] = 0
        if kind == "unit":
            made["xyzt_units"] = chance.pick((0, 1, 3, 2))
        if kind == "moved":
            for name in ("srow_x", "srow_y", "srow_z"):
                made[name][3] += chance.pick((0.01, 30))
            made["qform_code"] = 0
        if kind == "axes":
            order = chance.shuffled(range(3))
            image = nib.Nifti1Image(grid.voxels, nifti.TO_RAS @ grid.affine)
            turned = np.stack([order, [chance.pick((-1, 1)) for _ in range(3)]], axis=1)
            nib.save(image.as_reoriented(turned), folder / "l.nii")
            return folder / "l.nii"
        if kind == "scaled":
            made["scl_slope"], made["scl_inter"] = chance.pick(((1, 0), (2, 0), (1, 1)))
        path = nifti.write(folder, made, grid.voxels, packed=False)
        return path.rename(folder / "l.nii")

    return change


def ours_of_volume(path: Path) -> Values:
    """Return the structures of a label volume, on the grid of its image."""
    image = formats.read(path.with_name("image.nii"))
    entry = {"kind": "volume", "file": path.name, "names": NAMES}
    return marks.ours(path, entry, image, of="image.nii")


def by_label_shapes(path: Path) -> Values:
    """Resample with ITK onto the image and count there; labels on another grid are refused."""
    slope = abs(float(np.frombuffer(path.read_bytes()[112:116], "<f4")[0]))
    if 0 < slope < np.finfo(np.float32).tiny * 100:
        raise Refused("a slope next to 0")
    image, labels = (sitk.ReadImage(str(p)) for p in (path.with_name("image.nii"), path))
    image, labels = (sitk.DICOMOrient(one, "LPS") for one in (image, labels))
    if image.GetSize() != labels.GetSize():
        raise Refused("another size")
    limit = 0.5 * min(image.GetSpacing())
    ends = [(0, 0, 0), tuple(n - 1 for n in image.GetSize())]
    for end in ends:
        here, there = (np.array(i.TransformIndexToPhysicalPoint(end)) for i in (image, labels))
        if np.abs(here - there).max() > limit:
            raise Refused("another place")
    voxels = sitk.GetArrayFromImage(labels)
    if np.abs(voxels - np.rint(voxels)).max() > 1e-3:
        raise Refused("not whole")
    voxels = np.rint(voxels)
    if set(np.unique(voxels)) - {0, 1, 2, 3}:
        raise Refused("a value without a name")
    return marks.theirs(
        marks.mark(name, voxels == v) for v, name in NAMES.items() if (voxels == v).any()
    )


VOLUMES = Format(
    "label volumes",
    "SimpleITK",
    {
        kind: _volume(kind)
        for kind in ("labels", "axes", "codes", "unit", "moved", "scaled", "not whole", "a value without a name")
    },
    ours_of_volume,
    by_label_shapes,
    alone={"another place|another size|Unable to determine": "a header without a frame or in another unit is paired voxel by voxel, and a note says so",
           "a slope next to 0": "nifti1.h scales by any slope but 0; ITK takes one next to 0 for 0"},
)  # fmt: skip
