"""Tables that belong to one group of pictures each, such as a video."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from benchsmith.drafting.recipes import column_roles, label_tables
from benchsmith.drafting.recipes.families import families
from benchsmith.drafting.recipes.family import Family, Member
from benchsmith.drafting.recipes.folder_listing import Entry
from benchsmith.drafting.recipes.folder_view import VIDEOS
from benchsmith.drafting.recipes.mask_pairs import Part, value
from benchsmith.drafting.recipes.picture_sets import PictureSet
from benchsmith.drafting.recipes.proposal import Labels, Samples
from benchsmith.drafting.recipes.table_views import TableView

MIN_SHARE = 0.5
"""Share of the tables whose name is that of a group of pictures."""
RATES = (25, 30, 50, 60, 24, 20, 15, 10, 5)
"""Frames a second of videos, the likeliest first: rows between two frames extracted once a second."""
MIN_FRAMES = 4
"""Frames of a video from which a rate can be told."""


class TableGroup(NamedTuple):
    """Tables with the same columns whose paths differ in one part."""

    family: Family
    tables: Mapping[str, TableView]
    """By path."""


class _Rows(NamedTuple):
    """How the rows of a group's tables are found."""

    key: str
    row: str
    rows_at: dict[str, int] | None
    matched: int


def groups(tables: list[TableView]) -> list[TableGroup]:
    """Return the groups of two tables or more with the same columns."""
    by_form: dict[tuple[Any, ...], dict[str, TableView]] = defaultdict(dict)
    for table in tables:
        by_form[table.columns, table.separator, table.encoding][table.file] = table
    found = []
    for own in by_form.values():
        every = families(map(_entry, sorted(own))) if len(own) > 1 else []
        found += [
            TableGroup(family, {m.entry.path: own[m.entry.path] for m in family.members})
            for family in every
            if len(family.members) > 1 and (family.varies or family.varying)
        ]
    return found


def _entry(path: str) -> Entry:
    whole = PurePosixPath(path)
    return Entry(tuple(whole.parts[:-1]), whole.stem, whole.suffix, whole.name)


def add(
    samples: Samples, pictures: PictureSet, group: TableGroup, known: Callable[[str], bool]
) -> bool:
    """Add the labels of a group's tables to an entry; return whether it has any."""
    pairing = _pairing(pictures, group)
    if pairing is None:
        return False
    own, theirs = pairing
    rows = _rows(pictures, group, own, theirs)
    if rows is None:
        return False
    text = pictures.text(own)
    texts = [text if number == theirs else "*" for number in range(len(group.family.varying))]
    core = text if theirs == "core" else "*"
    first = next(iter(group.tables.values()))
    every = TableView(
        group.family.pattern(texts, core),
        first.columns,
        tuple(row for table in group.tables.values() for row in table.rows),
        first.separator,
        first.encoding,
        first.unnamed,
    )
    base: dict[str, Any] = {"file": every.file, "key": rows.key, "row": rows.row}
    if rows.rows_at:
        base["rows_at"] = rows.rows_at
    base |= {"other_rows": "count", **every.settings}
    roles = {c: column_roles.role(every, c, rows.key) for c in every.columns if c != rows.key}
    found = label_tables.sheets(every, base, roles, known)
    for labels in found:
        _ask(labels, rows)
    samples.labels += found
    return bool(found)


def belongs(pictures: PictureSet, group: TableGroup) -> bool:
    """Return whether the tables of a group have rows of pictures."""
    pairing = _pairing(pictures, group)
    return pairing is not None and _rows(pictures, group, *pairing) is not None


def _ask(labels: Labels, rows: _Rows) -> None:
    if rows.rows_at:
        step = rows.rows_at["step"]
        what = (
            f"picture {rows.rows_at['picture']} is row {rows.rows_at['row']}, the next {step} on?"
        )
        labels.decide["rows_at"] = what
    else:
        labels.decide["row"] = f"is column {rows.key!r} this number, counted from the same start?"


