"""The picture of a file that a reading asks for."""

from __future__ import annotations

from pathlib import Path

from benchsmith.core.contracts import DataFault


def number(part: str, count: int, path: Path) -> int:
    """Return the number of a part, from 0 and below `count`. Raises DataFault for anything else."""
    if not part.isdigit() or int(part) >= count:
        raise DataFault("dimensions", path, f"has no part {part!r} among its {count}")
    return int(part)
