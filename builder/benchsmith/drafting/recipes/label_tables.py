"""Labels in tables: one row per picture, per box or per run-length mask."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from benchsmith.drafting.recipes import several_readers, table_views
from benchsmith.drafting.recipes.families import Member
from benchsmith.drafting.recipes.name_words import tokens
from benchsmith.drafting.recipes.picture_sets import PictureSet
from benchsmith.drafting.recipes.proposal import Labels, Samples
from benchsmith.drafting.recipes.table_views import TableView
from benchsmith.text import file_endings

MIN_SHARE = 0.3
"""Share of a table's rows, or of the pictures, that belong together."""
BOXES = (
    ("xyxy", (("xmin", "ymin", "xmax", "ymax"), ("x0", "y0", "x1", "y1"), ("x1", "y1", "x2", "y2"),
              ("left", "top", "right", "bottom"))),
    ("xywh", (("x", "y", "width", "height"), ("x", "y", "w", "h"), ("bboxx", "y", "w", "h"),
              ("left", "top", "width", "height"))),
    ("cxcywh", (("cx", "cy", "w", "h"), ("xcenter", "ycenter", "width", "height"),
                ("centerx", "centery", "width", "height"))),
)  # fmt: skip
GRADES = frozenset(
    {"birads", "rads", "tirads", "pirads", "density", "grade", "severity", "score", "stage"}
)
"""Words of columns that grade a finding or a picture, and name none."""
_RUNS = re.compile(r"\d+( \d+)+")


LIST_MARKS = {"", "[", "]", ",", "[]"}
"""What lies between the words of a cell such as `['a', 'b']`, divided at its quotation marks."""


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


def add(
    samples: Samples, pictures: PictureSet, table: TableView, known: Callable[[str], bool]
) -> bool:
    """Add a table's labels, patients and other columns to an entry; return whether it has any."""
    key = key_of(table, pictures)
    if key is None:
        return False
    roles = {c: table_views.role(table, c, key.column) for c in table.columns if c != key.column}
    side = set(tokens(pictures.family.words)) & {"left", "right"}
    if side:
        other = {"left": "right", "right": "left"}[min(side)]
        roles = {c: "" if other in tokens(c) else r for c, r in roles.items()}
    base: dict[str, Any] = {"file": table.file, "key": key.column}
    if key.key_is != "as-is":
        base["key_is"] = key.key_is
    base |= table.settings
    before = len(samples.labels)
    boxes = _boxes(table, base, roles, pictures)
    found = boxes or _runs(table, base, roles) or sheets(table, base, roles, known)
    if column := _readers(table, key.column, roles):
        found = [several_readers.merged(one, "majority", column=column) for one in found]
    samples.labels += found
    if len(samples.labels) == before:
        return False
    if key.own != "default":
        samples.key = key.own
    _about(samples, roles)
    return True


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


def _boxes(
    table: TableView, base: dict[str, Any], roles: dict[str, str], pictures: PictureSet
) -> list[Labels]:
    plain = {re.sub(r"[\W_]+", "", c.lower()): c for c in table.columns}
    for form, spellings in BOXES:
        for names in spellings:
            if not all(n in plain for n in names):
                continue
            keys = {"kind": "boxes", **base, "box": [plain[n] for n in names]}
            if form != "xyxy":
                keys["form"] = form
            cells = [c for n in names for c in table.cells(plain[n]) if c]
            if cells and all(_at_most_one(c) for c in cells):
                keys["unit"] = "share"
            entry = Labels(keys)
            entry.decide["box"] = f"are these columns {form}?"
            columns = _named_first(
                [c for c, r in roles.items() if r == "label" and c not in keys["box"]]
            )
            column = columns[0] if columns else ""
            if column:
                keys["label_column"] = column
                if len(columns) > 1:
                    others = ", ".join(columns[1:])
                    entry.decide["label_column"] = (
                        f"does it say what a box marks, or one of: {others}?"
                    )
                silent = sorted(
                    {c for c in table.cells(column) if c.lower() in table_views.NOTHING}
                )
                if silent:
                    keys["silent"] = ["", *silent]
            else:
                keys["label"] = "object"
                entry.decide["label"] = "what do these boxes mark?"
                entry.names_stated = False
            if pictures.family.end in (".dcm", ".dicom", ".ima", ".jpg", ".jpeg"):
                keys["frame"] = "stored"
                entry.decide["frame"] = (
                    "do coordinates refer to the pixels as the file stores them?"
                )
            keys["exhaustive"] = False
            entry.decide["exhaustive"] = "did the source look for these labels in every picture?"
            return [entry]
    return []


def _named_first(columns: Sequence[str]) -> list[str]:
    """Return columns of labels: first those that name findings, last those that grade them."""

    def rank(column: str) -> int:
        words = set(tokens(column))
        return 2 if words & GRADES else 1 - bool(words & table_views.LABEL)

    return sorted(columns, key=rank)


def _at_most_one(cell: str) -> bool:
    try:
        return 0 <= float(cell) <= 1
    except ValueError:
        return False


def _runs(table: TableView, base: dict[str, Any], roles: dict[str, str]) -> list[Labels]:
    for column in table.columns:
        cells = [c for c in table.cells(column) if c not in ("", "-1")]
        runs = [c for c in cells if _RUNS.fullmatch(c) and len(c.split()) % 2 == 0]
        if not cells or len(runs) < 0.9 * len(cells) or max(len(c.split()) for c in runs) < 4:
            continue
        entry = Labels({"kind": "run-lengths", **base, "mask": column})
        label = next((c for c, r in roles.items() if r == "label" and c != column), "")
        entry.keys |= {"label_column": label} if label else {"label": "object"}
        if not label:
            entry.decide["label"] = "what do these masks mark?"
            entry.names_stated = False
        entry.keys["order"] = "columns"
        entry.decide["order"] = "are pixels counted down the columns, or along the rows?"
        return [entry]
    return []


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
    if table_views.codes(cells):
        entry.keys["values"] = {c: f"{column} {c}" for c in sorted(set(cells)) if c}
        entry.decide["values"] = "what do these codes mean?"
        entry.names_stated = False
    else:
        shown = ", ".join(sorted(set(cells) - {""})[:4])
        entry.decide["labels"] = f"are these labels: {shown}?"
    if not _mostly(cells, known) and not table_views.codes(cells):
        entry.unsure = f"{table.file}: the lexicon knows few of the words of column {column!r}"
    return entry
