"""TIFF pictures, written by tifffile and tag by tag, and judged by tifffile."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from tests import tiff_pages
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.mutants import Change, Format, note
from tests.value_fuzz.raster import ORIENTATION, colour, either, grey, ours, size
from tests.value_fuzz.tiff_judge import by_tifffile

KINDS = ("u1", "i1", "u2", "i2", "u4", "i4", "f4", "u8", "f2", "f8")
COLOURS = ("u1", "u2")
PREMULTIPLIED = 1


def _tiff(**fixed: Any) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        kind = chance.pick(("u1", "u2", "i2", "f4", "u4", "i4", "rgb"))
        if kind == "rgb":
            pixels, more = colour(chance), {"photometric": "rgb"}
        else:
            top = 255 if kind == "u1" else 60_000
            low = -20_000 if kind[0] == "i" else 0
            if kind == "i2":
                top = 20_000
            pixels, more = (
                chance.array(size(chance), low, top, kind),
                {"photometric": "minisblack"},
            )
        more |= {"metadata": None, **{k: v(chance) for k, v in fixed.items()}}
        order = more.pop("byteorder", None)
        if kind == "f4":
            more.pop("predictor", None)  # another package would be needed
        with tifffile.TiffWriter(folder / "p.tif", byteorder=order) as file:
            file.write(pixels, **more)
        return folder / "p.tif"

    return change


def _tiff_white(chance: Chance, folder: Path) -> Path:
    kind = chance.pick(("u1", "u2"))
    pixels = chance.array(size(chance), 0, 255 if kind == "u1" else 65535, kind)
    tifffile.imwrite(folder / "p.tif", pixels, photometric="miniswhite", metadata=None)
    return folder / "p.tif"


def _tiff_palette(chance: Chance, folder: Path) -> Path:
    pixels = grey(chance)
    table = chance.array((3, 256), 0, 255) * 257
    tifffile.imwrite(
        folder / "p.tif", pixels, photometric="palette", colormap=table.astype("u2"), metadata=None
    )
    return folder / "p.tif"


def _tiff_alpha(chance: Chance, folder: Path) -> Path:
    tifffile.imwrite(
        folder / "p.tif", colour(chance, 4), photometric="rgb", extrasamples=["unassalpha"],
        metadata=None,
    )  # fmt: skip
    return folder / "p.tif"


def _tiff_pages(chance: Chance, folder: Path) -> Path:
    count = chance.whole(2, 4)
    with tifffile.TiffWriter(folder / "p.tif") as file:
        for _ in range(count):
            file.write(grey(chance), photometric="minisblack", metadata=None)
    note(folder, part=str(chance.whole(0, count - 1)))
    return folder / "p.tif"


def _tiff_planes(chance: Chance, folder: Path) -> Path:
    pixels = chance.array((3, *size(chance)), 0, 255, "u1")
    tifffile.imwrite(
        folder / "p.tif", pixels, photometric="rgb", planarconfig="separate", metadata=None
    )
    return folder / "p.tif"


def _tiff_turned(chance: Chance, folder: Path) -> Path:
    code = chance.whole(0, 9)
    tifffile.imwrite(
        folder / "p.tif", grey(chance), photometric="minisblack", metadata=None,
        extratags=[(ORIENTATION, "H", 1, code, True)],
    )  # fmt: skip
    return folder / "p.tif"


def _tiff_colour16(chance: Chance, folder: Path) -> Path:
    pixels = chance.array((*size(chance), 3), 0, 65535, "u2")
    tifffile.imwrite(folder / "p.tif", pixels, photometric="rgb", metadata=None)
    return folder / "p.tif"


def _page(**fixed: Any) -> Change:
    """Return a mutation that chooses every axis of a page, but for those that are `fixed`."""

    def change(chance: Chance, folder: Path) -> Path:
        given = {name: choose(chance) for name, choose in fixed.items()}
        kind = given.pop("kind", None) or chance.pick(KINDS)
        count = given.pop("count", None) or chance.pick((1, 1, 3, 4) if kind in COLOURS else (1,))
        shape = (chance.whole(3, 20), chance.whole(3, 20), count)
        cut = chance.pick(({}, {"rows": chance.whole(1, 6)}, {"tile": (16, 16)}))
        code = given.pop("code", None) or chance.pick(("none", "deflate", "packbits"))
        white = count == 1 and kind[0] == "u" and chance.yes(0.2)
        page = tiff_pages.Page(
            photometric="white" if white else "black" if count < 3 else "rgb",
            order=chance.pick(("<", ">")),
            code=code,
            predictor=chance.pick((1, 2)) if code == "deflate" and kind[0] != "f" else 1,
            separate=count > 1 and chance.yes(),
            extra=(chance.whole(0, 2),) if count in (2, 4) else (),
            **cut,
        )
        page = dataclasses.replace(page, **given)
        pixels = _samples(chance, kind, shape)
        if page.extra == (PREMULTIPLIED,):
            pixels[..., :-1] = np.minimum(pixels[..., :-1], pixels[..., -1:])
        return tiff_pages.write(folder / "p.tif", [pixels], page)

    return change


def _samples(chance: Chance, kind: str, shape: tuple[int, ...]) -> Any:
    if kind[0] == "f":
        return (chance.array(shape, -30_000, 30_000) / 128).astype(kind)
    limits = np.iinfo(kind)
    far = 1 << 31
    low, high = max(int(limits.min), -far), min(int(limits.max), far - 1)
    return chance.array(shape, low, high, kind)


def _few_bits(chance: Chance, folder: Path) -> Path:
    """Write grey levels or indices of 1, 2 or 4 bits."""
    bits = chance.pick((1, 2, 4))
    shape = (chance.whole(3, 20), chance.whole(3, 20), 1)
    photometric = chance.pick(("black", "white", "palette") if bits > 1 else ("black", "white"))
    table = chance.array((3 << bits,), 0, 255) * 257 if photometric == "palette" else ()
    page = tiff_pages.Page(
        photometric=photometric,
        order=chance.pick(("<", ">")),
        code=chance.pick(("none", "deflate", "packbits")),
        rows=chance.pick((0, 1, 4)),
        tile=chance.pick(((0, 0), (16, 16))),
        bits=bits,
        colours=tuple(map(int, table)),
        reversed_bits=chance.yes(0.3),
    )
    pixels = chance.array(shape, 0, (1 << bits) - 1, "u1")
    return tiff_pages.write(folder / "p.tif", [pixels], page)


def _sample_format(chance: Chance, folder: Path) -> Path:
    """State each type of sample for each width, also those that nobody defines."""
    bits = chance.pick((1, 2, 4, 8, 16, 32, 64))
    kind = f"u{max(bits, 8) // 8}"
    pixels = _samples(chance, kind, (chance.whole(3, 12), chance.whole(3, 12), 1))
    if bits < 8:
        pixels &= (1 << bits) - 1
    page = tiff_pages.Page(
        order=chance.pick(("<", ">")), bits=bits, sample_format=chance.pick((1, 2, 2, 4))
    )
    return tiff_pages.write(folder / "p.tif", [pixels], page)


TIFF = Format(
    "TIFF",
    "tifffile",
    {
        "pixel type": _tiff(),
        "byte order": _tiff(byteorder=lambda c: c.pick((">", "<"))),
        "compression": _tiff(compression=lambda c: c.pick(("zlib", None))),
        "strips": _tiff(rowsperstrip=lambda c: c.whole(1, 4)),
        "tiles": _tiff(tile=lambda c: (16, 16)),
        "predictor": _tiff(compression=lambda c: "zlib", predictor=lambda c: c.yes()),
        "WhiteIsZero": _tiff_white,
        "palette": _tiff_palette,
        "alpha": _tiff_alpha,
        "one of several pages": _tiff_pages,
        "planes": _tiff_planes,
        "orientation": _tiff_turned,
        "colour of 16 bits": _tiff_colour16,
        "all at once": _page(),
        "BigTIFF": _page(big=lambda c: True, order=lambda c: c.pick(("<", "<", "<", ">"))),
        "deep planes": _page(
            kind=lambda c: c.pick(("u1", "u2")),
            count=lambda c: c.pick((3, 3, 4)),
            separate=lambda c: True,
        ),
        "planes of grey and alpha": _page(
            kind=lambda c: c.pick(("u1", "u2")), count=lambda c: 2, separate=lambda c: c.yes()
        ),
        "few bits": _few_bits,
        "sample format": _sample_format,
    },
    either(ours),
    either(by_tifffile),
    tolerance={"pixels": 1},
    alone={
        "no counts of bytes": "the tag of the counts is damaged; those of pixels that are not "
        "compressed follow from the sides (TIFF 6.0, section 3)"
    },
)
