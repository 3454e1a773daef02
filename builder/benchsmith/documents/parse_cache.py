"""A cache of parsed documents, keyed by the digest of their bytes.

A project's own documents are cached in its `.cache/`. Documents that come with the package are the same
for every project of a user, and are cached in the user's cache folder: a new project need not parse
them again.

Only documents without problems are cached, so that problems are found on every run. Both files may
be deleted at any time. An unreadable cache, or one written by another version of the code, is
treated as empty; if the cache cannot be written, documents are parsed on every run.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchsmith.documents.problems import Problems

FILE = ".cache/documents.json"
USER_FILE = "benchsmith/documents.json"
"""Below the user's cache folder."""


class ParseCache:
    """Cached values by kind and file, each valid for one digest of the file.

    Files in `home` are named relative to it.
    """

    def __init__(self, home: Path, file: Path) -> None:
        self._home, self._file, self._changed = home, file, False
        self._found: dict[str, dict[str, list[Any]]] = {}
        self._code = code()  # outside the try: a missing module is a bug, not a missing cache
        try:
            found = json.loads(file.read_bytes())
            if found["code"] == self._code:
                self._found = found["found"]
        except (OSError, ValueError, KeyError, TypeError):
            pass

    def get(self, kind: str, path: Path, digest: str) -> Any:
        """Return the value cached for this digest of a file, or None."""
        found = self._found.get(kind, {}).get(self._name(path), ["", None])
        return found[1] if found[0] == digest else None

    def put(self, kind: str, path: Path, digest: str, value: Any) -> None:
        """Cache a value of JSON's types, replacing that of the file's earlier digest."""
        self._found.setdefault(kind, {})[self._name(path)] = [digest, value]
        self._changed = True

    def save(self) -> None:
        """Write the cache if it changed, without entries for files that no longer exist."""
        if not self._changed:
            return
        current = {
            kind: {
                name: value
                for name, value in sorted(values.items())
                if (self._home / name).exists()
            }
            for kind, values in sorted(self._found.items())
        }
        path = self._file
        scratch = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            scratch.write_text(json.dumps({"code": self._code, "found": current}), "utf-8")
            os.replace(scratch, path)
        except OSError:
            with suppress(OSError):
                scratch.unlink()
            return
        self._changed = False

    def _name(self, path: Path) -> str:
        return (
            path.relative_to(self._home).as_posix()
            if path.is_relative_to(self._home)
            else str(path)
        )


@cache
def of(home: Path) -> ParseCache:
    """Return the cache of a project."""
    return ParseCache(home, home / FILE)


def of_user() -> ParseCache:
    """Return the cache of the documents that come with the package.

    It lies where the XDG Base Directory Specification puts it, on every system, as that of
    huggingface_hub does.
    """
    folder = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return at(Path(folder) / USER_FILE)


@cache
def at(file: Path) -> ParseCache:
    """Return the cache in a file of its own; it names files by their absolute paths."""
    return ParseCache(file.parent, file)


def holding(path: Path, home: Path) -> ParseCache:
    """Return the cache for a file that a project reads: the user's for a file outside of the project.

    There, a digest must cover everything that the value depends on, because other projects share the cache.
    """
    return of(home) if path.is_relative_to(home) else of_user()


def save(home: Path) -> None:
    """Write the project's cache and the user's, as far as they changed."""
    of(home).save()
    of_user().save()


def once(problems: Problems, kind: str, path: Path, digest: str, check: Callable[[], None]) -> None:
    """Run a check of a file, unless an earlier run with this digest found no problem.

    `digest` covers all that the check reads. A check that adds a problem runs every time.
    """
    passed = holding(path, problems.home)
    if passed.get(kind, path, digest) is not None:
        return
    before = len(problems.found)
    check()
    if len(problems.found) == before:
        passed.put(kind, path, digest, value=True)


def digest(*parts: bytes | str) -> str:
    """Return the SHA-256 of a list of texts, each preceded by its length so that lists differ."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()


@cache
def code() -> str:
    """Return the digest of the code that reads documents.

    The cache is discarded when this code changes, so that changed rules apply at once.
    """
    parser = version("ruamel.yaml")
    documents = Path(__file__).parent
    files = [*documents.rglob("*.py"), *documents.with_name("text").rglob("*.py")]
    return digest(parser, *(path.read_bytes() for path in sorted(files)))
