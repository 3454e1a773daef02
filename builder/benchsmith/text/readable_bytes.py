"""The texts in bytes of an unknown format: in UTF-8, Latin-1, UTF-16 or UTF-32."""

from __future__ import annotations

import re
from collections.abc import Iterator

MIN_CHARACTERS = 4
"""Shorter runs of letters occur in all bytes by chance."""
_PRINTED = rb"[\t\x20-\x7e\x80-\xff]"
_RUN = re.compile(rb"%s{%d,}" % (_PRINTED, MIN_CHARACTERS))
_LITTLE = re.compile(rb"(?:[\t\x20-\x7e\xa0-\xff]\0|[\x00-\xff][\x01\x04]){%d,}" % MIN_CHARACTERS)
_BIG = re.compile(rb"(?:\0[\t\x20-\x7e\xa0-\xff]|[\x01\x04][\x00-\xff]){%d,}" % MIN_CHARACTERS)
"""Latin letters, those with accents, and Cyrillic ones."""
_WIDE = (
    ("utf-32-le", re.compile(rb"(?:[\t\x20-\x7e\xa0-\xff]\0\0\0){%d,}" % MIN_CHARACTERS)),
    ("utf-32-be", re.compile(rb"(?:\0\0\0[\t\x20-\x7e\xa0-\xff]){%d,}" % MIN_CHARACTERS)),
)


def readable(data: bytes) -> Iterator[str]:
    r"""Yield the runs of text in bytes, as UTF-8 where they are UTF-8, and as Latin-1 otherwise.

    >>> list(readable(b"\x00\x01Doe^Jane\x00\x02")), next(readable("Doe^Jane".encode("utf-16-le")))
    (['Doe^Jane'], 'Doe^Jane')
    """
    for run in _RUN.finditer(data):
        try:
            yield run[0].decode("utf-8")
        except UnicodeDecodeError:
            yield run[0].decode("latin-1")
    if b"\0" in data:
        yield from (run[0].decode("utf-16-le", "replace") for run in _LITTLE.finditer(data))
        yield from (run[0].decode("utf-16-be", "replace") for run in _BIG.finditer(data))
    if b"\0\0\0" in data:
        yield from (run[0].decode(as_) for as_, wide in _WIDE for run in wide.finditer(data))
