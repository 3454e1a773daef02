"""`lexicon/licences.tsv`: what each licence allows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchsmith.documents import layered_table
from benchsmith.documents.problems import Problems

LICENCE_COLUMNS = (
    "id", "name", "url", "redistribute", "commercial", "attribution", "share_alike", "note",
)  # fmt: skip
YES_OR_NO = ("redistribute", "commercial", "attribution", "share_alike")


@dataclass(frozen=True, slots=True)
class Licence:
    """What a licence allows."""

    id: str
    name: str
    url: str
    redistribute: bool
    """Whether the pictures may be passed on."""
    commercial: bool
    """Whether commercial use is allowed."""


def collect(folder: Path, problems: Problems) -> dict[str, Licence]:
    """Return the licences by id, adding every problem to `problems`."""
    found: dict[str, Licence] = {}
    for row in layered_table.collect(
        folder / "licences.tsv", LICENCE_COLUMNS, problems, lambda row: row["id"]
    ).rows:
        for column in YES_OR_NO:
            if row[column] not in ("yes", "no"):
                what = f"`{column}` is {row[column]!r}"
                problems.add(row.path, row.line, what, "write yes or no")
        if row["id"] in found:
            problems.add(row.path, row.line, f"duplicate id {row['id']!r}")
        found[row["id"]] = Licence(
            row["id"],
            row["name"],
            row["url"],
            row["redistribute"] == "yes",
            row["commercial"] == "yes",
        )
    return found
