"""Families of files: names that differ only in their varying parts, such as `{case}/ct.nii.gz`.

Sibling folders that hold the same things are cases, classes or subsets: their names vary. Names of
files are split into a core that varies, and the text before and after it that files share.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from benchsmith.drafting.recipes.family import Family, Folder, Member
from benchsmith.drafting.recipes.family_names import MIN_OWN_NAME, by_name
from benchsmith.drafting.recipes.folder_listing import Entry
from benchsmith.drafting.recipes.name_ends import shared_ends
from benchsmith.drafting.recipes.name_words import (
    is_numbered,
    is_role,
    means_marks,
)
from benchsmith.text import file_endings

ALIKE = 0.5
"""Sibling folders are alike if they share more than this share of what they hold."""
Divided = Callable[[Mapping[str, Sequence[Entry]], int], list[list[str]]]
"""Divides the names of sibling folders, by the files below each; the number is their depth."""


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
            found += by_name(folders, group)
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
    """Return the folders that vary together; folders whose names state their content are separate.

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
    parents = {(m.entry.folders[depth - 2], *m.values[-1:]) for m in members} if depth > 1 else ()
    if len(parents) != 1:
        return ""
    for parent in min(parents):
        numbered = len(parent) >= MIN_OWN_NAME and any(c.isdigit() for c in parent)
        if numbered and name != parent and parent in name:
            return name.replace(parent, "*", 1)
        whole = rf"(?<![^\W_]){re.escape(parent)}(?![^\W_])"
        if (
            parent
            and any(c.isdigit() for c in parent)
            and re.search(whole, name)
            and name != parent
        ):
            return re.sub(whole, "*", name, count=1)
    return ""
