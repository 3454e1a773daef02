"""The picture of a file that a reading asks for."""

from __future__ import annotations

from collections.abc import Sequence
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


def unchosen(names: Sequence[str], stacks: str) -> str:
    """Return why none of a file's arrays is read, and what the recipe has to say.

    Arrays whose names end in `stacks` hold many pictures.

    >>> unchosen(["train_images"], "_images"), unchosen(["image", "label"], "_images")
    ('holds many pictures; set `parts` in the recipe', 'has the arrays image, label: name the one of the picture in `variable`')
    """
    if any(name.endswith(stacks) for name in names):
        return "holds many pictures; set `parts` in the recipe"
    there = ", ".join(names[:20]) or "none"
    return f"has the arrays {there}: name the one of the picture in `variable`"
