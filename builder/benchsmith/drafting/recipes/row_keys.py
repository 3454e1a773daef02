"""Rows that are named by a part of the pictures' paths, or by several: a study, a case and a slice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchsmith.drafting.recipes.column_roles import ID_WORDS, PATIENT
from benchsmith.drafting.recipes.family import Member
from benchsmith.drafting.recipes.mask_pairs import Part
from benchsmith.drafting.recipes.name_ends import raw_ends
from benchsmith.drafting.recipes.name_words import tokens
from benchsmith.drafting.recipes.picture_sets import PictureSet
from benchsmith.drafting.recipes.table_views import TableView

MIN_SHARE = 0.5
"""Share of the pictures whose part names a row."""
MOST_WORDS = 3
"""Words at the start of a name that are tried."""
SIGNS = ("_", "-", "/")
"""Signs between a folder's name and the words of a file's name in the cells of a table."""
OF_A_PICTURE = ID_WORDS | PATIENT | {"image", "img", "file", "filename", "series", "exam", "scan"}
"""Words of columns that name pictures, or what they are of."""
NAMES = ("id", "part", "piece")
_SIGN = re.compile(r"[_\-. ]")


@dataclass(frozen=True, slots=True)
class RowKey:
    """How rows are found by the pictures' paths, and how the paths are divided for this."""

    column: str
    row: str
    """The template of `row`."""
    texts: dict[Part, str] = field(default_factory=dict)
    """Texts of the pictures' paths with more placeholders."""
    shared: bool = False
    """Whether several pictures have the same row."""


@dataclass(frozen=True, slots=True)
class _Way:
    row: str
    texts: dict[Part, str]
    keys: list[str]
    """The row of each picture."""


def row_of(table: TableView, pictures: PictureSet) -> RowKey | None:
    """Return the column whose cells are made of parts of the pictures' paths, or None."""
    columns = {
        c: cells
        for c in table.columns
        if (cells := {x for x in table.cells(c) if x})
        and (set(tokens(c)) & OF_A_PICTURE or len(cells) == len(table.rows))
    }
    best: tuple[int, RowKey] | None = None
    for way in _ways(pictures):
        keys = set(way.keys)
        if len(keys) < 2:
            continue
        for column, cells in columns.items():
            found = len(keys & cells)
            if found > 1 and found >= MIN_SHARE * len(keys) and (best is None or found > best[0]):
                shared = len(keys) < len(way.keys)
                best = (found, RowKey(column, way.row, way.texts, shared))
    return best and best[1]


def _ways(pictures: PictureSet) -> Iterator[_Way]:
    """Yield the ways in which rows may be named, the simplest first."""
    members = pictures.members
    folders = [n for n in range(len(pictures.family.varying)) if n not in pictures.fixed]
    for number in folders:
        values = [m.values[number] for m in members]
        yield _Way(f"{{{pictures.names[number]}}}", {}, values)
        name = f"{{{pictures.names[number]}}}"
        before, after = raw_ends(values)
        for first, last in ((before, after), (before, ""), ("", after)):
            cut = [v[len(first) : len(v) - len(last)] for v in values]
            if (first or last) and all(cut):
                yield _Way(name, {number: f"{first}{name}{last}"}, cut)
    if pictures.texts or pictures.only or pictures.last:
        return
    starts = list(_starts(pictures, members))
    yield from starts
    if pictures.family.varies:
        whole = _Way(pictures.text("stem"), {}, [m.entry.stem for m in members])
        starts.append(whole)
    for number in folders:
        values = [m.values[number] for m in members]
        for start in starts:
            for sign in SIGNS:
                keys = [f"{v}{sign}{s}" for v, s in zip(values, start.keys, strict=True)]
                yield _Way(f"{pictures.text(number)}{sign}{start.row}", start.texts, keys)


def _starts(pictures: PictureSet, members: list[Member]) -> Iterator[_Way]:
    """Yield the first words of the pictures' names: of `slice_0001_266` the text `slice_0001`."""
    family = pictures.family
    if not family.varies:
        return
    for count in range(1, MOST_WORDS + 1):
        signs = {tuple(_SIGN.findall(m.core)[:count]) for m in members}
        if len(signs) > 1 or len(min(signs)) < count:
            return
        (own,) = signs
        words = [_SIGN.split(m.core) for m in members]
        if not all(word.isalnum() for w in words for word in w[:count]):
            return
        starts = [family.before + m.core[: sum(map(len, w[:count])) + count - 1]
                  for m, w in zip(members, words, strict=True)]  # fmt: skip
        names = NAMES[:count]
        plain = "".join(f"{{{n}}}{sign}" for n, sign in zip(names, own, strict=True))
        text = "".join(f"{{{n}=word}}{sign}" for n, sign in zip(names, own, strict=True))
        core = f"{text}{{{pictures.core_name}}}"
        yield _Way(family.before + plain[: -len(own[-1])], {"core": core}, starts)
