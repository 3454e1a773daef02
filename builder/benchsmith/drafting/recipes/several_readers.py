"""Labels that several readers made of the same pictures: how they are recognised and drafted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from benchsmith.documents.labels import READER
from benchsmith.drafting.recipes.mask_pairs import LABEL, Pairing
from benchsmith.drafting.recipes.name_words import tokens
from benchsmith.drafting.recipes.proposal import Labels

WORDS = frozenset(
    [
        "annotator",
        "annotators",
        "doctor",
        "expert",
        "experts",
        "grader",
        "graders",
        "observer",
        "observers",
        "physician",
        "rad",
        "radiologist",
        "radiologists",
        "rater",
        "raters",
        "reader",
        "readers",
        "reviewer",
    ]
)
"""Words of folders, files and columns that name readers."""
INITIALS = 2
"""Letters of a reader's initials."""
HOW = "what is true if readers differ: first, union, intersection, majority, staple or apart?"
_SEPARATOR = re.compile(r"([/_\-. ]+)")
_ORDINAL_ENDS = frozenset(["st", "nd", "rd", "th"])
_ORDINAL = re.compile(r"(1st|2nd|3rd|[4-9]th)", re.IGNORECASE)


def names_reader(text: str) -> bool:
    """Return whether a name is that of a reader.

    >>> names_reader("reader_2"), names_reader("rad_id"), names_reader("1st_manual")
    (True, True, True)
    >>> names_reader("liver"), names_reader("gradient")
    (False, False)
    """
    return bool(WORDS & set(tokens(text))) or bool(_ORDINAL.match(text))


def number_apart(one: str, other: str) -> bool:
    """Return whether names differ by numbers or letters that count readers, and by no other word.

    >>> number_apart("1st_manual manual1", "2nd_manual manual2"), number_apart("gt_a", "gt_b")
    (True, True)
    >>> number_apart("1. Haemorrhages IDRiD _HE", "2. Exudates IDRiD _EX")
    False
    """
    words = set(tokens(one)) ^ set(tokens(other))
    return all(w.isdigit() or len(w) == 1 or w in WORDS | _ORDINAL_ENDS for w in words)


def initials_apart(one: str, other: str) -> bool:
    """Return whether names differ only by short words, such as initials of readers.

    >>> initials_apart("labels ah .ah", "labels vk .vk"), initials_apart("disc masks", "cup masks")
    (True, False)
    """
    words = set(tokens(one)) ^ set(tokens(other))
    return bool(words) and all(len(w) <= INITIALS and w.isalpha() for w in words)


def of_pairing(pairing: Pairing) -> list[str]:
    """Return the readers, if the varying part of the masks' paths names readers instead of a structure."""
    family = pairing.marks
    for number, text in enumerate(pairing.texts):
        if text == LABEL:
            folder = family.folders[family.varying[number]]
            values = {m.values[number] for m in family.members}
            return _readers(values, folder.before, folder.after)
    if pairing.core == LABEL:
        return _readers({m.core for m in family.members}, family.before, family.after)
    return []


def _readers(values: Iterable[str], before: str, after: str) -> list[str]:
    found = sorted(values)
    several = len(found) > 1 and all(names_reader(f"{before}{v}{after}") for v in found)
    return found if several else []


def one_pattern(files: Sequence[str]) -> tuple[str, list[str]] | None:
    """Return one path pattern of the files of all readers, and the readers; None if there is none.

    >>> one_pattern(["1st_manual/{key}_manual1.gif", "2nd_manual/{key}_manual2.gif"])
    ('{reader}_manual/{key}_*.gif', ['1st', '2nd'])
    """
    split = [_SEPARATOR.split(file) for file in files]
    if len({len(parts) for parts in split}) > 1:
        return None
    readers: list[str] = []
    pattern = ""
    for parts in zip(*split, strict=True):
        if len(set(parts)) == 1:
            pattern += parts[0]
        elif any("{" in part or "*" in part for part in parts):
            return None
        elif readers:
            pattern += "*"
        else:
            readers = list(parts)
            pattern += f"{{{READER}}}"
    return (pattern, readers) if len(set(readers)) == len(files) else None


def merged(entry: Labels, how: str, **told_apart: Any) -> Labels:
    """Return the entry of several readers; `told_apart` are its keys `readers` or `column`."""
    keys = {"kind": "merge", "how": how, **told_apart, "of": entry.keys}
    decide = {"how": HOW, **{f"of.{key}": why for key, why in entry.decide.items()}}
    others = [merged(other, how, **told_apart) for other in entry.otherwise]
    return Labels(
        keys, decide, entry.unsure, others, entry.names_stated, contradictions=entry.contradictions
    )
