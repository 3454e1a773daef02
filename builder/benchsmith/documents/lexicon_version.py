"""The version of a lexicon: of the package's documents, and of the project's documents on top."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from benchsmith import __version__
from benchsmith.documents import shipped
from benchsmith.tables.partition import fingerprint

FILES = ("*.tsv", "mappings/*.tsv", "tree/*.tsv")
"""The tables of a lexicon, relative to its folder; votes are not part of it."""


@dataclass(frozen=True, slots=True)
class LexiconVersion:
    """The version of the lexicon that a project reads."""

    package: str
    """The version of the installed package."""
    shipped: str
    """The digest of the tables that come with the package; empty if the project stands alone."""
    project: str
    """The digest of the project's own tables; empty if it has none."""

    def __str__(self) -> str:
        digests = {"shipped": self.shipped, "project": self.project}
        named = [f"{name} {digest}" for name, digest in digests.items() if digest]
        return f"benchsmith {self.package}, {', '.join(named) or 'no lexicon'}"


def lexicon_version(home: Path) -> LexiconVersion:
    """Return the version of a project's lexicon; any changed byte of a table changes a digest."""
    below = shipped.below(home)
    return LexiconVersion(__version__, _digest(below) if below else "", _digest(home))


def _digest(home: Path) -> str:
    """Return the digest of names and bytes of the lexicon's tables, 24 hex digits."""
    folder = home / "lexicon"
    files = sorted(path for pattern in FILES for path in folder.glob(pattern))
    named = [[p.relative_to(folder).as_posix(), sha256(p.read_bytes()).hexdigest()] for p in files]
    return fingerprint(named) if named else ""
