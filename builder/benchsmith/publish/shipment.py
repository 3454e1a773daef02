"""What a release folder holds, and all that forbids to publish it."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from benchsmith.audits.audit import reasons
from benchsmith.core.build_files import AUDIT, LATEST, MANIFEST, RELEASE_FOLDER
from benchsmith.core.errors import GateFailed, InputMissing
from benchsmith.core.model import SPLITS
from benchsmith.core.verdicts import FAIL, NOT_RUN, WARN, from_json
from benchsmith.documents import benchmark
from benchsmith.documents.lexicon import Licence
from benchsmith.documents.problems import Problems

VALIDITY = "validity.json"
CARD = "README.md"
CREDITS = "ATTRIBUTION.tsv"


@dataclass(frozen=True, slots=True)
class File:
    """A file that goes."""

    name: str
    """Relative to the release, with slashes."""
    path: Path
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Credit:
    """A source whose pictures go, and the licence they go under."""

    source: str
    licence: str
    questions: int


@dataclass(frozen=True, slots=True)
class Shipment:
    """A release that may be published."""

    folder: Path
    benchmark: str
    version: str
    build: str
    subset: str
    cases: Mapping[str, int]
    """Questions of each split."""
    files: Sequence[File]
    """In the order of their names, the manifest with them."""
    credits: Sequence[Credit]
    warnings: Sequence[str]
    """What forbids nothing, but should be known before people see the release."""
    configs: Sequence[str]
    """The parts that the card declares, the default first; empty where it declares none."""


def of_benchmark(home: Path, output: Path, name: str, licences: Mapping[str, Licence]) -> Shipment:
    """Return the release of a benchmark's last build.

    Raises InputMissing where it is not built, and GateFailed with all that forbids to publish it.
    """
    place = output / name
    if not (place / RELEASE_FOLDER / MANIFEST).is_file():
        raise InputMissing(f"{name} is not built: run `benchsmith build {name}` first")
    manifest = _manifest(place / RELEASE_FOLDER)
    build = manifest["build"]
    found = _gather(place / RELEASE_FOLDER, manifest, home, licences)
    wrong = list(found[1])
    if _json(place / LATEST).get("export", {}).get("all", build) != build:
        wrong.append(
            f"the last build of {name} did not come to its end, and release/ is of an earlier one: "
            f"`benchsmith build {name}` says why"
        )
    record = _json(place / "stages/export" / build / MANIFEST).get("files", {}).get(MANIFEST)
    if record and record != _sha256(place / RELEASE_FOLDER / MANIFEST):
        wrong.append(f"{MANIFEST} was changed after the build")
    beside = _json(place / AUDIT)
    if beside.get("build") == build:
        wrong += [r for r in _failed(beside, AUDIT)[0] if r not in wrong]
    if wrong:
        raise GateFailed(wrong)
    return found[0]


def of_folder(home: Path, folder: Path, licences: Mapping[str, Licence]) -> Shipment:
    """Return the release in a folder, such as `benchsmith subset` writes.

    Raises InputMissing where there is none, and GateFailed as :func:`of_benchmark`.
    """
    if not (folder / MANIFEST).is_file():
        raise InputMissing(f"{folder} is no release: it has no {MANIFEST}")
    found, wrong = _gather(folder, _manifest(folder), home, licences)
    if wrong:
        raise GateFailed(wrong)
    return found


def _gather(
    folder: Path, manifest: Mapping[str, Any], home: Path, licences: Mapping[str, Licence]
) -> tuple[Shipment, list[str]]:
    """Return what is in a release, and the reasons for which it must not go."""
    files, wrong = _files(folder, manifest["files"])
    failed, warnings = _audited(folder, manifest, home)
    credits_, unlawful, terms = _credits(folder, licences)
    if not (folder / CARD).is_file():
        warnings.append(f"there is no {CARD}: the page on the Hub will be empty")
    wrong += _told(folder, manifest.get("hidden", ()))
    shipment = Shipment(
        folder, manifest["benchmark"], manifest["version"], manifest["build"], manifest["subset"],
        {s: manifest["cases"][s] for s in SPLITS if s in manifest["cases"]}, files, credits_, [*warnings, *terms], _configs(folder / CARD),
    )  # fmt: skip
    return shipment, [*wrong, *failed, *unlawful]


def _manifest(folder: Path) -> dict[str, Any]:
    manifest = _json(folder / MANIFEST)
    needed = {"benchmark", "version", "build", "subset", "cases", "files"}
    if lacking := needed - manifest.keys():
        raise InputMissing(f"{folder / MANIFEST} is of no release: no {', '.join(sorted(lacking))}")
    return manifest


def _json(path: Path) -> dict[str, Any]:
    """Return a file's object; an empty one where the file is missing or holds something else."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _files(folder: Path, wanted: Mapping[str, str]) -> tuple[list[File], list[str]]:
    """Return the files of a release, and which of them are not as they were written."""
    there = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    wrong = [f"{name} is missing" for name in sorted(wanted.keys() - there.keys())]
    extra = sorted(there.keys() - wanted.keys() - {MANIFEST})
    wrong += [f"{name} is not of this release: take it out" for name in extra]
    files = []
    for name in sorted(there.keys() & {*wanted, MANIFEST}):
        path = there[name]
        files.append(File(name, path, path.stat().st_size, _sha256(path)))
        if files[-1].sha256 != wanted.get(name, files[-1].sha256):
            wrong.append(f"{name} was changed after the release was written")
    if wrong:
        wrong.append(
            "what to do: write the release again (`benchsmith build`, `benchsmith subset`)"
        )
    return files, wrong


