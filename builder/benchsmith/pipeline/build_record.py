"""The record of a build, beside its release: which steps ran, how long, and with how much memory.

``latest.json`` lists the cache keys of a build's partitions, ``build.json`` the steps. Times and
memory differ from run to run, so neither file is part of the release.
"""

from __future__ import annotations

import json
import platform
import resource
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchsmith import __version__
from benchsmith.core.build_files import BUILD, LATEST
from benchsmith.documents.lexicon_version import lexicon_version
from benchsmith.tables.atomic_files import json_bytes, replace_file
from benchsmith.tables.manifest import Manifest
from benchsmith.tables.partition import Partition

LIBRARIES = ("numpy", "pyarrow", "duckdb", "pillow", "opencv-python-headless", "nibabel", "pydicom")


@dataclass(slots=True)
class Record:
    """The record of a running build."""

    folder: Path
    home: Path
    """The project, whose lexicon the record names."""
    partitions: Mapping[str, Mapping[str, Partition]] = field(default_factory=dict)
    """By stage and part."""
    finished: bool = False
    _steps: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    _start: float = field(default_factory=time.monotonic)

    def note(self) -> None:
        """Write the known cache keys to ``latest.json``."""
        keys = {
            stage: {part: p.folder.name for part, p in parts.items()}
            for stage, parts in self.partitions.items()
        }
        replace_file(self.folder / LATEST, json_bytes(keys))

    def step(
        self, stage: str, part: str, seconds: float, manifest: Manifest, other: str = ""
    ) -> None:
        """Record a step that ran; `other` is the benchmark that its partition was linked from."""
        named = self.partitions.get(stage, {}).get(part)
        self._steps[stage, part] = {
            "stage": stage,
            "part": part,
            "name": named.folder.name if named else "",
            "began": round(time.monotonic() - self._start - seconds, 3),
            "seconds": round(seconds, 3),
            "peak_mb": peak_mb(),
            "taken": manifest.reused,
            "from": other,
            **manifest.rows.as_json(),
        }

    @contextmanager
    def writing(self, name: str) -> Iterator[None]:
        """Write the record when the block ends, even if it raises."""
        self._start = time.monotonic()
        began = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            yield
        except BaseException as error:
            with suppress(OSError):  # a full disk must not hide the error that stopped the build
                self._write(name, began, f"{type(error).__name__}: {error}")
            raise
        self._write(name, began, "")

    def _write(self, name: str, began: str, stopped: str) -> None:
        value = {
            "benchmark": name,
            "began": began,
            "seconds": round(time.monotonic() - self._start, 3),
            "peak_mb": max((step["peak_mb"] for step in self._steps.values()), default=0),
            "finished": self.finished,
            "stopped": stopped,
            "version": __version__,
            "lexicon": asdict(lexicon_version(self.home)),
            "python": platform.python_version(),
            "system": platform.platform(),
            "libraries": {each: version(each) for each in LIBRARIES},
            "steps": self._all_steps(),
        }
        if self.folder.is_dir():
            replace_file(self.folder / BUILD, json_bytes(value))

    def _all_steps(self) -> list[dict[str, Any]]:
        """Return the steps that ran, in order, and then those that earlier builds ran."""
        ran = [{**step, "ran": True} for step in self._steps.values()]
        ran.sort(key=lambda step: float(step["began"]))
        earlier = {step.get("name"): step for step in read(self.folder).get("steps", ())}
        up_to_date = [
            {
                **earlier.get(partition.folder.name, {}),
                "stage": stage,
                "part": part,
                "name": partition.folder.name,
                **partition.manifest().rows.as_json(),
                "ran": False,
            }
            for stage, parts in self.partitions.items()
            for part, partition in parts.items()
            if (stage, part) not in self._steps and partition.done
        ]
        return ran + up_to_date


def peak_mb() -> int:
    """Return the largest resident size of this process or any worker so far, in MiB."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(who).ru_maxrss for who in whose) // 1024


def read(folder: Path) -> dict[str, Any]:
    """Return the record of a benchmark's last build; empty if there is none or it is unreadable."""
    try:
        found: dict[str, Any] = json.loads((folder / BUILD).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found.get("steps"), list) else {}
