"""What several spellings of one patient's name have in common: a spreadsheet makes 7 of the folder 007."""

from __future__ import annotations

import re
import unicodedata

_WHOLE_AS_DECIMAL = re.compile(r"(\d+)\.0+")
_LEADING_ZEROS = re.compile(r"(?<![\d.])0+(?=\d)")


def patient_spelling(name: str) -> str:
    r"""Return a patient's name without its capitals, without zeros before its numbers, and in plain letters and digits.

    >>> [patient_spelling(name) for name in ("P007", "\uff50007", "7.0", "1.05")]
    ['p7', 'p7', '7', '1.05']
    """
    own = unicodedata.normalize("NFKC", name).casefold()
    whole = _WHOLE_AS_DECIMAL.fullmatch(own)
    return _LEADING_ZEROS.sub("", whole[1] if whole else own)
