"""Divides the pictures of one folder if several COCO files name different ones of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from benchsmith.drafting.recipes.family import Family, Member
from benchsmith.drafting.recipes.file_looks import Look
from benchsmith.drafting.recipes.label_documents import coco_files
from benchsmith.drafting.recipes.picture_sets import named
from benchsmith.drafting.recipes.seen_files import FolderView
from benchsmith.drafting.recipes.separate_names import matches


def divide(view: FolderView) -> None:
    """Divide each family of pictures by the COCO file that names them, where path patterns can.

    Each part becomes an entry. Pictures stay together if one of them is in two files, if no
    beginning of their names distinguishes the parts, or if they have masks.
    """
    if len(view.coco) < 2 or view.masks:
        return
    files = [(entry.path, coco_files(tree)) for entry, tree in view.coco]
    found: list[tuple[Family, Look]] = []
    for family, look in view.pictures:
        parts = _parts(family, look, files)
        found += [(part, look) for part in parts]
        if (code := view.headers.get(id(family))) is not None:
            view.headers.update(dict.fromkeys(map(id, parts), code))
    view.pictures = found


def _parts(family: Family, look: Look, files: list[tuple[str, set[str]]]) -> list[Family]:
    by_file: dict[str, list[Member]] = defaultdict(list)
    for member in family.members:
        own = [path for path, names in files if member.entry.name in names]
        if len(own) > 1:
            return [family]
        by_file[own[0] if own else ""].append(member)
    if len(by_file) - ("" in by_file) < 2 or not family.varies or family.varying:
        return [family]
    for digits in (False, True):
        parts = [_by_beginning(family, members, digits=digits) for members in by_file.values()]
        if not any(_also_matches(part, look, family) for part in parts):
            return parts
    return [family]


def _by_beginning(family: Family, members: Sequence[Member], *, digits: bool) -> Family:
    """Return some of the pictures, with the common beginning of their names as fixed text."""
    letters = zip(*[m.core[:-1] for m in members], strict=False)  # a placeholder takes a letter
    shared = "".join(own[0] for own in takewhile(lambda own: len(set(own)) == 1, letters))
    shared = shared if digits else shared.rstrip("0123456789")
    cut = tuple(replace(m, core=m.core[len(shared) :]) for m in members)
    return replace(family, before=family.before + shared, members=cut)


def _also_matches(part: Family, look: Look, family: Family) -> bool:
    pattern, own = named(part, look).images, {m.entry.path for m in part.members}
    return any(matches(pattern, m.entry.path) for m in family.members if m.entry.path not in own)
