"""NumPy files judged by a reader of the bytes; Parquet rows judged by DuckDB and OpenCV."""

from __future__ import annotations

import json
import os
import struct
import zipfile
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import duckdb
import numpy as np
import PIL.Image
import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith import formats
from benchsmith.core.contracts import Reading
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.mutants import Change, Format, Refused, note, noted
from tests.value_fuzz.values import Values

KINDS = ("|u1", "|i1", "<i2", ">i2", "<u2", ">u2", "<i4", "<f4", ">f4", "<f8", "|b1")


def _values(chance: Chance, shape: tuple[int, ...], kind: str) -> Any:
    dtype = np.dtype(kind)
    low, high = (0, 1) if dtype.kind == "b" else (-100, 100) if dtype.kind in "if" else (0, 200)
    return chance.array(shape, low, high).astype(dtype)


def _npy(array: Any, *, version: tuple[int, int] = (1, 0), words: str = "") -> bytes:
    """Write the format by hand (numpy.lib.format), so that its fields can be chosen."""
    fortran = array.flags.f_contiguous and not array.flags.c_contiguous
    text = words or repr(
        {"descr": array.dtype.str, "fortran_order": bool(fortran), "shape": array.shape}
    )
    size = 10 if version[0] == 1 else 12
    padded = text + " " * (-(len(text) + 1 + size) % 64) + "\n"
    length = struct.pack("<H" if version[0] == 1 else "<I", len(padded))
    data = array.tobytes(order="F" if fortran else "C")
    return b"\x93NUMPY" + bytes(version) + length + padded.encode("latin-1") + data


def _shape(chance: Chance) -> tuple[int, ...]:
    return chance.pick(((4, 6), (3, 4, 6), (4, 6, 3), (2, 4, 6, 3), (5, 7), (6, 3, 3)))


def _change(write: Callable[[Chance, Any], bytes]) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        array = _values(chance, _shape(chance), chance.pick(KINDS))
        (folder / "a.npy").write_bytes(write(chance, array))
        return folder / "a.npy"

    return change


def _any(chance: Chance, array: Any) -> bytes:
    return _npy(array)


def _fortran(chance: Chance, array: Any) -> bytes:
    return _npy(np.asfortranarray(array))


def _version(chance: Chance, array: Any) -> bytes:
    return _npy(array, version=(chance.pick((1, 2, 3)), 0))


def _type(chance: Chance, array: Any) -> bytes:
    """Read the same bytes as another type of the same size."""
    kinds = {1: ("|u1", "|i1"), 2: ("<i2", ">u2", "<u2"), 4: ("<i4", ">i4"), 8: ("<i8", ">u8")}
    return _npy(array.view(chance.pick(kinds[array.dtype.itemsize])))


def _reshaped(chance: Chance, array: Any) -> bytes:
    return _npy(array.reshape(array.shape[::-1]))


def _spaced(chance: Chance, array: Any) -> bytes:
    """Order and space the header's keys otherwise."""
    words = f"{{ 'shape' :{array.shape!r},'fortran_order': False , 'descr':'{array.dtype.str}' }}"
    return _npy(array, words=words)


