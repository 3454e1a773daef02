"""Divides the files of one form of folder into families, by the words and numbers of their names."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace

from benchsmith.drafting.recipes.family import Family, Folder, Member, end_of, of_one_name
from benchsmith.drafting.recipes.name_ends import shared_ends
from benchsmith.drafting.recipes.name_words import MARK_WORDS, PICTURE_WORDS, tokens

FEW_NUMBERS = 8
MOST_DIGITS = 3
"""Digits of a class at the end of a name, with the sign before it."""
MIN_WORD = 4
"""Letters of a word that is told at the start of a longer one."""
MIN_OWN_NAME = 3
"""Letters of a folder's name that is looked for in the names of its files."""
_LAST = re.compile(r"[_\-. )][^_\-. )]+$")


def by_name(folders: tuple[Folder, ...], members: list[Member]) -> Iterator[Family]:
    """Yield the families of the files of one form of folder and one ending."""
    forms = {id(m): _own_name_out(m, folders) for m in members}
    times: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for m in members:
        times[forms[id(m)]].add(m.values)
    fixed = {f for f, seen in times.items() if len(seen) > 1}
    share = sum(forms[id(m)] in fixed for m in members) / len(members)
    if not any(f.varies for f in folders) or share < 0.6 or _counts_up(sorted(fixed)):
        fixed = set()
    for form in sorted(fixed):
        same = [m for m in members if forms[id(m)] == form]
        yield of_one_name(folders, form, same)
    free = [m for m in members if forms[id(m)] not in fixed]
    further = _further_masks(free, forms)
    for group in _by_last_word(free, forms):
        if len(group) == 1:
            yield of_one_name(folders, forms[id(group[0])], group)
            continue
        names = [forms[id(m)] for m in group]
        star = "*" if any(id(m) in further for m in group) else ""
        if len(set(names)) == 1:
            yield of_one_name(folders, names[0] + star, group)
            continue
        before, after = shared_ends(names)
        cut = [
            replace(m, core=name[len(before) : len(name) - len(after)])
            for m, name in zip(group, names, strict=True)
        ]
        yield Family(folders, before, after + star, True, end_of(group), tuple(cut))


def _further_masks(members: list[Member], forms: dict[int, str]) -> set[int]:
    """Return the further masks of a picture, `a_mask_1` beside `a_mask`, by identity.

    Their forms become that of the first one.
    """
    every = {forms[id(m)] for m in members}
    found = set()
    for m in members:
        first = re.sub(r"[_\-. ]?\d+$", "", forms[id(m)])
        if first in every and first != forms[id(m)] and set(tokens(first)[-1:]) <= MARK_WORDS:
            forms[id(m)] = first
            found.add(id(m))
    return found


def _own_name_out(member: Member, folders: tuple[Folder, ...]) -> str:
    """Return a file's name with a star for the name of a varying folder above it."""
    stem = member.entry.stem
    for folder, name in zip(reversed(folders), reversed(member.entry.folders), strict=True):
        if folder.varies and len(name) >= MIN_OWN_NAME and name in stem and name != stem:
            at = stem.index(name)
            end = at + len(name)
            whole = not stem[end : end + 1].isalnum() and not stem[max(0, at - 1) : at].isalnum()
            if whole:
                return stem[:at] + "*" + stem[end:]
        if folder.varies and name == stem:
            return "*"
    return stem


def _counts_up(names: list[str]) -> bool:
    """Return whether names are one name with a running number, as in `img_001`."""
    forms = {re.sub(r"\d+", "#", n) for n in names}
    if len(forms) < len(names) and _only_counts(names):
        return True
    return len(names) > FEW_NUMBERS and len(forms) <= len(names) / 4


def _only_counts(names: list[str]) -> bool:
    """Return whether numbers have leading zeros, or follow no word except one for pictures.

    `(1)`, `(1)_mask` and `frame_001` count pictures, where `t1` and `t2` are kinds of them, and
    `mask_1` and `mask_2` those of two readers.
    """
    if re.search(r"(?<!\d)0\d", names[0]):
        return True
    before = {w for n in names for w in tokens(re.split(r"\d", n, maxsplit=1)[0])}
    return before <= PICTURE_WORDS


def _by_last_word(members: list[Member], forms: dict[int, str]) -> list[list[Member]]:
    """Divide files by the last word of their names, where several files share it.

    The first word is used instead if it says which files hold labels: `volume-1`, `segmentation-1`.
    """
    first = {id(m): _first_word(forms[id(m)]) for m in members}
    if len({w in MARK_WORDS for w in first.values()}) == 2:
        by_first: dict[str, list[Member]] = defaultdict(list)
        for m in members:
            by_first[first[id(m)]].append(m)
        if len(by_first) <= FEW_NUMBERS:
            return [by_first[w] for w in sorted(by_first)]
    last: dict[int, str] = {}
    for m in members:
        found = _LAST.search(forms[id(m)])
        last[id(m)] = found.group() if found and found.start() > 0 else ""
    times = Counter(last.values())
    numbers = [w for w in times if w[1:].isdigit()]
    starts = {forms[id(m)].removesuffix(last[id(m)]) for m in members if last[id(m)] in numbers}
    if len(starts) < len(numbers):  # the numbers count, as in `train_1`, `train_2`, `test_1`
        times = Counter({w: n for w, n in times.items() if w not in numbers})
        numbers = []
    if numbers and _tells_classes(members, forms, last, set(numbers)):
        times = Counter({w: n for w, n in times.items() if w not in numbers})
    kept = {
        w
        for w, n in times.items()
        if w and n > 1 and (not w[1:].isdigit() or len(numbers) <= FEW_NUMBERS)
    }
    if len(kept) > max(FEW_NUMBERS, len(members) / 3):
        kept = set()
    groups: dict[str, list[Member]] = defaultdict(list)
    for m in members:
        groups[last[id(m)] if last[id(m)] in kept else ""].append(m)
    return [groups[w] for w in sorted(groups)]


def _tells_classes(
    members: list[Member], forms: dict[int, str], last: dict[int, str], numbers: set[str]
) -> bool:
    """Return whether last numbers are classes: the text before them differs in every name.

    `a_0`, `b_1` and `c_0` are of two classes; `a_1`, `a_2` and `b_1` are two of a kind, and `a_0000`
    is the first channel.
    """
    if max(map(len, numbers)) > MOST_DIGITS:
        return False
    own = [m for m in members if last[id(m)] in numbers]
    starts = {(m.values, forms[id(m)].removesuffix(last[id(m)])) for m in own}
    return len(starts) == len(own)


def _first_word(name: str) -> str:
    """Return the first word of a name in lower case; for `maskA1` it is `mask`."""
    found = re.match(r"[A-Za-z]+", name)
    word = found.group().lower() if found else ""
    known = (w for w in MARK_WORDS | PICTURE_WORDS if len(w) >= MIN_WORD and word.startswith(w))
    return word if word in MARK_WORDS | PICTURE_WORDS else max(known, key=len, default=word)
