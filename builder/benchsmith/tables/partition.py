"""Finished work on disk: named by what it was made of, there whole or not at all.

A partition is written beside its place and moved there in one rename. A folder that exists is
finished; there are no locks, so nothing has to be cleaned up after a crash, and two builds at
once only do the same work twice.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
INPUTS = "inputs.json"


def fingerprint(*parts: object) -> str:
    """Return the name of a piece of work from everything it depends on.

    >>> fingerprint("a", {"b": 1, "c": 2}) == fingerprint("a", {"c": 2, "b": 1})
    True
    """
    text = json.dumps(parts, sort_keys=True, default=str, ensure_ascii=True)
    return blake2b(text.encode(), digest_size=12).hexdigest()


@dataclass(frozen=True, slots=True)
class Partition:
    """One finished or wanted piece of work."""

    folder: Path
    inputs: Mapping[str, Any] = field(default_factory=dict)
    """All that it depends on, and is named by: a place, in words, to what stands there."""

    @property
    def done(self) -> bool:
        """Say whether it is finished."""
        return (self.folder / "manifest.json").is_file()

    def manifest(self) -> dict[str, Any]:
        """Return what is written down about it."""
        return read_json(self.folder / "manifest.json")

    @property
    def lost(self) -> list[str]:
        """Return whose workers were killed: of these there is nothing in it."""
        return list(self.manifest().get("lost", ())) if self.done else []

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Give a scratch folder that becomes the partition when the block ends well."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = scratch_folder(self.folder)
        try:
            yield scratch
            write_json(scratch / INPUTS, self.inputs)
            sync_tree(scratch)
            try:
                os.rename(scratch, self.folder)
            except OSError:
                # another build was faster: its bytes are the same
                if not self.done:
                    raise
                shutil.rmtree(scratch)
            sync_folder(self.folder.parent)
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)
            raise


def read_json(path: Path) -> dict[str, Any]:
    """Return what a JSON file says."""
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def forget(partition: Partition) -> None:
    """Remove a finished piece of work, whole or not at all."""
    if partition.folder.exists():
        scratch = scratch_folder(partition.folder)
        os.rename(partition.folder, scratch / "old")
        shutil.rmtree(scratch)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON file whose bytes depend on nothing but its value."""
    path.write_bytes(json_bytes(value))


def json_bytes(value: Mapping[str, Any]) -> bytes:
    """Return a value as JSON, its keys in order."""
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def replace_file(place: Path, data: bytes | Path) -> None:
    """Put a file, or a copy of one, in its place: at any moment the old or the new is there, whole."""
    scratch = scratch_folder(place)
    try:
        if isinstance(data, Path):
            shutil.copyfile(data, scratch / place.name)
        else:
            (scratch / place.name).write_bytes(data)
        sync_tree(scratch)
        (scratch / place.name).replace(place)
        sync_folder(place.parent)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def replace_folder(new: Path, place: Path) -> None:
    """Put a folder in another's place: at any moment the old or the new one is there, whole.

    Linux swaps both names at once; elsewhere there is a moment between two renames.
    """
    sync_tree(new)
    if not place.exists():
        os.rename(new, place)
    elif _exchange(new, place):
        shutil.rmtree(new)
    else:
        old = place.with_name(f".{place.name}-{os.getpid()}-old")
        os.rename(place, old)
        os.rename(new, place)
        shutil.rmtree(old)
    sync_folder(place.parent)


def sync_tree(folder: Path) -> None:
    """Have the disk keep a folder's files before anything points at them."""
    for root, _, names in os.walk(folder):
        for name in names:
            with Path(root, name).open("rb") as file:
                os.fsync(file.fileno())
        sync_folder(Path(root))


def sync_folder(folder: Path) -> None:
    """Have the disk keep a folder's list of names."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def scratch_folder(place: Path) -> Path:
    """Make a scratch folder beside a place, named so that :func:`sweep` knows whose it is."""
    return Path(tempfile.mkdtemp(dir=place.parent, prefix=f".{place.name}-{os.getpid()}-"))


def sweep(folder: Path) -> None:
    """Remove the scratch folders of builds that were killed."""
    for scratch in abandoned(folder):
        shutil.rmtree(scratch, ignore_errors=True)


def abandoned(folder: Path) -> list[Path]:
    """Return the scratch folders whose process is gone."""
    found = []
    for scratch in sorted(p for p in folder.glob("**/.*-*-*") if p.is_dir()):
        owner = scratch.name.split("-")[-2]
        if owner.isdigit() and not _alive(int(owner)):
            found.append(scratch)
    return found


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _exchange(a: Path, b: Path) -> bool:
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    done = rename(_AT_FDCWD, os.fsencode(a), _AT_FDCWD, os.fsencode(b), _RENAME_EXCHANGE)
    return bool(done == 0)
