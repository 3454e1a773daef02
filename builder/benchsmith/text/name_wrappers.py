"""Removes what data sets put around a name, in named steps: file extensions, numbers, words for masks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from benchsmith.text.denying_signs import EMPTY_BOX, translates
from benchsmith.text.normal_form import normal, plain

ENDINGS = r"(?:nii|nrrd|mha|mhd|png|jpe?g|tiff?|bmp|dcm|npy|npz|stl|gz|seg)"
MARKS = r"(?:masks?|segs?|segmentations?|labels?|gt|ground ?truth|rois?|annotations?|contours?)"
KINDS = (
    r"(?:organs?|structures?|anatomy|regions?|categor(?:y|ies)|class(?:es)?|names?|findings?"
    r"|diagnos[ie]s|diseases?|tissues?|targets?|im|img|images?|ctx)"
)
NUMBER = r"(?:#\s*\d+[\s:._-]*|[(\[]\d+[)\]]\s*|0\d+\s+|(?:\d{1,3}\s*[.:)_-]\s*)+)(?=[^\W\d])"
BEFORE = re.compile(
    rf"^\s*(?:(?:{KINDS}|{MARKS})\s*[:=]|(?:{MARKS}|class|im|img|ctx)[_-])\s*", re.IGNORECASE
)
BEHIND = re.compile(rf"(?<=[^\s_.-])[\s_.-]+(?:{MARKS}|cases?|patients?)\s*$", re.IGNORECASE)
"""Words for a mask, a kind or who has it, before and after a name: `Benign cases`."""
TG263 = {"A": "artery", "V": "vein", "Glnd": "gland", "Musc": "muscle", "Lobe": "lobe",
         "Bone": "bone", "Joint": "joint", "Sinus": "sinus", "Cavity": "cavity"}  # fmt: skip
"""Prefixes of structure names in AAPM TG-263, which puts the kind first."""
FOREIGN = re.compile(r"\s*\(([^()\x00-\x7f]+)\)\s*$")
"""A translation behind a name, in another script: `nevus (\u75e3)`."""
DENIALS = frozenset({"no", "non", "not", "none", "nil", "neg", "na", "nein"})
"""Denials whose capitals are also the first letters of names: `Nodule: NO` is no nodule."""
_ENDING = re.compile(rf"(?:\.{ENDINGS})+\s*$", re.IGNORECASE)
_BEGIN_NUMBER = re.compile(rf"^\s*{NUMBER}")
_END_NUMBER = re.compile(r"(?<=\S)\s*\([1-9]\d{0,2}\)\s*$")
"""A zero after a name may mean that it is absent."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BEGIN_SIDE = re.compile(r"^\s*(left|right)(?=[a-z]{4})", re.IGNORECASE)
_END_SIDE = re.compile(r"(?<=[a-z]{4})(left|right)\s*$", re.IGNORECASE)
_TG263 = re.compile(rf"({'|'.join(TG263)})_(.+?)((?:_[LR])?)")
_MUSCULUS = re.compile(r"^\s*musculus\s+", re.IGNORECASE)
_END = re.compile(r"[\s:;,.]+$")
_MARKS = re.compile(r"(?<!\d)\.|\.(?!\d)|[/+;:,()\[\]{}|*\"]")


class Reading(NamedTuple):
    """A form of a name, and the steps that led to it (none for the unchanged name)."""

    name: str
    steps: tuple[str, ...]


def _ending(text: str) -> str:
    return _ENDING.sub("", text) if "." in text else text


def _number(text: str) -> str:
    return _END_NUMBER.sub("", _BEGIN_NUMBER.sub("", text))


def _foreign(text: str) -> str:
    if text.isascii():
        return text
    return FOREIGN.sub(lambda found: "" if translates(found[1]) else found[0], text)


def _camel(text: str) -> str:
    return _CAMEL.sub(" ", text)


def _side(text: str) -> str:
    return _END_SIDE.sub(r" \1", _BEGIN_SIDE.sub(r"\1 ", text))


def _kind(text: str) -> str:
    return BEHIND.sub("", BEFORE.sub("", text))


def _tg263(text: str) -> str:
    """Turn `A_Carotid_L` into `Carotid artery_L`: AAPM TG-263 puts the kind first."""
    found = _TG263.fullmatch(text.strip())
    return f"{found[2]} {TG263[found[1]]}{found[3]}" if found else text


def _musculus(text: str) -> str:
    return _MUSCULUS.sub("", text)


def _end(text: str) -> str:
    return _END.sub("", text)


def _ampersand(text: str) -> str:
    return text.replace("&", " and ")


def _comma(text: str) -> str:
    parts = [p.strip() for p in text.split(",")]
    return f"{parts[1]} {parts[0]}" if len(parts) == 2 and all(parts) else text


def _marks(text: str) -> str:
    if EMPTY_BOX.search(text):  # what is not ticked
        return text
    return _MARKS.sub(" ", text)


STEPS: Mapping[str, Callable[[str], str]] = {
    "file ending removed": _ending,
    "list number removed": _number,
    "translation removed": _foreign,
    "TG-263 order reversed": _tg263,
    "camel case split": _camel,
    "side split from its word": _side,
    "word for a mask or a kind removed": _kind,
    "musculus removed": _musculus,
    "punctuation at the end removed": _end,
    "& read as and": _ampersand,
    "order around a comma reversed": _comma,
    "punctuation removed": _marks,
}
"""The steps in their order, by the name that explains them to users."""


def readings(raw: str) -> Iterator[Reading]:
    """Yield the normal form of a raw name, then its other readings, those with fewest steps first.

    >>> next(r.name for r in readings("01_LeftKidney.nii.gz") if "left kidney" == r.name)
    'left kidney'
    """
    yield (first := Reading(normal(raw), ()))
    texts: dict[str, tuple[str, ...]] = {plain(raw): ()}
    for step, change in STEPS.items():
        for before, steps in list(texts.items()):
            if (after := change(before)) not in texts:
                texts[after] = (*steps, step)
    seen = {first.name, ""}
    for text, steps in sorted(texts.items(), key=lambda item: len(item[1])):
        if (name := normal(text)) not in seen:
            seen.add(name)
            yield Reading(name, steps)


def halves(raw: str) -> tuple[str, str] | None:
    """Return both halves of a name such as `AMD/ARMD` or `Tuberculosis (TB)`, or None."""
    text = plain(raw)
    found = re.fullmatch(r"([^()]+)\(([^()]+)\)\s*", text) or re.fullmatch(
        r"(.+?)(?:\s+-\s+|/|[:=|])(.+)", text
    )
    if found is None or not (found[1].strip() and found[2].strip()):
        return None
    return found[1].strip(), found[2].strip()


def shortens(short: str, long: str) -> bool:
    """Return whether capitals abbreviate a name: letters of its words in order, starting with the first letter.

    >>> shortens("GBM", "glioblastoma"), shortens("SEK", "seborrheic keratosis")
    (True, True)
    >>> shortens("PM", "myopia"), shortens("Left", "lung"), shortens("NO", "nodule")
    (False, False, False)
    """
    if not re.fullmatch(r"[A-Z]{2,6}s?", short) or len(short) >= len(long):
        return False
    if short.casefold() in DENIALS:
        return False
    words = [w for w in normal(long).split() if w not in ("of", "the", "and", "in")]
    letters = iter("".join(words))
    wanted = short.rstrip("s").casefold()
    return wanted[0] == words[0][0] and all(c in letters for c in wanted)
