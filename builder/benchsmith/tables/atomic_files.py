"""Files and folders that are replaced at once: at any moment the old or the new one is complete.

What is new is written to a scratch folder beside its place, flushed to disk, and moved by a rename.
The name of a scratch folder holds the id of its process, so that a later build can tell which
scratch folders were abandoned.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# linux/fcntl.h and linux/fs.h
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file."""
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON file whose bytes depend only on the value."""
    path.write_bytes(json_bytes(value))


def json_bytes(value: Mapping[str, Any]) -> bytes:
    """Return a value as UTF-8 JSON with sorted keys."""
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def replace_file(place: Path, data: bytes | Path) -> None:
    """Replace a file at once, by these bytes or by a copy of that file."""
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
    """Replace the folder at `place` by `new`, at once.

    Linux exchanges both names in one call. Other systems need two renames, and a crash between
    them leaves no folder at `place`.
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
    """Flush a folder, with all files below it, to the disk."""
    for root, _, names in os.walk(folder):
        for name in names:
            with Path(root, name).open("rb") as file:
                os.fsync(file.fileno())
        sync_folder(Path(root))


def sync_folder(folder: Path) -> None:
    """Flush the list of names of one folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def scratch_folder(place: Path) -> Path:
    """Make a scratch folder beside `place`, named after it and after this process."""
    return Path(tempfile.mkdtemp(dir=place.parent, prefix=f".{place.name}-{os.getpid()}-"))


def remove_abandoned(folder: Path) -> None:
    """Remove the scratch folders of processes that were killed."""
    for scratch in abandoned(folder):
        shutil.rmtree(scratch, ignore_errors=True)


def abandoned(folder: Path) -> list[Path]:
    """Return the scratch folders below `folder` whose process no longer runs."""
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
    """Exchange two names by renameat2(2); False where the system cannot."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    done = rename(_AT_FDCWD, os.fsencode(a), _AT_FDCWD, os.fsencode(b), _RENAME_EXCHANGE)
    return bool(done == 0)
