"""A subset of a finished build: the release of the questions that a query accepts."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchsmith.audits.audit import reasons
from benchsmith.audits.published_rule import published_in
from benchsmith.audits.seen_pictures import SeenPictures
from benchsmith.audits.unread_headers import not_searched
from benchsmith.core.build_files import MANIFEST, RELEASE_FOLDER
from benchsmith.core.errors import GateFailed, InputMissing
from benchsmith.core.stage_names import ALL_SOURCES
from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.documents.query import Query
from benchsmith.pipeline.build import Build
from benchsmith.pipeline.gather_release import gather
from benchsmith.pipeline.run_audit import audit_release, looks_before, read_verdicts
from benchsmith.pipeline.whole_subset import is_whole, take_over
from benchsmith.pipeline.write_release import write_release
from benchsmith.release.model import Release
from benchsmith.tables.atomic_files import replace_folder, scratch_folder


def cut_subset(build: Build, subset: Query, place: Path) -> int:
    """Write the release of a subset to `place`, and return how many cases it has.

    Pictures, questions and options are unchanged. Raises InputMissing if the build is not
    finished or the query accepts nothing, FileExistsError if `place` is not a release, and
    GateFailed if the subset fails the audit.
    """
    if _is_foreign(place):
        raise FileExistsError(f"{place} exists and is not a release: name another folder")
    context, name = build.context, build.context.name
    sources, partitions = build.plan()
    if not partitions["export"][ALL_SOURCES].done:
        raise InputMissing(f"{name} is not built: run `benchsmith build {name}` first")
    release = gather(context, sources, partitions, subset)
    if not release.order:
        raise InputMissing(f"no question of {name} matches {subset.text!r}")
    _check_hidden(release, subset)
    exported = partitions["export"][ALL_SOURCES]
    release.earlier = [exported.folder]
    before = read_verdicts(partitions)
    whole = is_whole(release, exported)
    if whole:
        release.audit = before
    else:
        seen = SeenPictures(before=looks_before(context))
        release.audit = audit_release(
            context, sources, partitions, release, seen=seen, published=published_in(before)
        )
    if failures := reasons(release.audit):
        raise GateFailed(failures)
    place.parent.mkdir(parents=True, exist_ok=True)
    scratch = scratch_folder(place)
    try:
        made = scratch / RELEASE_FOLDER
        searched = take_over(context, sources, release, exported, made) if whole else None
        if searched is None:
            _, searched = write_release(context, sources, release, made)
        if line := not_searched(searched.unread):
            context.progress.say(line)
        replace_folder(scratch / RELEASE_FOLDER, place)
    finally:
        shutil.rmtree(scratch)
    return len(release.order)


def _is_foreign(place: Path) -> bool:
    """Return whether a path exists and is neither a release nor an empty folder."""
    if not place.exists() or (place / MANIFEST).is_file():
        return False
    return not place.is_dir() or any(place.iterdir())


def _check_hidden(release: Release, subset: Query) -> None:
    """Raise DocumentError if being in the subset would reveal answers of a hidden split."""
    if subset.reveals_answer() and any(split in release.hidden for split, _ in release.order):
        hidden = ", ".join(release.hidden)
        what = f"{subset.text!r} would reveal answers of the hidden split {hidden}"
        raise DocumentError([Problem.without_place(what, f"leave it out: `split!={hidden}`")])
