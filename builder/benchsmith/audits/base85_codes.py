"""Texts that are written in base85: as Python and Git do, as Adobe does, and as ZeroMQ does (Z85)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator

MIN_LETTERS = 8
"""Letters of base85 without marks around them; shorter ones are words and signs."""
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
_Z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
_TO_LETTERS = str.maketrans(_Z85, _LETTERS)


def _words(letters: str, first: str, marks: str = "") -> re.Pattern[str]:
    """Return a pattern of words in an alphabet; `first` letters stand for a byte of an ASCII text first.

    `marks` are letters that may also stand around a word, such as quotes.
    """
    any_of = f"[{re.escape(letters)}]"
    start, end = f"(?<!{any_of})", f"(?!{any_of})"
    if marks:
        start, end = f"(?:{start}|(?<=[{re.escape(marks)}]))", f"(?:{end}|(?=[{re.escape(marks)}]))"
    five = f"{first}{any_of}{{4}}"
    long = f"(?={any_of}{{{MIN_LETTERS}}})"
    return re.compile(f"{start}{long}(?:{five})+(?:{first}{any_of}{{1,3}})?{end}")


# a byte of printed ASCII, 32 to 126, is 10 to 40 times 85 to the power of 4
_PLAIN = _words(_LETTERS, "[A-Za-e]")
_OF_Z85 = _words(_Z85, "[a-zA-E]")
_ASCII85 = _words("".join(map(chr, range(ord("!"), ord("v")))), "[+-I]", "\"'`()[]<>=,:;")
_WORD = re.compile(rf"\S{{{MIN_LETTERS},}}")
_SIGN = re.compile(r"[!#$%&()*+;<=>?@^`{|}~\[\]]")
"""Signs of these alphabets that no name of a file and no number has. A longer word has one nearly always."""
_MARKED = re.compile(r"<~([!-uz\s]+)~>")


def decoded_85(text: str) -> Iterator[bytes]:
    """Yield the bytes that words of a text may say in base85. Without marks, they begin as ASCII does.

    >>> [word for word in decoded_85(f"x {base64.b85encode(b'Anna Kowalska').decode()} y")]
    [b'Anna Kowalska']
    """
    for marked in _MARKED.findall(text) if "<~" in text else ():
        yield from _bytes(base64.a85decode, marked)
    # each word once, and those without a sign not at all, which most words of a release are
    rest = "\n".join({word for word in _WORD.findall(text) if _SIGN.search(word)})
    for word in _PLAIN.findall(rest):
        yield from _bytes(base64.b85decode, word)
    for word in _OF_Z85.findall(rest):
        yield from _bytes(base64.b85decode, word.translate(_TO_LETTERS))
    for word in _ASCII85.findall(rest):
        yield from _bytes(base64.a85decode, word)


def _bytes(decode: Callable[[str], bytes], word: str) -> Iterator[bytes]:
    try:
        yield decode(word)
    except ValueError:
        return
