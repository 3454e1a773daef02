"""Volumes kept between ingest and render: the same pictures, without a second reading, as long as there is room."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest

from benchsmith import plugins
from benchsmith.core.absent_labels import Searched
from benchsmith.core.contracts import DataFault, Image, Layer, Plugins, Structure
from benchsmith.core.drawing import Drawing
from benchsmith.core.model import Finding
from benchsmith.documents import recipe
from benchsmith.documents.benchmark import Slices
from benchsmith.documents.problems import Problems
from benchsmith.imaging.memory_order import laid
from benchsmith.stages import kept_volumes
from benchsmith.stages.ingest import ingest
from benchsmith.stages.kept_volumes import KeptVolumes, kept_in
from benchsmith.stages.label_layers import SourceLayer
from benchsmith.stages.list_units import list_units
from benchsmith.stages.render import Drawn, draw
from benchsmith.stages.units import Unit
from tests.test_ingest import HEAD

SAMPLES = """  - images: image.nii.gz
    modality: mr
    labels:
      - kind: masks
        file: "masks/{label}.nii.gz"
"""


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Unit, Plugins]:
    """Return a unit of one MR with two overlapping masks, turned in its file."""
    monkeypatch.setattr(kept_volumes, "LEAST_BYTES", 0)
    monkeypatch.setattr(kept_volumes, "BYTES_A_SECOND", 1 << 60)
    (tmp_path / "data/masks").mkdir(parents=True)
    x, y, z = np.indices((24, 20, 22))
    place = np.diag([-1.0, 1.2, -1.1, 1.0])
    image = (x * 9 + y * 31 + z * 3).astype(np.int16)
    nib.save(nib.Nifti1Image(image, place), tmp_path / "data/image.nii.gz")
    for name, low, high in (("liver", 3, 12), ("spleen", 8, 17)):
        mask = (np.minimum(np.minimum(x, y), z) >= low) & (np.maximum(np.maximum(x, y), z) < high)
        kept = tmp_path / f"data/masks/{name}.nii.gz"
        nib.save(nib.Nifti1Image(mask.astype(np.uint8), place), kept)
    (tmp_path / "recipe.yaml").write_text(HEAD + SAMPLES)
    problems = Problems(tmp_path)
    found = recipe.collect(tmp_path, problems)
    assert found is not None, problems.found
    readers = plugins.readers()
    units, rejected = list_units(found, {"": tmp_path / "data"}, readers)
    assert not rejected
    return units[0], readers


def drawings(findings: Sequence[Finding]) -> list[Drawing]:
    return [
        Drawing(
            view="contour",
            kind=f.kind,
            axis=f.axis,
            index=f.index,
            crop=None,
            window="",
            layer=f.layer,
            value=f.value,
        )
        for f in findings
    ]


def unread(readers: Plugins) -> Plugins:
    """Return readers that read no file."""

    def refuse(*_: Any) -> Image:
        raise AssertionError("a file was read again")

    return replace(readers, read_image=refuse, read_labels=refuse)


def test_pictures_are_drawn_without_reading_again_and_have_the_same_bytes(
    source: tuple[Unit, Plugins], tmp_path: Path
) -> None:
    unit, readers = source

    def drawn(readers: Plugins, kept: KeptVolumes | None) -> list[Drawn]:
        rows = drawings(measured.findings)
        sha256 = measured.samples[0].sha256
        return draw(unit, sha256, rows, {}, 64, readers, plugins.painter(), kept=kept)

    with kept_in(tmp_path) as kept:
        assert kept is not None
        measured = ingest(unit, Slices(per_label=2), readers, kept=kept)
        assert {f.layer for f in measured.findings} == {0, 1}
        again = drawn(readers, None)
        assert drawn(unread(readers), kept) == again
        # a file that is not the one that was measured is not drawn from
        os.utime(unit.path, ns=(1, 1))
        with pytest.raises(AssertionError):
            drawn(unread(readers), kept)
        unit.path.write_bytes(b"another")
        with pytest.raises(DataFault) as caught:
            drawn(readers, kept)
        assert "has changed" in caught.value.detail
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_no_more_is_kept_than_there_is_room_for(
    source: tuple[Unit, Plugins], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit, readers = source
    size = 24 * 20 * 22 * (2 + 2)
    for most, count, fits in (
        (size + 64 * 3, 1000, True),
        (size - 1, 1000, False),
        (1 << 30, 0, False),
    ):
        monkeypatch.setattr(kept_volumes, "MAX_FILES", count)
        with kept_in(tmp_path) as kept:
            assert kept is not None
            small = replace(kept, most=most)
            measured = ingest(unit, Slices(), readers, kept=small)
            found = small.find(unit, measured.samples[0].sha256, [unit.path])
            assert (found is not None) == fits
    with kept_in(tmp_path, at_all=False) as kept:
        assert kept is None


def test_a_file_that_another_worker_renames_takes_no_room(
    source: tuple[Unit, Plugins], tmp_path: Path
) -> None:
    unit, readers = source
    with kept_in(tmp_path) as kept:
        assert kept is not None
        # as a name that is gone between the listing and the question for its size
        (kept.folder / "gone").symlink_to(tmp_path / "nowhere")
        measured = ingest(unit, Slices(), readers, kept=kept)
        assert kept.find(unit, measured.samples[0].sha256, [unit.path]) is not None


def test_a_full_disk_leaves_nothing(
    source: tuple[Unit, Plugins], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept_volumes, "_write", full)
    unit, readers = source
    with kept_in(tmp_path) as kept:
        assert kept is not None
        assert ingest(unit, Slices(), readers, kept=kept).findings
        assert not list(kept.folder.iterdir())
    # the folder is gone: nothing is kept, and nothing fails
    assert ingest(unit, Slices(), readers, kept=kept).findings


def test_what_is_kept_is_what_was_read(source: tuple[Unit, Plugins], tmp_path: Path) -> None:
    unit, _ = source
    searched = Searched(labels=("*",), unknown=("x", "y"))
    place = np.diag([0.1, 1 / 3, 2.5, 1])
    base = np.arange(2 * 3 * 4).reshape(2, 3, 4)
    with kept_in(tmp_path) as kept:
        assert kept is not None
        for kind in (np.int16, np.float32, np.uint8):
            for shown in (base, base[::-1], base.transpose(2, 0, 1), base.T[:, ::-1, ::2]):
                voxels = shown.astype(kind, order="K")
                image = Image(
                    voxels,
                    place,
                    planar=False,
                    unit="HU",
                    note="n",
                    exif_orientation=3,
                    place=place + 1,
                    other_affine=place + 2,
                    aspect=1.1,
                    oriented=False,
                    level_size=(3, 4),
                )
                layer = Layer(np.abs(shown).astype(np.uint16), {3: Structure("a", "b", box=True)})
                layers = [SourceLayer(layer, searched)]
                assert kept.keep(unit, "digest", [unit.path], image, layers)
                found = kept.find(unit, "digest", [unit.path])
                assert found is not None
                assert found[0].voxels.dtype == kind
                assert found[0].voxels.tolist() == voxels.tolist()
                for field in fields(Image):
                    ours, theirs = getattr(found[0], field.name), getattr(image, field.name)
                    assert np.array_equal(ours, theirs), field.name
                assert found[1][0].layer.structures == layer.structures
                assert found[1][0].layer.voxels.tolist() == layer.voxels.tolist()
                assert found[1][0].searched == searched
                assert kept.find(unit, "another", [unit.path]) is None
        planar = Image(base[:1], None, planar=True)
        assert not kept.keep(unit, "digest", [unit.path], planar, [])


def test_an_array_in_its_order_of_memory_is_a_view_and_comes_back() -> None:
    stored = np.arange(24).reshape(2, 3, 4)
    shown = stored.transpose(1, 2, 0)[::-1, :, ::-1]
    found = laid(shown)
    assert found.values.base is stored.base
    assert found.values.tolist() == stored.tolist()
    assert found.shown().tolist() == shown.tolist()