def _told(folder: Path, hidden: Sequence[str]) -> list[str]:
    """Return the tables that tell an answer of a hidden split."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    wrong = []
    columns = {"split", "answer"}
    for path in sorted(folder.rglob("*.parquet")) if hidden else ():
        if columns <= set(pq.read_schema(path).names):
            table = pq.read_table(path, columns=sorted(columns)).drop_null()
            told = set(pc.unique(table.column("split")).to_pylist()) & set(hidden)
            if told:
                name = path.relative_to(folder).as_posix()
                wrong.append(f"{name} tells answers of the hidden split {', '.join(sorted(told))}")
    return wrong


def _audited(folder: Path, manifest: Mapping[str, Any], home: Path) -> tuple[list[str], list[str]]:
    """Return what the release's own audit forbids, and what it warns of."""
    if (folder / VALIDITY).is_file():
        found = _json(folder / VALIDITY)
        if found.get("build") != manifest["build"]:
            return [f"{VALIDITY} is of another build than {MANIFEST}"], []
        return _failed(found, VALIDITY)
    name = manifest["benchmark"]
    document, _ = benchmark.collect(home / "benchmarks" / f"{name}.yaml", Problems(home))
    if document is not None and "validity" not in document.exports:
        return [], [f"readers see no audit: the exports of {name} leave `validity` out"]
    what = f"there is no {VALIDITY}: nothing says that this release was checked"
    return [f"{what}; add `validity` to the exports of {name} and build again"], []


def _failed(found: Mapping[str, Any], name: str) -> tuple[list[str], list[str]]:
    """Return the failures and the warnings in an audit's file."""
    try:
        audit = from_json(found)
    except (KeyError, TypeError):
        return [f"{name} cannot be read as verdicts"], []
    warnings = []
    for v in audit.verdicts:
        if v.waived_by:
            warnings.append(f"audit {v.check}: {v.says}")
        elif v.outcome == NOT_RUN:
            warnings.append(f"audit {v.check}: not run: {v.says}")
        elif v.outcome == WARN or (v.outcome == FAIL and not v.hard):
            warnings.append(f"audit {v.check}: {v.outcome}: {v.says}")
    return reasons(audit), warnings


def _credits(
    folder: Path, licences: Mapping[str, Licence]
) -> tuple[list[Credit], list[str], list[str]]:
    """Return whose pictures go, what their licences forbid, and what they ask."""
    known = {key: one for one in licences.values() for key in (one.id, one.name)}
    counts = _said(folder)
    if not counts:
        return (
            [],
            [
                "nothing says whose pictures these are: add `attribution` to the exports, and build again"
            ],
            [],
        )
    found: dict[tuple[str, str], int] = {}
    wrong, warnings = set(), set()
    for (source, licence), n in counts.items():
        terms = known.get(licence)
        if terms is None:
            wrong.add(f"{source}: its licence {licence!r} is not in lexicon/licences.tsv")
            continue
        found[source, terms.name] = max(n, found.get((source, terms.name), 0))
        if not terms.redistribute:
            wrong.add(
                f"{source}: {terms.name} forbids to pass its pictures on: leave the source out"
            )
        if not terms.url:
            warnings.add(f"{source}: own terms ({terms.name}): say them in the recipe's citation")
        if not terms.commercial:
            warnings.add(f"{source}: {terms.name}: no commercial use")
    credits_ = [Credit(source, licence, n) for (source, licence), n in sorted(found.items())]
    return credits_, sorted(wrong), sorted(warnings)


def _said(folder: Path) -> Counter[tuple[str, str]]:
    """Count the questions of each (source, licence), as the attribution and the tables say it.

    The attribution spells a licence's name and the tables its id, so that neither hides the other.
    """
    import pyarrow.parquet as pq

    counts = Counter[tuple[str, str]]()
    if (folder / CREDITS).is_file():
        with (folder / CREDITS).open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            told = {"source", "licence", "cases"} <= set(rows.fieldnames or ())
            for row in rows if told else ():
                counts[row["source"], row["licence"]] += int(row["cases"])
    columns = ["source", "licence"]
    for path in sorted(folder.glob("data/**/*.parquet")):
        if set(columns) <= set(pq.read_schema(path).names):
            table = pq.read_table(path, columns=columns).drop_null()
            for row in table.group_by(columns).aggregate([([], "count_all")]).to_pylist():
                counts[row["source"], row["licence"]] += row["count_all"]
    return counts


def _configs(card: Path) -> list[str]:
    """Return the configs that a card's header declares, the default first."""
    parts = card.read_text("utf-8").split("---\n", 2) if card.is_file() else []
    if len(parts) < 3 or parts[0]:
        return []
    try:
        said = YAML(typ="safe", pure=True).load(parts[1])
    except YAMLError:
        return []
    configs = said.get("configs") if isinstance(said, dict) else None
    rows = [c for c in configs or [] if isinstance(c, dict) and "config_name" in c]
    rows.sort(key=lambda c: not c.get("default", False))
    return [str(c["config_name"]) for c in rows]
