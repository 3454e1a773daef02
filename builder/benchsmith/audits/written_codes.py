"""Texts that are written in another alphabet: base85, base64, base32 and hexadecimal digits."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from benchsmith.audits.base85_codes import decoded_85

LONG = 1000
"""Letters of base64 that are a picture and no text in which a name may stand."""
MIN_BARE = 8
"""Letters of base64 that ends without `=`: shorter ones are words."""
MIN_BARE_32 = 10
"""Letters of base32 that ends without `=`."""
MIN_BYTES = 48
"""Decoded bytes that are no text and may be a file; fewer are a digest or chance."""
PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
"""How gzip, ZIP, bzip2, xz and Zstandard begin: few bytes may be a file, too."""
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{8,}+={0,2}")
_WRAPPED = re.compile(r"(?m)^(?:[A-Za-z0-9+/]{60,80}\r?\n)+[A-Za-z0-9+/]+={0,2}")
"""Base64 in lines, as in mails."""
_BASE32 = re.compile(r"(?:[A-Z2-7]+|[a-z2-7]+)={0,6}")
_BETWEEN = re.compile(r"[/_+-]")
_PICTURE = re.compile(rf"[A-Za-z0-9+/]{{{LONG},}}={{0,2}}")
_UNPRINTED = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")
_DIGITS = re.compile(r"(?=.*[0-9])(?:0[xX])?([0-9a-f]{10,}|[0-9A-F]{10,})")
"""Hexadecimal digits; a repeated pair would take 70 bytes of memory for each byte of a long word."""
_SPACED_DIGITS = re.compile(
    r"(?<![0-9A-Za-z])(?:0x)?[0-9A-Fa-f]{2}(?:(?:[ :-]|, ?)(?:0x)?[0-9A-Fa-f]{2}(?![0-9A-Za-z])){4,}"
)
_BYTE = re.compile(r"(?:0x)?([0-9A-Fa-f]{2})")
_HEX = re.compile(r"[0-9a-f]+|[a-z_]+|[A-Z_]+|[0-9]+")
"""Hashes and plain words: as base64 they are no text."""
_URL_SAFE = str.maketrans("-_", "+/")


def apart(text: str) -> tuple[str, list[str]]:
    """Return a text with each long piece of base64 replaced by a space, and these pieces."""
    if len(text) < LONG:
        return text, []
    pieces, rest, at = [], [], 0
    for match in _PICTURE.finditer(text):
        pieces.append(match[0])
        rest.append(text[at : match.start()])
        at = match.end()
    return " ".join((*rest, text[at:])), pieces


def decoded(text: str) -> Iterator[str | bytes]:
    """Yield what is written in a text in such an alphabet: texts, and bytes that may be a file."""
    for token in set(_BASE64.findall(text)):
        yield from of_token(token)
        if _BETWEEN.search(token):
            for part in _BETWEEN.split(token):
                yield from of_token(part)
    for data in decoded_85(text):
        yield from _texts_in(data)
    for match in _WRAPPED.finditer(text):
        yield from of_token("".join(match[0].split()))
    for match in _SPACED_DIGITS.finditer(text):
        yield from _texts_in(bytes.fromhex("".join(_BYTE.findall(match[0]))))


def of_token(token: str) -> Iterator[str | bytes]:
    """Yield the texts and bytes that a word encodes; bytes that are not text and too short for a file are ignored."""
    bare = token.rstrip("=")
    if (digits := _DIGITS.fullmatch(token)) and len(digits[1]) % 2 == 0:
        yield from _texts_in(bytes.fromhex(digits[1]))
    short = len(token) == len(bare)
    if _BASE32.fullmatch(token) and not (short and len(bare) < MIN_BARE_32):
        try:
            padded = bare.upper() + "=" * (-len(bare) % 8)
            yield from _texts_in(base64.b32decode(padded))
        except binascii.Error:
            pass
    if len(bare) % 4 == 1 or (short and len(bare) < MIN_BARE) or _HEX.fullmatch(bare):
        return
    padded = (bare.translate(_URL_SAFE) if "-" in bare or "_" in bare else bare) + "=" * (
        -len(bare) % 4
    )
    try:
        data = base64.b64decode(padded, validate=True)
    except binascii.Error:
        return
    found = list(_texts_in(data))
    yield from found
    if not found and (len(data) >= MIN_BYTES or data.startswith(PACKED)):
        yield data


def _texts_in(data: bytes) -> Iterator[str]:
    """Yield bytes as text if they are only text, in UTF-8 or, for ASCII letters, in UTF-16."""
    for coding in ("utf-8", "utf-16-le", "utf-16-be"):
        try:
            text = data.decode(coding)
        except UnicodeDecodeError:
            continue
        if not _UNPRINTED.search(text) and (coding == "utf-8" or text.isascii()):
            yield text
            return
