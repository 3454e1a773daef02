"""The part of a MeSH concept that is imported, and the bytes of a file, inflated and limited."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchsmith.documents.problems import DocumentError, Problem

CHUNK_BYTES = 1 << 20
MAX_BYTES = 4 << 30
"""Size limit of an inflated file; NLM's largest, of supplementary records, is below 1 GiB."""
MAX_RECORD_BYTES = 64 << 20
"""Size limit of one record; NLM's largest is below 1 MiB."""
_GZIP, _ZIP = b"\x1f\x8b", b"PK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """One concept of a descriptor (or of a supplementary record) with all its terms."""

    concept: str
    """UI such as M0011970; empty for records from an ASCII file, which has none."""
    name: str
    descriptor: str
    """UI such as D007668, or C000591739 for a supplementary record."""
    descriptor_name: str
    preferred: bool
    """Whether this is the descriptor's preferred concept; others may be narrower."""
    tree_numbers: tuple[str, ...]
    terms: tuple[str, ...]
    """The name first, without duplicates."""
    scope_note: str


def fault(path: Path, line: int, what: str, hint: str) -> DocumentError:
    """Return the error for a file that cannot be imported."""
    return DocumentError([Problem(str(path), line, what, hint)])


def chunks(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes in chunks, inflated if it is gzip.

    Raises DocumentError for a missing, empty, damaged or too large file.
    """
    again = "download it again"
    try:
        with path.open("rb") as file:
            start = file.read(2)
        if start == _ZIP:
            raise fault(path, 1, "is a ZIP archive", "unpack it, or use NLM's .gz")
        total = 0
        with gzip.open(path) if start == _GZIP else path.open("rb") as stream:
            while piece := stream.read(CHUNK_BYTES):
                total += len(piece)
                if total > MAX_BYTES:
                    raise fault(path, 1, f"inflates to more than {MAX_BYTES >> 30} GiB", again)
                yield piece
    except EOFError:
        raise fault(path, 1, "the gzip stream is truncated", again) from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise fault(path, 1, f"the gzip stream is damaged: {error}", again) from None
    except (FileNotFoundError, IsADirectoryError):
        hint = "NLM's files are at nlm.nih.gov/databases/download/mesh.html"
        raise fault(path, 1, "the file is missing", hint) from None
    if not total:
        raise fault(path, 1, "is empty", again)
