"""Checks that the files of a source are still those of its cache key after they were read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from benchsmith.core.errors import SourceChanged
from benchsmith.pipeline.context import Context
from benchsmith.pipeline.listed_digests import FILE_BYTES
from benchsmith.pipeline.source_files import SourceFiles

CHECKED_UNITS = 512
"""Units whose files are looked at at once."""


def check_unchanged(context: Context, files: SourceFiles) -> None:
    """Raise SourceChanged if a file is not the one that the cache key was made from."""
    for own in files.file_digests.batches(CHECKED_UNITS):
        changed = next(iter(_changed(context, own)), None)
        if changed is not None:
            context.digests.save()
            raise SourceChanged(
                f"{changed} changed while the build read it. Nothing that was read of "
                f"{files.source.id} is kept, but finished work is. Run the build again"
            )


def _changed(context: Context, digests: Mapping[str, bytes]) -> list[str]:
    """Return the files whose digest has changed, or that are gone."""
    try:
        sums = context.digests.of_names(list(digests))
    except OSError:
        sums = b"".join(map(partial(_digest_now, context), digests))
    now = (sums[at : at + FILE_BYTES] for at in range(0, len(sums), FILE_BYTES))
    return [name for (name, then), own in zip(digests.items(), now, strict=True) if own != then]


def _digest_now(context: Context, name: str) -> bytes:
    """Return the digest of a file; zeros, which no file has, if it cannot be read."""
    try:
        return context.digests.of_names([name])
    except OSError:
        return bytes(FILE_BYTES)
