"""Arrays without a place in space: which array is meant, and whose voxel size is used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.io

from benchsmith.core.contracts import DataFault, Reading
from benchsmith.formats import arrays, matlab

VOLUME = np.arange(6 * 8 * 10, dtype=np.int16).reshape(6, 8, 10)


def test_the_arrays_of_a_file_are_named_if_the_recipe_names_none(tmp_path: Path) -> None:
    own, many = tmp_path / "a.npz", tmp_path / "b.npz"
    np.savez(own, image=VOLUME, label=VOLUME > 9)
    np.savez(many, train_images=VOLUME, train_labels=np.zeros(6))
    with pytest.raises(DataFault) as said:
        arrays.read([own], Reading())
    assert (
        said.value.detail
        == "has the arrays image, label: name the one of the picture in `variable`"
    )
    with pytest.raises(DataFault, match="holds many pictures; set `parts`"):
        arrays.read([many], Reading())
    assert np.array_equal(arrays.read([own], Reading(variable="image")).voxels, VOLUME)


@pytest.mark.parametrize("ending", ["npz", "npy", "mat"])
def test_the_note_says_whose_voxel_size_is_used(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{ending}"
    match ending:
        case "npz":
            np.savez(path, image=VOLUME)
        case "npy":
            np.save(path, VOLUME)
        case _:
            scipy.io.savemat(path, {"image": np.moveaxis(VOLUME, 0, 2)})
    read = matlab.read if ending == "mat" else arrays.read
    sized = read([path], Reading(variable="image", spacing_mm=(3.0, 1.5, 1.0)))
    unsized = read([path], Reading(variable="image"))
    assert np.array_equal(sized.voxels, VOLUME) and np.array_equal(unsized.voxels, VOLUME)
    assert sized.affine is not None and list(np.diag(sized.affine)[:3]) == [1.0, 1.5, 3.0]
    assert sized.note.endswith("as stored, with the voxel size of the recipe")
    assert unsized.affine is None and "no voxel size" in unsized.note
