"""The texts in bytes of any kind: pictures, tables, archives, compressed files, base64, and plain text."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sqlite3
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import BinaryIO, TypeAlias, cast

import PIL.Image
import pyarrow as pa

from benchsmith.audits import table_texts
from benchsmith.audits.pdf_texts import is_pdf, texts_of_pdf
from benchsmith.audits.table_texts import Cell, Numbers
from benchsmith.audits.written_codes import apart, decoded, of_token
from benchsmith.imaging import picture_metadata, picture_segments
from benchsmith.text.readable_bytes import readable

MAX_DEPTH = 4
"""Layers of archives and encodings, one in another."""
MAX_BYTES = 1 << 26
"""Bytes that one compressed file may inflate to."""
MAX_HEAD = 1 << 10
"""Bytes at the start of a gzip file that may state the name of what it holds."""
ZIP = b"PK\x03\x04"
TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
HOLD_EXIF = ("eXIf", "EXIF", "APP1")
"""Parts of PNG, WebP and JPEG files."""
Said: TypeAlias = str | Numbers
"""A text, or the numbers of a column."""


def _zstd(file: BinaryIO) -> BinaryIO:
    return cast(BinaryIO, pa.CompressedInputStream(file, "zstd"))


_COMPRESSED: dict[bytes, Callable[[BinaryIO], BinaryIO]] = {
    b"\x1f\x8b": lambda file: cast(BinaryIO, gzip.GzipFile(fileobj=file)),
    b"BZh": lambda file: cast(BinaryIO, bz2.BZ2File(file)),
    b"\xfd7zXZ": lambda file: cast(BinaryIO, lzma.LZMAFile(file)),  # noqa: SIM115
    b"\x28\xb5\x2f\xfd": _zstd,
    **dict.fromkeys((b"\x78\x01", b"\x78\x9c", b"\x78\xda"), lambda file: _Inflated(file.read())),
}
"""How compressed files begin, and what opens them."""
_TABLES: dict[bytes, Callable[[bytes], Iterator[Cell]]] = {
    table_texts.PARQUET: table_texts.cells_of_parquet,
    table_texts.ARROW: table_texts.cells_of_arrow,
    table_texts.SQLITE: table_texts.cells_of_sqlite,
}


def texts_of_bytes(data: bytes, depth: int = 0) -> Iterator[Said]:
    """Yield the texts in some bytes; for a picture, those around its pixels."""
    if not data or depth > MAX_DEPTH:
        return
    if picture_segments.is_picture(data) or data.startswith(TIFF):
        yield from texts_of_picture(data)
    elif opened := next((of for start, of in _COMPRESSED.items() if data.startswith(start)), None):
        yield from _inflated(data, opened, depth)
    elif is_pdf(data):
        yield from _of_pdf(data, depth)
    elif data.startswith(ZIP) or data[257:262] == b"ustar":
        yield from _archived(data, depth)
    elif table := next((of for start, of in _TABLES.items() if data.startswith(start)), None):
        yield from _of_table(data, table, depth)
    elif b"\0" in data[:4096] or not _is_utf8(data[:4096]):
        yield from readable(data)
    else:
        yield from texts_of_text(data.decode("utf-8", "replace"), depth)


def texts_of_text(text: str, depth: int = 0) -> Iterator[Said]:
    """Yield a text without the pictures in it, then the texts in it that are encoded, such as base64."""
    rest, pieces = apart(text)
    yield rest
    if depth > MAX_DEPTH:
        return
    for found in chain(decoded(rest), *map(of_token, pieces)):
        if isinstance(found, bytes):
            yield from texts_of_bytes(found, depth + 1)
        else:
            yield from texts_of_text(found, depth + 1)


def texts_of_cells(cells: Iterable[Cell], depth: int = 0) -> Iterator[Said]:
    """Yield what the cells of a table say, and the numbers of its columns."""
    for cell in cells:
        if isinstance(cell, bytes):
            yield from texts_of_bytes(cell, depth + 1)
        elif isinstance(cell, str):
            yield from texts_of_text(cell, depth + 1)
        else:
            yield cell


def texts_of_picture(data: bytes) -> Iterator[str]:
    """Yield a picture's metadata as text, without decoding pixels."""
    for name, part in picture_segments.segments(data):
        yield f"{name} "
        yield from readable(part)
        if name in HOLD_EXIF:
            # a comment may be in UTF-16, and preceded by bytes of its own
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


class _Inflated(io.BytesIO):
    """A zlib stream, inflated up to a limit."""

    def __init__(self, data: bytes) -> None:
        super().__init__(zlib.decompressobj().decompress(data, MAX_BYTES))


def _inflated(data: bytes, opened: Callable[[BinaryIO], BinaryIO], depth: int) -> Iterator[Said]:
    yield from readable(data[:MAX_HEAD])
    try:
        with opened(io.BytesIO(data)) as file:
            inside = file.read(MAX_BYTES)
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
        yield from readable(data)
        return
    yield from texts_of_bytes(inside, depth + 1)


def _of_table(data: bytes, cells: Callable[[bytes], Iterator[Cell]], depth: int) -> Iterator[Said]:
    try:
        yield from texts_of_cells(cells(data), depth)
        if data.startswith(table_texts.SQLITE):
            # rows that were deleted stay in the file
            yield from readable(data)
    except (pa.ArrowException, sqlite3.Error, OSError, ValueError):
        # a table that cannot be opened is searched as bytes
        yield from readable(data)


def _of_pdf(data: bytes, depth: int) -> Iterator[Said]:
    for found in texts_of_pdf(data):
        if isinstance(found, bytes):
            yield from texts_of_bytes(found, depth + 1)
        else:
            yield from texts_of_text(found, depth + 1)


def _archived(data: bytes, depth: int) -> Iterator[Said]:
    try:
        if data.startswith(ZIP):
            with zipfile.ZipFile(io.BytesIO(data)) as members:
                yield from readable(members.comment)
                for entry in members.infolist():
                    yield entry.filename
                    yield from readable(entry.comment)
                    yield from readable(entry.extra)
                    if entry.file_size <= MAX_BYTES:
                        yield from texts_of_bytes(members.read(entry), depth + 1)
            return
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            yield from texts_of_tar(tar, depth)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, RuntimeError, OSError):
        yield from readable(data)


def texts_of_tar(tar: tarfile.TarFile, depth: int = 0) -> Iterator[Said]:
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
