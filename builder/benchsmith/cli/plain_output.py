"""Lines for people. Names, labels and answers in them come from strangers' files and servers."""

from __future__ import annotations

import sys
from typing import TextIO

from benchsmith.text.printed import printed


def tell(*words: object, end: str = "\n", file: TextIO | None = None, flush: bool = False) -> None:
    """Print words, separated by spaces, without terminal control sequences."""
    print(*(printed(str(word)) for word in words), end=end, file=file or sys.stdout, flush=flush)


def warn(text: str = "", end: str = "\n") -> None:
    """Print a line on standard error, beside what the command prints."""
    tell(text, end=end, file=sys.stderr, flush=True)
