"""Words of built sources whose label has changed, after an update or a change of a table.

Normalise records the label of every word of its source. The words of the last builds are resolved
again with the current lexicon, and the differences are listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchsmith.core.build_files import INPUTS, LATEST, STAGES_FOLDER
from benchsmith.documents.library import Library
from benchsmith.documents.stated_sites import stated_sites
from benchsmith.pipeline.resolved_words import word_facts
from benchsmith.stages import ingest_key, normalise
from benchsmith.stages.normaliser import Normaliser
from benchsmith.tables.atomic_files import read_json


@dataclass(frozen=True, slots=True, order=True)
class ChangedWord:
    """A word whose label has changed since the last build."""

    source: str
    word: str
    modality: str
    was: str
    """The label with its side, such as ``kidney (left)``, or the reason why there was none."""
    now: str
    builds: tuple[str, ...]
    """The benchmarks that were built with the earlier label."""

    def __str__(self) -> str:
        built = ", ".join(self.builds)
        where = f"{self.source}: {self.word!r} in {self.modality}"
        return f"changed since {built} was built: {where}: was {self.was}, is now {self.now}"


def changed_words(output: Path, library: Library) -> list[ChangedWord]:
    """Return the words of the last builds in a folder that resolve to another label now, sorted.

    Builds of another version, and interrupted builds, are compared as far as they can be read.
    """
    normaliser = Normaliser(library.lexicon, stated_sites(library))
    found: dict[tuple[str, str, str, str, str], list[str]] = {}
    for latest in sorted(output.glob(f"*/{LATEST}")):
        for source, ingested, normalised in _partitions(latest):
            if source not in library.sources:
                continue
            for each in _changed(source, ingested, normalised, normaliser):
                found.setdefault(each, []).append(latest.parent.name)
    return sorted(ChangedWord(*key, tuple(builds)) for key, builds in found.items())


def _partitions(latest: Path) -> Iterator[tuple[str, Path, Path]]:
    """Yield the sources of a build with the folders of their ingest and normalise partitions."""
    try:
        keys = read_json(latest)
        named = keys[normalise.NAME], keys[ingest_key.NAME]
    except (OSError, ValueError, KeyError, TypeError):
        return  # a build that was cut short, or of another version
    stages = latest.parent / STAGES_FOLDER
    for source, key in named[0].items():
        yield (
            source,
            stages / ingest_key.NAME / named[1].get(source, ""),
            stages / normalise.NAME / key,
        )


def _changed(
    source: str, ingested: Path, normalised: Path, normaliser: Normaliser
) -> Iterator[tuple[str, str, str, str, str]]:
    try:
        before = read_json(normalised / INPUTS)
        words = list(word_facts(ingested, source))
    except (OSError, ValueError, KeyError):
        return
    normaliser.hear(source, ((raw, modality) for raw, modality, _ in words))
    for raw, modality, fact in words:
        if not (old := before.get(fact)):
            continue
        new = normaliser.resolve(raw, source, modality)
        was = _meaning(old[0], old[1], old[-1])
        now = _meaning(new.label, new.laterality, new.reason)
        if was != now:
            yield source, raw, modality, was, now


def _meaning(label: str, side: str, reason: str) -> str:
    """Return a label with its side, or the reason why there is none."""
    return f"{label} ({side})" if label and side else label or reason
