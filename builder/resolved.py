"""What the lexicon makes of a source's own words, before normalise and tag have run.

A source has few distinct words beside its pictures. What they resolve to is all that normalise and
tag read of the lexicon; so these answers, and not the lexicon's files, name those two stages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from builder import tables
from builder.documents.excerpt import Facts
from builder.documents.lexicon import Lexicon
from builder.stages import tag
from builder.stages.normalise import Normaliser

WORDS = "words.parquet"
SCHEMA = pa.schema(
    [
        pa.field("raw", pa.string(), nullable=False),
        pa.field("modality", pa.string(), nullable=False),
        pa.field("own", pa.bool_(), nullable=False),
    ]
)
"""Distinct words; `own` is one that a finding has, and not only one of its neighbours."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the words of one source come to."""

    words: Facts
    """By the word, what it resolves to and where."""
    places: Facts
    """By label and modality, what tag makes of them."""
    labels: frozenset[str]
    """Every label, those of neighbours too."""
    modalities: frozenset[str]
    windows: frozenset[str]


def words_of(findings: pa.Table) -> pa.Table:
    """Return the distinct words of a table of findings."""
    own = {
        (r, m) for r, m in zip(*(findings[c].to_pylist() for c in ("raw", "modality")), strict=True)
    }
    every = set(own)
    lists = findings["neighbours"].combine_chunks()
    if len(lists):
        names = lists.flatten().field("name").to_pylist()
        rows = lists.value_parent_indices().to_pylist()
        ways = findings["modality"].to_pylist()
        every |= {(name, ways[row]) for name, row in zip(names, rows, strict=True)}
    rows_ = [{"raw": r, "modality": m, "own": (r, m) in own} for r, m in sorted(every)]
    return pa.Table.from_pylist(rows_, schema=SCHEMA)


def answers(ingested: Path, source: str, normaliser: Normaliser, lexicon: Lexicon) -> Answers:
    """Resolve the words of an ingested source."""
    words: dict[str, Any] = {}
    places: dict[str, Any] = {}
    labels: set[str] = set()
    modalities: set[str] = set()
    windows: set[str] = set()
    for row in _rows(ingested):
        raw, modality, own = row["raw"], row["modality"], row["own"]
        found = normaliser.resolve(raw, source, modality)
        words[f"{source}: word {raw!r} in {modality}"] = list(found if own else found[:1])
        if not found.label:
            continue
        labels.add(found.label)
        modalities.add(modality)
        if own:
            place = tag.answer(found.label, modality, lexicon)
            places[f"{source}: {found.label} in {modality}"] = list(place)
            windows.add(place.window)
    return Answers(words, places, frozenset(labels), frozenset(modalities), frozenset(windows))


@cache
def _rows(ingested: Path) -> Iterable[dict[str, Any]]:
    found: list[dict[str, Any]] = tables.read(ingested / WORDS).to_pylist()
    return found
