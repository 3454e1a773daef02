"""Datasets of a Hub, as git and git-lfs keep them: files, commits, tags."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any


def blob_id(content: bytes) -> str:
    """Return git's id of a file."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Entry:
    """A file of a commit."""

    content: bytes
    large: bool

    @property
    def sha256(self) -> str:
        """What git-lfs calls a large file by."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def pointer(self) -> bytes:
        """What git has of a large file."""
        head = "version https://git-lfs.github.com/spec/v1"
        return f"{head}\noid sha256:{self.sha256}\nsize {len(self.content)}\n".encode()

    @property
    def oid(self) -> str:
        """Git's id of what git has of it."""
        return blob_id(self.pointer if self.large else self.content)

    def described(self, path: str) -> dict[str, Any]:
        """Return the entry as the tree endpoint has it."""
        said: dict[str, Any] = {
            "type": "file",
            "path": path,
            "oid": self.oid,
            "size": len(self.content),
        }
        if self.large:
            said["lfs"] = {
                "oid": self.sha256,
                "size": len(self.content),
                "pointerSize": len(self.pointer),
            }
        return said


@dataclass(frozen=True)
class Commit:
    """A commit: its id, its message, and all files."""

    sha: str
    message: str
    files: dict[str, Entry]
    parent: str | None = None
    """The commit that its maker believed to be the newest."""


@dataclass
class Dataset:
    """A dataset's page."""

    private: bool
    commits: list[Commit] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)

    def commit(self, message: str, files: dict[str, Entry], parent: str | None = None) -> Commit:
        """Add a commit to the main branch."""
        told = f"{len(self.commits)}{message}{sorted((n, e.oid) for n, e in files.items())}"
        made = Commit(
            hashlib.sha1(told.encode(), usedforsecurity=False).hexdigest(), message, files, parent
        )
        self.commits.append(made)
        return made

    def at(self, revision: str) -> Commit | None:
        """Return the commit that a branch, a tag or an id means."""
        wanted = self.tags.get(revision, revision)
        if wanted in ("main", "refs/heads/main"):
            return self.commits[-1]
        return next((c for c in self.commits if c.sha == wanted), None)

    @property
    def files(self) -> dict[str, bytes]:
        """The newest commit's files."""
        return {name: e.content for name, e in self.commits[-1].files.items()}
