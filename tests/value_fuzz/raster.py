"""Pictures: PNG, BMP, PNM, GIF, WebP and JPEG, judged by OpenCV."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import PIL.Image

from benchsmith import formats
from benchsmith.core.contracts import Reading
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.mutants import Format, Refused, noted
from tests.value_fuzz.values import Values

ORIENTATION = 274


def size(chance: Chance) -> tuple[int, int]:
    return chance.whole(3, 12), chance.whole(3, 12)


def grey(chance: Chance) -> Any:
    return chance.array(size(chance), 0, 255, "u1")


def colour(chance: Chance, channels: int = 3) -> Any:
    return chance.array((*size(chance), channels), 0, 255, "u1")


def _saved(folder: Path, name: str, picture: Any, kind: str = "", **more: Any) -> Path:
    if not isinstance(picture, PIL.Image.Image):
        picture = PIL.Image.fromarray(picture)
    picture.save(folder / name, kind or None, **more)
    return folder / name


def _smooth(chance: Chance, channels: int) -> Any:
    """Return a picture that a lossy code keeps nearly."""
    rows, columns = chance.whole(8, 24), chance.whole(8, 24)
    y, x = np.indices((rows, columns))
    planes = [
        (x * chance.whole(1, 5) + y * chance.whole(1, 5) + chance.whole(0, 60)).clip(0, 255)
        for _ in range(channels)
    ]
    found = np.stack(planes, axis=-1).astype(np.uint8)
    return found if channels > 1 else found[..., 0]


# PNG.


def _png_kinds(chance: Chance, folder: Path) -> Path:
    kind = chance.pick(("L", "RGB", "I;16", "1", "RGB;16"))
    if kind == "I;16":
        return _saved(folder, "p.png", chance.array(size(chance), 0, 65535, "u2"))
    if kind == "1":
        return _saved(folder, "p.png", PIL.Image.fromarray(grey(chance)).convert("1"))
    if kind == "RGB;16":
        cv2.imwrite(str(folder / "p.png"), chance.array((*size(chance), 3), 0, 65535, "u2"))
        return folder / "p.png"
    return _saved(folder, "p.png", grey(chance) if kind == "L" else colour(chance))


def _png_alpha(chance: Chance, folder: Path) -> Path:
    pixels = colour(chance, chance.pick((2, 4)))
    if chance.yes():
        pixels[..., -1] = np.where(pixels[..., -1] > 127, 255, 0)
    return _saved(folder, "p.png", pixels)


def _indexed(chance: Chance, bits: int) -> PIL.Image.Image:
    count = 1 << bits
    picture = PIL.Image.fromarray(chance.array(size(chance), 0, count - 1, "u1"), "P")
    picture.putpalette(chance.array((3 * count,), 0, 255, "u1").tobytes())
    return picture


def _png_palette(chance: Chance, folder: Path) -> Path:
    bits = chance.pick((1, 2, 4, 8))
    return _saved(folder, "p.png", _indexed(chance, bits), bits=bits)


def _png_key(chance: Chance, folder: Path) -> Path:
    """Make one colour, grey level or index transparent."""
    kind = chance.pick(("L", "RGB", "P"))
    if kind == "P":
        alphas = bytes(chance.array((4,), 0, 255, "u1"))
        return _saved(folder, "p.png", _indexed(chance, 2), transparency=alphas)
    pixels = grey(chance) // 64 * 64 if kind == "L" else colour(chance) // 128 * 128
    key = int(pixels[0, 0]) if kind == "L" else tuple(map(int, pixels[0, 0]))
    return _saved(folder, "p.png", pixels, transparency=key)


def _png_turned(chance: Chance, folder: Path) -> Path:
    exif = PIL.Image.Exif()
    exif[ORIENTATION] = chance.whole(0, 9)
    return _saved(folder, "p.png", colour(chance), exif=exif)


def _png_words(chance: Chance, folder: Path) -> Path:
    """State a gamma and a resolution, which change no number."""
    data = BytesIO()
    PIL.Image.fromarray(colour(chance)).save(data, "PNG", dpi=(72, 300))
    raw = data.getvalue()
    import struct
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    more = chunk(b"gAMA", struct.pack(">I", chance.pick((45_455, 100_000, 22_000))))
    (folder / "p.png").write_bytes(raw[:33] + more + raw[33:])
    return folder / "p.png"


def _png_lossless(chance: Chance, folder: Path) -> Path:
    """Compress anyhow."""
    path = _saved(folder, "p.png", colour(chance), compress_level=chance.whole(0, 9))
    return path


# Others.


def _bmp(chance: Chance, folder: Path) -> Path:
    kind = chance.pick(("L", "RGB", "1", "P", "RGBA"))
    if kind == "P":
        return _saved(folder, "p.bmp", _indexed(chance, 8))
    if kind == "1":
        return _saved(folder, "p.bmp", PIL.Image.fromarray(grey(chance)).convert("1"))
    pixels = grey(chance) if kind == "L" else colour(chance, len(kind))
    return _saved(folder, "p.bmp", pixels)


def _bmp_from_the_top(chance: Chance, folder: Path) -> Path:
    path = _saved(folder, "p.bmp", colour(chance))
    data = bytearray(path.read_bytes())
    height = int.from_bytes(data[22:26], "little", signed=True)
    data[22:26] = (-height).to_bytes(4, "little", signed=True)
    path.write_bytes(bytes(data))
    return path


def _pnm(chance: Chance, folder: Path) -> Path:
    """Write grey levels or colours of 8 or 16 bits, with a comment."""
    rows, columns = size(chance)
    colour, most = chance.yes(), chance.pick((255, 255, 65535, 1023, 100))
    count = rows * columns * (3 if colour else 1)
    values = chance.array((count,), 0, most, ">u2" if most > 255 else "u1")
    head = f"P{6 if colour else 5}\n# 9 9\n{columns} {rows}\n{most}\n".encode()
    path = folder / ("p.ppm" if colour else "p.pgm")
    path.write_bytes(head + values.tobytes())
    return path


def _webp(chance: Chance, folder: Path) -> Path:
    return _saved(
        folder, "p.webp", colour(chance, chance.pick((3, 3, 4))), lossless=True, exact=True
    )


def _gif(chance: Chance, folder: Path) -> Path:
    more: dict[str, Any] = {"transparency": 1} if chance.yes() else {}
    return _saved(folder, "p.gif", _indexed(chance, chance.pick((2, 8))), **more)


# JPEG.


def _jpeg(chance: Chance, folder: Path, **more: Any) -> Path:
    pixels = _smooth(chance, chance.pick((1, 3)))
    return _saved(folder, "p.jpg", pixels, quality=chance.whole(85, 100), **more)


def _jpeg_sampled(chance: Chance, folder: Path) -> Path:
    return _jpeg(chance, folder, subsampling=chance.whole(0, 2))


def _jpeg_turned(chance: Chance, folder: Path) -> Path:
    exif = PIL.Image.Exif()
    exif[ORIENTATION] = chance.whole(0, 9)
    return _jpeg(chance, folder, exif=exif)


def _jpeg_progressive(chance: Chance, folder: Path) -> Path:
    return _jpeg(chance, folder, progressive=True, optimize=chance.yes())


def _jpeg_cmyk(chance: Chance, folder: Path) -> Path:
    pixels = PIL.Image.fromarray(_smooth(chance, 3)).convert("CMYK")
    return _saved(folder, "p.jpg", pixels, quality=95)


def _jpeg_rgb(chance: Chance, folder: Path) -> Path:
    """Store red, green and blue without a change of colour space."""
    return _saved(folder, "p.jpg", _smooth(chance, 3), quality=95, keep_rgb=True)


def ours(path: Path) -> Values:
    """Return the picture as shown."""
    image = formats.read(path, Reading(part=noted(path).get("part", "")))
    return {"pixels": image.voxels[0]}


def by_opencv(path: Path) -> Values:
    """Read with OpenCV's own copies of libpng, libjpeg and others, and lay alpha over black.

    OpenCV leaves out the transparent level of a grey PNG (PNG, 11.3.2.1), and does not scale PNM to
    its largest value (netpbm, pgm(5)).
    """
    pixels: Any = cv2.imread(str(path), cv2.IMREAD_UNCHANGED | cv2.IMREAD_IGNORE_ORIENTATION)
    if pixels is None:
        raise Refused("OpenCV reads nothing")
    turned = _turned(_scaled(_keyed(pixels, path), path), path)
    if turned.ndim == 2:
        return {"pixels": turned}
    if turned.shape[2] == 4:
        alpha = turned[..., 3:].astype(float) / np.iinfo(turned.dtype).max
        turned = np.rint(turned[..., :3] * alpha).astype(turned.dtype)
    if turned.shape[2] == 2:
        raise Refused("two channels")
    rgb = turned[..., ::-1]
    if rgb.dtype == np.uint16:
        rgb = (rgb >> 8).astype(np.uint8)
    # a palette or a picture of equal channels is grey to one and colour to the other
    return {"pixels": rgb}


def _keyed(pixels: Any, path: Path) -> Any:
    data = path.read_bytes()
    if data[:4] != b"\x89PNG" or pixels.ndim != 2 or data[25] != 0 or b"tRNS" not in data:
        return pixels
    at = data.index(b"tRNS") + 4
    key = int.from_bytes(data[at : at + 2], "big") * {1: 255, 2: 85, 4: 17}.get(data[24], 1)
    return np.where(pixels == key, 0, pixels)


def _scaled(pixels: Any, path: Path) -> Any:
    head = re.match(rb"P[56]\s(?:#[^\n]*\n|\s)*\d+\s+\d+\s+(\d+)\s", path.read_bytes())
    if head is None:
        return pixels
    most = int(head[1])
    largest = 255 if most <= 255 else 65535
    if pixels.max() > most:
        raise Refused("a sample above the largest value")
    return np.rint(pixels * (largest / most)).astype(pixels.dtype)


def _turned(pixels: Any, path: Path) -> Any:
    """Turn by the EXIF orientation (CIPA DC-008, 4.6.4), each code by its rows and columns."""
    from PIL import ExifTags

    with PIL.Image.open(path) as picture:
        code = picture.getexif().get(ExifTags.Base.Orientation, 1)
    return {
        2: lambda p: p[:, ::-1],
        3: lambda p: p[::-1, ::-1],
        4: lambda p: p[::-1],
        5: lambda p: p.swapaxes(0, 1),
        6: lambda p: p[::-1].swapaxes(0, 1),
        7: lambda p: p[::-1, ::-1].swapaxes(0, 1),
        8: lambda p: p[:, ::-1].swapaxes(0, 1),
    }.get(code, lambda p: p)(pixels)


def either(read: Callable[[Path], Values]) -> Callable[[Path], Values]:
    """Return a reader whose pictures of equal channels are grey."""

    def reader(path: Path) -> Values:
        pixels = read(path)["pixels"]
        if pixels.ndim == 3 and (pixels == pixels[..., :1]).all():
            pixels = pixels[..., 0]
        return {"pixels": pixels}

    return reader


PNG = Format(
    "PNG",
    "OpenCV",
    {
        "depth and channels": _png_kinds,
        "alpha": _png_alpha,
        "palette": _png_palette,
        "transparent colour": _png_key,
        "EXIF orientation": _png_turned,
        "gamma and resolution": _png_words,
        "compression": _png_lossless,
    },
    either(ours),
    either(by_opencv),
    tolerance={"pixels": 1},
)
JPEG = Format(
    "JPEG",
    "OpenCV",
    {
        "quality": _jpeg,
        "subsampling": _jpeg_sampled,
        "EXIF orientation": _jpeg_turned,
        "progressive": _jpeg_progressive,
        "CMYK": _jpeg_cmyk,
        "RGB": _jpeg_rgb,
    },
    either(ours),
    either(by_opencv),
    tolerance={"pixels": 8},
    lossy=True,
)
OTHERS = Format(
    "BMP, PNM, GIF, WebP",
    "OpenCV",
    {
        "BMP": _bmp,
        "BMP from the top": _bmp_from_the_top,
        "PNM": _pnm,
        "WebP": _webp,
        "GIF": _gif,
    },
    either(ours),
    either(by_opencv),
    tolerance={"pixels": 1},
    alone={"OpenCV reads nothing": "bytes of a header or after the pixels that OpenCV minds more"},
)
