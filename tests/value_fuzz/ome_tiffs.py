"""OME-TIFF, judged by tifffile and a reading of the sizes in the OME-XML."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import defusedxml.ElementTree
import numpy as np
import tifffile

from benchsmith import formats
from benchsmith.core.contracts import Reading
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.mutants import Change, Format, Refused, note, noted
from tests.value_fuzz.values import Values

UNITS = {"µm": 1e-3, "nm": 1e-6, "mm": 1.0, "m": 1e3}


def _change(kind: str) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        axes = "".join(chance.shuffled("TCZ")) + "YX"
        if kind == "colour":
            axes = "YXS"
        sizes = {a: chance.whole(1, 3) for a in "TCZ"} | {
            "Y": chance.whole(5, 9),
            "X": chance.whole(5, 9),
            "S": 3,
        }
        dtype = np.dtype(chance.pick(("u1", "u2", "i2", "f4")) if kind == "types" else "u1")
        low = 0 if dtype.kind == "u" else -90
        voxels = chance.array([sizes[a] for a in axes], low, 120).astype(dtype)
        unit = chance.pick(tuple(UNITS)) if kind == "units" else "µm"
        lengths = {f"PhysicalSize{a}": chance.real(0.1, 3) for a in "XYZ"}
        units = {f"PhysicalSize{a}Unit": unit for a in "XYZ"} if kind == "units" else {}
        path = folder / "a.ome.tif"
        order: Any = chance.pick("<>") if kind == "byte order" else "<"
        packed = {"compression": "zlib", "predictor": chance.yes()} if kind == "compression" else {}
        tile = {"tile": (16, 16)} if kind == "tiles" else {}
        tifffile.imwrite(
            path, voxels, ome=True, byteorder=order, metadata={"axes": axes, **lengths, **units},
            photometric="rgb" if kind == "colour" else "minisblack", **packed, **tile,
        )  # fmt: skip
        if kind == "pages assigned":
            _assign(chance, path, voxels.size // (sizes["Y"] * sizes["X"]))
        count = 1 if kind == "colour" else sizes["T"] * sizes["C"]
        note(folder, part=str(chance.whole(0, count - 1)))
        return path

    return change


def _assign(chance: Chance, path: Path, pages: int) -> None:
    """State the page of each plane by itself, in any order."""
    text = tifffile.tiffcomment(path)
    order = re.findall(r'DimensionOrder="XY(\w+)"', text)[0]
    sizes = {a: int(re.findall(rf'Size{a}="(\d+)"', text)[0]) for a in "ZCT"}
    lines, pages_left = "", chance.shuffled(range(pages))
    for number, page in enumerate(pages_left):
        rest, at = number, {}
        for axis in order:
            rest, at[axis] = divmod(rest, sizes[axis])
        lines += (
            f'<TiffData IFD="{page}" PlaneCount="1"'
            + "".join(f' First{a}="{n}"' for a, n in at.items())
            + "/>"
        )
    made = re.sub(r"<TiffData.*?(/>|</TiffData>)", lines, text, count=1, flags=re.DOTALL)
    tifffile.tiffcomment(path, made.encode())


def ours(path: Path) -> Values:
    """Return the voxels of a part, and the sizes of a voxel."""
    image = formats.read(path, Reading(part=noted(path)["part"]))
    return {
        "voxels": image.voxels,
        "spacing": list(image.spacing_mm)[1:] if image.planar else list(image.spacing_mm),
    }


def theirs(path: Path) -> Values:
    """Read the series with tifffile, and the sizes of a voxel from the XML."""
    with tifffile.TiffFile(path) as file:
        if not file.is_ome or len(file.series) != 1 or file.series[0].kind != "ome":
            raise Refused("no OME series of one image")
        series, text = file.series[0], file.ome_metadata or ""
        pages = [page for page in series.pages if page is not None]
        if len(pages) != len(series.pages):
            raise Refused("a plane without a page")
        voxels, axes = series.asarray(), series.axes  # without axes of length 1
        if any(page.keyframe.tags.get(262) is None for page in pages):
            raise Refused("a page does not state which value is black")
        if any(page.keyframe.photometric == 0 for page in pages):
            raise Refused("WhiteIsZero")
    root = defusedxml.ElementTree.fromstring(text)
    pixels = [e for e in root.iter() if e.tag.endswith("}Pixels")]
    if len(pixels) != 1:
        raise Refused("several images")
    wanted = [a for a in "TCZYXS" if a in axes]
    voxels = np.transpose(voxels, [axes.index(a) for a in wanted])
    sizes = dict(zip(wanted, voxels.shape, strict=True))
    coloured = sizes.get("S", 1) == 3
    voxels = voxels.reshape(
        sizes.get("T", 1),
        sizes.get("C", 1),
        sizes.get("Z", 1),
        sizes.get("Y", 1),
        sizes.get("X", 1),
        -1,
    )
    time, channel = divmod(int(noted(path)["part"]), voxels.shape[1])
    chosen = voxels[time, channel]
    if chosen.dtype.kind == "f" and not np.isfinite(chosen).all():
        raise Refused("not finite")
    lengths = []
    for axis in "ZYX" if len(chosen) > 1 else "YX":
        unit = UNITS.get(pixels[0].attrib.get(f"PhysicalSize{axis}Unit", "µm"))
        stated = pixels[0].attrib.get(f"PhysicalSize{axis}")
        lengths.append(float(stated) * unit if stated is not None and unit is not None else np.nan)
    if not np.isfinite(lengths).all():
        lengths = []
    elif min(lengths) <= 0:
        raise Refused("no length")
    return {"voxels": chosen if coloured else chosen[..., 0], "spacing": lengths}


FORMAT = Format(
    "OME-TIFF",
    "tifffile; ElementTree for sizes",
    {
        kind: _change(kind)
        for kind in ("order of axes", "types", "units", "byte order", "compression", "tiles", "colour",
                     "pages assigned")
    },
    ours,
    theirs,
    tolerance={"spacing": 1e-9},
    alone={
        "no OME series|without a page": "the OME-XML is damaged or gone: a file without it is read as any "
        "TIFF, by its pages",
        "tuple index out of range|list index out of range": "a page of another part is damaged",
    },
    mutants=400,
)  # fmt: skip