def _pairing(pictures: PictureSet, group: TableGroup) -> tuple[Part, Part] | None:
    """Return the part of the pictures' paths, and of the tables', that name the group."""
    family = pictures.family
    video = family.end.lower() in VIDEOS
    ours: list[Part] = ["core"] if video and family.varies else list(range(len(family.varying)))
    theirs: list[Part] = list(range(len(group.family.varying)))
    theirs += ["core"] if group.family.varies else []
    best: tuple[float, Part, Part] | None = None
    for own in ours:
        names = {value(m, own) for m in pictures.members}
        for other in theirs:
            listed = {value(m, other) for m in group.family.members}
            share = len(names & listed) / len(listed)
            if len(listed) > 1 and share >= MIN_SHARE and (best is None or share > best[0]):
                best = (share, own, other)
    return None if best is None else best[1:]


def _rows(pictures: PictureSet, group: TableGroup, own: Part, theirs: Part) -> _Rows | None:
    """Return the column that counts the pictures of a group, and how."""
    video = pictures.family.end.lower() in VIDEOS
    first = next(iter(group.tables.values()))
    best: _Rows | None = None
    for column in first.columns:
        cells = [table.cells(column) for table in group.tables.values()]
        if any(len(set(own)) < len(own) for own in cells):
            continue
        for found in (
            _video_rows(group, column)
            if video
            else _frame_rows(pictures, group, column, own, theirs)
        ):
            if best is None or found.matched > best.matched:
                best = found
    return best


def _video_rows(group: TableGroup, column: str) -> Iterator[_Rows]:
    """Yield a column of whole numbers that begins with 0: the frames of a video."""
    cells = [_numbers(table.cells(column)) for table in group.tables.values()]
    if all(
        numbers and min(numbers) == 0 and len(set(numbers)) == len(numbers) for numbers in cells
    ):
        yield _Rows(column, "{part}", None, sum(map(len, cells)))


def _frame_rows(
    pictures: PictureSet, group: TableGroup, column: str, own: Part, theirs: Part
) -> Iterator[_Rows]:
    """Yield how the numbers of extracted frames are cells of a column."""
    if not pictures.family.varies or max(len(t.rows) for t in group.tables.values()) < MIN_FRAMES:
        return
    members: dict[str, list[Member]] = defaultdict(list)
    for member in pictures.members:
        members[value(member, own)].append(member)
    plain = counted = 0
    runs: list[tuple[int, int, set[int]]] = []
    for mark in group.family.members:
        cells = group.tables[mark.entry.path].cells(column)
        near = [m.core for m in members.get(value(mark, theirs), [])]
        numbers = _numbers(near)
        if not near:
            continue
        if not numbers or not (rows := set(_numbers(cells))):
            return
        plain += len(set(near) & set(cells))
        counted += len(set(numbers) & rows)
        runs.append((min(numbers), max(numbers), rows))
    total = sum(len(m) for m in members.values())
    text = pictures.text("core")
    if rate := _rate(runs):
        yield _Rows(column, text, {"picture": runs[0][0], "row": 0, "step": rate}, total)
    elif plain >= MIN_SHARE * total:
        yield _Rows(column, text, None, plain)
    elif counted >= MIN_SHARE * total:
        yield _Rows(column, text, {"picture": 0, "row": 0, "step": 1}, counted)


def _rate(runs: list[tuple[int, int, set[int]]]) -> int:
    """Return the rows between two frames that are numbered one by one; 0 if there is no such rate.

    `runs` are the first and the last frame of each table, and the numbers of its rows.
    """
    if not runs or len({first for first, _, _ in runs}) > 1 or runs[0][0] > 1:
        return 0
    for rate in RATES:
        for first, last, rows in runs:
            count = last - first + 1
            covered = {k * rate for k in range(count)} <= rows
            if count < MIN_FRAMES or not covered or max(rows) >= (count + 1) * rate:
                break
        else:
            return rate
    return 0


def _numbers(cells: list[str]) -> list[int]:
    """Return cells as whole numbers; empty if one is not a whole number."""
    return [int(c) for c in cells] if all(c.isascii() and c.isdecimal() for c in cells) else []
