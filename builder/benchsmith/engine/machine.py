"""What this process may use of its machine: processors and memory, also inside a container."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

KEPT_FREE = 0.2
"""Share of the free memory that workers leave alone: the build's own process, caches, others."""
ROOT = Path("/")


def cores(root: Path = ROOT) -> int:
    """Return how many processors this process may use: its affinity, and its control group's quota.

    A quota of 1.5 processors is one: two workers would hold each other up.
    """
    mine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quotas = [quota for group in _groups(root, "cpu") if (quota := _quota(group))]
    return max(1, int(min([mine, *quotas])))


def free_memory(root: Path = ROOT) -> int:
    """Return the bytes that this process may still use; 0 where the system does not say.

    That is what the kernel calls available, or what a control group leaves, whichever is less.
    Files that a group has cached and may drop count as free.
    """
    lines = _text(root / "proc/meminfo").splitlines()
    found = [int(words[1]) << 10 for line in lines if (words := line.split())[0] == "MemAvailable:"]
    found += [left for group in _groups(root, "memory") if (left := _left(group)) is not None]
    return max(0, min(found, default=0))


def workers(memory: int, root: Path = ROOT) -> int:
    """Return how many workers fit, each of which needs so many bytes; 0 where nobody knows."""
    count, free = cores(root), free_memory(root)
    if memory and free:
        count = min(count, int(free * (1 - KEPT_FREE)) // memory)
    return max(1, count)


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """Yield this process's control group and those above it, of cgroup v2 and of v1."""
    mounted = root / "sys/fs/cgroup"
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, names, path = line.split(":", 2)
        if names and controller not in names.split(","):
            continue
        base = mounted / controller if names else mounted
        own = base / path.strip("/")
        # inside a container the group's path may be the host's, which is not there
        yield from [own, *own.parents][: len(own.relative_to(base).parts) + 1]


def _quota(group: Path) -> float:
    """Return the processors that a group may use; 0 for no limit."""
    whole, _, period = _text(group / "cpu.max").strip().partition(" ")
    if not whole:
        whole, period = (_text(group / f"cpu.cfs_{n}_us").strip() for n in ("quota", "period"))
    return int(whole) / int(period) if whole.isdigit() and period.isdigit() else 0.0


def _left(group: Path) -> int | None:
    """Return the bytes that a group leaves; None for no limit."""
    for most, used, cached in (
        ("memory.max", "memory.current", "inactive_file"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ):
        limit, now = (_text(group / name).strip() for name in (most, used))
        if limit.isdigit() and now.isdigit():
            lines = [line.split() for line in _text(group / "memory.stat").splitlines()]
            may_go = sum(int(words[1]) for words in lines if words[0] == cached)
            return int(limit) - int(now) + may_go
    return None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError:
        return ""
