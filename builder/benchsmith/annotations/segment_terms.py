"""The terminology of a segment in a `.seg.nrrd` of 3D Slicer: what it is, by codes and their meanings."""

from __future__ import annotations

import re
from typing import NamedTuple

ENTRY = "TerminologyEntry:"
CONTEXT, CATEGORY, TYPE, MODIFIER, _, REGION, REGION_MODIFIER = range(7)
"""Places in an entry, between `~`; each but the contexts has scheme, code and meaning, between `^`."""
GENERAL = frozenset(
    {
        "anatomical structure", "body structure", "mask", "morphologically abnormal structure",
        "morphologically altered structure", "organ", "region of interest", "structure", "tissue",
    }
)  # fmt: skip
"""Meanings that tell no structure from another, in lower case; Slicer gives Tissue to each new segment."""


class Term(NamedTuple):
    """What a segment is."""

    type: str
    """Such as ``Kidney``."""
    modifier: str
    """Such as ``Left``; empty if there is none."""
    region: str
    """Where it is, with its own modifier; empty if it is not stated."""

    @property
    def name(self) -> str:
        """Return the term as one name.

        >>> Term("Kidney", "Left", "").name, Term("Neoplasm", "", "Liver").name
        ('Left Kidney', 'Neoplasm (Liver)')
        """
        region = f"({self.region})" if self.region else ""
        return " ".join(filter(None, [self.modifier, self.type, region]))


def term(tags: str) -> Term | None:
    """Return the term in a segment's tags, between `|`; None if there is none or it is a general one.

    >>> term("Status:done|TerminologyEntry:List~SCT^1^Organ~SCT^2^Kidney~SCT^3^Left~Regions~^^~^^|")
    Term(type='Kidney', modifier='Left', region='')
    >>> term("TerminologyEntry:List~SCT^85756007^Tissue~SCT^85756007^Tissue~^^~Regions~^^~^^|")
    """
    for tag in tags.split("|"):
        if tag.startswith(ENTRY):
            parts = tag.removeprefix(ENTRY).split("~")
            meanings = [
                part.split("^")[2].strip() if part.count("^") == 2 else "" for part in parts
            ]
            meanings += [""] * (REGION_MODIFIER + 1 - len(meanings))
            region = " ".join(filter(None, [meanings[REGION_MODIFIER], meanings[REGION]]))
            found = Term(meanings[TYPE], meanings[MODIFIER], region)
            said = found.type and found.type.casefold() not in GENERAL
            return found if said else None
    return None


def agrees(found: Term, words: frozenset[str]) -> bool:
    """Return whether a name, as its words in lower case, may be of a term.

    The name has the words of the term's type, and only further ones of its modifier and region. A term without
    a modifier leaves the side open.

    >>> kidney = Term("Kidney", "Left", "")
    >>> [agrees(kidney, frozenset(w)) for w in ({"left", "kidney"}, {"kidney"}, {"right", "kidney"}, {"left"})]
    [True, True, False, False]
    """
    own, around = _words(found.type), _words(f"{found.modifier} {found.region}")
    return own <= words and (not found.modifier or words <= own | around)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", text.casefold()))
