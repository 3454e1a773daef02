"""Codes in the names of masks, numbers with other zeros, and named arrays of .npz files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from pydantic import ValidationError

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Image, Reading
from benchsmith.text import path_patterns
from tests.label_entries import parsed
from tests.test_annotations import read

FORMS: list[Any] = [
    {"liver": "0001", "spleen": "0002"},
    {"liver": 1, "spleen": 2},
    {"1": "liver", "0002": "spleen"},
]
MASKS = {"kind": "masks", "file": "masks/{key}--{label=4}_*.png"}


@pytest.fixture
def picture(tmp_path: Path) -> Image:
    """Return a picture with masks of two livers and a spleen, each of one pixel more than the last."""
    (tmp_path / "masks").mkdir()
    for number, name in enumerate(("0001_000", "0001_001", "0002_000"), start=4):
        mask = np.zeros((20, 30), np.uint8)
        mask[2:4, number * 3 : number * 4] = 255
        PIL.Image.fromarray(mask).save(tmp_path / f"masks/ct--A--x_1--{name}.png")
    PIL.Image.fromarray(np.zeros((20, 30), np.uint8)).save(tmp_path / "image.png")
    return formats.read(tmp_path / "image.png")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("nested", [True, False])
def test_codes_in_names_of_masks_are_explained_by_a_file(
    tmp_path: Path, picture: Image, form: Any, nested: bool
) -> None:
    other = {"kidney": "1"} if isinstance(next(iter(form.values())), str) else {"kidney": 1}
    (tmp_path / "map.json").write_text(json.dumps({"A": form, "B": other} if nested else form))
    entry = {**MASKS, "names_file": "map.json"} | ({"names_at": "{set}"} if nested else {})
    found = read(entry, tmp_path, picture, key="ct--A--x_1", set="A")
    raws = sorted(s.raw for layer in found.layers for s in layer.structures.values())
    assert raws == ["liver", "liver", "spleen"] and not found.faults
    stated = {s.stated_at: s.raw for layer in found.layers for s in layer.structures.values()}
    assert stated["ct--A--x_1--0002_000.png"] == "spleen"
    if nested:
        with pytest.raises(DataFault, match="has no object 'C'"):
            read(entry, tmp_path, picture, key="ct--A--x_1", set="C")


def test_codes_in_names_of_masks_are_explained_by_the_recipe(
    tmp_path: Path, picture: Image
) -> None:
    found = read({**MASKS, "names": {"1": "liver"}}, tmp_path, picture, key="ct--A--x_1")
    raws = sorted(s.raw for layer in found.layers for s in layer.structures.values())
    assert raws == ["liver", "liver"]
    (fault,) = found.faults
    assert (fault.reason, fault.detail) == ("value-without-name", "the code '0002' has no name")
    assert "0002" not in found.looked_for


@pytest.mark.parametrize(
    "tree", [[1], {"liver": "one"}, {"liver": 1, "gall": "0001"}, {"1": "a", "01": "b"}, {}]
)
def test_a_file_of_codes_that_says_no_names_is_refused(
    tmp_path: Path, picture: Image, tree: Any
) -> None:
    (tmp_path / "map.json").write_text(json.dumps(tree))
    with pytest.raises(DataFault):
        read({**MASKS, "names_file": "map.json"}, tmp_path, picture, key="ct--A--x_1")


@pytest.mark.parametrize(
    "keys",
    [
        {"names": {"1": "a"}, "names_file": "m.json"},
        {"names_at": "{key}"},
        {"names": {"1": "a"}, "union": {"c": ["b"]}},
    ],
)
def test_keys_that_contradict_one_another_are_refused(keys: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        parsed(MASKS | keys)


@pytest.mark.parametrize(
    ("pattern", "value", "filled"),
    [
        ("m_{n=3}.png", "0007", "m_007.png"),
        ("m_{n=3}.png", "7", "m_007.png"),
        ("m_{n=3}.png", "1234", "m_1234.png"),
        ("m_{n=1}.png", "0000", "m_0.png"),
        ("m_{n=1}.png", "010", "m_10.png"),
        ("m_{n=3}.png", "a7", "m_a7.png"),
        ("m_{n}.png", "0007", "m_0007.png"),
        ("m_{n=digits}.png", "0007", "m_0007.png"),
    ],
)
def test_a_number_of_characters_sets_the_zeros_before_a_number(
    pattern: str, value: str, filled: str
) -> None:
    assert path_patterns.fill(pattern, {"n": value}) == filled
    assert path_patterns.values_in(pattern, {"n": value}, ["n"]) == (filled[2:-4],)


def test_a_picture_and_labels_are_named_arrays_of_one_file(tmp_path: Path) -> None:
    """As MedSAM has them, beside arrays of Python objects that are never read."""
    voxels = (np.arange(5 * 20 * 30) % 251).astype(np.uint8).reshape(5, 20, 30)
    labels = (voxels > 200).astype(np.uint8)
    words = np.array({"1": "liver"}, dtype=object)
    path = tmp_path / "a.npz"
    np.savez_compressed(path, imgs=voxels, gts=labels, spacing=(1.0, 1.0, 5.0), text_prompts=words)
    image = formats.read(path, Reading(variable="imgs", spacing_mm=(5.0, 1.0, 2.0)))
    assert np.array_equal(image.voxels, voxels) and not image.oriented and not image.planar
    assert image.spacing_mm == pytest.approx((5.0, 1.0, 2.0))
    assert formats.read(path, Reading(variable="imgs")).affine is None
    one = formats.read(path, Reading(variable="imgs", part="3"))
    assert one.planar and np.array_equal(one.voxels[0], voxels[3])
    assert np.array_equal(formats.read_labels(path, Reading(variable="gts")).voxels, labels)
    for name, match in (("nothing", "no array 'nothing'"), ("text_prompts", "pickled objects")):
        with pytest.raises(DataFault, match=match):
            formats.read(path, Reading(variable=name))
    np.savez(tmp_path / "b.npz", imgs=np.repeat(voxels[0][..., None], 3, 2), gts=labels[0])
    colour = formats.read(tmp_path / "b.npz", Reading(variable="imgs"))
    assert colour.planar and colour.voxels.shape == (1, 20, 30, 3)
    with pytest.raises(DataFault, match="has no parts"):
        formats.read(tmp_path / "b.npz", Reading(variable="gts", part="0"))


def test_arrays_of_a_file_are_listed_by_name(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", imgs=np.zeros((3, 4, 5)), gts=np.zeros((3, 4, 5)))
    np.save(tmp_path / "b.npy", np.zeros((4, 5)))
    assert formats.variables(tmp_path / "a.npz") == ["gts", "imgs"]
    assert formats.variables(tmp_path / "b.npy") == []
    (tmp_path / "c.npz").write_bytes(b"PK\3\4 and no more")
    with pytest.raises(DataFault, match="not a zip file"):
        formats.variables(tmp_path / "c.npz")
