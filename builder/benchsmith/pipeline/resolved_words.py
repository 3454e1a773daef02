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
import pyarrow.compute as pc

from benchsmith.documents.excerpt import Facts
from benchsmith.documents.lexicon import Lexicon
from benchsmith.stages import tag
from benchsmith.stages.normalise import Normaliser
from benchsmith.tables import coded_columns, nouns

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


class Words:
    """Gathers the distinct words of findings, shown a part at a time."""

    def __init__(self) -> None:
        self._own: set[tuple[str, str]] = set()
        self._beside: set[tuple[str, str]] = set()

    def add(self, findings: pa.Table) -> None:
        """Look at some findings and at what is beside them."""
        self._own |= _distinct(findings.select(["raw", "modality"]))
        lists = coded_columns.one(findings["neighbours"])
        names = pc.struct_field(pc.list_flatten(lists), "name")
        ways = coded_columns.one(findings["modality"]).take(pc.list_parent_indices(lists))
        self._beside |= _distinct(pa.table({"raw": names, "modality": ways}))

    def table(self) -> pa.Table:
        """Return the words by themselves, in their order."""
        every = sorted(self._own | self._beside)
        rows = [{"raw": r, "modality": m, "own": (r, m) in self._own} for r, m in every]
        return pa.Table.from_pylist(rows, schema=SCHEMA)


def _distinct(pairs: pa.Table) -> set[tuple[str, str]]:
    once = pairs.group_by(["raw", "modality"]).aggregate([])
    return set(zip(*(once[name].to_pylist() for name in ("raw", "modality")), strict=True))


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
    found: list[dict[str, Any]] = nouns.read(ingested / WORDS).to_pylist()
    return found
