"""Tests a draft by reading a few of its pictures, and corrects what the readers report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pydantic

from benchsmith.core.contracts import Plugins
from benchsmith.core.model import Rejection
from benchsmith.core.reasons import REASONS
from benchsmith.documents.benchmark import Slices
from benchsmith.documents.recipe import Recipe, Source
from benchsmith.drafting.recipes.proposal import EACH, Labels, Samples
from benchsmith.stages.ingest import ingest
from benchsmith.stages.list_units import list_source
from benchsmith.text.normal_form import counted

UNITS = 3
"""Pictures of each entry that are read."""
VOLUMES = (".nii", ".nrrd", ".mha", ".mhd")
"""Parts of the names of volumes."""
ROUNDS = 4
SCALED = ("volume", "masks", "colours", "instances")
"""Kinds of masks that may have another size than their picture."""


@dataclass(slots=True)
class Trial:
    """The result of reading a few pictures."""

    units: Counter[int] = field(default_factory=Counter)
    """Pictures by entry, read or not."""
    findings: Counter[int] = field(default_factory=Counter)
    read: Counter[int] = field(default_factory=Counter)
    bare: Counter[int] = field(default_factory=Counter)
    """Pictures that were read without a fault, and in which nothing is marked."""
    faults: list[tuple[int, Rejection]] = field(default_factory=list)
    listing: list[Rejection] = field(default_factory=list)
    """What the listing rejects: rows without a picture, pictures without a row, shared keys."""
    broken: str = ""
    patients: dict[int, set[str]] = field(default_factory=dict)


def source_of(samples: list[Samples], folder: Path, name: str = "draft") -> Source:
    """Return a source that reads a folder with a draft. Raises ValueError for an invalid draft."""
    plain: dict[str, Any] = {
        "title": "draft", "version": "0", "homepage": "https://example.org", "licence": "draft",
        "citation": "draft", "labels_are": "manual", "verified": False, "data": {"path": "data"},
        "samples": [entry.plain() for entry in samples],
    }  # fmt: skip
    return Source(name, folder, folder / "recipe.yaml", Recipe.model_validate(_tuples(plain)))


def _tuples(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _tuples(v) for k, v in value.items()}
    return tuple(_tuples(v) for v in value) if isinstance(value, list | tuple) else value


def read_some(samples: list[Samples], folder: Path, readers: Plugins, units: int = UNITS) -> Trial:
    """Read the first, the last and a middle picture of each entry."""
    trial = Trial()
    try:
        source = source_of(samples, folder)
    except pydantic.ValidationError as error:
        trial.broken = str(error)
        return trial
    listed = list_source(source, {"": folder, "recipe": folder}, readers)
    trial.listing = listed.rejected
    for number in range(len(samples)):
        own = [u for u in listed.units if u.entry == number]
        trial.units[number] = len(own)
        trial.patients[number] = {u.patient for u in own}
        chosen = sorted({round(i * (len(own) - 1) / max(1, units - 1)) for i in range(units)})
        for unit in [own[i] for i in chosen if own]:
            result = ingest(unit, Slices(min_share=0.0), readers)
            trial.findings[number] += len(result.findings)
            trial.read[number] += 1
            faults = [(number, r) for r in result.rejected if REASONS[r.reason].fault]
            trial.bare[number] += not faults and not result.findings
            trial.faults += faults
    return trial


def mend(samples: list[Samples], folder: Path, readers: Plugins) -> Trial:
    """Read some pictures, set the keys that the readers require, and read again."""
    trial = read_some(samples, folder, readers)
    for _ in range(ROUNDS):
        changed = False
        for number, fault in trial.faults:
            changed |= _mend(samples[number], fault)
        if not changed:
            break
        trial = read_some(samples, folder, readers)
    return trial


def asked_of_patients(samples: list[Samples], trial: Trial) -> None:
    """Ask about the patients of each entry, with the groups that its rule makes."""
    for number, entry in enumerate(samples):
        patients, pictures = trial.patients.get(number, set()), trial.units[number]
        example = min(patients, default="").partition("/")[2]
        what = f"{counted(len(patients), 'patient')} with {counted(pictures, 'picture')}"
        if entry.patient == EACH:
            why = (
                "the file names no patients, so each picture is assumed to show a different person"
            )
            entry.decide["patient"] = f"{what}: {why}; `key` assumes that all show one person"
            continue
        entry.decide["patient"] = f"{what}, such as {example!r}: is each of them one person?"


def without_useless(
    samples: list[Samples], trial: Trial, folder: Path, readers: Plugins
) -> list[str]:
    """Remove labels entries that read nothing in any tested picture; return them in words."""
    dropped = []
    for number, entry in enumerate(samples):
        if len(entry.labels) < 2 or number not in {n for n, _ in trial.faults}:
            continue
        kept = []
        for labels in entry.labels:
            alone = replace(entry, labels=[labels])
            found = read_some([alone], folder, readers)
            if found.findings[0] or found.broken:
                kept.append(labels)
            else:
                why = found.faults[0][1].detail if found.faults else "nothing was read"
                dropped.append(f"{labels.one.get('file', labels.one['kind'])}: {why}")
        entry.labels = kept or entry.labels
    return dropped


def _mend(samples: Samples, fault: Rejection) -> bool:
    drawn = [
        e for e in samples.labels if e.one["kind"] not in ("path", "sheet", "arrays", "columns")
    ]
    volumes = [e for e in drawn if e.one["kind"] in ("volume", "masks")]
    match fault.reason:
        case "frame-unstated":
            return _set(
                drawn,
                "frame",
                "stored",
                "do the marks refer to the pixels as the file stores them?",
            )
        case "outline-mask":
            return _set(volumes, "fill", True, "the masks are lines: do they mean the area inside?")
        case "grid-mismatch" | "shape-mismatch":
            if "resample" in fault.detail:
                why = (
                    "the labels are on another grid than the pictures; "
                    "do they belong to the same scan?"
                )
                return _set(volumes, "grid", "resample", why)
            scaled = [e for e in drawn if e.keys["kind"] in SCALED]
            if "resize: nearest" in fault.detail:
                why = "the masks differ in size from the pictures; do both show the same field?"
                return _set(scaled, "resize", "nearest", why)
        case "run-lengths-unsound":
            runs = [e for e in drawn if e.keys["kind"] == "run-lengths"]
            why = "the runs are not in order: does each start count from the end of the run before?"
            return _set(runs, "starts", "relative", why)
        case "another-patient":
            objects = [e for e in drawn if e.one["kind"] in ("dicom-seg", "rtstruct")]
            return _set(objects, "identity", "ignore", f"the headers differ: {fault.detail}")
        case "value-without-name":
            masks = [e for e in drawn if e.one["kind"] == "masks"]
            # a volume with many values is not a mask with grey edges but the image beside the masks
            if "threshold" in fault.detail and not any(one in fault.subject for one in VOLUMES):
                return _set(masks, "threshold", 128, "the masks have grey edges")
        case "header":
            if "qform" in fault.detail and not samples.nifti_transform:
                samples.nifti_transform = "qform"
                samples.decide["nifti_transform"] = "the headers contain two different transforms"
                return True
    return False


def _set(entries: list[Labels], key: str, value: Any, why: str) -> bool:
    changed = False
    for entry in entries:
        if key not in entry.one:
            entry.one[key] = value
            entry.ask(key, why)
            changed = True
    return changed
