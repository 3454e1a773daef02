"""A release that is to be published: its contents, and all reasons against publishing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from benchsmith.audits import unread_headers
from benchsmith.core.build_files import AUDIT, LATEST, MANIFEST, RELEASE_FOLDER
from benchsmith.core.errors import GateFailed, InputMissing
from benchsmith.core.model import SPLITS
from benchsmith.documents.lexicon import Licence
from benchsmith.publish.licence_terms import Credit, attribution
from benchsmith.publish.release_checks import (
    File,
    audit_findings,
    failures,
    hidden_answers,
    read_object,
    release_files,
)
from benchsmith.tables.file_digests import sha256_of

CARD = "README.md"


@dataclass(frozen=True, slots=True)
class Shipment:
    """A release that may be published."""

    folder: Path
    benchmark: str
    version: str
    build: str
    subset: str
    cases: Mapping[str, int]
    """Number of questions by split."""
    files: Sequence[File]
    """By name, with the manifest."""
    credits: Sequence[Credit]
    warnings: list[str]
    """What does not prevent publishing but should be known before."""
    configs: Sequence[str]
    """The configs that the card declares, the default first."""

    def hold_apart(self, foreign: Iterable[str], place: str) -> list[str]:
        """Return the files at a destination, among `foreign`, that do not belong to this release.

        They may lie beside it, such as a licence or a notebook. Raises GateFailed if one lies in a folder of the
        release: the card and the harnesses read folders by patterns, so its rows would be taken for questions.
        """
        own = {file.name for file in self.files}
        folders = {name.partition("/")[0] for name in own if "/" in name}
        others = sorted(set(foreign) - own)
        within = [name for name in others if "/" in name and name.partition("/")[0] in folders]
        if within:
            some = ", ".join(within[:3]) + (", ..." if len(within) > 3 else "")
            what = f"{place} has files in folders of the release that belong to none ({some})"
            raise GateFailed([f"{what}: they would be read as part of it; remove them there"])
        return others


def of_benchmark(home: Path, output: Path, name: str, licences: Mapping[str, Licence]) -> Shipment:
    """Return the release of a benchmark's last build.

    Raises InputMissing if it is not built, and GateFailed with all reasons against publishing it.
    """
    place = output / name
    if not (place / RELEASE_FOLDER / MANIFEST).is_file():
        raise InputMissing(f"{name} is not built: run `benchsmith build {name}` first")
    manifest = _manifest(place / RELEASE_FOLDER)
    build = manifest["build"]
    found = _gather(place / RELEASE_FOLDER, manifest, home, licences)
    wrong = list(found[1])
    if read_object(place / LATEST).get("export", {}).get("all", build) != build:
        wrong.append(
            f"the last build of {name} did not finish, and release/ is from an earlier build: run "
            f"`benchsmith build {name}` to see why"
        )
    export = read_object(place / "stages/export" / build / MANIFEST)
    if line := unread_headers.not_searched(export.get(unread_headers.KEY, ())):
        found[0].warnings.append(line)
    record = export.get("files", {}).get(MANIFEST)
    if record and record != sha256_of(place / RELEASE_FOLDER / MANIFEST):
        wrong.append(f"{MANIFEST} was changed after the build")
    beside = read_object(place / AUDIT)
    if beside.get("build") == build:
        wrong += [r for r in failures(beside, AUDIT).forbidden if r not in wrong]
    if wrong:
        raise GateFailed(wrong)
    return found[0]


def of_folder(home: Path, folder: Path, licences: Mapping[str, Licence]) -> Shipment:
    """Return the release in a folder, such as `benchsmith subset` writes.

    Raises InputMissing if there is none, and GateFailed as :func:`of_benchmark` does.
    """
    if not (folder / MANIFEST).is_file():
        raise InputMissing(f"{folder} is not a release: it has no {MANIFEST}")
    found, wrong = _gather(folder, _manifest(folder), home, licences)
    if wrong:
        raise GateFailed(wrong)
    return found


def _gather(
    folder: Path, manifest: Mapping[str, Any], home: Path, licences: Mapping[str, Licence]
) -> tuple[Shipment, list[str]]:
    """Return a release and the reasons against publishing it."""
    files, wrong = release_files(folder, manifest["files"])
    failed, warnings = audit_findings(folder, manifest, home)
    credits_, unlawful, terms = attribution(folder, licences)
    if not (folder / CARD).is_file():
        warnings.append(f"there is no {CARD}: the page on the Hub will be empty")
    wrong += hidden_answers(folder, manifest.get("hidden", ()))
    shipment = Shipment(
        folder, manifest["benchmark"], manifest["version"], manifest["build"], manifest["subset"],
        {s: manifest["cases"][s] for s in SPLITS if s in manifest["cases"]}, files, credits_, [*warnings, *terms], _configs(folder / CARD),
    )  # fmt: skip
    return shipment, [*wrong, *failed, *unlawful]


def _manifest(folder: Path) -> dict[str, Any]:
    manifest = read_object(folder / MANIFEST)
    needed = {"benchmark", "version", "build", "subset", "cases", "files"}
    if lacking := needed - manifest.keys():
        raise InputMissing(
            f"{folder / MANIFEST} does not belong to a release: it lacks "
            f"{', '.join(sorted(lacking))}"
        )
    return manifest


def _configs(card: Path) -> list[str]:
    """Return the configs that a card's header declares, the default first."""
    parts = card.read_text("utf-8").split("---\n", 2) if card.is_file() else []
    if len(parts) < 3 or parts[0]:
        return []
    try:
        header = YAML(typ="safe", pure=True).load(parts[1])
    except YAMLError:
        return []
    configs = header.get("configs") if isinstance(header, dict) else None
    rows = [c for c in configs or [] if isinstance(c, dict) and "config_name" in c]
    rows.sort(key=lambda c: not c.get("default", False))
    return [str(c["config_name"]) for c in rows]
