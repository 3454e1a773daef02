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
ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth",
)  # fmt: skip
FOREIGN = re.compile(r"\s*\(([^()\x00-\x7f]+)\)\s*$")
"""A translation behind a name, in another script: `nevus (\u75e3)`."""
TEETH = (
    "central incisor", "lateral incisor", "incisor", "canine", "first premolar", "second premolar",
    "premolar", "first molar", "second molar", "third molar", "molar",
)  # fmt: skip
"""Teeth that have labels; which jaw and which side they are of is left out."""
DENIALS = frozenset({"no", "non", "not", "none", "nil", "neg", "na", "nein"})
"""Denials whose capitals are also the first letters of names: `Nodule: NO` is no nodule."""
LEVELS = {"c": ("cervical", 7), "t": ("thoracic", 13), "l": ("lumbar", 6), "s": ("sacral", 5)}
"""Letters of the levels of the spine: the adjective, and the largest number of vertebrae."""


class Reading(NamedTuple):
    """A form of a name, and the steps that led to it (none for the unchanged name)."""

    name: str
    steps: tuple[str, ...]


def _ending(text: str) -> str:
    return re.sub(rf"(?:\.{ENDINGS})+\s*$", "", text, flags=re.IGNORECASE)


def _number(text: str) -> str:
    # a zero after a name may mean that it is absent
    return re.sub(r"(?<=\S)\s*\([1-9]\d{0,2}\)\s*$", "", re.sub(rf"^\s*{NUMBER}", "", text))


def _foreign(text: str) -> str:
    return FOREIGN.sub(lambda found: "" if translates(found[1]) else found[0], text)


def _camel(text: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)


def _side(text: str) -> str:
    text = re.sub(r"^\s*(left|right)(?=[a-z]{4})", r"\1 ", text, flags=re.IGNORECASE)
    return re.sub(r"(?<=[a-z]{4})(left|right)\s*$", r" \1", text, flags=re.IGNORECASE)


def _kind(text: str) -> str:
    return BEHIND.sub("", BEFORE.sub("", text))


def _tg263(text: str) -> str:
    """Turn `A_Carotid_L` into `Carotid artery_L`: AAPM TG-263 puts the kind first."""
    found = re.fullmatch(rf"({'|'.join(TG263)})_(.+?)((?:_[LR])?)", text.strip())
    return f"{found[2]} {TG263[found[1]]}{found[3]}" if found else text


def _musculus(text: str) -> str:
    return re.sub(r"^\s*musculus\s+", "", text, flags=re.IGNORECASE)


def _end(text: str) -> str:
    return re.sub(r"[\s:;,.]+$", "", text)


def _ampersand(text: str) -> str:
    return text.replace("&", " and ")


def _comma(text: str) -> str:
    parts = [p.strip() for p in text.split(",")]
    return f"{parts[1]} {parts[0]}" if len(parts) == 2 and all(parts) else text


def _marks(text: str) -> str:
    if EMPTY_BOX.search(text):  # what is not ticked
        return text
    return re.sub(r"(?<!\d)\.|\.(?!\d)|[/+;:,()\[\]{}|*\"]", " ", text)


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
    ordinal = "|".join(ORDINALS)
    if found := re.fullmatch(rf"ribs? ?(\d+)|(\d+)(?:st|nd|rd|th)? ribs?|({ordinal}) ribs?", name):
        number = found[1] or found[2] or ORDINALS.index(found[3]) + 1
        return "rib" if 1 <= int(number) <= 12 else ""
    number = r"(?:[1-8]|i{1,3}|iv|vi{0,3})(?: ?[ab])?"
    if re.fullmatch(rf"(?:liver|hepatic|couinaud) segment ?{number}", name):
        return "liver segment"
    if found := re.fullmatch(r"([ctl]) ?(spine|vertebra)e?|(spine|vertebra)e? ([ctl])", name):
        word, _ = LEVELS[found[1] or found[4]]
        return f"{word} {found[2] or found[3]}"
    return _vertebra(name) or _disc(name) or _tooth(name)


def _vertebra(name: str) -> str:
    """Return the label of a vertebra by its level: `t12 vertebra`, `lumbar vertebrae 1 (l1)`."""
    bone = r"vertebrae?"
    if found := re.fullmatch(rf"{bone} ?([ctls])(\d+)|([ctls])(\d+) {bone}", name):
        word, most = LEVELS[found[1] or found[3]]
        return f"{word} vertebra" if 1 <= int(found[2] or found[4]) <= most else ""
    words = "|".join(word for word, _ in LEVELS.values())
    code = r"(?: ?\(?([ctls])(\d+)\)?)?"
    found = re.fullmatch(rf"({words}) {bone} ?(\d+){code}", name) or re.fullmatch(
        rf"([ctls])(\d+) ?\(?({words}) (\d+)\)?", name
    )
    if found is None:
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
    level = r"(?:(?:cervical|thoracic|lumbar) vertebrae? \d+(?: ?\(?[ctl]\d+\)?)?|sacrum|[ctls]\d+)"
    disc = r"(?:intervertebral )?dis[ck]s?"
    between = rf"(?:intervertebral )?dis[ck]s? (?:between )?{level}(?: and)? {level}"
    is_disc = re.fullmatch(rf"{between}|[ctl]\d+ (?:[ctls]\d+|s) {disc}|{disc} [ctl]\d+", name)
    return "intervertebral disc" if is_disc else ""


def _tooth(name: str) -> str:
    """Return the label of a tooth, or of its pulp, from its jaw and FDI number."""
    found = re.fullmatch(
        rf"(?:upper|lower|maxillary|mandibular) ({'|'.join(TEETH)})(?: tooth)?( pulp)?"
        r"(?: ?\(?wisdom tooth\)?)?(?: fdi ?\d{2,3})?",
        name,
    )
    if found is None:
        return ""
    return "dental pulp" if found[2] else found[1] + " tooth" * (found[1] == "canine")


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
