"""Conditions for publishing a release folder: its files, its audit, hidden answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from benchsmith.audits.audit import reasons
from benchsmith.core.build_files import MANIFEST
from benchsmith.core.verdict_json import from_json
from benchsmith.core.verdicts import FAIL, NOT_RUN, WARN
from benchsmith.documents import benchmark, library
from benchsmith.documents.problems import Problems
from benchsmith.tables.file_digests import sha256_of

VALIDITY = "validity.json"


@dataclass(frozen=True, slots=True)
class File:
    """A file of a release."""

    name: str
    """Path relative to the release, with slashes."""
    path: Path
    size: int
    """Bytes."""
    sha256: str


class Findings(NamedTuple):
    """What a check found."""

    forbidden: list[str]
    """Reasons why the release must not be published."""
    warnings: list[str]


def read_object(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file; empty if the file is missing or holds something else."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def release_files(folder: Path, wanted: Mapping[str, str]) -> tuple[list[File], list[str]]:
    """Return the files of a release, and the reasons why they are not those of its manifest.

    `wanted` has the SHA-256 of each file by its name.
    """
    there = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    wrong = [f"{name} is missing" for name in sorted(wanted.keys() - there.keys())]
    extra = sorted(there.keys() - wanted.keys() - {MANIFEST})
    wrong += [f"{name} does not belong to this release: remove it" for name in extra]
    linked = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_symlink())
    wrong += [f"{name} is a link: what it leads to is no part of this release" for name in linked]
    files = []
    for name in sorted(there.keys() & {*wanted, MANIFEST}):
        path = there[name]
        files.append(File(name, path, path.stat().st_size, sha256_of(path)))
        if files[-1].sha256 != wanted.get(name, files[-1].sha256):
            wrong.append(f"{name} was changed after the release was written")
    if wrong:
        wrong.append("to fix it, write the release again (`benchsmith build`, `benchsmith subset`)")
    return files, wrong


def hidden_answers(folder: Path, hidden: Sequence[str]) -> list[str]:
    """Return a reason for each table that contains answers of a hidden split."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    wrong = []
    columns = {"split", "answer"}
    for path in sorted(folder.rglob("*.parquet")) if hidden else ():
        if columns <= set(pq.read_schema(path).names):
            table = pq.read_table(path, columns=sorted(columns)).drop_null()
            leaked = set(pc.unique(table.column("split")).to_pylist()) & set(hidden)
            if leaked:
                name = path.relative_to(folder).as_posix()
                wrong.append(
                    f"{name} contains answers of the hidden split {', '.join(sorted(leaked))}"
                )
    return wrong


def audit_findings(folder: Path, manifest: Mapping[str, Any], home: Path) -> Findings:
    """Return what the audit in a release found."""
    if (folder / VALIDITY).is_file():
        found = read_object(folder / VALIDITY)
        if found.get("build") != manifest["build"]:
            return Findings([f"{VALIDITY} and {MANIFEST} come from different builds"], [])
        return failures(found, VALIDITY)
    name = manifest["benchmark"]
    if "adopted" in manifest:
        return Findings([f"{name} was adopted: its authors decide about publishing it"], [])
    document, _ = benchmark.collect(library.benchmark_file(home, name), Problems(home))
    if document is not None and "validity" not in document.exports:
        return Findings([], [f"the release has no audit: the exports of {name} lack `validity`"])
    what = f"there is no {VALIDITY}, so nothing shows that this release was audited"
    return Findings([f"{what}; add `validity` to the exports of {name} and build again"], [])


def failures(found: Mapping[str, Any], name: str) -> Findings:
    """Return the failures and warnings in an audit's file; `name` is its name in messages."""
    try:
        audit = from_json(found)
    except (KeyError, TypeError):
        return Findings([f"{name} is not a readable audit"], [])
    warnings = []
    for v in audit.verdicts:
        if v.waived_by:
            warnings.append(f"audit {v.check}: {v.says}")
        elif v.outcome == NOT_RUN:
            warnings.append(f"audit {v.check}: not run: {v.says}")
        elif v.outcome == WARN or (v.outcome == FAIL and not v.hard):
            warnings.append(f"audit {v.check}: {v.outcome}: {v.says}")
    return Findings(reasons(audit), warnings)
