"""`lexicon/curators.tsv`: the people who may sign rows and vote."""

from __future__ import annotations

import re
from pathlib import Path

from benchsmith.documents import layered_table
from benchsmith.documents.ids import ID, ID_HINT
from benchsmith.documents.problems import Problems

CURATOR_COLUMNS = ("id", "name", "role")


def read(folder: Path) -> frozenset[str]:
    """Return the ids of the curators in a lexicon folder. Raises DocumentError."""
    problems = Problems(folder.parent)
    found = collect(folder, problems)
    problems.raise_any()
    return found


def collect(folder: Path, problems: Problems) -> frozenset[str]:
    """Return the ids of the curators, adding every problem to `problems`."""
    lines: dict[str, int] = {}
    for row in layered_table.collect(
        folder / "curators.tsv", CURATOR_COLUMNS, problems, lambda row: row["id"]
    ).rows:
        if not re.fullmatch(ID, row["id"]):
            what = f"{row['id']!r} is not a valid id"
            problems.add(row.path, row.line, what, ID_HINT)
        elif (other := lines.setdefault(row["id"], row.line)) != row.line:
            problems.add(row.path, row.line, f"{row['id']!r} is also on line {other}")
    return frozenset(lines)
