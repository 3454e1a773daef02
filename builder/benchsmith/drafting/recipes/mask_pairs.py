"""Pairs mask files with their pictures by the parts of their names that agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from benchsmith.drafting.recipes.family import Family, Member
from benchsmith.drafting.recipes.name_words import split_of
from benchsmith.text import path_patterns

MIN_SHARE = 0.5
"""Share of the masks, or of the pictures, that have a partner."""
MOST_NEAR = 100
"""Pictures that share one value; a part that more of them share, such as a hospital, pairs nothing."""
LABEL, ANY = "label", "*"
Part = int | str
"""A varying part of a path: the number of a varying folder, or ``core``."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """How the files of one family belong to the pictures of another."""

    pictures: Family
    marks: Family
    texts: tuple[Part, ...]
    """For each varying folder of the marks the picture's part with its value, ``label`` or ``*``."""
    core: Part
    """The same for the name of the marks' files."""
    whole: bool
    """Whether `core` stands for the whole name of the marks' files, without text around it."""
    begins: bool
    """Whether the name of a file begins with its picture's, and the label follows."""
    pairs: tuple[tuple[Member, Member], ...]
    several: bool
    """Whether a picture has several files."""
    strength: float
    digits: int = 0
    """Digits of the marks' numbers, where the pictures' have other zeros before them; else 0."""


def pair(pictures: Family, marks: Family) -> Pairing | None:
    """Return how marks belong to pictures, or None."""
    one, other = (split_of(" ".join(f.before for f in fam.folders)) for fam in (pictures, marks))
    if one and other and one != other:
        return None
    best: Pairing | None = None
    for own in _parts(pictures):
        for theirs in _parts(marks):
            found = _by(pictures, marks, own, theirs)
            if found and (best is None or found.strength > best.strength):
                best = found
    begun = _by_beginning(pictures, marks)
    if begun and (best is None or begun.strength > best.strength):
        best = begun
    return best


def _parts(family: Family) -> list[Part]:
    parts: list[Part] = list(range(len(family.varying)))
    return [*parts, "core", "stem"] if family.varies else parts


def value(member: Member, part: Part) -> str:
    """Return a file's value of a varying part of its path."""
    if part == "core":
        return member.core
    return member.entry.stem if part == "stem" else member.values[int(part)]


def _by(pictures: Family, marks: Family, own: Part, theirs: Part) -> Pairing | None:
    index: dict[str, list[Member]] = defaultdict(list)
    for member in pictures.members:
        index[value(member, own)].append(member)
    pairs = []
    for mark in marks.members:
        near = index.get(value(mark, theirs), [])
        if not 0 < len(near) <= MOST_NEAR:
            continue
        most = max(near, key=lambda m: len(set(m.values) & set(mark.values)))
        level = len(set(most.values) & set(mark.values))
        same = [m for m in near if len(set(m.values) & set(mark.values)) == level]
        if len(same) == 1 or not pictures.varies:
            pairs += [(most, mark)]
    return _pairing(pictures, marks, pairs, {theirs: own})


def _pairing(
    pictures: Family,
    marks: Family,
    pairs: list[tuple[Member, Member]],
    known: dict[Part, Part],
    *,
    begins: bool = False,
) -> Pairing | None:
    if not pairs:
        return None
    with_mark = {a.entry.path for a, _ in pairs}
    shares = (len(pairs) / len(marks.members), len(with_mark) / len(pictures.members))
    if max(shares) < MIN_SHARE:
        return None
    used = set(known.values())
    texts: list[Part] = []
    for number in range(len(marks.varying)):
        part: Part = known.get(number, ANY)
        if part == ANY:
            for other in _parts(pictures):
                if other not in used and all(value(a, other) == b.values[number] for a, b in pairs):
                    part = other
                    used.add(other)
                    break
        texts.append(part)
    core: Part = known.get("core", known.get("stem", ANY)) if marks.varies else ANY
    if core == ANY and marks.varies:
        for other in _parts(pictures):
            if other not in used and all(value(a, other) == b.core for a, b in pairs):
                core = other
                break
    several = len(with_mark) < len(pairs)
    if several and not begins:
        texts, core = _with_label(marks, texts, core)
    strength = shares[0] + shares[1] + 0.1 * sum(t not in (ANY, LABEL) for t in (*texts, core))
    whole = "stem" in known
    return Pairing(
        pictures, marks, tuple(texts), core, whole, begins, tuple(pairs), several, strength
    )


def _with_label(marks: Family, texts: list[Part], core: Part) -> tuple[list[Part], Part]:
    """Return the parts with the one that names the structure: a part that pictures do not have."""
    free = [i for i, t in enumerate(texts) if t == ANY]
    choices: list[tuple[int, Part]] = [(len({m.values[i] for m in marks.members}), i) for i in free]
    if marks.varies and core == ANY:
        choices.append((len({m.core for m in marks.members}), "core"))
    choices = [(n, p) for n, p in choices if 1 < n <= max(2, len(marks.members) / 2)]
    if choices:
        _, part = min(choices, key=lambda c: (c[0], str(c[1])))
        if part == "core":
            core = LABEL
        else:
            texts[int(part)] = LABEL
    return texts, core


def _by_beginning(pictures: Family, marks: Family) -> Pairing | None:
    """Pair files whose names begin with their picture's: `a_12_liver.png` with `a_12.png`."""
    if not (pictures.varies and marks.varies) or pictures.folders == marks.folders:
        stems: dict[str, Member] = {}
    else:
        stems = {m.entry.stem: m for m in pictures.members}
    if not stems:
        return None
    pairs = []
    for mark in marks.members:
        stem = mark.entry.stem
        cuts = [i for i, c in enumerate(stem) if c in "_-. "]
        at = next((i for i in reversed(cuts) if stem[:i] in stems), None)
        if at is not None:
            pairs.append((stems[stem[:at]], mark))
    return _pairing(pictures, marks, pairs, {"stem": "stem"}, begins=True)


def fill(pairing: Pairing, text_of: Callable[[Part], str]) -> str:
    """Return the path pattern of the marks; `text_of` gives the text of a picture's part.

    A placeholder that is already in the path is replaced by a star.
    """
    taken: set[str] = set()

    def text(part: Part) -> str:
        if part == ANY:
            return ANY
        found = f"{{{LABEL}}}" if part == LABEL else text_of(part)
        names = path_patterns.placeholders(found)
        if taken & set(names):
            return ANY
        taken.update(names)
        if pairing.digits and part == pairing.core and found == f"{{{names[0]}}}":
            return f"{{{names[0]}={pairing.digits}}}"
        return found

    marks = pairing.marks
    folders = [text(part) for part in pairing.texts]
    core = text(pairing.core)
    if not pairing.whole:
        return marks.pattern(folders, core)
    base = marks.pattern(folders, "").rpartition("/")[0]
    if pairing.begins:
        core += f"{_mark_behind(pairing)}{{{LABEL}}}" + (
            f"{marks.after[0]}*" if marks.after else ""
        )
    return "/".join(p for p in (base, core + marks.end) if p)


def _mark_behind(pairing: Pairing) -> str:
    """Return the separators between a picture's name and the rest of the names of its marks."""
    rests = (m.entry.stem[len(p.entry.stem) :] for p, m in pairing.pairs)
    signs = Counter(rest[: len(rest) - len(rest.lstrip(rest[0]))] for rest in rests)
    return min(signs, key=lambda sign: (-signs[sign], sign))
