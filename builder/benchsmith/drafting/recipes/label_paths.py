"""Labels in paths: class folders, and words in the names of folders and pictures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchsmith.drafting.recipes.mask_pairs import Part, value
from benchsmith.drafting.recipes.name_words import is_role, tokens
from benchsmith.drafting.recipes.picture_sets import PictureSet
from benchsmith.drafting.recipes.proposal import Labels

MOST_CLASSES = 300
FEW_CODES = 10
SURE = 1.0
LIKELY = 0.5
SHOWN = 5
GRADES = frozenset(
    [
        "class",
        "grade",
        "level",
        "mayo",
        "score",
        "severity",
        "stage",
        "type",
        "birads",
        "rads",
        "isup",
    ]
)
"""Words of folders that are numbered by what they hold."""
NAMES = ("finding", "group", "category", "kind", "class")
"""Placeholders of labels; `label` is that of mask files."""
_ORDINAL = re.compile(r"^\d+[._ \-]+(?=\D)")
_WORDS = re.compile(r"[_\-. ]+")
Known = Callable[[str], bool]
"""Whether the lexicon knows a word."""


@dataclass(frozen=True, slots=True)
class PathLabel:
    """A part of the pictures' paths that may be their label."""

    part: Part
    text: str
    """The text of the part with ``{}`` for the label, and the part's own placeholder."""
    values: tuple[str, ...]
    strength: float
    codes: bool = False
    doubtful: bool = False
    """Whether it is a label only where pictures have no other: folders that count."""
    around: tuple[str, str] = ("", "")
    """Text of a folder's name before and after the part, which is said with it: `Mayo 2`."""

    def use(self, pictures: PictureSet, name: str) -> Labels:
        """Name the placeholder in the pictures' pattern; return the entry of `labels`."""
        if self.text == "{}":
            assert isinstance(self.part, int)
            pictures.names[self.part] = name
        else:
            shape = "=digits" if self.codes else ""
            pictures.texts[self.part] = self.text.replace("{}", f"{{{name}{shape}}}")
        entry = Labels({"kind": "path", "field": name})
        words = sorted(set(self.values))
        before, after = self.around
        whole = [f"{before}{word}{after}" for word in words]
        shown = ", ".join(whole[:SHOWN]) + (", ..." if len(words) > SHOWN else "")
        if any(self.around):
            entry.keys["names"] = dict(zip(words, whole, strict=True))
            entry.decide["names"] = f"are these {len(words)} words the labels: {shown}?"
        elif self.codes:
            entry.keys["names"] = {v: f"class {v}" for v in words}
            entry.decide["names"] = "what do these codes in the names mean?"
            entry.names_stated = False
        else:
            entry.decide["field"] = f"are these {len(words)} words the labels: {shown}?"
        if self.doubtful:
            entry.unsure = f"are folders {shown} classes, or cases?"
        elif self.strength < SURE and not self.codes:
            entry.unsure = f"the lexicon knows few of these words: {shown}"
        return entry


def find(pictures: PictureSet, known: Known) -> list[PathLabel]:
    """Return the parts of the paths that are likely labels: those the lexicon knows, otherwise all."""
    found: list[PathLabel] = []
    for number in range(len(pictures.family.varying)):
        if pictures.names.get(number, "split") == "split":
            continue
        values = tuple(m.values[number] for m in pictures.members)
        strength = class_strength(values, known)
        if graded := _graded(pictures, number, known):
            found.append(graded)
        elif _are_classes(pictures, number):
            found.append(PathLabel(number, "{}", values, LIKELY, codes=True, doubtful=True))
        elif strength > 0:
            found.append(PathLabel(number, "{}", values, strength))
        else:
            found += _word(pictures, number, known)
    if pictures.family.varies:
        found += _word(pictures, "core", known) or _head(pictures, known)
    sure = [f for f in found if f.strength >= SURE]
    likely = [f for f in found if f.strength >= LIKELY or f.codes]
    if sure:
        return sure
    folders = [f for f in likely if f.text == "{}"]
    return folders or likely or found[-1:]


