"""Partitions: the finished output of one stage for one source, or for all of them.

A partition is a folder named by the digest of its inputs. It is written to a scratch folder and
moved by one rename, so a folder that exists is finished. There are no locks: a crash needs no
cleaning up, and two builds at the same time only do the same work twice.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from benchsmith.core.build_files import INPUTS, MANIFEST
from benchsmith.tables.atomic_files import (
    read_json,
    scratch_folder,
    sync_folder,
    sync_tree,
    write_json,
)
from benchsmith.tables.manifest import Manifest, from_json

_JSON = json.JSONEncoder(sort_keys=True, default=str, ensure_ascii=True)


def fingerprint(*parts: object) -> str:
    """Return the digest of JSON values, as 24 hex digits: BLAKE2b with 12 bytes, keys sorted.

    >>> fingerprint("a", {"b": 1, "c": 2}) == fingerprint("a", {"c": 2, "b": 1})
    True
    """
    return blake2b(_JSON.encode(parts).encode(), digest_size=12).hexdigest()


def fingerprint_of_pair(first: object) -> Callable[[object], str]:
    """Return a function for the :func:`fingerprint` of a pair; its first value is serialised once.

    >>> fingerprint_of_pair({"a": 1})("b") == fingerprint({"a": 1}, "b")
    True
    """
    begun = blake2b(f"[{_JSON.encode(first)}, ".encode(), digest_size=12)

    def of(second: object) -> str:
        digest = begun.copy()
        digest.update(f"{_JSON.encode(second)}]".encode())
        return digest.hexdigest()

    return of


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition, finished or not."""

    folder: Path
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """The facts that it depends on; the folder is named by their digest."""

    @property
    def done(self) -> bool:
        """Whether it is finished."""
        return (self.folder / MANIFEST).is_file()

    def manifest(self) -> Manifest:
        """Return its manifest. Raises OSError if it is not finished."""
        return from_json(read_json(self.folder / MANIFEST))

    @property
    def lost(self) -> list[str]:
        """The samples or questions that are missing because their worker died."""
        return list(self.manifest().lost) if self.done else []

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Yield a scratch folder, which becomes the partition if the block raises nothing."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = scratch_folder(self.folder)
        try:
            yield scratch
            write_json(scratch / INPUTS, self.inputs)
            sync_tree(scratch)
            try:
                os.rename(scratch, self.folder)
            except OSError:
                # another build finished it first, with the same bytes
                if not self.done:
                    raise
                shutil.rmtree(scratch)
            sync_folder(self.folder.parent)
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)
            raise

    def set_aside(self) -> Partition:
        """Rename it, so that its rows can be reused while it is made again; return it."""
        aside = Partition(self.folder.with_name(f"{self.folder.name}-incomplete"))
        aside.remove()
        os.rename(self.folder, aside.folder)
        return aside

    def remove(self) -> None:
        """Remove it, all at once."""
        if self.folder.exists():
            scratch = scratch_folder(self.folder)
            os.rename(self.folder, scratch / "old")
            shutil.rmtree(scratch)
