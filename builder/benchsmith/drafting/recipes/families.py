"""Families of files: names that differ only in their varying parts, such as `{case}/ct.nii.gz`.

Sibling folders that hold the same things are cases, classes or subsets: their names vary. Names of
files are split into a core that varies, and the text before and after it that files share.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from benchsmith.drafting.recipes.folder_listing import Entry
from benchsmith.drafting.recipes.name_ends import shared_ends
from benchsmith.drafting.recipes.name_words import (
    MARK_WORDS,
    is_numbered,
    is_role,
    means_marks,
)
from benchsmith.text import file_endings

ALIKE = 0.5
"""Sibling folders are alike if they share more than this share of what they hold."""
FEW_NUMBERS = 8
MIN_OWN_NAME = 3
"""Letters of a folder's name that is looked for in the names of its files."""
_LAST = re.compile(r"[_\-. )][^_\-. )]+$")

Divided = Callable[[Mapping[str, Sequence[Entry]], int], list[list[str]]]
"""Divides the names of sibling folders, by the files below each; the number is their depth."""


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder of a family's paths: its name, or the text around the part that varies."""

    before: str
    after: str = ""
    varies: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a family, with the varying parts of its folders and of its name."""

    entry: Entry
    values: tuple[str, ...]
    core: str


@dataclass(frozen=True, slots=True)
class Family:
    """Files whose paths have one form."""

    folders: tuple[Folder, ...]
    before: str
    """Text before the core; the whole name without its ending if `varies` is false. A star stands
    for the name of a folder above."""
    after: str
    varies: bool
    end: str
    members: tuple[Member, ...]

    @property
    def varying(self) -> tuple[int, ...]:
        """The folders whose names vary."""
        return tuple(i for i, f in enumerate(self.folders) if f.varies)

    @property
    def words(self) -> str:
        """The fixed text of its paths."""
        parts = [f"{f.before} {f.after}" for f in self.folders]
        return " ".join([*parts, self.before, self.after])

    def pattern(self, folders: Sequence[str], core: str) -> str:
        """Return a path pattern with the given texts for the varying parts."""
        texts = iter(folders)
        parts = [
            f"{f.before}{next(texts)}{f.after}" if f.varies else f.before for f in self.folders
        ]
        name = f"{self.before}{core}{self.after}" if self.varies else self.before
        return "/".join([*parts, name + self.end])


def families(entries: Iterable[Entry], divided: Divided | None = None) -> list[Family]:
    """Return the families of files, in the order of their first paths.

    `divided` distinguishes sibling folders of the same form by the content of their files.
    """
    found: list[Family] = []
    for folders, members in _leaves([Member(e, (), "") for e in entries], 0, (), divided):
        by_end: dict[tuple[str, ...], list[Member]] = defaultdict(list)
        for member in members:
            by_end[file_endings.alike(member.entry.end)].append(member)
        for group in by_end.values():
            found += _by_name(folders, group)
    return sorted(found, key=lambda f: f.members[0].entry.path)


def _leaves(
    members: Sequence[Member], depth: int, folders: tuple[Folder, ...], divided: Divided | None
) -> Iterator[tuple[tuple[Folder, ...], list[Member]]]:
    """Yield the files of each form of folder."""
    here = [m for m in members if len(m.entry.folders) == depth]
    if here:
        yield folders, here
    below: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        if len(member.entry.folders) > depth:
            below[member.entry.folders[depth]].append(member)
    clusters = _clusters(below, depth + 1)
    if divided is not None:
        apart = [{n: [m.entry for m in below[n]] for n in names} for names in clusters]
        clusters = [names for own in apart for names in divided(own, depth + 1)]
    for names in clusters:
        if len(names) == 1:
            yield from _leaves(below[names[0]], depth + 1, (*folders, Folder(names[0])), divided)
            continue
        before, after = shared_ends(names) if is_numbered(names) else ("", "")
        inner = [
            replace(m, values=(*m.values, name[len(before) : len(name) - len(after)]))
            for name in names
            for m in below[name]
        ]
        varying = (*folders, Folder(before, after, varies=True))
        yield from _leaves(inner, depth + 1, varying, divided)


def _clusters(below: dict[str, list[Member]], depth: int) -> list[list[str]]:
    """Return the folders that vary together; folders whose names say what they hold stand alone.

    Numbered parts of one set, `images_part_1` and `images_part_2`, vary: no file is in two of them.
    """
    clusters: list[tuple[set[tuple[int, str]], list[str]]] = []
    alone = []
    numbered: dict[str, list[str]] = defaultdict(list)
    for name in sorted(below):
        if is_role(name):
            form = re.sub(r"\d+$", "#", name)
            form = form if form != name and not means_marks(name) else name
            numbered[_parent_out(name, below[name], depth) or form].append(name)
    for names in numbered.values():
        stems = Counter(m.entry.stem for name in names for m in below[name])
        apart = max(stems.values()) == 1 and len(stems) > len(names)
        apart = apart or all(_parent_out(name, below[name], depth) for name in names)
        alone += [names] if apart else [[name] for name in names]
    for name in sorted(below):
        if is_role(name):
            continue
        shape = {(len(m.entry.folders) - depth, m.entry.end) for m in below[name]}
        for known, names in clusters:
            if len(shape & known) > ALIKE * len(shape | known):
                names.append(name)
                known.update(shape)
                break
        else:
            clusters.append((shape, [name]))
    return alone + [names for _, names in clusters]


def _parent_out(name: str, members: Sequence[Member], depth: int) -> str:
    """Return a folder's name with a star for its parent's name; empty if it does not hold that.

    `depth` counts the folder itself: `IMD002/IMD002_Image` gives `*_Image`.
    """
    parents = {m.entry.folders[depth - 2] for m in members} if depth > 1 else set()
    if len(parents) != 1:
        return ""
    (parent,) = parents
    numbered = len(parent) >= MIN_OWN_NAME and any(c.isdigit() for c in parent)
    return name.replace(parent, "*", 1) if numbered and name != parent and parent in name else ""


def _by_name(folders: tuple[Folder, ...], members: list[Member]) -> Iterator[Family]:
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
        yield _fixed(folders, form, same)
    free = [m for m in members if forms[id(m)] not in fixed]
    for group in _by_last_word(free, forms):
        if len(group) == 1:
            yield _fixed(folders, forms[id(group[0])], group)
            continue
        names = [forms[id(m)] for m in group]
        if len(set(names)) == 1:
            yield _fixed(folders, names[0], group)
            continue
        before, after = shared_ends(names)
        cut = [
            replace(m, core=name[len(before) : len(name) - len(after)])
            for m, name in zip(group, names, strict=True)
        ]
        yield Family(folders, before, after, True, _end(group), tuple(cut))


def _fixed(folders: tuple[Folder, ...], form: str, members: Sequence[Member]) -> Family:
    return Family(folders, form, "", False, _end(members), tuple(members))


def regrouped(family: Family, members: Sequence[Member]) -> Family:
    """Return a family of some of the files of another."""
    if len(members) == 1 and not family.varying:
        return _fixed(family.folders, members[0].entry.stem, members)
    return replace(family, members=tuple(members))


def _end(members: Sequence[Member]) -> str:
    """Return the ending as the files spell it, the most frequent one."""
    names = Counter(m.entry.name[len(m.entry.stem) :] for m in members)
    return min(names, key=lambda e: (-names[e], e))


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
    return len(names) > FEW_NUMBERS and len(forms) <= len(names) / 4


def _by_last_word(members: list[Member], forms: dict[int, str]) -> list[list[Member]]:
    """Divide files by the last word of their names, where several files share it.

    By the first word instead, if that says which files hold labels: `volume-1`, `segmentation-1`.
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


def _first_word(name: str) -> str:
    found = re.match(r"[A-Za-z]+", name)
    return found.group().lower() if found else ""
