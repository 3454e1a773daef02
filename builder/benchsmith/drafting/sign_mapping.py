"""Signs a drafted mapping: accepts suggestions, and leaves out the words that have none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from benchsmith.documents import tsv
from benchsmith.documents.lexicon import CURATOR_COLUMNS, MAPPING_COLUMNS

Accept = Literal["all", "exact", "best", "none"]
EXACT = 100
"""Score of a suggestion whose name is the word."""
LEFT_OUT = "no label was chosen; to use the word, correct the row"
_NEAR = re.compile(r"(?:^draft: |; )(\S+) (\d+) \(")


class Drafted(NamedTuple):
    """An unsigned row of a mapping."""

    word: str
    label: str
    """The best suggestion; empty if there is none."""
    score: int
    filled: bool
    """Whether the draft fills it in: the score is high, and nothing speaks against it."""
    near: tuple[str, ...] = ()
    """All suggestions, best first."""


class Signed(NamedTuple):
    """What was signed."""

    accepted: int
    left_out: int


def drafted(home: Path, source: str) -> list[Drafted]:
    """Return the unsigned rows of a source's mapping."""
    path = _path(home, source)
    rows = tsv.read(path, MAPPING_COLUMNS, home) if path.is_file() else []
    return [_drafted(row) for row in rows if not row["reviewed_by"]]


def taken(row: Drafted, accept: Accept) -> str:
    """Return the label that a row gets; empty if its suggestion is not taken.

    `all` takes the suggestions that the draft fills in, `exact` those of them that fit exactly,
    `best` the first suggestion of every word, `none` none.
    """
    wanted = {
        "all": row.filled,
        "exact": row.filled and row.score >= EXACT,
        "best": True,
        "none": False,
    }
    return row.label if wanted[accept] else ""


def labels_of(home: Path, source: str) -> set[str]:
    """Return the labels of the signed rows of a source's mapping."""
    path = _path(home, source)
    rows = tsv.read(path, MAPPING_COLUMNS, home) if path.is_file() else []
    return {row["label"] for row in rows if row["reviewed_by"] and row["label"]}


def sign(
    home: Path,
    source: str,
    curator: str,
    accept: Accept,
    chosen: Mapping[str, str] | None = None,
) -> Signed:
    """Sign the unsigned rows of a mapping with the suggestions that `accept` takes.

    `chosen` are the labels of words that a person chose; an empty one leaves the word out. A row
    whose suggestion is not accepted becomes a signed `drop`: its words are left out.
    """
    path = _path(home, source)
    if not path.is_file():
        return Signed(0, 0)
    rows = []
    accepted = left_out = 0
    for row in tsv.read(path, MAPPING_COLUMNS, home):
        cells = dict(row.cells)
        if not cells["reviewed_by"]:
            one = _drafted(row)
            own = (chosen or {}).get(one.word)
            label = taken(one, accept) if own is None else own
            if label:
                cells |= {"relation": "exact", "label": label}
            cells["reviewed_by"] = curator
            if label:
                accepted += 1
            else:
                left_out += 1
                cells |= {"relation": "drop", "label": "", "note": f"{LEFT_OUT}; {row['note']}"}
        rows.append(cells)
    tsv.write(path, MAPPING_COLUMNS, rows)
    return Signed(accepted, left_out)


def add_curator(home: Path, curator: str, known: frozenset[str]) -> None:
    """Add a person to the project's curators, unless the lexicon knows the id."""
    if curator in known:
        return
    path = home / "lexicon/curators.tsv"
    rows = [dict(r.cells) for r in tsv.read(path, CURATOR_COLUMNS, home)] if path.is_file() else []
    rows.append({"id": curator, "name": curator, "role": "signed the rows of benchsmith start"})
    path.parent.mkdir(parents=True, exist_ok=True)
    tsv.write(path, CURATOR_COLUMNS, rows)


def _drafted(row: tsv.Row) -> Drafted:
    near = _NEAR.findall(row["note"])
    label, score = near[0] if near else ("", "0")
    every = tuple(label for label, _ in near)
    return Drafted(row["raw"], label, int(score), bool(row["label"]), every)


def _path(home: Path, source: str) -> Path:
    return home / "lexicon/mappings" / f"{source}.tsv"
