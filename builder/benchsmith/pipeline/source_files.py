"""What a build reads: its sources' files, found and named without reading a pixel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchsmith.core.contracts import Plugins
from benchsmith.core.model import Rejection
from benchsmith.documents.labels import Table
from benchsmith.documents.labels import files as files_of
from benchsmith.documents.library import Library
from benchsmith.documents.recipe import Source
from benchsmith.fetch import packages
from benchsmith.stages import ingest
from benchsmith.stages.units import Unit, plan
from benchsmith.tables.file_digests import Digests
from benchsmith.tables.partition import fingerprint


@dataclass(slots=True)
class Prepared:
    """A source that was looked at, but not read yet."""

    source: Source
    units: list[Unit] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    digest: str = ""
    """Fingerprint of the source's files."""
    reads: dict[str, str] = field(default_factory=dict)
    """By sample, the fingerprint of all that is read for it."""
    files: dict[Path, str] = field(default_factory=dict)
    """Every file that is read, with its SHA-256."""


def prepare(
    library: Library, source: Source, readers: Plugins, digests: Digests, forbidden: str
) -> Prepared:
    """Find a source's files, without reading a pixel.

    With `forbidden: leave-out` nothing is read of a source that may not be passed on.
    """
    licence = library.lexicon.licences[source.recipe.licence]
    if forbidden == "leave-out" and not licence.redistribute:
        return _gone(source, "licence-forbids", licence.name)
    roots = packages.roots(library.home, source)
    if isinstance(roots, str):
        return _gone(source, "source-missing", roots)
    units, rejected = plan(source, roots, readers)
    entries = [fingerprint(entry.model_dump(mode="json")) for entry in source.recipe.samples]
    reads: dict[str, str] = {}
    files: dict[Path, str] = {}
    for unit in units:
        own = {unit.show(path): path for path in _files(unit, readers)}
        named = {name: digests.of(path) for name, path in sorted(own.items())}
        files |= {path: named[name] for name, path in own.items()}
        reads[unit.sample] = fingerprint(
            entries[unit.entry],
            (unit.entry, unit.key, unit.part, unit.fields, unit.modality, unit.patient, unit.about),
            [(file, [tuple(row) for row in rows]) for file, rows in sorted(unit.rows.items())],
            named,
        )
    subjects = sorted((r.subject, r.reason, r.detail) for r in rejected)
    digest = fingerprint(sorted(reads.items()), subjects)
    return Prepared(source, units, rejected, digest, reads, files)


def _gone(source: Source, reason: str, detail: str) -> Prepared:
    """Leave a whole source out."""
    gone = Rejection(
        stage=ingest.NAME, source=source.id, subject=source.id, reason=reason, detail=detail
    )
    return Prepared(source, rejected=[gone], digest=fingerprint(reason, detail))


def _files(unit: Unit, readers: Plugins) -> list[Path]:
    """Return the files that are read for one image; of tables its rows are read already."""
    found = [*readers.members(unit.path)]
    for labels in unit.samples.labels:
        if isinstance(labels, Table):
            continue
        for pattern in files_of(labels):
            for path, _ in unit.find(pattern):
                found += readers.members(path)
    return found


def spaces(prepared: Sequence[Prepared]) -> dict[str, str]:
    """Return the sources that share their names of patients, each with the name of what it shares."""
    found = {p.source.id: p.source.recipe.id_space for p in prepared}
    return {source: space for source, space in found.items() if space}


def unnamed(prepared: Sequence[Prepared]) -> list[str]:
    """Return the sources whose recipe does not say whose pictures they are: each is one person's."""
    return [
        p.source.id
        for p in prepared
        if any("patient" not in entry.model_fields_set for entry in p.source.recipe.samples)
    ]
