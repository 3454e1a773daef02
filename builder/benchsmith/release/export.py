"""Export: write a release in every format that the benchmark asks for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from benchsmith.release.model import Release
from benchsmith.tables.partition import write_json

NAME = "export"
REVISION = 7


def export(release: Release, exporters: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Write a release, as :meth:`Release.public` has it, into `folder`; return the SHA-256 of every file, by relative name."""
    folder.mkdir()
    for exporter in exporters.values():
        write(release, exporter, folder)
    write_json(folder / "manifest.json", {
        "benchmark": release.name,
        "version": release.benchmark.version,
        "build": release.build,
        "seed": release.benchmark.seed,
        "subset": release.subset,
        "cases": release.counts(),
        "hidden": list(release.hidden),
        "stages": {
            stage: {part: manifest["rows"] for part, manifest in sorted(parts.items())}
            for stage, parts in release.manifests.items()
        },
        "rejected": {
            stage: _sum(m["reasons"] for m in parts.values()) for stage, parts in release.manifests.items()
        },
        "files": _digests(folder),
    })  # fmt: skip
    return _digests(folder)


def write(release: Release, exporter: str, folder: Path) -> None:
    """Write one format into `folder`; an exporter is named as `module:function`."""
    module, function = exporter.split(":")
    getattr(import_module(module), function)(release, folder)


def _sum(counts: object) -> dict[str, int]:
    total: dict[str, int] = {}
    for one in counts:  # type: ignore[attr-defined]
        for reason, n in one.items():
            total[reason] = total.get(reason, 0) + n
    return total


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