def _npz(chance: Chance, folder: Path) -> Path:
    count = chance.whole(2, 4)
    stack = _values(chance, (count, 5, 6), chance.pick(("|u1", "<i2", "<f4")))
    labels = chance.array((count, 1), 0, 3, "u1")
    entries = {"train_images": stack, "train_labels": labels, "val_images": stack[::-1]}
    how = chance.pick((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(folder / "a.npz", "w", how) as bundle:
        for name in chance.shuffled(sorted(entries)):
            bundle.writestr(f"{name}.npy", _npy(np.ascontiguousarray(entries[name])))
    note(folder, part=f"{chance.pick(('train', 'val'))}_images/{chance.whole(0, count - 1)}")
    return folder / "a.npz"


def ours(path: Path) -> Values:
    """Return an array as ours shows it, without the axes that it adds, and the labels of a part."""
    part = noted(path).get("part", "")
    image = formats.read(path, Reading(part=part))
    found: dict[str, Any] = {"pixels": image.voxels[0] if image.planar else image.voxels}
    if part.startswith("train"):
        found["labels"] = formats.own_labels(path, part)
    return found


def theirs(path: Path) -> Values:
    """Read the header's words with a JSON reader and the values with `struct`, byte by byte."""
    part = noted(path).get("part", "")
    if not part:
        return {"pixels": _picture(_by_hand(path.read_bytes()))}
    with zipfile.ZipFile(path) as bundle:
        name, _, number = part.rpartition("/")
        found = {"pixels": _picture(_by_hand(bundle.read(f"{name}.npy"))[int(number)])}
        if part.startswith("train"):
            found["labels"] = _by_hand(bundle.read("train_labels.npy"))[int(number)]
        return found


def _picture(array: Any) -> Any:
    coloured = array.ndim in (3, 4) and array.shape[-1] == 3 and array.dtype == np.uint8
    if array.ndim - coloured not in (2, 3) or not array.size:
        raise Refused("is not a picture")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise Refused("not finite")
    return array


def _by_hand(data: bytes) -> Any:
    if data[:6] != b"\x93NUMPY":
        raise Refused("another magic number")
    if data[6] not in (1, 2):
        raise Refused("another version")
    size = 10 if data[6] == 1 else 12
    length = int.from_bytes(data[8:size], "little")
    text = data[size : size + length].decode("latin-1").strip()
    for old, new in (("'", '"'), ("(", "["), (")", "]"), ("False", "false"), ("True", "true")):
        text = text.replace(old, new)
    words = json.loads(text.replace(",]", "]").replace(", }", "}").replace(",}", "}"))
    order, kind, item = words["descr"][0], words["descr"][1], int(words["descr"][2:])
    letter = {"u1": "B", "i1": "b", "b1": "?", "u2": "H", "i2": "h", "u4": "I", "i4": "i",
              "f4": "f", "f8": "d", "f2": "e", "u8": "Q", "i8": "q"}[f"{kind}{item}"]  # fmt: skip
    count = int(np.prod(words["shape"]))
    body = data[size + length :]
    if len(body) != count * item:
        raise Refused("another number of bytes")
    values = struct.unpack(f"{'>' if order == '>' else '<'}{count}{letter}", body)
    dtype = {"b": np.uint8, "f": np.float64}.get(kind, np.dtype(f"{kind}{item}"))
    shape = words["shape"]
    if words["fortran_order"]:
        return np.array(values, dtype).reshape(shape[::-1]).transpose()
    return np.array(values, dtype).reshape(shape)


NUMPY = Format(
    "NumPy",
    "`struct`, by hand",
    {
        "types and shapes": _change(_any),
        "order of axes": _change(_fortran),
        "version": _change(_version),
        "type of the values": _change(_type),
        "shape": _change(_reshaped),
        "words of the header": _change(_spaced),
        "one of many pictures": _npz,
    },
    ours,
    theirs,
    alone={"Expecting|delimiter|Invalid|Extra data|not supported|KeyError": "words of the header that NumPy may write and JSON does not "
           "know"},
)  # fmt: skip


# Parquet.


def _png(pixels: Any) -> bytes:
    out = BytesIO()
    PIL.Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def _rows(chance: Chance) -> list[dict[str, Any]]:
    return [
        {
            "image": {"bytes": _png(chance.array((4, 5), 0, 255, "u1")), "path": f"p{k}.png"},
            "label": chance.whole(0, 2),
            "word": chance.pick(("polyp", "none", "", "a;b", "naïve")),
            "share": chance.real(-2, 2),
        }
        for k in range(chance.whole(2, 6))
    ]


def _parquet(alter: Callable[[Chance, list[dict[str, Any]]], dict[str, Any]]) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        rows = _rows(chance)
        more = alter(chance, rows)
        order = more.pop("order", list(rows[0]))
        table = pa.Table.from_pylist(rows).select(order)
        if more.pop("named", False):
            info = {"info": {"features": {"label": {"_type": "ClassLabel", "names": list("xyz")}}}}
            table = table.replace_schema_metadata({"huggingface": json.dumps(info)})
            note(folder, part=str(chance.whole(0, len(rows) - 1)), names=list("xyz"))
        else:
            note(folder, part=str(chance.whole(0, len(rows) - 1)), names=[])
        pq.write_table(table, folder / "t.parquet", write_page_checksum=True, **more)
        return folder / "t.parquet"

    return change


def _plain(chance: Chance, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {}


def _groups(chance: Chance, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"row_group_size": chance.whole(1, 3)}


def _columns(chance: Chance, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"order": chance.shuffled(sorted(rows[0]))}


def _codec(chance: Chance, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"compression": chance.pick(("snappy", "gzip", "zstd", "none")),
            "use_dictionary": chance.yes(), "data_page_version": chance.pick(("1.0", "2.0"))}  # fmt: skip


def _missing(chance: Chance, rows: list[dict[str, Any]]) -> dict[str, Any]:
    for row in rows:
        row[chance.pick(("label", "word", "share"))] = None
    return {}


def _names(chance: Chance, rows: list[dict[str, Any]]) -> dict[str, Any]:
    rows[0]["label"] = chance.pick((0, 2, 7, -1))
    return {"named": True}


def _wide(chance: Chance, rows: list[dict[str, Any]]) -> dict[str, Any]:
    for row in rows:
        row["label"] = chance.pick((2**53 + 1, -(2**62), 7))
    return {}


def _order(chance: Chance, rows: list[dict[str, Any]]) -> dict[str, Any]:
    rows.reverse()
    return {}


def ours_of_row(path: Path) -> Values:
    """Return the picture and the cells of a row."""
    part = noted(path)["part"]
    pixels = formats.read(path, Reading(part=part)).voxels[0]
    return {"pixels": pixels, "cells": sorted(formats.own_labels(path, part).items())}


@cache
def _connection(process: int) -> duckdb.DuckDBPyConnection:
    """Return a process's own connection: a new one for each file took four times as long as to read it."""
    return duckdb.connect(config={"threads": 1})


def by_duckdb(path: Path) -> Values:
    """Read a row with DuckDB's own Parquet reader, and its picture with OpenCV."""
    words = noted(path)
    found = _connection(os.getpid()).execute(
        "SELECT * FROM read_parquet(?, file_row_number = true) WHERE file_row_number = ?",
        [str(path), int(words["part"])],
    )
    names = [d[0] for d in found.description]
    row = found.fetchone()
    if row is None:
        raise Refused("no such row")
    cells = []
    pixels = None
    for name, value in zip(names, row, strict=True):
        if isinstance(value, dict):
            pixels = cv2.imdecode(np.frombuffer(value["bytes"], np.uint8), cv2.IMREAD_UNCHANGED)
        elif name != "file_row_number":
            named = name == "label" and isinstance(value, int) and 0 <= value < len(words["names"])
            text = words["names"][value] if named else "" if value is None else str(value)
            cells.append((name, text))
    if pixels is None:
        raise Refused("no picture")
    return {"pixels": pixels, "cells": sorted(cells)}


PARQUET = Format(
    "Parquet",
    "DuckDB, OpenCV",
    {
        "rows": _parquet(_plain),
        "row groups": _parquet(_groups),
        "order of columns": _parquet(_columns),
        "codec and pages": _parquet(_codec),
        "missing cells": _parquet(_missing),
        "names of classes": _parquet(_names),
        "wide numbers": _parquet(_wide),
        "order of rows": _parquet(_order),
    },
    ours_of_row,
    by_duckdb,
    alone={
        "TProtocol|don't know what type|Invalid|not a Parquet|Failed": "a part of the file's footer that "
        "says nothing of the row is damaged",
    },
)
