"""What is kept of MeSH, and how a file that is no MeSH is refused."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchsmith.documents.problems import DocumentError, Problem

CHUNK = 1 << 20
LARGEST = 4 << 30
"""Bytes of an inflated file; NLM's largest, of supplementary records, is below 1 GiB."""
LARGEST_RECORD = 64 << 20
"""Bytes of one record; NLM's largest is below 1 MiB."""
_GZIP, _ZIP = b"\x1f\x8b", b"PK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """One concept of a descriptor (or of a supplementary record) with all its terms."""

    concept: str
    """UI such as M0011970; empty in what was read from an ASCII file, which has none."""
    name: str
    descriptor: str
    """UI such as D007668, or C000591739 of a supplementary record."""
    descriptor_name: str
    preferred: bool
    """Whether the descriptor is named for this concept; others may be narrower."""
    tree_numbers: tuple[str, ...]
    terms: tuple[str, ...]
    """The name first; no term twice."""
    scope_note: str


def fault(path: Path, line: int, what: str, hint: str) -> DocumentError:
    """Return the error of a file that cannot be read."""
    return DocumentError([Problem(str(path), line, what, hint)])


def chunks(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes piece by piece, inflated where it is packed with gzip.

    Raises DocumentError for a missing, empty, broken or boundless file.
    """
    again = "download it again"
    try:
        with path.open("rb") as file:
            start = file.read(2)
        if start == _ZIP:
            raise fault(path, 1, "is a ZIP archive", "unpack it, or take NLM's .gz")
        total = 0
        with gzip.open(path) if start == _GZIP else path.open("rb") as stream:
            while piece := stream.read(CHUNK):
                total += len(piece)
                if total > LARGEST:
                    raise fault(path, 1, f"holds more than {LARGEST >> 30} GiB", again)
                yield piece
    except EOFError:
        raise fault(path, 1, "the gzip stream ends too early", again) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise fault(path, 1, f"the gzip stream is broken: {error}", again) from None
    except (FileNotFoundError, IsADirectoryError):
        hint = "NLM's files are at nlm.nih.gov/databases/download/mesh.html"
        raise fault(path, 1, "there is no such file", hint) from None
    if not total:
        raise fault(path, 1, "is empty", again)
