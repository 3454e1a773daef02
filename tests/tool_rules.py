"""How VLMEvalKit reads a reply to a multiple-choice question, written from its rule.

`test_real_tools.py` compares it with the tool itself where that is installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BLANKS = ".()[],:;!*#{}"
"""Characters that VLMEvalKit takes for blanks."""
LAST_WORDS = 4
"""A letter counts if it first stands among so many last words."""


class Read(NamedTuple):
    """The option that a tool takes, and by which of its rules it takes one or none."""

    picked: int | None
    rule: str


def vlmevalkit(reply: str, options: Sequence[str]) -> Read:
    """Read a reply as VLMEvalKit's exact matching does.

    One letter as a word of its own counts if it is near the end; several never do. Without a letter the
    only option whose text occurs counts, if the reply is no longer than twice all options together.
    """
    words = reply.translate(str.maketrans(dict.fromkeys(BLANKS, " "))).split()
    letters = [i for i in range(len(options)) if LETTERS[i] in words]
    if len(letters) == 1 and len(words) - words.index(LETTERS[letters[0]]) <= LAST_WORDS:
        return Read(letters[0], "the only letter, near the end")
    found = _by_text(reply, options)
    if letters and found.picked is None:
        far = "the only letter is far from the end"
        return Read(None, far if len(letters) == 1 else "several letters")
    return found


def _by_text(reply: str, options: Sequence[str]) -> Read:
    if len(reply) > 2 * sum(map(len, options)):
        return Read(None, "longer than twice the options")
    named = [i for i, option in enumerate(options) if option.lower() in reply.lower()]
    if len(named) == 1:
        return Read(named[0], "the only text that occurs")
    return Read(None, "no letter as a word of its own" if not named else "several texts")
