"""Processors and memory that this process may use, also inside a container."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

RESERVED_SHARE = 0.2
"""Share of the free memory that is left to the build's own process, caches and other programs."""
ROOT = Path("/")


def cores(root: Path = ROOT) -> int:
    """Return how many processors this process may use, by its affinity and control group quotas.

    A quota of 1.5 processors counts as one: two workers would slow each other down.
    """
    affine = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    quotas = [quota for group in _groups(root, "cpu") if (quota := _quota(group))]
    return max(1, int(min([affine, *quotas])))


def free_memory(root: Path = ROOT) -> int:
    """Return the bytes that this process may still use; 0 if the system does not state it.

    That is the kernel's `MemAvailable` or what a control group has left, whichever is less. Cached
    files that a group may drop count as free.
    """
    lines = _text(root / "proc/meminfo").splitlines()
    found = [int(words[1]) << 10 for line in lines if (words := line.split())[0] == "MemAvailable:"]
    found += [left for group in _groups(root, "memory") if (left := _remaining(group)) is not None]
    return max(0, min(found, default=0))


def workers(memory: int, root: Path = ROOT) -> int:
    """Return how many workers fit, each of which needs `memory` bytes; 0 if unknown."""
    count, free = cores(root), free_memory(root)
    if memory and free:
        count = min(count, int(free * (1 - RESERVED_SHARE)) // memory)
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
        # inside a container the path may be the host's and missing here; its parents are tried too
        yield from [own, *own.parents][: len(own.relative_to(base).parts) + 1]


def _quota(group: Path) -> float:
    """Return the number of processors that a group may use; 0 for no limit."""
    whole, _, period = _text(group / "cpu.max").strip().partition(" ")
    if not whole:
        whole, period = (_text(group / f"cpu.cfs_{n}_us").strip() for n in ("quota", "period"))
    return int(whole) / int(period) if whole.isdigit() and period.isdigit() else 0.0


def _remaining(group: Path) -> int | None:
    """Return the bytes that a group may still use; None for no limit."""
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
