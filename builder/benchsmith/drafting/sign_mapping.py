"""Signs a drafted mapping: accepts suggestions, and leaves the others' labels open."""

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
DROP = "drop"
"""Stands for a label, where a person says that a word names nothing that a picture shows."""
LEFT_OPEN = "no label was chosen, so that it may be any; to use the word, correct the row"
NAMES_NOTHING = "names nothing that a picture shows"
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
    left_open: int
    dropped: int


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

    `chosen` are the labels of words that a person chose; an empty one leaves the word open, as
    does a suggestion that is not accepted: the row becomes a signed `unknown`, so that any label may be
    meant where the source states the word. `DROP` says that the word names nothing that a picture shows.
    """
    path = _path(home, source)
    if not path.is_file():
        return Signed(0, 0, 0)
    rows = []
    accepted = left_open = dropped = 0
    for row in tsv.read(path, MAPPING_COLUMNS, home):
        cells = dict(row.cells)
        if not cells["reviewed_by"]:
            one = _drafted(row)
            own = (chosen or {}).get(one.word)
            label = taken(one, accept) if own is None else own
            cells["reviewed_by"] = curator
            if label == DROP:
                dropped += 1
                note = f"{NAMES_NOTHING}; {row['note']}"
                cells |= {"relation": "drop", "label": "", "note": note}
            elif label:
                accepted += 1
                cells |= {"relation": "exact", "label": label}
            else:
                left_open += 1
                note = f"{LEFT_OPEN}; {row['note']}"
                cells |= {"relation": "unknown", "label": "", "note": note}
        rows.append(cells)
    tsv.write(path, MAPPING_COLUMNS, rows)
    return Signed(accepted, left_open, dropped)


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
