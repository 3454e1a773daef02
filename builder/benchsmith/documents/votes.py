"""Votes on where a label stands: `lexicon/votes/<round>.tsv`, one row a vote."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchsmith.documents import tsv
from benchsmith.documents.lexicon import ANY, ID, NO_ID, Lexicon
from benchsmith.documents.problems import Problems, did_you_mean
from benchsmith.documents.tree import Axis
from benchsmith.text.normal_form import normal

COLUMNS = ("label", "modality", "annotator", "task", "department", "time")
VOTED = ("task", "department")
"""The axes that are voted on, each for itself."""
TIES = "-ties"
"""Ends the name of the round that holds the further votes on a round's ties."""


@dataclass(frozen=True, slots=True)
class Vote:
    """What one person says of one label in one modality; an axis without a vote is empty."""

    label: str
    modality: str
    """A modality, or ``*`` for all."""
    annotator: str
    task: str
    department: str
    time: str
    """ISO date, as the annotator gave it."""
    at: str
    """File and line."""

    @property
    def item(self) -> tuple[str, str]:
        """What is voted on."""
        return (self.label, self.modality)

    @property
    def key(self) -> tuple[str, str, str]:
        """What there is one vote of."""
        return (self.label, self.modality, self.annotator)

    def of(self, axis: str) -> str:
        """Return the vote on ``task`` or ``department``."""
        return self.task if axis == "task" else self.department


def path_of(home: Path, name: str) -> Path:
    """Return the file of a round."""
    return home / "lexicon" / "votes" / f"{name}.tsv"


def check_name(name: str, problems: Problems) -> None:
    """Note a name that no round can have."""
    if not re.fullmatch(ID, name) or name.endswith(TIES):
        hint = f"{NO_ID}; not ending in {TIES!r}, which is for the votes on ties"
        problems.add(path_of(problems.home, name), 1, f"{name!r} is no name of a round", hint)


def rounds(home: Path) -> list[str]:
    """Return the names of all rounds that have votes, those on ties among them."""
    return sorted(p.stem for p in (home / "lexicon" / "votes").glob("*.tsv"))


def read(path: Path, lexicon: Lexicon, problems: Problems) -> list[Vote]:
    """Return a round's votes, noting every problem; a file that is not there has none."""
    found: dict[tuple[str, str, str], Vote] = {}
    for row in tsv.read(path, COLUMNS, problems) if path.is_file() else []:
        vote = Vote(**row.cells, at=f"{problems.show(path)}:{row.line}")
        check_item(path, row.line, vote.label, vote.modality, lexicon, problems)
        check_annotators(path, row.line, [vote.annotator], lexicon, problems)
        for axis, terms in axes(lexicon).items():
            if vote.of(axis) and vote.of(axis) not in terms:
                hint = did_you_mean(vote.of(axis), terms.terms)
                problems.add(path, row.line, f"unknown {axis} {vote.of(axis)!r}", hint)
        if not vote.task and not vote.department:
            problems.add(path, row.line, "votes on nothing", "fill in a task or a department")
        if not is_date(vote.time):
            problems.add(path, row.line, f"{vote.time!r} is no date", "such as 2026-01-31")
        if (other := found.setdefault(vote.key, vote)) is not vote:
            problems.add(
                path, row.line, f"{vote.annotator} votes on {vote.label!r} at {other.at} too"
            )
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
    """Note a label or modality that the lexicon does not have."""
    if label not in lexicon.labels:
        hint = did_you_mean(label, lexicon.labels.terms)
        problems.add(path, line, f"unknown label {label!r}", hint)
    check_modality(path, line, modality, lexicon, problems)


def check_modality(
    path: Path, line: int, modality: str, lexicon: Lexicon, problems: Problems
) -> None:
    """Note a modality that the lexicon does not have."""
    if modality != ANY and modality not in lexicon.modalities:
        hint = did_you_mean(modality, lexicon.modalities.terms)
        problems.add(path, line, f"unknown modality {modality!r}", hint)


def check_annotators(
    path: Path, line: int, names: Iterable[str], lexicon: Lexicon, problems: Problems
) -> None:
    """Note whoever is not in `lexicon/curators.tsv`."""
    for name in names:
        if name not in lexicon.curators:
            hint = did_you_mean(name, lexicon.curators) or "add a row to lexicon/curators.tsv"
            problems.add(path, line, f"unknown annotator {name!r}", hint)


def term_of(text: str, terms: Axis) -> str:
    """Return the id of a term by its id, name or a synonym; empty where there is none."""
    if text in terms:
        return text
    found = terms.by_name(normal(text))
    return found.id if found else ""


def is_date(text: str) -> bool:
    """Say whether a text is a day as ISO 8601 writes it.

    >>> is_date("2026-01-31"), is_date("2026-02-30"), is_date("20260131")
    (True, False, False)
    """
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
