"""Zarr stores of versions 2 and 3, written by zarr, judged by a reader of their chunks."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import google_crc32c
import numcodecs
import numpy as np
import zarr
from zarr.codecs import BloscCodec, BytesCodec, GzipCodec, TransposeCodec, ZstdCodec

from benchsmith import formats
from benchsmith.core.contracts import Reading
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.mutants import Change, Format, Refused, note, noted
from tests.value_fuzz.values import Values

TYPES = ("u1", "i1", "u2", ">u2", "i4", ">i4", "f4", "f8", "u8")
MM = {"micrometer": 1e-3, "nanometer": 1e-6, "millimeter": 1.0}
COMPRESSORS = (
    numcodecs.Blosc(),
    numcodecs.Zstd(),
    numcodecs.GZip(),
    numcodecs.Zlib(),
    numcodecs.LZ4(),
    None,
)
NEWER = (BloscCodec(), ZstdCodec(), ZstdCodec(checksum=True), GzipCodec(), None)


def _sizes(chance: Chance, axes: str) -> list[int]:
    return [chance.whole(1, 3) if a in "tc" else chance.whole(3, 9) for a in axes]


def _store(chance: Chance, path: Path, kind: str, axes: str, form: int) -> Any:
    """Write an array, and return what of it is stored."""
    kinds = TYPES if kind == "types" else ("u1", "i2", "f4")
    dtype = np.dtype(chance.pick(kinds))
    shape = _sizes(chance, axes)
    low = 0 if dtype.kind == "u" else -90
    voxels = chance.array(shape, low, 120).astype(dtype)
    chunks = tuple(chance.whole(1, n) for n in shape)
    how: dict[str, Any] = {"chunks": chunks, "fill_value": chance.whole(0, 9)}
    if form == 2:
        how |= {"order": chance.pick("CF"), "compressors": chance.pick(COMPRESSORS)}
        separator = chance.pick("./")
        how["chunk_key_encoding"] = {"name": "v2", "separator": separator}
    else:
        how["compressors"] = chance.pick(NEWER)
        if dtype.itemsize > 1:
            how["serializer"] = BytesCodec(endian=chance.pick(("little", "big")))
        if kind == "transposed":
            how["filters"] = [TransposeCodec(order=tuple(chance.shuffled(range(len(shape)))))]
        if kind == "shards":
            how["shards"] = tuple(c * chance.whole(1, 3) for c in chunks)
    array = zarr.create_array(str(path), shape=shape, dtype=dtype, zarr_format=form, **how)
    if kind == "missing chunks":
        region = tuple(slice(0, chance.whole(1, n)) for n in shape)
        array[region] = voxels[region]
    else:
        array[:] = voxels


def _change(kind: str) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        path = folder / "a.zarr"
        form = 3 if kind in ("shards", "transposed") or chance.yes() else 2
        if kind in ("channels and times", "scales and units", "axes named"):
            axes = {"channels and times": "tczyx", "scales and units": "zyx"}.get(kind, "ctyx")
            _ome(chance, path, kind, axes, form)
        else:
            axes = chance.pick(("yx", "zyx"))
            _store(chance, path, kind, axes, form)
        shape = zarr.open_array(
            str(path / "0" if "c" in axes or kind == "scales and units" else path)
        ).shape
        count = int(np.prod([n for n, a in zip(shape, axes, strict=True) if a in "tc"]))
        note(folder, part=str(chance.whole(0, count - 1)) if "c" in axes else "", axes=axes)
        return path

    return change


def _ome(chance: Chance, path: Path, kind: str, axes: str, form: int) -> None:
    group = zarr.open_group(str(path), mode="w", zarr_format=form)  # type: ignore[arg-type]
    _store(chance, path / "0", kind, axes, form)
    unit = chance.pick(tuple(MM))
    named = [{"name": a, **({"unit": unit} if a in "zyx" else {})} for a in axes]
    scale = [chance.real(0.1, 4) if a in "zyx" else 1.0 for a in axes]
    level: list[dict[str, Any]] = [{"type": "scale", "scale": scale}]
    if chance.yes():
        level.append({"type": "translation", "translation": [chance.real(-9, 9) for _ in axes]})
    whole = (
        [{"type": "scale", "scale": [chance.real(0.5, 2) for _ in axes]}] if chance.yes() else []
    )
    multiscales = [{
        "version": "0.4", "axes": named, "datasets": [{"path": "0", "coordinateTransformations": level}],
        **({"coordinateTransformations": whole} if whole else {}),
    }]  # fmt: skip
    group.attrs.update(
        {"multiscales": multiscales} if form == 2 else {"ome": {"multiscales": multiscales}}
    )


def ours(path: Path) -> Values:
    """Return the voxels of a part, the size of a voxel, and where the first one lies."""
    image = formats.read(path, Reading(part=noted(path)["part"]))
    first = [] if image.affine is None else image.affine[:3, 3][::-1].tolist()
    axes = noted(path)["axes"].count("z") + 2
    return {
        "voxels": image.voxels,
        "spacing": list(image.spacing_mm)[-axes:],
        "first": first[-axes:],
    }


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def theirs(path: Path) -> Values:
    """Read the metadata as JSON and each chunk by its codec."""
    axes, part = noted(path)["axes"], noted(path)["part"]
    grouped = (path / "0").is_dir() and not (path / ".zarray").exists()
    own = path / "0" if (grouped and _is_group(path)) else path
    voxels = _by_chunks(own, lambda shape: _wanted(axes, part, shape))
    if voxels.dtype.kind not in "iufb":
        raise Refused(str(voxels.dtype))
    spacing, first = _places(path, axes) if own != path else ([], [])
    wanted = _wanted(axes, part, voxels.shape)
    voxels = voxels[tuple(wanted.get(n, slice(None)) for n in range(voxels.ndim))]
    if voxels.dtype.kind == "f" and not np.isfinite(voxels).all():
        raise Refused("not finite")
    return {
        "voxels": voxels if voxels.ndim == 3 else voxels[None],
        "spacing": spacing,
        "first": first,
    }


def _wanted(axes: str, part: str, shape: Sequence[int]) -> dict[int, int]:
    """Return the places on the axes of channel and time that a part names."""
    if "c" not in axes:
        return {}
    time, channel = divmod(int(part), shape[axes.index("c")])
    return {axes.index(letter): place for letter, place in (("t", time), ("c", channel))}


def _is_group(path: Path) -> bool:
    if (path / "zarr.json").is_file():
        return bool(_json(path / "zarr.json")["node_type"] == "group")
    return bool(_json(path / ".zgroup")["zarr_format"] == 2)


def _places(path: Path, axes: str) -> tuple[list[float], list[float]]:
    """Return voxel sizes and the place of the first voxel, in millimetres and by the axes in space."""
    three = (path / "zarr.json").is_file()
    stated = _json(path / "zarr.json")["attributes"]["ome"] if three else _json(path / ".zattrs")
    scale = stated["multiscales"][0]
    if [a["name"] for a in scale["axes"]] != list(axes):
        raise Refused("other axes")
    one, first = np.ones(len(axes)), np.zeros(len(axes))
    for move in scale["datasets"][0]["coordinateTransformations"] + scale.get(
        "coordinateTransformations", []
    ):
        if move["type"] == "scale":
            one, first = one * move["scale"], first * move["scale"]
        else:
            first = first + move["translation"]
    units = [MM.get(a.get("unit", ""), np.nan) for a in scale["axes"]]
    space = [n for n, a in enumerate(axes) if a in "zyx"]
    sizes = [float(one[n] * units[n]) for n in space]
    if not all(np.isfinite(sizes)) or min(sizes) <= 0:
        raise Refused("no sound voxel size")
    return sizes, [float(first[n] * units[n]) for n in space]


def _by_chunks(folder: Path, wanted: Callable[[Sequence[int]], Mapping[int, int]]) -> Any:
    """Return an array of which the chunks of a channel and time are read."""
    three = (folder / "zarr.json").is_file()
    meta = _json(folder / ("zarr.json" if three else ".zarray"))
    shape = meta["shape"]
    if three:
        dtype = np.dtype(meta["data_type"])
        chunk = meta["chunk_grid"]["configuration"]["chunk_shape"]
        encoding = meta["chunk_key_encoding"]
        separator = encoding.get("configuration", {}).get(
            "separator", "/" if encoding["name"] == "default" else "."
        )
        prefix = "c" + separator if encoding["name"] == "default" else ""
    else:
        dtype, chunk, prefix = np.dtype(meta["dtype"]), meta["chunks"], ""
        separator = meta.get("dimension_separator", ".")
    found = np.full(shape, meta["fill_value"], dtype)
    there = 0
    for place in itertools.product(*(range(-(-n // c)) for n, c in zip(shape, chunk, strict=True))):
        file = folder / (prefix + separator.join(map(str, place)))
        if not file.is_file():
            continue
        there += 1
        if any(place[axis] != at // chunk[axis] for axis, at in wanted(shape).items()):
            continue  # of another channel or time
        data = file.read_bytes()
        one = (
            _newer(data, meta["codecs"], chunk, dtype, meta["fill_value"])
            if three
            else _older(data, meta, dtype)
        )
        at = tuple(
            slice(p * c, min((p + 1) * c, n)) for p, c, n in zip(place, chunk, shape, strict=True)
        )
        found[at] = one[tuple(slice(0, s.stop - s.start) for s in at)]
    if not there:
        raise Refused("no chunk")
    return found


def _older(data: bytes, meta: Mapping[str, Any], dtype: Any) -> Any:
    raw = numcodecs.get_codec(meta["compressor"]).decode(data) if meta["compressor"] else data
    return np.frombuffer(raw, dtype).reshape(meta["chunks"], order=meta["order"])


def _newer(
    data: bytes, codecs: Sequence[Mapping[str, Any]], chunk: Sequence[int], dtype: Any, fill: Any
) -> Any:
    own = codecs[-1].get("configuration", {})
    if codecs[-1]["name"] == "sharding_indexed":
        return _shard(data, own, chunk, dtype, fill)
    order, shape = None, list(chunk)
    for codec in reversed(codecs):
        name, settings = codec["name"], codec.get("configuration", {})
        if name == "crc32c":
            if google_crc32c.value(data[:-4]) != int.from_bytes(data[-4:], "little"):
                raise Refused("checksum")
            data = data[:-4]
        elif name in ("gzip", "zstd", "blosc"):
            data = numcodecs.get_codec({"id": name}).decode(data)
        elif name == "bytes":
            dtype = dtype.newbyteorder(">" if settings.get("endian") == "big" else "<")
        elif name == "transpose":
            order = settings["order"]
            shape = [chunk[n] for n in order]
        else:
            raise Refused(name)
    array = np.frombuffer(data, dtype).reshape(shape)
    return array if order is None else array.transpose(np.argsort(order))


def _shard(data: bytes, own: Mapping[str, Any], shard: Sequence[int], dtype: Any, fill: Any) -> Any:
    chunk = own["chunk_shape"]
    grid = [s // c for s, c in zip(shard, chunk, strict=True)]
    size = 16 * int(np.prod(grid))
    if google_crc32c.value(data[-size - 4 : -4]) != int.from_bytes(data[-4:], "little"):
        raise Refused("checksum of an index")
    index = np.frombuffer(data[-size - 4 : -4], "<u8").reshape(-1, 2).tolist()
    found = np.full(shard, fill, dtype)
    for place, (start, length) in zip(itertools.product(*map(range, grid)), index, strict=True):
        if start == 2**64 - 1:
            continue
        at = tuple(slice(p * c, (p + 1) * c) for p, c in zip(place, chunk, strict=True))
        found[at] = _newer(data[start : start + length], own["codecs"], chunk, dtype, fill)
    return found


FORMAT = Format(
    "Zarr",
    "chunks by numcodecs, in this test",
    {
        kind: _change(kind)
        for kind in ("types", "shards", "transposed", "missing chunks", "channels and times",
                     "scales and units", "axes named")
    },
    ours,
    theirs,
    tolerance={"voxels": 0, "spacing": 1e-9, "first": 1e-9},
    alone={},
    mutants=400,
)  # fmt: skip
