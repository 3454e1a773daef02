"""The files of a build's sources, listed and digested without reading a pixel."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchsmith.core.contracts import Plugins
from benchsmith.core.model import Rejection
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.library import Library
from benchsmith.documents.recipe import Source
from benchsmith.fetch import packages
from benchsmith.pipeline.listed_digests import FileDigests, SampleDigests
from benchsmith.pipeline.unit_digests import UnitDigester
from benchsmith.stages import ingest_key
from benchsmith.stages.image_families import family_of
from benchsmith.stages.members import Members
from benchsmith.stages.picture_list import Pictures
from benchsmith.stages.unit_list import Units
from benchsmith.stages.units import Unit
from benchsmith.stages.usable_images import usable_images
from benchsmith.tables.file_digests import Digests
from benchsmith.tables.partition import fingerprint


@dataclass(slots=True)
class SourceFiles:
    """The images of one source, before ingest."""

    source: Source
    units: Units = field(default_factory=lambda: Units(Pictures(), ()))
    rejected: list[Rejection] = field(default_factory=list)
    digest: str = ""
    """Digest of everything that ingest reads of the source."""
    sample_digests: SampleDigests = field(
        default_factory=lambda: SampleDigests("", Units(Pictures(), ()))
    )
    """By sample, the digest of everything that is read for it."""
    file_digests: FileDigests = field(
        default_factory=lambda: FileDigests(Members(Units(Pictures(), ()), None))
    )
    """The SHA-256 of every file that is read."""


def find_source_files(
    library: Library, source: Source, readers: Plugins, digests: Digests, forbidden: str
) -> SourceFiles:
    """Find and digest a source's files, without reading a pixel.

    A source that is not downloaded has no units and one rejection. So has, with
    ``forbidden: leave-out``, a source whose licence forbids redistribution.
    """
    licence = library.lexicon.licences[source.recipe.licence]
    if forbidden == "leave-out" and not licence.redistribute:
        return _without_files(source, "licence-forbids", licence.name)
    roots = packages.roots(library.home, source)
    if isinstance(roots, str):
        return _without_files(source, "source-missing", roots)
    return find_files(source, roots, readers, digests, library.lexicon)


def find_files(
    source: Source,
    roots: Mapping[str, Path],
    readers: Plugins,
    digests: Digests,
    lexicon: Lexicon | None = None,
) -> SourceFiles:
    """Find and digest the files in a source's folders; `roots` is the folder of each prefix.

    Without a lexicon no file is refused because it is another kind of image than the recipe states.
    """
    usable = usable_images(source, roots, readers)
    if lexicon is not None:
        usable = usable._replace(units=usable.units.with_families(family_of(lexicon)))
    digester = UnitDigester(source, roots, usable, digests)
    digester.digest_all()
    units, of_samples, of_files = usable.units, digester.of_samples, digester.of_files
    subjects = sorted((r.subject, r.reason, r.detail) for r in usable.rejected)
    digest = of_samples.fingerprint(subjects)
    return SourceFiles(source, units, usable.rejected, digest, of_samples, of_files)


def used_units(sources: Iterable[SourceFiles], samples: Collection[str]) -> list[Unit]:
    """Return the units of some samples, of all sources."""
    return [unit for _, _, unit in _used(sources, samples)]


def used_label_files(
    sources: Iterable[SourceFiles], samples: Collection[str], readers: Plugins
) -> dict[str, tuple[Path, ...]]:
    """Return by sample the files of its labels that are not the image's own."""
    found: dict[str, tuple[Path, ...]] = {}
    for files, place, unit in _used(sources, samples):
        image = set(readers.members(unit.path))
        own = tuple(path for path in files.file_digests.files(place) if path not in image)
        if own:
            found[unit.sample] = own
    return found


def _used(
    sources: Iterable[SourceFiles], samples: Collection[str]
) -> Iterator[tuple[SourceFiles, int, Unit]]:
    """Yield the units of some samples, each with its source and its place there."""
    by_source: dict[str, list[str]] = {}
    for sample in samples:
        by_source.setdefault(sample.partition("/")[0], []).append(sample)
    for files in sources:
        for place in files.units.places(by_source.get(files.source.id, ())):
            yield files, place, files.units[place]


def _without_files(source: Source, reason: str, detail: str) -> SourceFiles:
    """Reject a source as a whole."""
    rejection = Rejection(
        stage=ingest_key.NAME, source=source.id, subject=source.id, reason=reason, detail=detail
    )
    return SourceFiles(source, rejected=[rejection], digest=fingerprint(reason, detail))
