"""Names in scripts without spaces: Chinese, Japanese and Korean names, which occur within other words."""

from __future__ import annotations

import re

from benchsmith.text.plain_letters import plain_letters

MIN_LETTERS = 3
"""Letters of a whole name; a part of one has one more."""
_SCRIPT = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_BETWEEN = re.compile(r"[\s^=,\u3000]+")


class SoughtUnspaced:
    """Names, each with its kind."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return bool(self._names)

    def add(self, value: str, kind: str) -> None:
        """Add a value that begins in such a script, and the longer of its parts."""
        whole = _BETWEEN.sub("", plain_letters(value))
        for name in {whole, *_BETWEEN.split(plain_letters(value))}:
            enough = MIN_LETTERS if name == whole else MIN_LETTERS + 1
            if _SCRIPT.match(name) and len(name) >= enough:
                self._names.setdefault(name, kind)

    def leave_out(self, public: str) -> None:
        """Remove what a public text has."""
        bare = _BETWEEN.sub("", plain_letters(public)) if self._names else ""
        self._names = {name: kind for name, kind in self._names.items() if name not in bare}

    def kinds_in(self, text: str) -> set[str]:
        """Return the kinds of the names that a text has, also divided by spaces."""
        if not self._names or not _SCRIPT.search(text):
            return set()
        bare = _BETWEEN.sub("", plain_letters(text))
        return {kind for name, kind in self._names.items() if name in bare}
