"""The picture of a file that a reading asks for."""

from __future__ import annotations

from pathlib import Path

from benchsmith.core.contracts import DataFault

MAX_PARTS = 1_000_000
"""Pictures that a file may hold."""


def numbers(count: int, path: Path) -> list[str]:
    """Return the numbers of all parts. Raises DataFault for too many."""
    check_count(count, path)
    return [str(n) for n in range(count)]


def check_count(count: int, path: Path) -> None:
    """Raise DataFault for a file that holds too many pictures."""
    if count > MAX_PARTS:
        raise DataFault("too-large", path, f"holds {count} pictures, more than {MAX_PARTS}")


def number(part: str, count: int, path: Path) -> int:
    """Return the number of a part, from 0 and below `count`. Raises DataFault for anything else."""
    if not part.isdigit() or int(part) >= count:
        raise DataFault("dimensions", path, f"has no part {part!r} among its {count}")
    return int(part)
