"""`reviews/<benchmark>.retired.tsv`: targets that no edition asks about any more, signed."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from benchsmith.documents import signed_rows, tsv
from benchsmith.documents.benchmark.editions import split_name
from benchsmith.documents.problems import Problems, did_you_mean
from benchsmith.documents.signed_rows import signature_faults

CAUSES = {
    "exposed": "its answer, or its picture with the answer, became public",
    "solved-blind": "a model answered a question about it without the picture",
    "other": "another reason, given in the note",
}
"""Codes and sentences of the reasons to retire a target."""


@dataclass(frozen=True, slots=True)
class Retirement:
    """One retired target."""

    target: str
    cause: str
    edition: str
    """The edition in which it was asked about; empty if there was none."""
    who: str
    time: str
    """UTC, to the second, such as ``2026-01-31T09:00:00Z``."""
    note: str

    @property
    def detail(self) -> str:
        """Cause and edition, for the list of what was left out."""
        return f"{self.cause}, in {self.edition}" if self.edition else self.cause


COLUMNS = tuple(f.name for f in fields(Retirement))


def path_of(home: Path, name: str) -> Path:
    """Return the file of a benchmark, which all of its editions share."""
    return home / "reviews" / f"{split_name(name)[0]}.retired.tsv"


def read(path: Path, curators: Container[str]) -> list[Retirement]:
    """Return the retirements; none if the file is missing. Raises DocumentError."""
    return signed_rows.read(path, lambda problems: collect(path, curators, problems))


def collect(path: Path, curators: Container[str], problems: Problems) -> list[Retirement]:
    """Return the retirements, adding every problem to `problems`."""
    return signed_rows.collect(
        path,
        Retirement,
        COLUMNS,
        problems,
        faults=lambda one: faults(one, curators),
        key=lambda one: one.target,
        twice=lambda one: f"{one.target!r} is already retired",
    )


def faults(one: Retirement, curators: Container[str]) -> Iterable[tuple[str, str]]:
    """Yield what is wrong in one row, each with a hint."""
    if not one.target:
        yield "names no target", "write the id of a target, as `benchsmith explain` prints it"
    if one.cause not in CAUSES:
        hint = did_you_mean(one.cause, CAUSES) or f"one of {', '.join(CAUSES)}"
        yield f"unknown cause {one.cause!r}", hint
    if one.cause == "other" and not one.note:
        yield "has no note", "describe the reason in `note`"
    yield from signature_faults(one.who, one.time, curators)


def write(path: Path, rows: Iterable[Retirement]) -> None:
    """Write the retirements, sorted by target."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [
        dict(zip(COLUMNS, astuple(row), strict=True))
        for row in sorted(rows, key=lambda row: row.target)
    ]
    tsv.write(path, COLUMNS, cells)
