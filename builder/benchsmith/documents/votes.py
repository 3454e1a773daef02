"""`lexicon/votes/<round>.tsv`: votes on the task and the department of labels, one row per vote."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchsmith.documents import tsv
from benchsmith.documents.ids import ID, ID_HINT
from benchsmith.documents.lexicon import ANY, Lexicon
from benchsmith.documents.problems import Problems, nearest
from benchsmith.documents.tree import Axis
from benchsmith.text.normal_form import normal

COLUMNS = ("label", "modality", "annotator", "task", "department", "time")
VOTED = ("task", "department")
"""The axes that are voted on, independently of each other."""
TIES = "-ties"
"""Suffix of the name of the round with the additional votes on a round's ties."""


@dataclass(frozen=True, slots=True)
class Vote:
    """One annotator's vote on one label in one modality; an axis without a vote is empty."""

    label: str
    modality: str
    """A modality, or ``*`` for all."""
    annotator: str
    task: str
    department: str
    time: str
    """ISO date, as given by the annotator."""
    at: str
    """File and line."""

    @property
    def item(self) -> tuple[str, str]:
        """The label and the modality that the vote is on."""
        return (self.label, self.modality)

    @property
    def key(self) -> tuple[str, str, str]:
        """The key by which votes are unique."""
        return (self.label, self.modality, self.annotator)

    def of(self, axis: str) -> str:
        """Return the vote on ``task`` or ``department``."""
        return self.task if axis == "task" else self.department


def path_of(home: Path, name: str) -> Path:
    """Return the file of a round."""
    return home / "lexicon" / "votes" / f"{name}.tsv"


def check_name(name: str, problems: Problems) -> None:
    """Add a problem for an invalid name of a round."""
    if not re.fullmatch(ID, name) or name.endswith(TIES):
        hint = f"{ID_HINT}; names that end in {TIES!r} are reserved for votes on ties"
        problems.add(
            path_of(problems.home, name), 1, f"{name!r} is not a valid name of a round", hint
        )


def rounds(home: Path) -> list[str]:
    """Return the names of all rounds that have votes, including those on ties."""
    return sorted(p.stem for p in (home / "lexicon" / "votes").glob("*.tsv"))


def read(path: Path, lexicon: Lexicon) -> list[Vote]:
    """Return a round's votes; none if the file is missing. Raises DocumentError."""
    problems = Problems(path.parents[2])
    votes = collect(path, lexicon, problems)
    problems.raise_any()
    return votes


def collect(path: Path, lexicon: Lexicon, problems: Problems) -> list[Vote]:
    """Return a round's votes, adding every problem to `problems`."""
    found: dict[tuple[str, str, str], Vote] = {}
    for row in tsv.collect(path, COLUMNS, problems) if path.is_file() else []:
        vote = Vote(**row.cells, at=f"{problems.show(path)}:{row.line}")
        check_item(path, row.line, vote.label, vote.modality, lexicon, problems)
        check_annotators(path, row.line, [vote.annotator], lexicon, problems)
        for axis, terms in axes(lexicon).items():
            if vote.of(axis) and vote.of(axis) not in terms:
                hint = nearest(vote.of(axis), terms.terms)
                problems.add(path, row.line, f"unknown {axis} {vote.of(axis)!r}", hint)
        if not vote.task and not vote.department:
            problems.add(path, row.line, "has no vote", "fill in a task or a department")
        if not is_date(vote.time):
            problems.add(path, row.line, f"{vote.time!r} is not a date", "write it as 2026-01-31")
        if (other := found.setdefault(vote.key, vote)) is not vote:
            what = f"{vote.annotator} already votes on {vote.label!r} at {other.at}"
            problems.add(path, row.line, what)
    return list(found.values())


def write(path: Path, votes: Iterable[Vote]) -> None:
    """Write a round's votes, sorted by label, modality and annotator."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [{c: getattr(v, c) for c in COLUMNS} for v in sorted(votes, key=lambda v: v.key)]
    tsv.write(path, COLUMNS, rows)


def axes(lexicon: Lexicon) -> dict[str, Axis]:
    """Return the axes that are voted on, by name."""
    return {"task": lexicon.tasks, "department": lexicon.departments}


def check_item(
    path: Path, line: int, label: str, modality: str, lexicon: Lexicon, problems: Problems
) -> None:
    """Add a problem for an unknown label or modality."""
    if label not in lexicon.labels:
        hint = nearest(label, lexicon.labels.terms)
        problems.add(path, line, f"unknown label {label!r}", hint)
    check_modality(path, line, modality, lexicon, problems)


def check_modality(
    path: Path, line: int, modality: str, lexicon: Lexicon, problems: Problems
) -> None:
    """Add a problem for an unknown modality."""
    if modality != ANY and modality not in lexicon.modalities:
        hint = nearest(modality, lexicon.modalities.terms)
        problems.add(path, line, f"unknown modality {modality!r}", hint)


def check_annotators(
    path: Path, line: int, names: Iterable[str], lexicon: Lexicon, problems: Problems
) -> None:
    """Add a problem for each name that is not in `lexicon/curators.tsv`."""
    for name in names:
        if name not in lexicon.curators:
            hint = nearest(name, lexicon.curators, "add a row to lexicon/curators.tsv")
            problems.add(path, line, f"unknown annotator {name!r}", hint)


def term_of(text: str, terms: Axis) -> str:
    """Return the id of the term with this id, name or synonym; empty if there is none."""
    if text in terms:
        return text
    found = terms.by_name(normal(text))
    return found.id if found else ""


def is_date(text: str) -> bool:
    """Return whether a text is an ISO 8601 date with hyphens.

    >>> is_date("2026-01-31"), is_date("2026-02-30"), is_date("20260131")
    (True, False, False)
    """
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
