"""Words that are searched for as a phrase."""

from __future__ import annotations

import re
from typing import NamedTuple

NEAR = 120
"""Characters before and after a word in which the other words of its name stand."""


class Phrase(NamedTuple):
    """Words that are searched for together."""

    token: str
    """One of them: the others are looked for beside it."""
    shape: re.Pattern[str]
    kind: str

    def is_in(self, plain: str) -> bool:
        """Return whether a text in plain letters has the words."""
        near = max(NEAR, len(self.shape.pattern))
        at = plain.find(self.token)
        while at >= 0:
            if self.shape.search(plain[max(at - near, 0) : at + len(self.token) + near]):
                return True
            at = plain.find(self.token, at + 1)
        return False
