"""Names of files: one normal form to compare them in, and one form that every output can hold.

Some systems write an accented letter as one character (NFC), others as a letter and an accent
(NFD). A name that is not valid UTF-8 has surrogates in Python, which no output can hold.
"""

from __future__ import annotations

import unicodedata


def composed(name: str) -> str:
    """Return a name with accented letters as one character each (NFC).

    >>> composed("cafe" + chr(0x301)) == "caf" + chr(0xE9)
    True
    """
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def is_utf8(name: str) -> bool:
    """Return whether the bytes of a file's name are valid UTF-8."""
    return name.isascii() or not any(0xDC80 <= ord(c) <= 0xDCFF for c in name)


def printable(name: str) -> str:
    r"""Return a name or text whose bytes that are not valid UTF-8 are escaped.

    >>> printable("caf\udce9.png")
    'caf\\xe9.png'
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def visible(text: str) -> str:
    r"""Return a text with its control characters escaped, which a terminal would execute.

    >>> visible("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    if text.isprintable():
        return text
    return "".join(c if unicodedata.category(c) != "Cc" else f"\\x{ord(c):02x}" for c in text)
