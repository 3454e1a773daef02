"""The release of a build: written as a partition, then copied to its public folder."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchsmith import plugins
from benchsmith.audits import identifiers, public_texts, unread_headers
from benchsmith.core.build_files import LEFT_OUT, MANIFEST, PRIVATE_FOLDER, RELEASE_FOLDER
from benchsmith.core.errors import GateFailed
from benchsmith.core.stage_names import ALL_SOURCES
from benchsmith.core.validation import Validation
from benchsmith.exporters import private
from benchsmith.pipeline import found_identifiers
from benchsmith.pipeline.cache_keys import Partitions
from benchsmith.pipeline.context import Context
from benchsmith.pipeline.gather_release import gather
from benchsmith.pipeline.run_audit import read_verdicts
from benchsmith.pipeline.source_files import SourceFiles, used_label_files, used_units
from benchsmith.pipeline.stopped_build import write_left_out
from benchsmith.pipeline.validate_release import validate
from benchsmith.release import export
from benchsmith.release.model import Release
from benchsmith.tables.atomic_files import replace_file, replace_folder, scratch_folder, write_json
from benchsmith.tables.linked_files import copy_folder
from benchsmith.tables.manifest import Manifest, RowCounts
from benchsmith.tables.partition import Partition, fingerprint

EARLIER_READ = 3
"""Earlier exports from which pictures' copies are taken."""
SEARCHED = "searched"
"""The key in the manifest of an export of the digest :attr:`ReleaseSearch.texts`."""


class ReleaseSearch(NamedTuple):
    """A search for identifiers that found none."""

    texts: str
    """Digest of the project's texts, whose words identify nobody."""
    unread: list[str]
    """Files of the sources whose headers could not be searched, each with the reason."""


def export_all(
    context: Context,
    sources: Sequence[SourceFiles],
    partitions: Partitions,
    partition: Partition,
) -> None:
    """Write the release, the private files and the list of rejections as a partition."""
    release = gather(context, sources, partitions)
    release.audit = read_verdicts(partitions)
    exported = context.previous.of("export", ALL_SOURCES)
    release.earlier = [before.folder for before in exported[:EARLIER_READ]]
    with partition.writing() as folder:
        release.beside = folder
        files, searched = write_release(context, sources, release, folder / RELEASE_FOLDER)
        if line := export.copies(context.benchmark.exports):
            context.progress.say(f"  {line}")
        if context.benchmark.hidden:
            private.write(release, folder / PRIVATE_FOLDER)
        manifest = Manifest(
            stage="export",
            part=ALL_SOURCES,
            rows=RowCounts.unchanged(len(release.order)),
            files=files,
            rejected_in_all=len(release.rejected),
            details={SEARCHED: searched.texts}
            | ({unread_headers.KEY: searched.unread} if searched.unread else {}),
        )
        write_left_out(release.rejected, folder / LEFT_OUT)
        write_json(folder / MANIFEST, manifest.as_json())


def write_release(
    context: Context, sources: Sequence[SourceFiles], release: Release, folder: Path
) -> tuple[dict[str, str], ReleaseSearch]:
    """Write every export, and search the files for identifiers of the sources.

    Returns the SHA-256 of each file, by relative path, and what :func:`search` returns. Raises
    GateFailed if an identifier is found.
    """
    exporters = {name: plugins.EXPORTS[name] for name in context.benchmark.exports}
    release.validation = human_validation(context, release)
    files = export.export(release.public(), exporters, folder)
    return files, search(context, sources, release, folder)


def search(
    context: Context, sources: Sequence[SourceFiles], release: Release, folder: Path
) -> ReleaseSearch:
    """Search a folder for identifiers of the sources of a release. Raises GateFailed if there is one."""
    chosen = [release.choices[q.target] for q in release.asked()]
    used = {choice.sample for choice in chosen}
    units = used_units(sources, used)
    public = public_text(context, sources)
    labels = used_label_files(sources, used, context.readers)
    words = {choice.raw for choice in chosen}
    found = identifiers.search(folder, units, labels, context.readers.identifiers, public, words)
    if found.hits:
        if found.unread:
            context.progress.say(unread_headers.not_searched(found.unread))
        raise GateFailed(found_identifiers.stop_lines(found, context.folder))
    found_identifiers.forget(context.folder)
    return ReleaseSearch(fingerprint(public), found.unread)


def public_text(context: Context, sources: Sequence[SourceFiles]) -> str:
    """Return the text of the project's documents, which identifies nobody."""
    return public_texts.public_text(context.library.home, [s.source for s in sources])


def human_validation(context: Context, release: Release) -> Validation:
    """Return the figures of people's reviews, votes and verdicts on a release."""
    known = context.library
    return validate(release, known.reviewed, known.votes, known.frame, known.verified)


def publish(context: Context, final: Partition, place: Path) -> None:
    """Copy the exported partition to the release folder."""
    scratch = scratch_folder(place)
    copy_folder(final.folder / RELEASE_FOLDER, scratch)
    if context.benchmark.hidden:  # first: a release without its answers would look finished
        answers = final.folder / PRIVATE_FOLDER
        shutil.copytree(answers, context.folder / PRIVATE_FOLDER, dirs_exist_ok=True)
    replace_folder(scratch, place)
    replace_file(context.folder / LEFT_OUT, final.folder / LEFT_OUT)
