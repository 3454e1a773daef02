"""`lexicon/placements.tsv`: the task and the department of each label, by modality."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchsmith.documents import layered_table, tsv
from benchsmith.documents.lexicon.row_checks import RowChecks
from benchsmith.documents.problems import Problems

PLACEMENT_COLUMNS = ("label", "modality", "task", "department", "agreed_by")


@dataclass(frozen=True, slots=True)
class Placement:
    """The task and the department of a label, in one modality or in all."""

    task: str
    department: str
    at: str
    """File and line."""
    agreed_by: tuple[str, ...] = ()
    """Ids of the curators who signed or voted for it."""


def key_of(row: tsv.Row) -> tuple[str, str]:
    """Return what identifies a row: label and modality."""
    return row["label"], row["modality"]


def rows(home: Path, problems: Problems) -> list[tsv.Row]:
    """Return the rows of a project's table, laid over the shipped ones, without checking them."""
    path = home / "lexicon" / "placements.tsv"
    return layered_table.collect(path, PLACEMENT_COLUMNS, problems, key_of).rows


def collect(folder: Path, check: RowChecks) -> dict[tuple[str, str], Placement]:
    """Return the placements by label and modality (``*`` for all modalities)."""
    found: dict[tuple[str, str], Placement] = {}
    for row in check.rows(folder / "placements.tsv", PLACEMENT_COLUMNS, key_of):
        check.terms(row, "label", "label", [row["label"]])
        check.terms(row, "modality", "modality", [row["modality"]], any_=True)
        check.terms(row, "task", "task", [row["task"]])
        check.terms(row, "department", "department", [row["department"]])
        check.signed(row, "agreed_by")
        key = (row["label"], row["modality"])
        if key in found:
            what = f"{key} already has a placement at {found[key].at}"
            check.problems.add(row.path, row.line, what)
        found[key] = Placement(row["task"], row["department"], check.at(row), row.list("agreed_by"))
    return found
