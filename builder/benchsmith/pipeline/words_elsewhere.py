"""Warns about unsigned labels that belong to another part of the body than their source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from benchsmith import stages
from benchsmith.core.build_files import WORDS
from benchsmith.documents import parse_cache
from benchsmith.documents.labels import words
from benchsmith.documents.lexicon_version import LexiconVersion
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


def of_recipes(library: Library, version: LexiconVersion) -> Iterator[str]:
    """Yield the warnings of the words that recipes state; no data are read.

    They are kept in the project's cache until a table of the lexicon, a recipe, the catalogue or the code changes.
    """
    cache, digest = parse_cache.of(library.home), _digest(library, version)
    found = cache.get("words elsewhere", library.home, digest)
    if found is None:
        found = list(_of_recipes(library))
        cache.put("words elsewhere", library.home, digest, found)
        cache.save()
    yield from found


def _digest(library: Library, version: LexiconVersion) -> str:
    stated = [f"{id_} {sorted(s.sites)} {s.whole}" for id_, s in stated_sites(library).items()]
    recipes = [
        f"{id_} {source.recipe.model_dump_json()}" for id_, source in library.sources.items()
    ]
    code = [p.read_bytes() for p in sorted(Path(stages.__file__).parent.glob("*.py"))]
    return parse_cache.digest(str(version), *stated, *recipes, *code)


def _of_recipes(library: Library) -> Iterator[str]:
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
