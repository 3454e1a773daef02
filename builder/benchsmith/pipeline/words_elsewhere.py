"""Warns about unsigned labels that belong to another part of the body than their source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from benchsmith.core.build_files import WORDS
from benchsmith.documents.labels import words
from benchsmith.documents.library import Library
from benchsmith.documents.stated_sites import stated_sites
from benchsmith.pipeline.context import Context
from benchsmith.stages.normaliser import Normaliser
from benchsmith.tables import record_tables
from benchsmith.tables.partition import Partition
from benchsmith.text.normal_form import counted

SHOWN = 5
"""Words that a warning quotes."""


def say_elsewhere(context: Context, ingested: Mapping[str, Partition]) -> None:
    """Print one warning for each source with such words, from the partitions of ingest by source."""
    for source, partition in ingested.items():
        rows = record_tables.read(partition.folder / WORDS).to_pylist()
        own = [(row["raw"], row["modality"]) for row in rows if row["own"]]
        for line in _line(source, own, context.normaliser):
            context.progress.say(line)


def of_recipes(library: Library) -> Iterator[str]:
    """Yield the warnings of the words that recipes state; no data are read."""
    normaliser = Normaliser(library.lexicon, stated_sites(library))
    for id_, source in library.sources.items():
        own = [(w, s.modality) for s in source.recipe.samples for e in s.labels for w in words(e)]
        normaliser.hear(id_, own)
        yield from _line(id_, own, normaliser)


def _line(source: str, own: Iterable[tuple[str, str]], normaliser: Normaliser) -> list[str]:
    found: dict[str, str] = {}
    for raw, modality in sorted(own):
        if why := normaliser.elsewhere(raw, source, modality):
            found.setdefault(raw, why)
    return [_warning(source, list(found.items()))] if found else []


def _warning(source: str, found: Sequence[tuple[str, str]]) -> str:
    listed = "; ".join(f"{raw!r}: {why}" for raw, why in found[:SHOWN])
    more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return (
        f"look: {source}: {counted(len(found), 'word')} with a label of another part of the body: {listed}{more};"
        f" sign or correct each in lexicon/mappings/{source}.tsv, which `benchsmith draft mapping {source}` drafts"
    )
