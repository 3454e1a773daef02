"""Labels in tables: one row per picture, per box or per run-length mask."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from benchsmith.drafting.recipes import (
    column_roles,
    patient_rules,
    row_keys,
    several_readers,
    table_keys,
    table_marks,
    table_views,
)
from benchsmith.drafting.recipes.name_words import tokens
from benchsmith.drafting.recipes.picture_sets import PictureSet
from benchsmith.drafting.recipes.proposal import Labels, Samples
from benchsmith.drafting.recipes.row_keys import RowKey
from benchsmith.drafting.recipes.table_views import TableView

LIST_MARKS = {"", "[", "]", ",", "[]"}
"""What lies between the words of a cell such as `['a', 'b']`, divided at its quotation marks."""


def add(
    samples: Samples, pictures: PictureSet, table: TableView, known: Callable[[str], bool]
) -> bool:
    """Add a table's labels, patients and other columns to an entry; return whether it has any."""
    key = table_keys.key_of(table, pictures)
    rows = None if key else row_keys.row_of(table, pictures)
    if rows is not None:
        key = table_keys.Key(rows.column, "as-is", "default", 0)
    if key is None:
        return False
    roles = {c: column_roles.role(table, c, key.column) for c in table.columns if c != key.column}
    side = set(tokens(pictures.family.words)) & {"left", "right"}
    of_person: list[str] = []
    if side:
        other = {"left": "right", "right": "left"}[min(side)]
        roles = {c: "" if other in tokens(c) else r for c, r in roles.items()}
        of_person = _of_person(roles, min(side))
        if of_person:
            roles = {c: "" if c in of_person else r for c, r in roles.items()}
    base: dict[str, Any] = {"file": table.file, "key": key.column}
    if key.key_is != "as-is":
        base["key_is"] = key.key_is
    if rows is not None:
        base |= {"row": rows.row, "other_rows": "count"}
    base |= table.settings
    before = len(samples.labels)
    boxes = table_marks.boxes(table, base, roles, pictures)
    found = (
        boxes or table_marks.runs(table, base, roles, pictures) or sheets(table, base, roles, known)
    )
    if column := _readers(table, key.column, roles):
        found = [several_readers.merged(one, "majority", column=column) for one in found]
    samples.labels += found
    if len(samples.labels) == before:
        return False
    if side and of_person:
        shown = ", ".join(of_person)
        samples.unread.append(
            f"{table.file}: columns {shown} say nothing of one side, and are of the person: they are not read"
        )
    elif side and not any(side & set(tokens(c)) for c in roles):
        for one in found:
            one.unsure = one.unsure or (
                f"a row of {table.file} may be of both sides: does every picture show its labels?"
            )
    if rows is not None:
        _divide(samples, pictures, rows, found)
    if key.own != "default":
        samples.key = key.own
    _about(samples, roles)
    if side:
        samples.about.setdefault("laterality", min(side))
    return True


def _of_person(roles: dict[str, str], side: str) -> list[str]:
    """Return the columns of labels without a side in a table that has others for each side."""
    labels = [c for c, role in roles.items() if role in ("label", "one-hot")]
    return (
        [c for c in labels if side not in tokens(c)]
        if any(side in tokens(c) for c in labels)
        else []
    )


def belongs(table: TableView, pictures: PictureSet) -> bool:
    """Return whether a table has rows of pictures."""
    return (
        table_keys.key_of(table, pictures) is not None
        or row_keys.row_of(table, pictures) is not None
    )


def _divide(samples: Samples, pictures: PictureSet, rows: RowKey, found: list[Labels]) -> None:
    """Divide the pictures' paths as their rows need it, and ask whether the rows are theirs."""
    plain = {part: pictures.text(part) for part in rows.texts}
    for part, text in rows.texts.items():
        pictures.texts[part] = text
        whole = re.sub(r"=[a-z]+", "", text)
        own = [e for e in samples.labels if e not in found]
        samples.labels = [patient_rules.with_text(e, plain[part], whole) for e in own] + found
    samples.images = pictures.images
    for labels in found:
        labels.ask("row", f"does column {rows.column!r} name what these pictures are of?")
        if rows.shared:
            labels.unsure = labels.unsure or (
                f"several pictures have one row, by {rows.row}: does every one show its labels?"
            )


