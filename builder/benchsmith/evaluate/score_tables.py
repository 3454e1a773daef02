"""The tables of a comparison of runs, as GMAI-MMBench arranges them: values without markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from benchsmith.evaluate import scores
from benchsmith.evaluate.compared_runs import Results

RANDOM = "Random (expected)"
"""First row of every table."""
SMALL_WORDS = {"and", "of", "the", "in", "or"}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of scores from 0 to 1: the random guess, then a row for each model."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float | None, ...]], ...]
    legend: tuple[tuple[str, str], ...]
    """Abbreviations and the names they stand for."""


def tables(results: Results) -> list[Table]:
    """Return the tables by axis for single-choice questions, and the table for several answers."""
    found = []
    if any(not item.several and item.key for item in results.released.items):
        axes = ["task", "department", "modality", "granularity"]
        if len({item.skill for item in results.released.items}) > 1:
            axes += ["skill", "stage"]
        axes += ["language"] if len(results.branches("language")) > 1 else []
        found += [_by(results, axis) for axis in axes]
    if any(item.several and item.key for item in results.released.items):
        found.append(_several(results))
    return found


def _by(results: Results, axis: str) -> Table:
    """Return micro-averaged accuracy: overall in each split, then by branch in the headline split."""
    branches = results.branches(axis)
    short = abbreviations(branches)
    at = results.headline
    columns = [f"Overall ({split})" for split in results.splits] + [short[b] for b in branches]
    places = [(s, scores.OVERALL, scores.ALL) for s in results.splits]
    places += [(at, axis, b) for b in branches]
    guess = [
        results.expected(s, "" if a == scores.OVERALL else a, "" if a == scores.OVERALL else b)
        for s, a, b in places
    ]
    rows: list[tuple[str, tuple[float | None, ...]]] = [
        (RANDOM, tuple(g["hit"] if g else None for g in guess))
    ]
    for run in results.runs:
        cells = [run.row(s, scores.ONE, a, b) for s, a, b in places]
        rows.append((run.name, tuple(float(c["micro"]) if c else None for c in cells)))
    return Table(
        f"Single-choice accuracy by {axis}, micro-averaged; branches in {at}",
        tuple(columns),
        tuple(rows),
        tuple((short[b], b) for b in branches if short[b] != b),
    )


def _several(results: Results) -> Table:
    """Return ACC and Recall as in GMAI-MMBench, exact match and F1, in each split."""
    wanted = (
        ("ACC", "acc", "acc"),
        ("Recall", "recall", "recall"),
        ("Exact", "micro", "hit"),
        ("F1", "f1", ""),
    )
    expected_in = {split: results.expected(split, several=True) for split in results.splits}
    splits = [split for split, expected in expected_in.items() if expected]
    columns = tuple(f"{name} ({split})" for split in splits for name, _, _ in wanted)
    guess = [expected_in[split] or {} for split in splits]
    rows: list[tuple[str, tuple[float | None, ...]]] = [
        (RANDOM, tuple(g.get(score) for g in guess for _, _, score in wanted))
    ]
    for run in results.runs:
        cells = [run.row(split, scores.SEVERAL) for split in splits]
        if any(cells):
            rows.append(
                (run.name, tuple(float(c[n]) if c else None for c in cells for _, n, _ in wanted))
            )
    return Table("Questions with several right answers", columns, tuple(rows), ())


def abbreviations(names: Sequence[str]) -> dict[str, str]:
    """Return distinct short names: initials, with more letters where two would be equal.

    >>> abbreviations(["Organ Recognition - Abdomen", "Bone", "Bladder", "mask"])
    {'Organ Recognition - Abdomen': 'OR-A', 'Bone': 'Bo', 'Bladder': 'Bl', 'mask': 'M'}
    """
    short = {name: _initials(name, 1) for name in names}
    for more in range(2, 12):
        taken = [name for name in names if list(short.values()).count(short[name]) > 1]
        if not taken:
            break
        short |= {name: _initials(name, more) for name in taken}
    unlike = {n: s if list(short.values()).count(s) == 1 else n for n, s in short.items()}
    return unlike if len(set(unlike.values())) == len(names) else {n: n for n in names}


def _initials(name: str, letters: int) -> str:
    parts = []
    for part in re.split(r"\s+[-\u2013]\s+|/", name):
        words = [w for w in re.findall(r"\w+", part) if w.lower() not in SMALL_WORDS]
        first = [w[:letters] if i == len(words) - 1 else w[0] for i, w in enumerate(words)]
        parts.append("".join(w[0].upper() + w[1:] for w in first))
    return "-".join(p for p in parts if p)
