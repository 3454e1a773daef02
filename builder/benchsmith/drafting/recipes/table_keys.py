"""The column of a table that names pictures, and in which form."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import NamedTuple

from benchsmith.drafting.recipes.family import Member
from benchsmith.drafting.recipes.picture_sets import PictureSet
from benchsmith.drafting.recipes.table_views import TableView
from benchsmith.text import file_endings

MIN_SHARE = 0.3
"""Share of a table's rows, or of the pictures, that belong together."""


class Key(NamedTuple):
    """How the rows of a table are matched with pictures."""

    column: str
    key_is: str
    own: str
    """The picture's key as the recipe makes it: ``default`` or a template."""
    matched: int


def key_of(table: TableView, pictures: PictureSet) -> Key | None:
    """Return the column that names pictures, and in which form."""
    best: Key | None = None
    ways = _ways(pictures)
    for column in table.columns:
        cells = {c.replace("\\", "/") for c in table.cells(column) if c}
        stems = {PurePosixPath(file_endings.without_ending(c)).name for c in cells}
        for template, keys in ways:
            for form, found in (("as-is", len(cells & keys)), ("stem", len(stems & keys))):
                if found and (best is None or found > best.matched):
                    best = Key(column, form, template, found)
        if any("/" in c for c in cells):
            found = _by_path(cells, pictures.members)
            if found and (best is None or found > best.matched):
                best = Key(column, "path", "default", found)
    if best is None:
        return None
    rows = len(set(table.cells(best.column)))
    share = max(best.matched / rows, best.matched / len(pictures.members))
    return best if share >= MIN_SHARE else None


def _ways(pictures: PictureSet) -> list[tuple[str, set[str]]]:
    """Return the keys that pictures may have, each a template with the pictures' values."""
    members = pictures.members
    found = [("default", {pictures.key(m) for m in members})]
    if pictures.family.varies:
        if pictures.family.varying:
            found.append((pictures.text("stem"), {m.entry.stem for m in members}))
        found.append((pictures.text("core"), {m.core for m in members}))
    found += [
        (pictures.text(number), {m.values[number] for m in members})
        for number in range(len(pictures.family.varying))
    ]
    return [(t, k) for t, k in found if len(k) == len(members)] or found[:1]


def _by_path(cells: set[str], members: list[Member]) -> int:
    wanted = {file_endings.without_ending(m.entry.path) for m in members}
    depth = min(len(m.entry.folders) for m in members) + 1
    ends = {"/".join(file_endings.without_ending(c).split("/")[-depth:]) for c in cells}
    return len(wanted & ends)
