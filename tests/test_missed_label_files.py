"""A label file that a pattern only nearly means is not a proof that nothing was found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from benchsmith import plugins
from benchsmith.core.absent_labels import ANY_LABEL
from benchsmith.documents.benchmark import Slices
from benchsmith.documents.labels import Yolo
from benchsmith.documents.recipe import Data, Recipe, Samples, Source
from benchsmith.stages.ingest import Ingested, ingest
from benchsmith.stages.list_units import list_units
from benchsmith.text import path_misses


def read(folder: Path) -> Ingested:
    """Read the labels of the picture `c` as a build does."""
    (folder / "data/images").mkdir(parents=True)
    grey = np.add.outer(np.arange(64), np.arange(80)).astype(np.uint8)
    PIL.Image.fromarray(grey).save(folder / "data/images/c.png")
    labels = Yolo(
        kind="yolo", file="labels/{key}.txt", names={0: "nodule"}, exhaustive=True,
        nothing="no finding", without_file="nothing",
    )  # fmt: skip
    samples = Samples(images="images/{key}.png", modality="x-ray", labels=(labels,))
    recipe = Recipe(
        title="t", version="1", homepage="https://example.org", licence="mit", citation="none",
        labels_are="manual", verified=True, data=Data(path="data"), samples=(samples,),
    )  # fmt: skip
    source = Source("own", folder, folder / "recipe.yaml", recipe)
    readers = plugins.readers()
    ((unit,), _) = list_units(source, {"": folder / "data"}, readers)
    return ingest(unit, Slices(min_share=0.0), readers)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("labels/C.txt", "name-case"),
        ("Labels/c.txt", "name-case"),
        ("labels/c.txt/part.txt", "not-a-file"),
        ("link", "link-outside"),
    ],
)
def test_a_file_in_another_case_leaves_the_labels_unknown(
    tmp_path: Path, name: str, reason: str
) -> None:
    """The picture was labelled as without a finding."""
    (tmp_path / "data/labels").mkdir(parents=True)
    if name == "link":
        (tmp_path / "outside.txt").write_text("0 0.5 0.5 0.25 0.5\n")
        (tmp_path / "data/labels/c.txt").symlink_to(tmp_path / "outside.txt")
    else:
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "data" / name).write_text("0 0.5 0.5 0.25 0.5\n")
    found = read(tmp_path)
    assert [finding.raw for finding in found.findings] == []
    assert [one.reason for one in found.rejected] == [reason]


@pytest.mark.parametrize("other", ["labels/cc.txt", "labels/d.TXT"])
def test_a_picture_without_a_file_is_still_without_finding(tmp_path: Path, other: str) -> None:
    (tmp_path / "data/labels").mkdir(parents=True)
    (tmp_path / "data" / other).write_text("0 0.5 0.5 0.25 0.5\n")
    (finding,) = read(tmp_path).findings
    assert finding.raw == "no finding"
    assert ANY_LABEL not in finding.searched.unknown


def test_an_ending_in_another_case_is_read(tmp_path: Path) -> None:
    (tmp_path / "data/labels").mkdir(parents=True)
    (tmp_path / "data/labels/c.TXT").write_text("0 0.5 0.5 0.25 0.5\n")
    boxes = [f.box for f in read(tmp_path).findings if f.box is not None]
    assert [(b.x0, b.y0, b.x1, b.y1) for b in boxes] == [(30, 16, 50, 48)]


@pytest.mark.parametrize(
    ("pattern", "number", "name", "hint"),
    [
        ("m_{n}.png", "0012", "m_012.png", "`{n=3}` instead of `{n}`"),
        ("m_{n}.png", "0012", "m_12.png", "`{n=1}` instead of `{n}`"),
        ("m_{n}.png", "7", "m_0007.png", "`{n=4}` instead of `{n}`"),
        ("m_{n=3}.png", "0012", "m_12.png", ""),
        ("m_{n}.png", "12a", "m_012a.png", ""),
    ],
)
def test_the_shape_that_finds_a_number_with_other_zeros_is_named(
    tmp_path: Path, pattern: str, number: str, name: str, hint: str
) -> None:
    (tmp_path / name).touch()
    missed = path_misses.other_zeros(tmp_path, pattern, {"n": number})
    assert [(m.name, hint in m.detail) for m in missed] == ([(name, True)] if hint else [])
