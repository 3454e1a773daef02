"""Which of a file's pictures a reading asks for."""

from __future__ import annotations

from pathlib import Path

from benchsmith.core.contracts import DataFault


def number(part: str, count: int, path: Path) -> int:
    """Return a part that is a number below `count`. Raises DataFault for any other."""
    if not part.isdigit() or int(part) >= count:
        raise DataFault("dimensions", path, f"has no part {part!r} among its {count}")
    return int(part)
