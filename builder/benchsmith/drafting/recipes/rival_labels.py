"""Labels of whole pictures that two lists state differently, such as a table and its corrected copy."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from benchsmith.drafting.recipes.picture_sets import PictureSet
from benchsmith.drafting.recipes.proposal import Labels
from benchsmith.drafting.recipes.table_views import TableView
from benchsmith.text.normal_form import counted, normal

ONE_LIST = 0.5
"""Lists that share more than this share of the words of the shorter one state the same labels."""
GENERAL = frozenset(["yes", "no", "true", "false", "positive", "negative", "present", "absent"])
"""Words that mean nothing without their column, like numbers."""
MARKED = frozenset(["1", "1.0", "true", "yes", "x"])
Words = Mapping[str, frozenset[str]]
"""The words of each picture, by its path."""


class Apart(NamedTuple):
    """A contradiction between two entries."""

    doubt: str
    """The question that they raise."""
    other: str
    """What the second entry reads."""


def apart(
    one: Labels, other: Labels, pictures: PictureSet, tables: Sequence[TableView]
) -> Apart | None:
    """Return where two entries give a picture different words of one list; None if they never do."""
    ours, theirs = _words(one, pictures, tables), _words(other, pictures, tables)
    lists = [frozenset[str]().union(*found.values()) for found in (ours, theirs)]
    shared = lists[0] & lists[1]
    if len(shared) <= ONE_LIST * min(map(len, lists)):
        return None
    differ = [p for p in ours if p in theirs and ours[p] & shared != theirs[p] & shared]
    if not differ:
        return None
    first = min(differ)
    says = [", ".join(sorted(found[first])) for found in (ours, theirs)]
    names = [_name(entry) for entry in (one, other)]
    return Apart(
        f"{names[0]} and {names[1]} contradict one another about "
        f"{counted(len(differ), 'picture')}, such as {first}, {says[0]!r} in {names[0]} and "
        f"{says[1]!r} in {names[1]}: which is right?",
        names[1],
    )


def _name(entry: Labels) -> str:
    return "the folders' names" if entry.keys["kind"] == "path" else str(entry.keys["file"])


def _words(entry: Labels, pictures: PictureSet, tables: Sequence[TableView]) -> Words:
    if entry.keys["kind"] == "path":
        number = next((n for n, v in pictures.names.items() if v == entry.keys["field"]), None)
        if number is None or "names" in entry.keys:
            return {}
        return {m.entry.path: frozenset([normal(m.values[number])]) for m in pictures.members}
    table = next((t for t in tables if t.file == entry.keys.get("file")), None)
    if table is None or entry.keys["kind"] != "sheet" or "row" in entry.keys:
        return {}
    paths = _paths(pictures)
    found: dict[str, set[str]] = defaultdict(set)
    for row in table.rows:
        key = row[entry.keys["key"]].strip().replace("\\", "/")
        if path := paths.get(key) or paths.get(key.rpartition("/")[2]):
            found[path] |= _of_row(entry, row)
    return {path: frozenset(words) for path, words in found.items()}


def _of_row(entry: Labels, row: Mapping[str, str]) -> set[str]:
    if "one_hot" in entry.keys:
        marked = [c for c in entry.keys["one_hot"] if row[c].strip().lower() in MARKED]
        return set(map(normal, marked))
    found = set()
    for column in entry.keys["labels"]:
        cell = row[column].strip()
        for word in cell.split(entry.keys["delimiter"]) if "delimiter" in entry.keys else [cell]:
            if word.strip() in entry.keys.get("silent", ()):
                continue
            said = normal(str(entry.keys.get("values", {}).get(word.strip(), word)))
            alone = not said.replace(".", "").isdigit() and said not in GENERAL
            if said:
                found.add(said if alone else f"{normal(column)} {said}")
    return found


def _paths(pictures: PictureSet) -> dict[str, str]:
    """Return the paths of pictures by their names, whole or in part, if no other has that name."""
    names = [
        (m.entry.path, {m.entry.path, m.entry.name, m.entry.stem, m.core}) for m in pictures.members
    ]
    times = Counter(name for _, own in names for name in own)
    return {name: path for path, own in names for name in own if times[name] == 1}