def _are_classes(pictures: PictureSet, number: int) -> bool:
    """Return whether folders that count are classes: from 0, or again below each part of a split."""
    values = [m.values[number] for m in pictures.members]
    if not all(v.isascii() and v.isdigit() and v == str(int(v)) for v in set(values)):
        return False
    counted = sorted({int(v) for v in values})
    first = counted[0]
    if not 1 < len(counted) <= FEW_CODES or counted != [*range(first, first + len(counted))]:
        return False
    splits = [n for n, name in pictures.names.items() if name == "split"]
    below = {tuple(m.values[n] for n in (*splits, number)) for m in pictures.members}
    again = len(below) >= 2 * len(counted) > 0 and bool(splits)
    return first <= 1 and len(values) >= 2 * len(counted) and (first == 0 or again)


def _graded(pictures: PictureSet, number: int, known: Known) -> PathLabel | None:
    """Return the label in folders such as `Mayo 0` and `Mayo 1`: a word of grades with a number."""
    folder = pictures.family.folders[pictures.family.varying[number]]
    before, after = folder.before, folder.after
    values = tuple(m.values[number] for m in pictures.members)
    times = Counter(values)
    if not (before or after) or not 1 < len(times) <= FEW_CODES:
        return None
    word = set(tokens(f"{before} {after}"))
    named = sum(known(f"{before}{v}{after}") for v in times) / len(times)
    graded = bool(word & GRADES) and all(len(v) <= 2 for v in times)
    if named < 0.5 and not graded:
        return None
    return PathLabel(number, "{}", values, SURE + named, around=(before, after))


def class_strength(values: Sequence[str], known: Known) -> float:
    """Return how likely values are classes: `SURE` and more if the lexicon knows most, 0 for ids."""
    times = Counter(values)
    if not 1 < len(times) <= MOST_CLASSES or all(is_role(v) for v in times):
        return 0.0
    if len(times) <= FEW_CODES and all(_is_grade(v) for v in times):
        return SURE
    bare = [_ORDINAL.sub("", v) for v in times]
    share = sum(known(v) for v in bare) / len(bare)
    if share >= 0.5:
        return SURE + share
    numbered = sum(any(c.isdigit() for c in v) for v in bare) / len(bare)
    if numbered <= 0.5 and len(times) <= max(2, len(values) / 2):
        return LIKELY + share / 2
    return 0.1 if len(values) / len(times) >= FEW_CODES else 0.0


def _is_grade(value: str) -> bool:
    """Return whether a value is a word of grades with a number, such as `stage_2`."""
    words = tokens(value)
    return len(words) > 1 and bool(GRADES & set(words)) and words[-1].isdigit()


def _word(pictures: PictureSet, part: Part, known: Known) -> list[PathLabel]:
    """Return the label that is the last or the first word of a part of the names."""
    texts = [value(m, part) for m in pictures.members]
    split = [_WORDS.split(t) for t in texts]
    if not all(len(words) > 1 for words in split):
        return []
    own = "{" + (pictures.names[part] if isinstance(part, int) else pictures.core_name) + "}"
    for place in (-1, 0):
        values = tuple(words[place] for words in split)
        times = Counter(values)
        others = {tuple(words[:-1]) for words in split}
        codes = (
            1 < len(times) <= FEW_CODES
            and all(v.isdigit() and v == str(int(v)) and len(v) < 3 for v in times)
            and len(others) >= len(split) / 2
        )
        strength = class_strength(values, known)
        if not ((codes and place == -1) or (strength >= LIKELY and len(min(times, key=len)) > 2)):
            continue
        expression = r"([_\-. ]+)[^_\-. ]+$" if place == -1 else r"^[^_\-. ]+([_\-. ]+)"
        between = {m.group(1) for t in texts if (m := re.search(expression, t))}
        if len(between) == 1 and (place == -1 or all(len(words) == 2 for words in split)):
            mark = between.pop()
            text = f"{own}{mark}{{}}" if place == -1 else f"{{}}{mark}{own}"
            return [PathLabel(part, text, values, strength, codes)]
    return []


def _head(pictures: PictureSet, known: Known) -> list[PathLabel]:
    """Return the label before a separator that occurs once in every name: `lung_n___12`."""
    cores = [m.core for m in pictures.members]
    runs = Counter(run for c in cores for run in set(re.findall(r"_{2,}|-{2,}| - ", c)))
    for run, n in sorted(runs.items()):
        if n < len(cores) or any(c.count(run) != 1 for c in cores):
            continue
        values = tuple(c.partition(run)[0] for c in cores)
        strength = class_strength(values, known)
        if strength >= LIKELY:
            return [PathLabel("core", f"{{}}{run}{{{pictures.core_name}}}", values, strength)]
    return []
