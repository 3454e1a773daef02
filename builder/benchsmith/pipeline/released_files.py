"""Whether a build is released, decided only by digests, so that a build with nothing to do is fast."""

from __future__ import annotations

from benchsmith.core.build_files import ANSWERS, PRIVATE_FOLDER, RELEASE_FOLDER
from benchsmith.core.stage_names import ALL_SOURCES
from benchsmith.pipeline.cache_keys import Partitions
from benchsmith.pipeline.context import Context


def is_released(context: Context, partitions: Partitions) -> bool:
    """Return whether the release folder holds every file of this build, and no other."""
    final, place = partitions["export"][ALL_SOURCES], context.folder / RELEASE_FOLDER
    if not final.done or not place.is_dir():
        return False
    if context.benchmark.hidden and not (context.folder / PRIVATE_FOLDER / ANSWERS).is_file():
        return False
    wanted = final.manifest().files
    found = {p.relative_to(place).as_posix(): p for p in place.rglob("*") if p.is_file()}
    same = found.keys() == wanted.keys() and all(
        context.digests.of(found[name]) == sha256 for name, sha256 in wanted.items()
    )
    context.digests.save()
    return same
