"""Arrays of classes: they fit their pictures and names, or they are refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import benchsmith.annotations
from benchsmith import formats
from benchsmith.core.contracts import Annotations, DataFault, Reading
from tests.label_entries import parsed
from tests.test_annotations import request

PICTURES = np.zeros((3, 28, 28), np.uint8)


def classes(
    tmp_path: Path, labels: Any, number: int, names: int = 3, first: int = 0
) -> Annotations:
    """Read the classes of one picture of an .npz file with three."""
    np.savez(tmp_path / "a.npz", train_images=PICTURES, train_labels=np.asarray(labels))
    part = f"train_images/{number}"
    entry = {"kind": "arrays", "names": dict(enumerate(("liver", "spleen", "cyst")[:names], first))}
    image = formats.read(tmp_path / "a.npz", Reading(part=part))
    own = replace(
        request(tmp_path, image),
        path=tmp_path / "a.npz",
        part=part,
        own_labels=lambda: formats.own_labels(tmp_path / "a.npz", part),
    )
    return benchsmith.annotations.read(parsed(entry), own)


@pytest.mark.parametrize(
    "labels",
    [
        [[0], [1]],
        [[0], [1], [2], [0]],
        np.zeros((3, 28, 28), int),
        [[1, 0], [0, 1], [1, 1]],
    ],
)
def test_arrays_that_do_not_fit_their_pictures_or_names_are_refused(
    tmp_path: Path, labels: Any
) -> None:
    """With a row more or less it is unknown which labels are of which picture."""
    for number in range(2):
        with pytest.raises(DataFault) as fault:
            classes(tmp_path, labels, number)
        assert fault.value.reason == "header"


def test_a_class_below_0_is_read_and_a_column_below_0_is_refused(tmp_path: Path) -> None:
    """The label of a column that cannot be was absent from every picture."""
    found = classes(tmp_path, [[-1], [0], [1]], 0, first=-1)
    assert [s.raw for s in found.stated] == ["liver"]
    with pytest.raises(DataFault, match="3 columns of labels from 0, and `names` has a column -1"):
        classes(tmp_path, [[1, 0, 0], [0, 1, 0], [0, 0, 1]], 0, first=-1)


def test_class_numbers_are_whole_and_other_values_of_columns_are_unknown(tmp_path: Path) -> None:
    """1.5 was class 1, no number ended the build, and -1 was absent. A column with a 2 is unknown throughout."""
    for value, raw in ((1.0, ["spleen"]), (1.5, []), (float("nan"), []), (-1.0, []), (3.0, [])):
        found = classes(tmp_path, [[value], [0.0], [0.0]], 0)
        assert [s.raw for s in found.stated] == raw
        assert [f.reason for f in found.faults] == ["value-without-name"] * (not raw)
    table = [[1, 0, -1], [1, 0, 0], [0, 2, 1]]
    assert [(s.raw, s.perhaps) for s in classes(tmp_path, table, 0).stated] == [
        ("liver", ("spleen", "cyst"))
    ]
    assert [(s.raw, s.perhaps) for s in classes(tmp_path, table, 1).stated] == [
        ("liver", ("spleen",))
    ]
    assert [(s.raw, s.perhaps) for s in classes(tmp_path, table, 2).stated] == [
        ("cyst", ("spleen",))
    ]
