"""The texts in a PDF: of its objects as they stand, and of its streams, whose filters are undone.

Letters that a font of the file numbers by itself, as subsets of fonts do, are not known without the font, and are not
read. Neither are encrypted files.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator

from benchsmith.text.readable_bytes import readable

START = b"%PDF-"
MAX_START = 1024
"""Bytes that may stand before it."""
MAX_BYTES = 1 << 26
"""Bytes that one stream may inflate to."""
_STREAM = re.compile(rb"<<((?:(?!endobj|stream)[\s\S]){0,4000})>>\s*stream\r?\n")
_END = re.compile(rb"\r?\n?endstream")
_FILTER = re.compile(rb"/(FlateDecode|Fl|ASCII85Decode|A85|ASCIIHexDecode|AHx)(?![A-Za-z0-9])")
_TEXT = re.compile(
    rb"\(((?:[^()\\]|\\[\s\S]|\((?:[^()\\]|\\[\s\S])*\))*)\)|<([0-9A-Fa-f\s]+)>|(T[Jj*dDm]|ET|'|\")"
)
"""A string in brackets or in hexadecimal digits, or an operator that ends a piece of text."""
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r?\n|\r)|([\s\S]))")
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def is_pdf(data: bytes) -> bool:
    """Return whether bytes begin as a PDF does."""
    return START in data[: MAX_START + len(START)]


def texts_of_pdf(data: bytes) -> Iterator[str | bytes]:
    """Yield the texts of a PDF, and the bytes of its streams, which may be pictures or files."""
    yield from _strings(data)
    yield from readable(data)
    for match in _STREAM.finditer(data):
        end = _END.search(data, match.end())
        content = data[match.end() : end.start() if end else None]
        found = _unfiltered(content, _FILTER.findall(match[1]))
        yield found
        yield from _strings(found)


def _unfiltered(content: bytes, filters: list[bytes]) -> bytes:
    """Undo filters in their order; what cannot be undone stays as it is."""
    for name in filters:
        try:
            if name in (b"FlateDecode", b"Fl"):
                content = zlib.decompressobj().decompress(content, MAX_BYTES)
            elif name in (b"ASCII85Decode", b"A85"):
                body = content.strip().removeprefix(b"<~").partition(b"~>")[0]
                content = base64.a85decode(body)
            else:
                content = _from_hex(content.partition(b">")[0])
        except (zlib.error, binascii.Error, ValueError):
            return content
    return content


def _from_hex(digits: bytes) -> bytes:
    """Return the bytes of hexadecimal digits, of which a last one may be missing. Raises ValueError for others."""
    digits = b"".join(digits.split())
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))


def _strings(data: bytes) -> Iterator[str]:
    """Yield the strings of a page or an object: pieces of one line of text together, as kerning divides words."""
    found: list[str] = []
    for match in _TEXT.finditer(data):
        if match[3] is not None:
            found.append("\n" if match[3] != b"Tj" else "")
        elif match[2] is not None:
            found.append(_decoded(_from_hex(match[2])))
        else:
            found.append(_decoded(_ESCAPE.sub(_unescaped, match[1])))
    if said := "".join(found).strip():
        yield said
    # pieces that are no parts of one word
    if apart := " ".join(filter(str.strip, found)):
        yield apart


def _unescaped(match: re.Match[bytes]) -> bytes:
    if match[1]:
        return bytes([int(match[1], 8) & 255])
    return b"" if match[2] else _NAMED.get(match[3], match[3])


def _decoded(string: bytes) -> str:
    """Return a string as text: in UTF-16 or UTF-8 if it says so, else as Latin letters."""
    for mark, coding in (
        (b"\xfe\xff", "utf-16-be"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xef\xbb\xbf", "utf-8"),
    ):
        if string.startswith(mark):
            return string[len(mark) :].decode(coding, "replace")
    return string.decode("cp1252", "replace")
