"""The labels of a source's own words, known before normalise and tag run.

A source has few distinct words compared with its pictures. Their labels are all that
normalise and tag read from the lexicon, so the cache keys of these stages depend on them and not
on the lexicon's files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchsmith.core.absent_labels import ANY_LABEL
from benchsmith.core.build_files import WORDS
from benchsmith.documents.lexicon import Lexicon
from benchsmith.stages import tag
from benchsmith.stages.denied_findings import denials
from benchsmith.stages.normaliser import Normaliser
from benchsmith.tables import coded_columns, record_tables
from benchsmith.tables import compute as pc
from benchsmith.tables.facts import Facts

SCHEMA = pa.schema(
    [
        pa.field("raw", pa.string(), nullable=False),
        pa.field("modality", pa.string(), nullable=False),
        pa.field("own", pa.bool_(), nullable=False),
    ]
)
"""One row per distinct word; `own` is false for words that only occur as neighbours, or as words that
were looked for."""


@dataclass(frozen=True, slots=True)
class ResolvedWords:
    """The labels of the words of one source."""

    words: Facts
    """By word and modality, what it resolves to and the line that decides it."""
    places: Facts
    """By label and modality, the task, department and window that tag gives it."""
    labels: frozenset[str]
    """Every label, those of neighbours too."""
    modalities: frozenset[str]
    windows: frozenset[str]


class WordCollector:
    """Collects the distinct words of findings, batch by batch."""

    def __init__(self) -> None:
        self._own: set[tuple[str, str]] = set()
        self._others: set[tuple[str, str]] = set()

    def add(self, findings: pa.Table) -> None:
        """Add the words of some findings, of their neighbours, and of what was looked for."""
        self._own |= _distinct(findings.select(["raw", "modality"]))
        modality = coded_columns.as_array(findings["modality"])
        neighbours = coded_columns.as_array(findings["neighbours"])
        self._add(neighbours, pc.struct_field(pc.list_flatten(neighbours), "name"), modality)
        searched = coded_columns.as_array(findings["searched"])
        for name in ("labels", "unknown", "elsewhere"):
            words = pc.struct_field(searched, name)
            self._add(words, pc.list_flatten(words), modality)

    def add_denied(self, samples: pa.Table) -> None:
        """Add the words of the lists in which no label of a sample is true."""
        denied = coded_columns.as_array(samples["denied"])
        lists = pc.struct_field(pc.list_flatten(denied), "labels")
        modality = coded_columns.as_array(samples["modality"])
        modality = modality.take(pc.list_parent_indices(denied))
        self._add(lists, pc.list_flatten(lists), modality)

    def _add(self, lists: pa.Array, words: pa.Array, modality: pa.Array) -> None:
        """Add the words in the lists of some findings, each with its finding's modality."""
        modalities = modality.take(pc.list_parent_indices(lists))
        found = _distinct(pa.table({"raw": words, "modality": modalities}))
        self._others |= {(word, modality) for word, modality in found if word != ANY_LABEL}

    def table(self) -> pa.Table:
        """Return the distinct words, sorted, as rows of :data:`SCHEMA`."""
        every = sorted(self._own | self._others)
        rows = [{"raw": r, "modality": m, "own": (r, m) in self._own} for r, m in every]
        return pa.Table.from_pylist(rows, schema=SCHEMA)


def _distinct(pairs: pa.Table) -> set[tuple[str, str]]:
    distinct = pairs.group_by(["raw", "modality"]).aggregate([])
    return set(zip(*(distinct[name].to_pylist() for name in ("raw", "modality")), strict=True))


def resolve_words(
    ingested: Path, source: str, normaliser: Normaliser, lexicon: Lexicon
) -> ResolvedWords:
    """Resolve the words of a source whose ingest partition is the folder `ingested`."""
    words: dict[str, Any] = {}
    places: dict[str, Any] = {}
    labels: set[str] = set()
    modalities: set[str] = set()
    windows: set[str] = set()
    normaliser.hear(source, ((row["raw"], row["modality"]) for row in _rows(ingested)))
    said: dict[tuple[str, str], str] = {}
    for row in _rows(ingested):
        raw, modality, own = row["raw"], row["modality"], row["own"]
        found = normaliser.resolve(raw, source, modality)
        needed = found if own else (found.label, found.laterality, found.reason)
        # marks with the same pixels may have a label and its ancestor
        line = lexicon.labels.lineage(found.label)[1:]
        words[_fact(source, raw, modality)] = [*needed, *line]
        said[raw, modality] = found.label
        if not found.label:
            continue
        labels.add(found.label)
        modalities.add(modality)
        if own:
            place = tag.place_of(found.label, modality, lexicon)
            places[f"{source}: {found.label} in {modality}"] = list(place)
            windows.add(place.window)
    words |= {f"{source}: {fact}": what for fact, what in denials(said, lexicon).items()}
    return ResolvedWords(
        words, places, frozenset(labels), frozenset(modalities), frozenset(windows)
    )


def word_facts(ingested: Path, source: str) -> Iterator[tuple[str, str, str]]:
    """Yield word, modality and the name of its fact, for a source's words in an ingest partition.

    Raises OSError if the partition is gone.
    """
    for row in _rows(ingested):
        yield row["raw"], row["modality"], _fact(source, row["raw"], row["modality"])


def own_words(ingested: Path) -> Iterator[tuple[str, str]]:
    """Yield each word that findings of an ingest partition state, with its modality."""
    for row in _rows(ingested):
        if row["own"]:
            yield row["raw"], row["modality"]


def _fact(source: str, raw: str, modality: str) -> str:
    return f"{source}: word {raw!r} in {modality}"


@cache
def _rows(ingested: Path) -> Iterable[dict[str, Any]]:
    found: list[dict[str, Any]] = record_tables.read(ingested / WORDS).to_pylist()
    return found
