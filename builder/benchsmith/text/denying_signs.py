"""Signs beside a name that deny or doubt it: a cross, an empty box, a struck word, an arrow, `!` before it."""

from __future__ import annotations

import re
import unicodedata

from benchsmith.text.normal_form import plain

HARMLESS = frozenset(
    "+=<>|^`\u00b4\u00a8\u00b0\u00a9\u00ae\u2122\u2713\u2714\u2705\u2611\U0001f5f8"
)
"""Signs that deny nothing: of addition and ranges, degrees, marks of trade, ticks and ticked boxes."""
SIGNS = frozenset({"Sm", "So", "Sk"})
"""Unicode's categories of signs. What an unknown one means beside a name is not known, so it doubts it."""
STRUCK = 1
"""Unicode's combining class of the lines that are drawn through a character."""
EMPTY_BOX = re.compile(r"\(\s*_*\s*\)|\[\s*_*\s*\]|\{\s*_*\s*\}")
"""A box of a form that is not ticked: `[ ] pneumonia`."""
_NOT = re.compile(r"(?<![\w!])!(?=\s*[\w(])|!=")
"""The negation of programs: `!pneumonia`; behind a name the mark only stresses it."""
_FOREIGN_DENIAL = re.compile(
    "[无無没沒非不否未阴陰除疑欠]|なし|ない|불|없|아니|아님|음성|의심"
    r"|\b(?:нет|не|без|отсутств\w*|отриц\w*|исключ\w*|подозр\w*|возможн\w*|вероятн\w*|отсъства|няма|немає|όχι|χωρίς|αρνητικ\w*|ύποπτ\w*|πιθαν\w*|לא|אין|ללא|שלילי|חשד)\b"
    r"|(?<!\w)(?:لا|ليس|ليست|بدون|غير|سلبي|سلبية|اشتباه|محتمل|خالي|नहीं|बिना|संदिग्ध|नकारात्मक|ไม่)"
)  # fmt: skip
"""Words of other scripts that deny or doubt: "none", "no", "negative", "suspected"."""


def is_struck(character: str) -> bool:
    """Return whether a character is a line through the one before it, or a sign around it.

    >>> is_struck("\u0336"), is_struck("\u0301"), is_struck("\u20e0")
    (True, False, True)
    """
    return unicodedata.combining(character) == STRUCK or unicodedata.category(character) == "Me"


def doubted(raw: str) -> bool:
    """Return whether a sign, an empty box or a word of another script beside a name denies or doubts it.

    >>> doubted("\u2717 pneumonia"), doubted("[ ] pneumonia"), doubted("~pneumonia"), doubted("pneumonia\u0338")
    (True, True, True, True)
    >>> doubted("pneumonia!"), doubted("\u2713 pneumonia"), doubted("ER+"), doubted("pneumonia (left)")
    (False, False, False, False)
    """
    text = plain(raw)
    return bool(
        EMPTY_BOX.search(text)
        or _NOT.search(text)
        or _FOREIGN_DENIAL.search(text.casefold())
        or any(
            (not c.isascii() and is_struck(c))
            or (unicodedata.category(c) in SIGNS and c not in HARMLESS)
            for c in text
        )
    )  # fmt: skip


def translates(foreign: str) -> bool:
    """Return whether a text of another script in brackets may translate the name before it.

    >>> translates("\u75e3"), translates("\u65e0"), translates("\u2717")
    (True, False, False)
    """
    return any(c.isalpha() for c in foreign) and not doubted(foreign)
