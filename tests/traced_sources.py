"""A source of few files, and the rows of files that its recipe did not read."""

from __future__ import annotations

from pathlib import Path

import PIL.Image
import pytest

from benchsmith import plugins
from benchsmith.documents.problems import Problems
from benchsmith.documents.recipe import collect
from benchsmith.fetch import packages
from benchsmith.pipeline.source_files import SourceFiles, find_files
from benchsmith.tables.file_digests import Digests
from tests import world


def picture(path: Path, grey: int = 90) -> Path:
    """Write a small picture that is not blank; its format follows the ending."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = PIL.Image.new("L", (40, 30), grey)
    image.paste(200, (10, 10, 20, 20))
    image.save(path, path.suffix.lower().removeprefix(".").replace("jpg", "jpeg"))
    return path


def recipe(folder: Path, samples: str) -> Path:
    """Write a recipe with one `samples` entry, given as YAML in flow style."""
    head = 'title: s\nversion: "1"\nhomepage: https://example.org/x\nlicence: cc0-1.0\n'
    head += 'citation: "T."\nlabels_are: synthetic\nverified: true\ndata: {path: data}\n'
    world.put(folder / "recipe.yaml", f"{head}samples:\n  - {samples}\n")
    (folder / "data").mkdir(exist_ok=True)
    return folder / "data"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return the folder of a source."""
    folder = tmp_path / "raw_sources/s"
    folder.mkdir(parents=True)
    return folder


def listed(folder: Path, tmp_path: Path) -> SourceFiles:
    """Return the files of a source, as a build finds them."""
    problems = Problems(tmp_path)
    found = collect(folder, problems)
    problems.raise_any()
    assert found is not None

    roots = packages.roots(tmp_path, found)
    assert not isinstance(roots, str)
    return find_files(found, roots, plugins.readers(), Digests(tmp_path / "digests"))


def rows(files: SourceFiles) -> dict[str, str]:
    return {r.subject: r.reason for r in files.rejected}


BY_MASK = (
    '{images: "images/{key}.png", modality: ct,'
    ' labels: [{kind: masks, file: "masks/{label}/{key}.png", exhaustive: true}]}'
)


BY_YOLO = (
    '{images: "images/{key}.png", modality: ct,'
    ' labels: [{kind: yolo, file: "labels/{key}.txt", names: {0: liver}}]}'
)
