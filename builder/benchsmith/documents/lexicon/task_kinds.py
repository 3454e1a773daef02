"""`lexicon/task_kinds.tsv`: kinds of label that a task's stems may ask for. The table is optional.

Each label has a kind, such as `bone` or `vessel`, in `lexicon/tree/label.tsv`. A row says that a
task asks for labels of a kind, and lists words that do not apply to it: a stem with one of them is not
used if such a label is offered. The kind ``*`` stands for labels of other tasks, which are offered
if a task has too few labels.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchsmith.documents import tsv
from benchsmith.documents.lexicon.placements import Placement
from benchsmith.documents.lexicon.row_checks import ANY, RowChecks
from benchsmith.documents.problems import did_you_mean
from benchsmith.documents.tree import Axis

TASK_KIND_COLUMNS = ("task", "kind", "unsaid", "reviewed_by", "note")
KINDS = (
    "action", "attribute", "bone", "cartilage", "cell", "cell-part", "count", "device", "disease",
    "duct", "fluid", "joint", "ligament", "membrane", "microorganism", "muscle", "nervous", "organ",
    "organ-part", "phase", "quality", "region", "severity", "space", "tissue", "vessel",
)  # fmt: skip
"""What a label may be."""

TaskKinds = Mapping[tuple[str, str], tuple[str, ...]]
"""By task and kind, the words that its stems must not have."""


def key_of(row: tsv.Row) -> tuple[str, str]:
    """Return what identifies a row: task and kind."""
    return row["task"], row["kind"]


def collect(
    folder: Path, check: RowChecks, labels: Axis, places: Mapping[tuple[str, str], Placement]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the rows, and report each placement of a label whose kind its task does not ask for."""
    path = folder / "task_kinds.tsv"
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in check.optional_rows(path, TASK_KIND_COLUMNS, key_of):
        check.terms(row, "task", "task", [row["task"]])
        check.signed(row, "reviewed_by")
        if row["kind"] not in (*KINDS, ANY):
            hint = did_you_mean(row["kind"], KINDS) or f"kinds: {', '.join(KINDS)}"
            check.problems.add(row.path, row.line, f"unknown kind {row['kind']!r}", hint)
        key = key_of(row)
        if key in found:
            check.problems.add(row.path, row.line, f"{' and '.join(key)} have a row already")
        found[key] = row.list("unsaid")
    for term in labels:
        if term.kind and term.kind not in KINDS:
            hint = did_you_mean(term.kind, KINDS) or f"kinds: {', '.join(KINDS)}"
            check.problems.add(term.path, term.line, f"unknown kind {term.kind!r}", hint)
    if found:
        _check_places(found, check, labels, places)
    return found


def _check_places(
    kinds: TaskKinds,
    check: RowChecks,
    labels: Axis,
    places: Mapping[tuple[str, str], Placement],
) -> None:
    for (label, _), place in places.items():
        if label not in labels or (place.task, labels[label].kind) in kinds:
            continue
        file, _, line = place.at.rpartition(":")
        asked = sorted(kind for task, kind in kinds if task == place.task and kind != ANY)
        kind = labels[label].kind
        what = f"{label!r} is of the kind {kind!r}, which {place.task} does not ask for"
        if not kind:
            what = f"{label!r} has no kind: add the column `kind` to lexicon/tree/label.tsv"
        check.problems.add(
            check.problems.home / file, int(line), what,
            f"{place.task} asks for {', '.join(asked) or 'nothing'}: place the label elsewhere, or"
            " add the kind to lexicon/task_kinds.tsv if every stem without its `unsaid` words fits",
        )  # fmt: skip
