"""One release in every format, its cases, and their loaders."""

from __future__ import annotations

import importlib.util
import json
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import datasets
import numpy as np
import numpy.typing as npt
import PIL.Image
import pyarrow.parquet as pq
import pytest

from tests import releases
from tests.conftest import Project, once


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project whose benchmark is written in every format; tests must not change it.

    It is one for all processes, and no copy: equal pictures of its release are linked.
    """

    def build(folder: Path) -> None:
        project = releases.write(folder, "published: 2026-11-29\nlink_pictures: true\n")
        said = project.run("build", "small", "--workers", "1")
        assert (
            "every picture is in the release 4 times: data, plain, vlmevalkit, webdataset" in said
        )

    return Project(once(tmp_path_factory, "full", build))


@pytest.fixture(scope="module")
def cases(full: Project) -> dict[str, dict[str, Any]]:
    rows = pq.read_table(full.release / "data").to_pylist()
    return {row["id"]: row for row in rows}


def load(full: Project, tmp_path: Path, *config: str, split: str) -> Any:
    return datasets.load_dataset(str(full.release), *config, split=split, cache_dir=str(tmp_path))


def full_counts(full: Project) -> dict[str, int]:
    return dict(json.loads((full.release / "manifest.json").read_text())["cases"])


def pixels(png: bytes) -> npt.NDArray[np.uint8]:
    return np.asarray(PIL.Image.open(BytesIO(png)).convert("RGB"))


def module_of(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
