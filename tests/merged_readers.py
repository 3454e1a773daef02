"""Masks and tables of several readers, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image

from benchsmith import plugins
from benchsmith.core.contracts import Annotations
from benchsmith.documents.benchmark import Slices
from benchsmith.documents.recipe import Data, Recipe, Samples, Source
from benchsmith.stages.ingest import Ingested, ingest
from benchsmith.stages.list_units import list_source
from tests.test_annotations import picture, read

SIDE = 64


def staple_by_hand(masks: Sequence[np.ndarray]) -> np.ndarray:
    """Return STAPLE's truth by equations 14, 15, 18 and 19 of Warfield, Zou and Wells (2004)."""
    votes = np.stack([m.ravel() for m in masks]).astype(float)
    prior = votes.mean()
    p = q = np.full(len(masks), 0.9999)
    for _ in range(500):
        a = prior * np.prod(np.where(votes == 1, p[:, None], 1 - p[:, None]), axis=0)
        b = (1 - prior) * np.prod(np.where(votes == 0, q[:, None], 1 - q[:, None]), axis=0)
        weight = a / (a + b)
        p = (votes * weight).sum(axis=1) / weight.sum()
        q = ((1 - votes) * (1 - weight)).sum(axis=1) / (1 - weight).sum()
    return (weight >= 0.5).reshape(masks[0].shape)


def merge(folder: Path, how: str, **more: Any) -> Annotations:
    entry = {"kind": "merge", "how": how, **more,
             "of": {"kind": "masks", "file": "m/{reader}.png", "label": "lesion"}}  # fmt: skip
    return read(entry, folder, picture(folder, np.zeros((SIDE, SIDE), np.uint8)))


def ingested(folder: Path, **entry: Any) -> tuple[dict[str, Ingested], dict[str, list[str]]]:
    """Read a folder by one samples entry; return what each picture gave and what was refused."""
    samples = Samples.model_validate({"modality": "x-ray", **entry})
    recipe = Recipe(
        title="t", version="1", homepage="https://example.org", licence="mit", citation="none",
        labels_are="manual", verified=True, data=Data(path="data"), samples=(samples,),
    )  # fmt: skip
    source = Source("set", folder, folder / "recipe.yaml", recipe)
    readers = plugins.readers()
    listed = list_source(source, {"": folder, "recipe": folder}, readers)
    refused: dict[str, list[str]] = {}
    for rejection in listed.rejected:
        refused.setdefault(rejection.reason, []).append(f"{rejection.subject} {rejection.detail}")
    return {u.key: ingest(u, Slices(), readers) for u in listed.units}, refused


def photographs(folder: Path, *names: str) -> None:
    (folder / "img").mkdir()
    ramp = np.add.outer(np.arange(100), np.arange(120)).astype(np.uint8)
    for name in names:
        PIL.Image.fromarray(ramp).save(folder / f"img/{name}.png")