def _readers(table: TableView, key: str, roles: dict[str, str]) -> str:
    """Return the column that names readers, if a picture has rows of several; otherwise an empty string."""
    for column in (c for c, role in roles.items() if role == "reader"):
        by_key: dict[str, set[str]] = defaultdict(set)
        for name, reader in zip(table.cells(key), table.cells(column), strict=True):
            by_key[name].add(reader)
        if all("" not in readers for readers in by_key.values()) and any(
            len(readers) > 1 for readers in by_key.values()
        ):
            return column
    return ""


def _about(samples: Samples, roles: dict[str, str]) -> None:
    for column, role in roles.items():
        if role == "patient" and samples.patient == "key":
            samples.patient = f"column:{column}"
        elif role in ("age", "sex", "laterality", "view", "site", "official"):
            samples.about.setdefault(role, f"column:{column}")


def sheets(
    table: TableView, base: dict[str, Any], roles: dict[str, str], known: Callable[[str], bool]
) -> list[Labels]:
    """Return the entries for the columns of labels of a table with one row per picture."""
    one_hot = [c for c, r in roles.items() if r == "one-hot"]
    columns = [c for c, r in roles.items() if r == "label"]
    columns += [c for c, r in roles.items() if r == "site" and _mostly(table.cells(c), known)]
    if len(one_hot) == 1:
        columns.append(one_hot.pop())
    found = []
    if one_hot:
        entry = Labels({"kind": "sheet", **base, "one_hot": one_hot})
        entry.decide["one_hot"] = "is every one of these columns a label?"
        found.append(entry)
    times = Counter(w for c in columns for w in set(table.cells(c)) - {""})
    for column in columns:
        entry = _column(table, base, column, known)
        if {"values", "delimiter"} & set(entry.keys):
            found.append(entry)
            continue
        if any(times[w] > 1 for w in table.cells(column)):
            silent = entry.keys.get("silent", ("",))
            entry.keys["values"] = {
                w: f"{column} {w}" for w in sorted(set(table.cells(column))) if w not in silent
            }
            entry.decide["values"] = "other columns have these words too: what do they mean here?"
            entry.names_stated = False
        found.append(entry)
    return found


def _mostly(cells: list[str], known: Callable[[str], bool]) -> bool:
    words = {c for c in cells if c}
    return bool(words) and sum(known(w) for w in words) >= len(words) / 2


def _column(
    table: TableView, base: dict[str, Any], column: str, known: Callable[[str], bool]
) -> Labels:
    cells = table.cells(column)
    entry = Labels({"kind": "sheet", **base, "labels": [column]})
    mark = table_views.separator_of(cells, {c for c in cells if known(c)})
    if quoted := table_views.quotation_mark_of(cells):
        words = {w.strip() for c in cells for w in c.split(quoted)} - LIST_MARKS
        entry.keys |= {"delimiter": quoted, "silent": sorted(LIST_MARKS)}
        entry.decide["labels"] = f"are these labels: {', '.join(sorted(words)[:4])}?"
        if not _mostly(sorted(words), known):
            entry.unsure = f"{table.file}: the lexicon knows few of the words of column {column!r}"
        return entry
    if mark:
        entry.keys["delimiter"] = mark
    silent = sorted({c for c in cells if c.lower() in table_views.NOTHING})
    if silent:
        entry.keys["silent"] = ["", *silent]
        entry.decide["silent"] = "do these cells state no label?"
    if column_roles.codes(cells):
        entry.keys["values"] = {c: f"{column} {c}" for c in sorted(set(cells)) if c}
        entry.decide["values"] = "what do these codes mean?"
        entry.names_stated = False
    else:
        shown = ", ".join(sorted(set(cells) - {""})[:4])
        entry.decide["labels"] = f"are these labels: {shown}?"
    if not _mostly(cells, known) and not column_roles.codes(cells):
        entry.unsure = f"{table.file}: the lexicon knows few of the words of column {column!r}"
    return entry
