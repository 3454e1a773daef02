"""What was read of a document before, by the digest of its bytes: a file under `.cache/`.

Only documents without a problem are remembered, so that a problem is found again each time. The
memory may be deleted at any time; one that cannot be read, or was written by another version of
the code, is empty, and one that cannot be written is done without.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

FILE = ".cache/documents.json"


class Memory:
    """Values by kind and file, each true of one state of the file."""

    def __init__(self, home: Path) -> None:
        self._home, self._fresh = home, False
        self._found: dict[str, dict[str, list[Any]]] = {}
        try:
            found = json.loads((home / FILE).read_bytes())
            if found["code"] == code():
                self._found = found["found"]
        except (OSError, ValueError, KeyError, TypeError):
            pass

    def get(self, kind: str, path: Path, digest: str) -> Any:
        """Return what was put for this state of a file; None where nothing was."""
        found = self._found.get(kind, {}).get(self._name(path), ["", None])
        return found[1] if found[0] == digest else None

    def put(self, kind: str, path: Path, digest: str, value: Any) -> None:
        """Remember a value of JSON's types; a file's earlier state is forgotten."""
        self._found.setdefault(kind, {})[self._name(path)] = [digest, value]
        self._fresh = True

    def save(self) -> None:
        """Write the memory, if it has anything new, without the files that are gone."""
        if not self._fresh:
            return
        kept = {
            kind: {
                name: value for name, value in sorted(of.items()) if (self._home / name).exists()
            }
            for kind, of in sorted(self._found.items())
        }
        place = self._home / FILE
        scratch = place.with_name(f"{place.name}.{os.getpid()}")
        try:
            place.parent.mkdir(exist_ok=True)
            scratch.write_text(json.dumps({"code": code(), "found": kept}), "utf-8")
            os.replace(scratch, place)
        except OSError:
            with suppress(OSError):
                scratch.unlink()
            return
        self._fresh = False

    def _name(self, path: Path) -> str:
        return (
            path.relative_to(self._home).as_posix()
            if path.is_relative_to(self._home)
            else str(path)
        )


@cache
def of(home: Path) -> Memory:
    """Return the memory of a project."""
    return Memory(home)


def digest(*parts: bytes | str) -> str:
    """Return the digest of some texts, each with its length: no two lists of them share one."""
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
    from ruamel.yaml import __version__ as parser

    documents = Path(__file__).parent
    files = [*documents.rglob("*.py"), *documents.with_name("text").rglob("*.py")]
    return digest(parser, *(path.read_bytes() for path in sorted(files)))
