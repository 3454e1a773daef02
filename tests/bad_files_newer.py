"""Bad files of the formats of brain volumes, MATLAB, microscopy and of tools that draw marks."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zlib
from collections.abc import Iterator

import h5py
import nibabel as nib
import numpy as np
import scipy.io
import tifffile

from tests.bad_file import COLUMNS, EITHER, READ, REFUSED, ROWS, BadFile
from tests.bad_volumes import AFFINE

PICTURE = (np.arange(24 * 32) % 251).astype(np.uint8).reshape(24, 32)
MATLAB_5 = b"MATLAB 5.0 MAT-file".ljust(116)
"""What replaces the text of a header, which has the time."""
MATLAB_73 = b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM"


def mgh() -> Iterator[BadFile]:
    """Yield volumes of FreeSurfer."""
    voxels = np.arange(6 * 5 * 4, dtype=np.int16).reshape(6, 5, 4)
    good = bytes(nib.MGHImage(voxels, AFFINE).to_bytes())
    packed = gzip.compress(good, mtime=0)
    for name, expect, what, data in (
        ("good.mgh", READ, "sound", good),
        ("good.mgz", READ, "sound, packed", packed),
        ("half.mgh", REFUSED, "half of the bytes", good[: len(good) // 2]),
        ("half.mgz", REFUSED, "half of the packed bytes", packed[: len(packed) // 2]),
        ("checksum.mgz", REFUSED, "another checksum", packed[:-8] + bytes(4) + packed[-4:]),
        ("version.mgh", REFUSED, "version 7", struct.pack(">i", 7) + good[4:]),
        ("large.mgh", REFUSED, "more voxels than fit", good[:4] + struct.pack(">4i", *[60_000] * 4) + good[20:]),
        ("negative.mgh", REFUSED, "a negative side", good[:4] + struct.pack(">i", -6) + good[8:]),
        ("type.mgh", REFUSED, "a type that is none", good[:20] + struct.pack(">i", 99) + good[24:]),
        ("flat.mgh", REFUSED, "a voxel of no height", good[:34] + struct.pack(">f", 0) + good[38:]),
        ("nan.mgh", REFUSED, "a direction that is not a number", good[:42] + struct.pack(">f", np.nan) + good[46:]),
    ):  # fmt: skip
        yield BadFile(f"made/mgh/{name}", expect, what, data)


def _hdf5(**made: object) -> bytes:
    out = io.BytesIO()
    with h5py.File(out, "w", userblock_size=512) as file:
        data = file.create_dataset("m", (32, 24), "u1", **made)
        data.attrs["MATLAB_class"] = np.bytes_(b"uint8")
        if made.get("compression"):
            data.id.write_direct_chunk((0, 0), zlib.compress(bytes(1 << 22)))
        elif not made:
            data[:] = PICTURE.T
    raw = out.getvalue()
    return MATLAB_73 + raw[len(MATLAB_73) :]


def matlab() -> Iterator[BadFile]:
    """Yield MATLAB files of versions 5 and 7.3."""
    out = io.BytesIO()
    scipy.io.savemat(out, {"m": PICTURE})
    good = MATLAB_5 + out.getvalue()[116:]
    newer = _hdf5()
    element = struct.pack("<II", 15, 4096) + zlib.compress(bytes(1 << 24))[:4096].ljust(4096, b"\0")
    for name, expect, what, data in (
        ("good.mat", READ, "sound", good),
        ("newer.mat", READ, "sound, of version 7.3", newer),
        ("half.mat", REFUSED, "half of the bytes", good[: len(good) // 2]),
        ("newer_half.mat", REFUSED, "half of the bytes of version 7.3", newer[: len(newer) // 2]),
        ("text.mat", REFUSED, "a text", b"x = 1;\n"),
        ("header.mat", REFUSED, "a header alone", good[:128]),
        ("inflates.mat", REFUSED, "a variable that inflates to zeros", good[:128] + element),
        ("chunk.mat", REFUSED, "a chunk that inflates to 4 MiB", _hdf5(chunks=(32, 24), compression="gzip")),
        ("no_matlab.mat", REFUSED, "HDF5 without MATLAB's header and attributes", newer[512:].replace(b"MATLAB_class", b"OTHER__class")),
    ):  # fmt: skip
        yield BadFile(f"made/matlab/{name}", expect, what, data)


OME = """<?xml version="1.0" encoding="UTF-8"?>{head}<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">
<Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint8" SizeX="32" SizeY="24"
SizeZ="{z}" SizeC="2" SizeT="1" PhysicalSizeX="{side}" PhysicalSizeY="0.5">{data}</Pixels></Image></OME>
"""


def ome_tiff() -> Iterator[BadFile]:
    """Yield OME-TIFF files of two channels."""

    def file(head: str = "", z: int = 1, side: str = "0.5", data: str = "<TiffData/>") -> bytes:
        out = io.BytesIO()
        words = OME.format(head=head, z=z, side=side, data=data).encode()
        tifffile.imwrite(
            out, np.stack([PICTURE] * 2), description=words, metadata=None, photometric="minisblack"
        )
        return out.getvalue()

    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 9}">' for n in range(1, 10))
    good = file()
    for name, expect, what, data in (
        ("good.ome.tif", READ, "sound", good),
        ("half.ome.tif", EITHER, "half of the bytes", good[: len(good) // 2]),
        ("slices.ome.tif", REFUSED, "more slices than pages", file(z=9)),
        ("many.ome.tif", REFUSED, "a hundred million slices", file(z=10**8)),
        ("no_data.ome.tif", REFUSED, "no page is assigned", file(data="")),
        ("page.ome.tif", REFUSED, "a page that is not there", file(data='<TiffData IFD="7"/>')),
        ("side.ome.tif", REFUSED, "a side of a pixel that is not a number", file(side="wide")),
        ("zero.ome.tif", REFUSED, "a side of 0", file(side="0")),
        ("laughs.ome.tif", REFUSED, "entities that grow", file(f'<!DOCTYPE a [<!ENTITY a0 "ha">{laughs}]>', side="&a9;")),
    ):  # fmt: skip
        yield BadFile(f"made/ome/{name}", expect, what, data)


def zarr() -> Iterator[BadFile]:
    """Yield Zarr stores of version 2, of a `.zarray` and one chunk."""
    rows, columns = PICTURE.shape
    meta = {"zarr_format": 2, "shape": [rows, columns], "chunks": [rows, columns], "dtype": "|u1", "order": "C",
            "fill_value": 0, "filters": None, "compressor": {"id": "zlib", "level": 1}}  # fmt: skip
    chunk = zlib.compress(PICTURE.tobytes(), 1)
    stores: list[tuple[str, str, str, object, bytes]] = [
        ("good", READ, "sound", meta, chunk),
        ("half", REFUSED, "half of a chunk", meta, chunk[: len(chunk) // 2]),
        ("checksum", REFUSED, "a chunk with another checksum", meta, chunk[:-4] + bytes(4)),
        (
            "inflates",
            REFUSED,
            "a chunk that inflates to 4 MiB",
            meta,
            zlib.compress(bytes(1 << 22)),
        ),
        ("short", REFUSED, "a chunk of fewer values", meta, zlib.compress(bytes(9))),
        (
            "pickle",
            REFUSED,
            "a codec that runs code",
            {**meta, "filters": [{"id": "pickle"}]},
            chunk,
        ),
        ("objects", REFUSED, "values that are objects", {**meta, "dtype": "|O"}, chunk),
        ("large", REFUSED, "more pixels than fit", {**meta, "shape": [90_000, 90_000]}, chunk),
        (
            "many",
            REFUSED,
            "81 million chunks",
            {**meta, "shape": [9000, 9000], "chunks": [1, 1]},
            chunk,
        ),
        ("list", REFUSED, "a list for metadata", [meta], chunk),
        ("no_chunk", REFUSED, "no chunk", meta, b""),
    ]
    for name, expect, what, head, data in stores:
        yield BadFile(f"made/zarr/{name}.zarr/.zarray", expect, what, json.dumps(head).encode())
        if data:
            yield BadFile(f"made/zarr/{name}.zarr/0.0", expect, what, data)
    for number in range(12):
        at = number * 37 % len(chunk)
        bad = chunk[:at] + bytes([chunk[at] ^ 1 << number % 8]) + chunk[at + 1 :]
        for file, data in ((".zarray", json.dumps(meta).encode()), ("0.0", bad)):
            yield BadFile(
                f"made/zarr/damaged_{number:02d}.zarr/{file}", EITHER, "a bit flipped", data
            )


RING = [[10, 10], [40, 10], [40, 30], [10, 30]]


def labelme() -> Iterator[BadFile]:
    """Yield LabelMe files of the picture."""

    def text(**changed: object) -> str:
        shape = {"label": "polyp", "points": RING, "group_id": None, "shape_type": "polygon"}
        size = {"imageHeight": ROWS, "imageWidth": COLUMNS}
        return json.dumps({"imagePath": "good.png", **size, "shapes": [shape | changed]})

    good = text()
    for name, expect, what, data in (
        ("good.json", READ, "sound", good),
        ("half.json", REFUSED, "half of the text", good[: len(good) // 2]),
        ("size.json", REFUSED, "another size", good.replace(f": {COLUMNS}", ": 97")),
        ("points.json", REFUSED, "points that are words", text(points=[["a", "b"]] * 3)),
        ("nan.json", REFUSED, "NaN", good.replace("[40, 10]", "[NaN, 10]")),
        ("line.json", REFUSED, "a line", text(shape_type="line", points=RING[:2])),
        ("far.json", REFUSED, "a circle far away", text(shape_type="circle", points=[[1e300, 5], [5, 5]])),
        ("mask.json", REFUSED, "a mask that is not a picture", text(shape_type="mask", points=[[1, 1], [4, 4]], mask="AAAA")),
        ("nothing.json", REFUSED, "no shapes", "{}"),
        ("deep.json", REFUSED, "lists in lists", '{"shapes":' + "[" * 100_000 + "]" * 100_000 + "}"),
    ):  # fmt: skip
        yield BadFile(f"made/labelme/{name}", expect, what, data.encode())


def via() -> Iterator[BadFile]:
    """Yield files of the VGG Image Annotator."""

    def text(**changed: object) -> str:
        shape = {
            "name": "polygon",
            "all_points_x": [10, 40, 40, 10],
            "all_points_y": [10, 10, 30, 30],
        }
        region = {"shape_attributes": shape | changed, "region_attributes": {"type": "polyp"}}
        return json.dumps(
            {
                "good.png1": {
                    "filename": "good.png",
                    "size": 1,
                    "regions": [region],
                    "file_attributes": {},
                }
            }
        )

    good = text()
    image = '{"filename": "good.png", "size": 1, "regions": []}'
    for name, expect, what, data in (
        ("good.json", READ, "sound", good),
        ("half.json", REFUSED, "half of the text", good[: len(good) // 2]),
        ("twice.json", REFUSED, "a picture that comes twice", f'{{"a": {image}, "b": {image}}}'),
        ("points.json", REFUSED, "more x than y", text(all_points_x=[10, 40, 40, 10, 9])),
        ("words.json", REFUSED, "words for numbers", text(all_points_x=["10"] * 4)),
        ("shape.json", REFUSED, "a shape that is none", text(name="heart")),
        ("three.json", REFUSED, "a project of VIA 3", '{"project": {}, "metadata": {}}'),
        ("list.json", REFUSED, "a list", "[]"),
    ):  # fmt: skip
        yield BadFile(f"made/via/{name}", expect, what, data.encode())


KINDS = (mgh, matlab, ome_tiff, zarr, labelme, via)
