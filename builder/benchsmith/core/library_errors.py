"""What a library's exception says about a file, in words for the person who has the file."""

from __future__ import annotations

DAMAGED = (TypeError, AttributeError, LookupError, AssertionError)
"""What libraries raise when they use an element that a damaged file lacks or has in a wrong type."""


def words_for(error: BaseException) -> str:
    """Return one line about a library's exception, without names of Python's types.

    >>> words_for(AttributeError("'NoneType' object has no attribute 'x'"))
    'an element is missing or of a wrong type'
    >>> words_for(ValueError("bad bit depth"))
    'bad bit depth'
    """
    text = " ".join(str(error).split())
    if isinstance(error, DAMAGED) or "NoneType" in text:
        return "an element is missing or of a wrong type"
    return text or type(error).__name__
