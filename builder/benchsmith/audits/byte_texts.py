"""The texts in bytes of any kind: pictures, archives, compressed files, base64, and plain text."""

from __future__ import annotations

import base64
import binascii
import io
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

import PIL.Image

from benchsmith.imaging import picture_metadata, picture_segments
from benchsmith.text.readable_bytes import readable

MAX_DEPTH = 4
"""Layers of archives and encodings, one in another."""
MAX_BYTES = 1 << 26
"""Bytes that one compressed file may inflate to."""
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
HOLD_EXIF = ("eXIf", "EXIF", "APP1")
"""Parts of PNG, WebP and JPEG files."""
LONG = 1000
"""Letters of base64 that are a picture and no text in which a name may stand."""
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{8,}+={0,2}")
_BETWEEN = re.compile(r"[/_+-]")
MIN_BARE = 12
"""Letters of base64 that ends without `=`: shorter ones are words."""
_PICTURE = re.compile(rf"[A-Za-z0-9+/]{{{LONG},}}={{0,2}}")
_UNPRINTED = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")
_DIGITS = re.compile(r"(?=.*[0-9])(?:[0-9a-f]{10,}|[0-9A-F]{10,})")
_HEX = re.compile(r"[0-9a-f]+|[a-z_]+|[A-Z_]+|[0-9]+")
"""Hashes and plain words: as base64 they are no text."""
_URL_SAFE = str.maketrans("-_", "+/")


def texts_of_bytes(data: bytes, depth: int = 0) -> Iterator[str]:
    """Yield the texts in some bytes; of a picture those around its pixels."""
    if not data or depth > MAX_DEPTH:
        return
    if picture_segments.is_picture(data) or data.startswith(TIFF):
        yield from texts_of_picture(data)
    elif data.startswith(GZIP):
        yield from _inflated(data, depth)
    elif data.startswith(ZIP) or data[257:262] == b"ustar":
        yield from _archived(data, depth)
    elif b"\0" in data[:4096] or not _is_utf8(data[:4096]):
        yield from readable(data)
    else:
        yield from texts_of_text(data.decode("utf-8", "replace"), depth)


def texts_of_text(text: str, depth: int = 0) -> Iterator[str]:
    """Yield a text without the pictures in it, then what is written in it as base64."""
    yield _PICTURE.sub(" ", text) if len(text) >= LONG else text
    if depth > MAX_DEPTH:
        return
    for token in {match[0] for match in _BASE64.finditer(text)}:
        yield from _decoded(token, depth + 1)
        if len(token) < LONG and _BETWEEN.search(token):
            for part in _BETWEEN.split(token):
                yield from _decoded(part, depth + 1)


def texts_of_picture(data: bytes) -> Iterator[str]:
    """Yield a picture's metadata as text, without decoding pixels."""
    for name, part in picture_segments.segments(data):
        yield f"{name} "
        yield from readable(part)
        if name in HOLD_EXIF:
            # a comment may be in UTF-16, and behind bytes that belong to it
            yield from picture_metadata.texts_of_exif(part)
    if not data.startswith(TIFF):
        return
    try:
        with PIL.Image.open(io.BytesIO(data)) as opened:
            yield from picture_metadata.texts_of_pages(opened)
            yield from picture_metadata.texts_in_metadata(opened)
    except Exception:  # noqa: BLE001
        # a picture that Pillow cannot open is searched as bytes
        yield from readable(data)


def _decoded(token: str, depth: int) -> Iterator[str]:
    """Yield the texts in base64 or hexadecimal; what is no text and no known file says nothing."""
    bare = token.rstrip("=")
    if _DIGITS.fullmatch(token) and len(token) % 2 == 0:
        data = bytes.fromhex(token)
        if data.isascii() and data.decode().isprintable():
            yield data.decode()
        return
    if len(bare) % 4 == 1 or (len(token) == len(bare) < MIN_BARE) or _HEX.fullmatch(bare):
        return
    padded = bare.translate(_URL_SAFE) + "=" * (-len(bare) % 4)
    try:
        data = base64.b64decode(padded, validate=True)
    except binascii.Error:
        return
    if picture_segments.is_picture(data) or data.startswith((*TIFF, GZIP, ZIP)):
        yield from texts_of_bytes(data, depth)
        return
    for coding in ("utf-8", "utf-16-le"):
        try:
            text = data.decode(coding)
        except UnicodeDecodeError:
            continue
        if not _UNPRINTED.search(text) and (coding == "utf-8" or text.isascii()):
            yield from texts_of_text(text, depth)
            return


def _inflated(data: bytes, depth: int) -> Iterator[str]:
    inflater = zlib.decompressobj(31)
    try:
        yield from texts_of_bytes(inflater.decompress(data, MAX_BYTES), depth + 1)
    except zlib.error:
        yield from readable(data)


def _archived(data: bytes, depth: int) -> Iterator[str]:
    try:
        if data.startswith(ZIP):
            with zipfile.ZipFile(io.BytesIO(data)) as members:
                for entry in members.infolist():
                    yield entry.filename
                    yield entry.comment.decode("utf-8", "replace")
                    if entry.file_size <= MAX_BYTES:
                        yield from texts_of_bytes(members.read(entry), depth + 1)
            return
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            yield from texts_of_tar(tar, depth)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, RuntimeError, OSError):
        yield from readable(data)


def texts_of_tar(tar: tarfile.TarFile, depth: int = 0) -> Iterator[str]:
    """Yield the names, owners and contents of an archive's members."""
    for member in tar:
        yield from (member.name, member.linkname, member.uname, member.gname)
        yield from (str(value) for value in member.pax_headers.values())
        file = tar.extractfile(member)
        if file is not None:
            yield from texts_of_bytes(file.read(), depth + 1)


def _is_utf8(data: bytes) -> bool:
    try:
        data[: len(data) - 3 if len(data) > 3 else None].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(data) - 6
    return True
