"""Rows of a table that belong to no image, and which image they may mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from benchsmith.stages.table_rows import TableKey, Wanted
from benchsmith.text import file_endings

AS_STEM = ": `key_is: stem` treats cells as file names"


def unused_rows(
    place: TableKey, table: Wanted, used: Collection[tuple[TableKey, int]]
) -> list[str]:
    """Return the keys of the rows of a table that are not among the `used` lines of tables."""
    return [key for key, rows in table.rows.items() if (place, rows[0].line) not in used]


def without_picture(
    place: TableKey,
    table: Wanted,
    unused: Collection[str],
    keys: Collection[str],
    *,
    may_be_names: bool,
) -> Iterator[tuple[str, str]]:
    """Yield where each unused row is and what it lacks.

    `keys` are those of the images. If cells `may_be_names` of files, an image with such a name is named.
    """
    stems = Counter(map(_stem, [*table.rows, *table.unwanted])) if may_be_names else {}
    for key in unused:
        stem = _stem(key)
        # with two cells of one stem `key_is: stem` would refuse the table
        near = stem != key and stem in keys and stems.get(stem) == 1
        more = f"; the key of the picture is {stem!r}{AS_STEM}" if near else ""
        yield f"{place.file}:{table.rows[key][0].line}", f"there is no file for {key!r}{more}"


def _stem(key: str) -> str:
    """Return the key that a cell means if it is a file's name."""
    return file_endings.without_ending(key.replace("\\", "/")).rstrip("/").rpartition("/")[2]
