"""A full or read-only disk: reported with a remedy, and nothing half-written looks complete."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchsmith.cli import environment_errors
from tests.conftest import Project


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT])
def test_what_the_system_refuses_is_reported_with_a_remedy(number: int) -> None:
    said = environment_errors.line(OSError(number, os.strerror(number), "out/rows.parquet"))
    assert said.startswith(f"out/rows.parquet: {os.strerror(number)}; ")
    assert "Errno" not in said and len(said.partition("; ")[2]) > 20
    nameless = environment_errors.line(OSError(number, "[errno] of a library"))
    assert nameless.startswith(f"{os.strerror(number)}: ")


class FullAfter:
    """Stands for `Path.write_bytes` and `write_text` on a disk with room for a number of files."""

    def __init__(self, room: int, write: Callable[..., int]) -> None:
        self.room, self._write = room, write

    def __call__(self, path: Path, data: Any, *how: Any, **named: Any) -> int:
        """Write a file, or its half."""
        self.room -= 1
        if self.room < 0:
            self._write(path, data[: len(data) // 2], *how, **named)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return self._write(path, data, *how, **named)


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (("tree", "--from", "small", "--html", "made/t.html"), ["t.html"]),
        (("coverage", "--from", "small", "--html", "made/t.html"), ["t.html"]),
        (("preview", "skin", "--html", "made/t.html"), ["t.html"]),
        (("explore", "small", "--out", "made/pages"), []),
        (("subset", "modality=ct", "--from", "small", "--to", "made/cut"), []),
    ],
)
def test_a_full_disk_leaves_what_was_there_and_no_half_of_the_new(
    built: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    left: list[str],
) -> None:
    made = tmp_path / "made"
    made.mkdir()
    for name in left:
        (made / name).write_text("before")
    words = tuple(str(tmp_path / w) if w.startswith("made/") else w for w in words)
    for name in ("write_text", "write_bytes"):
        full = FullAfter(2 if "explore" in words or "subset" in words else 0, getattr(Path, name))
        monkeypatch.setattr(
            Path, name, lambda path, data, *how, full=full, **named: full(path, data, *how, **named)
        )
    said = built.run(*words, code=4)
    monkeypatch.undo()
    assert "No space left on device; free space" in said
    assert sorted(p.name for p in made.iterdir()) == left
    assert all((made / name).read_text() == "before" for name in left)
