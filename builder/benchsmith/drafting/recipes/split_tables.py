"""Tables of one subset of an official split, and pictures of another: whose rows are they?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from benchsmith.drafting.recipes import label_tables
from benchsmith.drafting.recipes.name_words import splits_of
from benchsmith.drafting.recipes.picture_sets import PictureSet
from benchsmith.drafting.recipes.proposal import Samples
from benchsmith.drafting.recipes.table_views import TableView

TEST = "test"


def fitting(tables: Sequence[TableView], pictures: PictureSet) -> list[TableView]:
    """Return the tables without those of another subset, if one of the pictures' own has their rows."""
    own = {
        t.columns
        for t in tables
        if _split_of_table(t) == _split(pictures) != "" and label_tables.belongs(t, pictures)
    }
    return [t for t in tables if not (t.columns in own and _is_of_another(t, pictures))]


def ask(samples: Samples, pictures: PictureSet, table: TableView) -> None:
    """Ask whether the labels of a table are those of the pictures, if it is of another subset."""
    if not _is_of_another(table, pictures):
        return
    doubt = (
        f"{table.file} is named for {_split_of_table(table)} and has the rows of {samples.images}: "
        "are the tables or the folders exchanged?"
    )
    for entry in samples.labels:
        if entry.one.get("file") == table.file:
            entry.unsure = f"{entry.unsure}; {doubt}".removeprefix("; ")
            entry.contradictions.append(doubt)


def _is_of_another(table: TableView, pictures: PictureSet) -> bool:
    """Return whether one of both is of the test set, and the other of another subset."""
    one, other = _split_of_table(table), _split(pictures)
    return bool(one and other) and one != other and TEST in (one, other)


def _split(pictures: PictureSet) -> str:
    return _only(*(f.before for f in pictures.family.folders if not f.varies))


def _split_of_table(table: TableView) -> str:
    path = PurePosixPath(table.file)
    return _only(path.stem) or _only(*path.parts[:-1])


def _only(*names: str) -> str:
    """Return the only subset that names say; empty if they say none or several."""
    found = {split for name in names for split in splits_of(name)}
    return min(found) if len(found) == 1 else ""
