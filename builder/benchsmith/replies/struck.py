"""Take out what a reply strikes: ``~~B~~``, ``<del>B</del>``, and letters with a line through them."""

from __future__ import annotations

import re

_STRUCK = re.compile(
    r"<\s{0,4}(?P<tag>del|strike)\b[^<>]{0,80}>.{0,1000}?<\s{0,4}/\s{0,4}(?P=tag)\s{0,4}>|(?<!~)~~(?=[^\s~])[^~\n]{1,500}?(?<=[^\s~])~~(?!~)"
    r"|(?:\w[\u0334-\u0338])+|\\(?:sout|cancel|xcancel|bcancel|st)\s*\{[^{}]{0,200}\}",
    re.IGNORECASE | re.DOTALL,
)
_S_TAG = re.compile(r"<s>([^<>]{1,200}?)</s>", re.IGNORECASE)
"""Struck text, or the beginning and the end of a reply as some models mark them."""
_SHORT = 30
"""Characters of the longest text that is struck rather than a whole reply, if it stands first."""


def unstruck(reply: str) -> tuple[str, bool]:
    """Return a reply without what it strikes, and whether that leaves nothing.

    >>> unstruck("~~B~~ C"), unstruck("<s>B</s>C"), unstruck("<s>The answer is B.</s>")
    (('  C', False), (' C', False), ('<s>The answer is B.</s>', False))
    >>> unstruck("~~B~~")
    ('', True)
    """
    if "<" not in reply and "~~" not in reply and "\\" not in reply and not _LINED.search(reply):
        return reply, False
    kept = _STRUCK.sub(" ", reply)
    kept = _S_TAG.sub(lambda m: " " if _is_struck(m) else m[0], kept)
    nothing = kept != reply and not re.search(r"\w", kept)
    return ("" if nothing else kept), nothing


_LINED = re.compile("[\u0334-\u0338]")
_WORD_CHARACTER = re.compile(r"\w")
_GOES_ON = re.compile(r"\s{0,9}[(\"'*]{0,3}\w")


def _is_struck(tagged: re.Match[str]) -> bool:
    """Return whether more of the reply stands before the tag, or behind it if its text is short."""
    if _WORD_CHARACTER.search(tagged.string, 0, tagged.start()):
        return True
    goes_on = _GOES_ON.match(tagged.string, tagged.end()) is not None
    return goes_on and len(tagged[1]) <= _SHORT
