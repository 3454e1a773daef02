"""A subset with every question of its build, which reuses the build's files."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from benchsmith import plugins
from benchsmith.core.build_files import MANIFEST, RELEASE_FOLDER
from benchsmith.pipeline.context import Context
from benchsmith.pipeline.source_files import SourceFiles
from benchsmith.pipeline.write_release import (
    SEARCHED,
    ReleaseSearch,
    human_validation,
    public_text,
    search,
)
from benchsmith.release import export
from benchsmith.release.model import Release
from benchsmith.tables.linked_files import copy_folder
from benchsmith.tables.partition import Partition, fingerprint


def is_whole(release: Release, exported: Partition) -> bool:
    """Return whether a subset has all questions of the build whose export is given."""
    return len(release.order) == exported.manifest().rows.out


def take_over(
    context: Context,
    sources: Sequence[SourceFiles],
    release: Release,
    exported: Partition,
    folder: Path,
) -> ReleaseSearch | None:
    """Write the release of a whole subset into a new folder, from the files of its build.

    Only the files that state the query are rewritten and searched for identifiers. If the project's texts
    have changed since the build was searched, every file is searched. Returns None, and leaves no folder,
    if a file of the build is not as the build wrote it. Raises GateFailed if an identifier is found.
    """
    copy_folder(exported.folder / RELEASE_FOLDER, folder)
    (folder / MANIFEST).unlink()
    release.validation = human_validation(context, release)
    public = release.public()
    naming = [name for name in context.benchmark.exports if name in export.NAME_SUBSET]
    for name in naming:
        export.write(public, plugins.EXPORTS[name], folder)
    before = exported.manifest()
    known = {name: sha256 for name, sha256 in before.files.items() if name != MANIFEST}
    files = export.digests(folder)
    new = {name for name in files.keys() | known.keys() if files.get(name) != known.get(name)}
    if not new <= {export.NAME_SUBSET[name] for name in naming}:
        shutil.rmtree(folder)
        return None
    export.write_manifest(public, files, folder)
    if before.details.get(SEARCHED) != fingerprint(public_text(context, sources)):
        return search(context, sources, release, folder)
    beside = folder.with_name("new")
    beside.mkdir()
    for name in (*sorted(new), MANIFEST):
        shutil.copy2(folder / name, beside / name)
    return search(context, sources, release, beside)
