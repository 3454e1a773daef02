"""Tests put their files into memory where there is enough, and nowhere else than they are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.temporary_folder import AVAILABLE, FILES, MEMORY, available, use_memory


@pytest.mark.parametrize(
    ("named", "free", "memory", "used"),
    [
        ({}, FILES, AVAILABLE, str(MEMORY)),
        ({}, FILES - 1, AVAILABLE, None),
        ({}, FILES, AVAILABLE - 1, None),
        ({"TMPDIR": "/elsewhere"}, FILES, AVAILABLE, "/elsewhere"),
    ],
)
def test_memory_is_used_where_there_is_enough_and_no_other_folder_is_named(
    named: dict[str, str], free: int, memory: int, used: str | None
) -> None:
    env = dict(named)
    assert use_memory(env, free, memory) == (used == str(MEMORY))
    assert env.get("TMPDIR") == used


def test_available_memory_is_what_the_system_says(tmp_path: Path) -> None:
    file = tmp_path / "meminfo"
    file.write_text("MemTotal:       24619100 kB\nMemAvailable:   2048 kB\n", "ascii")
    assert available(file) == 2 << 20
    assert available(tmp_path / "none") == 0
