"""Processors and free memory as the machine and its control groups state them."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchsmith.engine import machine


def group(root: Path, **files: str) -> None:
    """Write a machine's files below another root: `/` of a name is spelled `__`."""
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


MEMINFO = "MemTotal: 32000000 kB\nMemAvailable: 20000000 kB\n"


def test_a_machine_without_groups_is_what_it_says(tmp_path: Path) -> None:
    group(tmp_path, proc__meminfo=MEMINFO)
    assert machine.free_memory(tmp_path) == 20_000_000 << 10
    assert machine.cores(tmp_path) == machine.cores() or machine.cores() == 1
    assert machine.free_memory(tmp_path / "nowhere") == 0
    assert machine.workers(1 << 60, tmp_path / "nowhere") == machine.cores(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("quota", "most"), [("100000 100000", 1), ("50000 100000", 1), ("max 1", 99)]
)
def test_a_group_of_its_own_or_above_bounds_the_processors(
    tmp_path: Path, quota: str, most: int
) -> None:
    group(tmp_path, proc__self__cgroup="0::/slice/own\n", sys__fs__cgroup__slice__own__cpu_DOT_max="max 100000", sys__fs__cgroup__slice__cpu_DOT_max=quota)  # fmt: skip
    assert machine.cores(tmp_path) == min(most, machine.cores(tmp_path / "nowhere"))


def test_cached_files_of_a_group_count_as_free(tmp_path: Path) -> None:
    group(tmp_path, proc__meminfo=MEMINFO, proc__self__cgroup="0::/\n", sys__fs__cgroup__memory_DOT_max="8000", sys__fs__cgroup__memory_DOT_current="5000", sys__fs__cgroup__memory_DOT_stat="anon 3000\ninactive_file 1500\n")  # fmt: skip
    assert machine.free_memory(tmp_path) == 8000 - 5000 + 1500
    assert machine.workers(4000, tmp_path) == 1
    (tmp_path / "sys/fs/cgroup/memory.max").write_text("max")
    assert machine.free_memory(tmp_path) == 20_000_000 << 10


def test_a_group_of_the_first_kind_bounds_too(tmp_path: Path) -> None:
    group(tmp_path, proc__meminfo=MEMINFO, proc__self__cgroup="5:cpu,cpuacct:/own\n4:memory:/own\n", sys__fs__cgroup__cpu__own__cpu_DOT_cfs_quota_us="100000", sys__fs__cgroup__cpu__own__cpu_DOT_cfs_period_us="100000", sys__fs__cgroup__memory__own__memory_DOT_limit_in_bytes="9000", sys__fs__cgroup__memory__own__memory_DOT_usage_in_bytes="1000")  # fmt: skip
    assert machine.cores(tmp_path) == 1
    assert machine.free_memory(tmp_path) == 8000
