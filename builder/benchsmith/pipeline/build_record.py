"""The record of a build, beside its release: what ran, why, for how long, with how much memory.

`latest.json` names the pieces of work that the build is made of, and `build.json` tells of each of
them. Seconds and megabytes differ from run to run, so nothing of this is in the release.
"""

from __future__ import annotations

import json
import platform
import resource
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchsmith import __version__
from benchsmith.tables import partition as store
from benchsmith.tables.partition import Partition

LATEST = "latest.json"
BUILD = "build.json"
LIBRARIES = ("numpy", "pyarrow", "duckdb", "pillow", "opencv-python-headless", "nibabel", "pydicom")


@dataclass(slots=True)
class Record:
    """What is known of a build that runs."""

    folder: Path
    parts: Mapping[str, Mapping[str, Partition]] = field(default_factory=dict)
    finished: bool = False
    _steps: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    _start: float = field(default_factory=time.monotonic)

    def note(self) -> None:
        """Write down which pieces of work this build is made of, as far as they have names."""
        names = {s: {part: p.folder.name for part, p in of.items()} for s, of in self.parts.items()}
        store.replace_file(self.folder / LATEST, store.json_bytes(names))

    def step(
        self,
        stage: str,
        part: str,
        seconds: float,
        peak_mb: int,
        rows: Mapping[str, int],
        taken: int,
        other: str,
    ) -> None:
        """Write down that a piece of work was done; `other` is a benchmark that had done it."""
        self._steps[stage, part] = {
            "stage": stage,
            "part": part,
            "name": self.parts[stage][part].folder.name if stage in self.parts else "",
            "began": round(time.monotonic() - self._start - seconds, 3),
            "seconds": round(seconds, 3),
            "peak_mb": peak_mb,
            "taken": taken,
            "from": other,
            **rows,
        }

    @contextmanager
    def writing(self, name: str) -> Iterator[None]:
        """Write the record when the block ends, well or not."""
        self._start = time.monotonic()
        began = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            yield
        except BaseException as error:
            with suppress(OSError):  # a full disk must not hide what stopped the build
                self._write(name, began, f"{type(error).__name__}: {error}")
            raise
        self._write(name, began, "")

    def _write(self, name: str, began: str, stopped: str) -> None:
        known = {step.get("name"): step for step in read(self.folder).get("steps", ())}
        steps = [
            {**s, "ran": True} for (stage, _), s in self._steps.items() if stage not in self.parts
        ]
        for stage, of in self.parts.items():
            for part, partition in of.items():
                if (stage, part) in self._steps:
                    steps.append({**self._steps[stage, part], "ran": True})
                elif partition.done:
                    bare = {"stage": stage, "part": part, "name": partition.folder.name,
                            **partition.manifest()["rows"]}  # fmt: skip
                    steps.append({**known.get(partition.folder.name, {}), **bare, "ran": False})
        steps.sort(
            key=lambda step: (not step["ran"], step.get("began", 0.0) if step["ran"] else 0.0)
        )
        value = {
            "benchmark": name,
            "began": began,
            "seconds": round(time.monotonic() - self._start, 3),
            "peak_mb": max((step["peak_mb"] for step in self._steps.values()), default=0),
            "finished": self.finished,
            "stopped": stopped,
            "version": __version__,
            "python": platform.python_version(),
            "system": platform.platform(),
            "libraries": {each: version(each) for each in LIBRARIES},
            "steps": steps,
        }
        if self.folder.is_dir():
            store.replace_file(self.folder / BUILD, store.json_bytes(value))


def peak_mb() -> int:
    """Return the largest resident size of this process or any worker so far, in MB."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(who).ru_maxrss for who in whose) // 1024


def read(folder: Path) -> dict[str, Any]:
    """Return the record of a benchmark's last build; empty where there is none that can be read."""
    try:
        found: dict[str, Any] = json.loads((folder / BUILD).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found.get("steps"), list) else {}
