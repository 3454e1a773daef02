"""Names of numbered ribs, vertebrae, discs, teeth and liver segments, and the labels that they are one of."""

from __future__ import annotations

import re

ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth",
)  # fmt: skip
TEETH = (
    "central incisor", "lateral incisor", "incisor", "canine", "first premolar", "second premolar",
    "premolar", "first molar", "second molar", "third molar", "molar",
)  # fmt: skip
"""Teeth that have labels; which jaw and which side they are of is left out."""
BONE = r"vertebrae?"
LEVELS = {"c": ("cervical", 7), "t": ("thoracic", 13), "l": ("lumbar", 6), "s": ("sacral", 5)}
"""Letters of the levels of the spine: the adjective, and the largest number of vertebrae."""
_WORDS = "|".join(word for word, _ in LEVELS.values())
_NUMBERED = re.compile(rf"rib|segment|spine|vertebra|{_WORDS}|dis[ck]|incisor|canine|molar")
"""What is in every name of a numbered thing."""
_RIB = re.compile(rf"ribs? ?(\d+)|(\d+)(?:st|nd|rd|th)? ribs?|({'|'.join(ORDINALS)}) ribs?")
_SEGMENT = re.compile(r"(?:liver|hepatic|couinaud) segment ?(?:[1-8]|i{1,3}|iv|vi{0,3})(?: ?[ab])?")
_SPINE = re.compile(r"([ctl]) ?(spine|vertebra)e?|(spine|vertebra)e? ([ctl])")
_BY_CODE = re.compile(rf"{BONE} ?([ctls])(\d+)|([ctls])(\d+) {BONE}")
_BY_WORD = re.compile(rf"({_WORDS}) {BONE} ?(\d+)(?: ?\(?([ctls])(\d+)\)?)?")
_BY_BOTH = re.compile(rf"([ctls])(\d+) ?\(?({_WORDS}) (\d+)\)?")
_LEVEL = r"(?:(?:cervical|thoracic|lumbar) vertebrae? \d+(?: ?\(?[ctl]\d+\)?)?|sacrum|[ctls]\d+)"
_DISC_NAME = r"(?:intervertebral )?dis[ck]s?"
_DISC = re.compile(
    rf"{_DISC_NAME} (?:between )?{_LEVEL}(?: and)? {_LEVEL}"
    rf"|[ctl]\d+ (?:[ctls]\d+|s) {_DISC_NAME}|{_DISC_NAME} [ctl]\d+"
)
_TOOTH = re.compile(
    rf"(?:upper|lower|maxillary|mandibular) ({'|'.join(TEETH)})(?: tooth)?( pulp)?"
    r"(?: ?\(?wisdom tooth\)?)?(?: fdi ?\d{2,3})?"
)


def numbered(name: str) -> str:
    """Return the label of a numbered rib, vertebra, disc, tooth or liver segment, or an empty string.

    A single letter can be a level of the spine, too.

    >>> numbered("rib 7"), numbered("vertebrae l5"), numbered("vertebra c9")
    ('rib', 'lumbar vertebra', '')
    >>> numbered("cervical vertebrae 1 c1"), numbered("upper first molar fdi16")
    ('cervical vertebra', 'first molar')
    >>> numbered("l spine"), numbered("vertebrae t")
    ('lumbar spine', 'thoracic vertebra')
    """
    if not _NUMBERED.search(name):
        return ""
    if found := _RIB.fullmatch(name):
        number = found[1] or found[2] or ORDINALS.index(found[3]) + 1
        return "rib" if 1 <= int(number) <= 12 else ""
    if _SEGMENT.fullmatch(name):
        return "liver segment"
    if found := _SPINE.fullmatch(name):
        word, _ = LEVELS[found[1] or found[4]]
        return f"{word} {found[2] or found[3]}"
    return _vertebra(name) or _disc(name) or _tooth(name)


def _vertebra(name: str) -> str:
    """Return the label of a vertebra by its level: `t12 vertebra`, `lumbar vertebrae 1 (l1)`."""
    if found := _BY_CODE.fullmatch(name):
        word, most = LEVELS[found[1] or found[3]]
        return f"{word} vertebra" if 1 <= int(found[2] or found[4]) <= most else ""
    if (found := _BY_WORD.fullmatch(name) or _BY_BOTH.fullmatch(name)) is None:
        return ""
    by_word = {word: (letter, most) for letter, (word, most) in LEVELS.items()}
    first_is_word = found[1] in by_word
    word, number, letter, other = (
        found.groups() if first_is_word else (found[3], found[4], *found.groups()[:2])
    )
    own, most = by_word[word]
    agree = letter is None or (letter == own and int(other) == int(number))
    return f"{word} vertebra" if agree and 1 <= int(number) <= most else ""


def _disc(name: str) -> str:
    """Return the label of a disc between two levels: `disc l4 l5`, `intervertebral disc between ...`."""
    return "intervertebral disc" if _DISC.fullmatch(name) else ""


def _tooth(name: str) -> str:
    """Return the label of a tooth, or of its pulp, from its jaw and FDI number."""
    if (found := _TOOTH.fullmatch(name)) is None:
        return ""
    return "dental pulp" if found[2] else found[1] + " tooth" * (found[1] == "canine")
