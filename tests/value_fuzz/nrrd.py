"""NRRD, attached and detached, judged by SimpleITK (teem)."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.value_fuzz import grids, volume_readers
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.grids import Grid
from tests.value_fuzz.mutants import Change, Format, Refused, note, noted
from tests.value_fuzz.values import Values

TYPES = {
    "u1": ("uint8", "uchar", "unsigned char", "uint8_t"),
    "i1": ("int8", "signed char", "int8_t"),
    "i2": ("int16", "short", "signed short", "short int", "int16_t"),
    "u2": ("uint16", "ushort", "unsigned short", "unsigned short int"),
    "i4": ("int32", "int", "signed int", "int32_t"),
    "f4": ("float",),
    "f8": ("double",),
}
SPACES = {
    "left-posterior-superior": (1, 1),
    "LPS": (1, 1),
    "right-anterior-superior": (-1, -1),
    "RAS": (-1, -1),
    "left-anterior-superior": (1, -1),
    "LAS": (1, -1),
}
"""Signs of x and y in LPS."""


def _vector(values: Any) -> str:
    return "(" + ",".join(repr(float(v)) for v in values) + ")"


def fields(grid: Grid, space: str = "left-posterior-superior") -> dict[str, str]:
    """Return the fields of a header of a volume."""
    signs = np.diag([*SPACES[space], 1])
    steps = signs @ grid.affine[:3, :3]
    return {
        "type": TYPES[grid.voxels.dtype.str[1:]][0],
        "dimension": "3",
        "space": space,
        "sizes": " ".join(map(str, grid.voxels.shape)),
        "space directions": " ".join(_vector(steps[:, i]) for i in range(3)),
        "kinds": "domain domain domain",
        "endian": "little",
        "encoding": "raw",
        "space origin": _vector(signs @ grid.origin),
    }


def write(
    folder: Path, found: dict[str, str], data: bytes, *, end: str = "\n", colon: str = ": "
) -> Path:
    """Write one file, or a header and its data beside it where it names a data file."""
    text = end.join(["NRRD0004", *(f"{k}{colon}{v}" for k, v in found.items()), "", ""])
    packed = gzip.compress(data, 1, mtime=0) if found["encoding"] in ("gzip", "gz") else data
    name = found.get("data file", found.get("datafile"))
    if name:
        (folder / name).write_bytes(packed)
        (folder / "v.nhdr").write_bytes(text.encode())
        return folder / "v.nhdr"
    (folder / "v.nrrd").write_bytes(text.encode() + packed)
    return folder / "v.nrrd"


def _data(grid: Grid, *, big: bool = False) -> bytes:
    kind = grid.voxels.dtype.newbyteorder(">" if big else "<")
    return grid.voxels.astype(kind).tobytes(order="F")


def _change(alter: Callable[[Chance, dict[str, str], Grid], None]) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        grid = grids.grid(chance)
        found = fields(grid, chance.pick(sorted(SPACES)))
        found["encoding"] = chance.pick(("raw", "gzip", "gz"))
        alter(chance, found, grid)
        return write(folder, found, _data(grid, big=found.get("endian") == "big"))

    return change


def _axes(chance: Chance, found: dict[str, str], grid: Grid) -> None:
    """Leave the header as it is: its axes and its space are any."""


def _order(chance: Chance, found: dict[str, str], grid: Grid) -> None:
    found["endian"] = "big"


def _names(chance: Chance, found: dict[str, str], grid: Grid) -> None:
    found["type"] = chance.pick(TYPES[grid.voxels.dtype.str[1:]])


def _no_origin(chance: Chance, found: dict[str, str], grid: Grid) -> None:
    del found["space origin"]


def _spacings(chance: Chance, found: dict[str, str], grid: Grid) -> None:
    """State sides without directions: a volume without a space."""
    for name in ("space", "space directions", "space origin"):
        del found[name]
    found["spacings"] = " ".join(repr(float(s)) for s in grid.spacing)


def _dimension(chance: Chance, found: dict[str, str], grid: Grid) -> None:
    """Write `space dimension` instead of a named space."""
    del found["space"]
    entries = dict(found)
    found.clear()
    found.update({"type": entries.pop("type"), "dimension": entries.pop("dimension"),
                  "space dimension": "3", **entries})  # fmt: skip


def _comments(chance: Chance, found: dict[str, str], grid: Grid) -> None:
    found["content"] = chance.pick(("a: b", "x := y", "space: RAS"))
    found["# sizes"] = "9 9 9"


def _measurement(chance: Chance, found: dict[str, str], grid: Grid) -> None:
    found["space units"] = '"mm" "mm" "mm"'
    found["centerings"] = chance.pick(("cell cell cell", "node node node"))
    found["thicknesses"] = "9 9 9"


def _min_max(chance: Chance, found: dict[str, str], grid: Grid) -> None:
    found["min"], found["max"] = "0", "1"
    found["old min"], found["old max"] = "-1", "7"


def _capitals(chance: Chance, found: dict[str, str], grid: Grid) -> None:
    entries = dict(found)
    found.clear()
    found.update(
        {(k.upper() if k in ("type", "sizes", "endian") else k): v for k, v in entries.items()}
    )
    found["encoding"] = entries["encoding"]


def _lines(chance: Chance, folder: Path) -> Path:
    grid = grids.grid(chance)
    found = fields(grid)
    colon = chance.pick((": ", ":", ":  "))
    return write(folder, found, _data(grid), end=chance.pick(("\n", "\r\n")), colon=colon)


def _shuffled(chance: Chance, folder: Path) -> Path:
    """Write the fields in another order; `dimension` and `space` must come before others."""
    grid = grids.grid(chance)
    found = fields(grid)
    first = ("dimension", "space")
    rest = chance.shuffled([k for k in found if k not in first])
    return write(folder, {k: found[k] for k in (*first, *rest)}, _data(grid))


def _detached(chance: Chance, folder: Path) -> Path:
    grid = grids.grid(chance)
    found = fields(grid)
    found["encoding"] = chance.pick(("raw", "gzip"))
    found[chance.pick(("data file", "datafile"))] = "v.raw"
    return write(folder, found, _data(grid))


def _skips(chance: Chance, folder: Path) -> Path:
    grid = grids.grid(chance)
    found = fields(grid)
    found["data file"] = "v.raw"
    key = chance.pick(("byte skip", "byteskip", "line skip"))
    found[key] = "1" if key == "line skip" else "5"
    return write(folder, found, (b"ab\n" if key == "line skip" else b"12345") + _data(grid))


def _colour(chance: Chance, folder: Path) -> Path:
    grid = grids.grid(chance, "u1")
    count = chance.pick((3, 4))
    found = fields(grid)
    found["dimension"], found["sizes"] = "4", f"{count} {found['sizes']}"
    found["space directions"] = f"none {found['space directions']}"
    kind = {3: ("RGB-color", "3-color"), 4: ("RGBA-color", "4-color")}[count]
    found["kinds"] = f"{chance.pick(kind)} domain domain domain"
    data = chance.array((*grid.voxels.shape[::-1], count), 0, 255, "u1").tobytes()
    return write(folder, found, data)


def _list(chance: Chance, folder: Path) -> Path:
    """Write several volumes, the list axis last."""
    grid = grids.grid(chance)
    count = chance.whole(2, 3)
    found = fields(grid)
    found["dimension"], found["sizes"] = "4", f"{found['sizes']} {count}"
    found["space directions"] += " none"
    found["kinds"] += " list"
    note(folder, part=str(chance.whole(0, count - 1)), list=True)
    data = b"".join(
        (grid.voxels + k).astype(grid.voxels.dtype).tobytes(order="F") for k in range(count)
    )
    return write(folder, found, data)


def _flat(chance: Chance, folder: Path) -> Path:
    grid = grids.grid(chance)
    grid.voxels = grid.voxels[:, :, :1]
    found = fields(grid)
    del found["space"], found["space origin"], found["space directions"]
    found["dimension"], found["kinds"] = "2", "domain domain"
    found["sizes"] = " ".join(map(str, grid.voxels.shape[:2]))
    found["spacings"] = " ".join(repr(float(s)) for s in grid.spacing[:2])
    return write(folder, found, _data(grid))


def theirs(path: Path) -> Values:
    """Read with SimpleITK; of several volumes one is cut out first, since ITK dies of them."""
    words = noted(path)
    if not words.get("list"):
        return volume_readers.by_itk(path)
    head, _, data = path.read_bytes().partition(b"\n\n")
    text = head.decode()
    for old, new in (
        (r"(dimension: )4", r"\g<1>3"),
        (r"(sizes: \d+ \d+ \d+) (\d+)", r"\1"),
        (r"(space directions: .*) none", r"\1"),
        (r"(kinds: .*) list", r"\1"),
    ):
        text, count = re.subn(old, new, text)
        if count != 1:
            raise Refused("is not a list of volumes")
    *sizes, total = map(int, re.findall(rb"sizes: (\d+) (\d+) (\d+) (\d+)", head)[0])
    names = {name: kind for kind, many in TYPES.items() for name in many}
    stated = re.findall(rb"type: (.+)", head)[0].decode()
    one = int(np.prod(sizes)) * np.dtype(names[stated]).itemsize
    if len(data) < one * total or int(words["part"]) >= total:
        raise Refused("is not a list of volumes")
    alone = path.with_name("alone.nrrd")
    start = int(words["part"]) * one
    alone.write_bytes(text.encode() + b"\n\n" + data[start : start + one])
    return volume_readers.by_itk(alone)


FORMAT = Format(
    "NRRD",
    "SimpleITK",
    {
        "axes and space": _change(_axes),
        "byte order": _change(_order),
        "names of types": _change(_names),
        "no origin": _change(_no_origin),
        "spacings without directions": _change(_spacings),
        "space dimension": _change(_dimension),
        "contents and comments": _change(_comments),
        "units and centerings": _change(_measurement),
        "smallest and largest value": _change(_min_max),
        "keys in capitals": _change(_capitals),
        "ends of lines": _lines,
        "order of fields": _shuffled,
        "detached data": _detached,
        "skips": _skips,
        "colour": _colour,
        "one of several volumes": _list,
        "two dimensions": _flat,
    },
    volume_readers.ours,
    theirs,
    alone={
        'didn\'t see ": "': "teem wants a space after each colon; without it the meaning is the same",
        "parse_kinds|Parse_kinds|space units|trouble parsing (centers|units|labels)": "a kind or "
        "unit of an axis that is not known: axes are placed by their directions alone",
        "couldn't parse endian": "an order of bytes that is not known, of values of one byte",
        "is not a list of volumes|codec can't decode": "the judge's cut of one volume needs a "
        "header as it was written",
    },
    tolerance={"spacing": 1e-3, "volume": 1e-4},
)
