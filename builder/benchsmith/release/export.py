"""Export: write a release in every format that the benchmark file lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from benchsmith.core.build_files import MANIFEST
from benchsmith.release.model import Release
from benchsmith.tables.atomic_files import write_json
from benchsmith.tables.file_digests import sha256_of

PICTURES = {
    "parquet": "data", "vlmevalkit": "vlmevalkit", "webdataset": "webdataset", "plain": "plain",
    "inspect": "plain", "coco": "plain",
}  # fmt: skip
"""The folder with the pictures of an export; those in one folder are the same files."""
NAME_SUBSET: Mapping[str, str] = {"card": "README.md"}
"""The exports that state the query of a subset, each with the file that does."""
MANY_COPIES = 3
HASHED_AT_ONCE = 4
"""Files; hashing is done without Python's lock."""


def export(release: Release, exporters: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Write a release into a new folder; return the SHA-256 of every file by relative path.

    `release` is the result of :meth:`Release.public`; `exporters` maps names to ``module:function``.
    """
    folder.mkdir()
    for exporter in exporters.values():
        write(release, exporter, folder)
    return write_manifest(release, digests(folder), folder)


def write_manifest(release: Release, files: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Write the manifest of a release whose files have these digests; return them with its own."""
    write_json(folder / MANIFEST, {
        "benchmark": release.name,
        "version": release.benchmark.version,
        "build": release.build,
        "seed": release.benchmark.seed,
        "subset": release.subset,
        "cases": release.counts(),
        "hidden": list(release.hidden),
        "stages": {
            stage: {part: manifest.rows.as_json() for part, manifest in sorted(parts.items())}
            for stage, parts in release.manifests.items()
        },
        "rejected": {
            stage: _sum(m.reasons for m in parts.values()) for stage, parts in release.manifests.items()
        },
        "files": files,
    })  # fmt: skip
    return {**files, MANIFEST: sha256_of(folder / MANIFEST)}


def copies(exports: Sequence[str]) -> str:
    """Return a line on exports that each hold every picture; empty for one or two.

    >>> copies(["parquet", "vlmevalkit", "coco", "inspect"])
    'every picture is in the release 3 times: data, plain, vlmevalkit; for the Hub parquet alone is enough'
    >>> copies(["parquet", "vlmevalkit", "card"])
    ''
    """
    folders = sorted({PICTURES[name] for name in exports if name in PICTURES})
    if len(folders) < MANY_COPIES:
        return ""
    return (
        f"every picture is in the release {len(folders)} times: {', '.join(folders)}; "
        "for the Hub parquet alone is enough"
    )


def write(release: Release, exporter: str, folder: Path) -> None:
    """Write one format into `folder`; the exporter is given as ``module:function``."""
    module, function = exporter.split(":")
    getattr(import_module(module), function)(release, folder)


def _sum(counts: object) -> dict[str, int]:
    total: dict[str, int] = {}
    for one in counts:  # type: ignore[attr-defined]
        for reason, n in one.items():
            total[reason] = total.get(reason, 0) + n
    return total


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file by relative path; several are read at a time."""
    from concurrent.futures import ThreadPoolExecutor

    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    with ThreadPoolExecutor(HASHED_AT_ONCE) as threads:
        found = threads.map(sha256_of, paths)
        return {
            path.relative_to(folder).as_posix(): digest
            for path, digest in zip(paths, found, strict=True)
        }
