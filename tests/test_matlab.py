"""MATLAB files of version 5 by SciPy, and of 7.3 by h5py: variables as MATLAB shows them."""

from __future__ import annotations

import sys
import zlib
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import scipy.io

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Reading
from benchsmith.formats import matlab
from tests.test_annotations import read

PICTURE = (np.arange(30 * 40).reshape(30, 40) * 7 % 1000).astype(np.int16)
VOLUME = (np.arange(30 * 40 * 5).reshape(30, 40, 5) % 256).astype(np.uint8)
OBJECTS = np.zeros((30, 40), np.float64)
OBJECTS[3:8, 4:12], OBJECTS[12:20, 20:33] = 1, 2


def write_5(path: Path, values: dict[str, Any], **more: Any) -> None:
    scipy.io.savemat(path, values, **more)


def write_73(path: Path, values: dict[str, Any]) -> None:
    """Write as MATLAB 7.3 does: HDF5 behind 512 bytes, axes in reverse, structures as groups."""

    def put(group: Any, name: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, one in value.items():
                put(group.create_group(name) if name not in group else group[name], key, one)
        else:
            text = isinstance(value, str)
            array = np.frombuffer(value.encode("utf-16-le"), "u2") if text else np.asarray(value)
            array = array if array.ndim > 1 else array.reshape(1, -1)
            data = group.create_dataset(
                name, data=array.transpose(), compression="gzip", shuffle=True
            )
            data.attrs["MATLAB_class"] = np.bytes_(b"char" if text else b"double")

    with h5py.File(path, "w", userblock_size=512) as file:
        for key, one in values.items():
            put(file, key, one)
    with path.open("r+b") as raw:
        raw.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM")


WRITERS = [write_5, lambda p, v: write_5(p, v, do_compression=True), write_73]


@pytest.mark.parametrize("write", WRITERS)
def test_arrays_are_listed_by_name(tmp_path: Path, write: Any) -> None:
    """A draft looks at each; fields of structures are found in version 7.3."""
    write(tmp_path / "a.mat", {"picture": PICTURE, "words": "text", "centre": [3.0, 4.0],
                               "cjdata": {"mask": PICTURE > 500}})  # fmt: skip
    inner = ["cjdata.mask"] if write is write_73 else []
    assert formats.variables(tmp_path / "a.mat") == [*inner, "picture"]
    with h5py.File(tmp_path / "a.mat", "a") if inner else nullcontext() as file:
        if file is not None:
            file["far"] = h5py.ExternalLink("b.mat", "/picture")
    assert formats.variables(tmp_path / "a.mat") == [*inner, "picture"]


@pytest.mark.parametrize("write", WRITERS)
def test_a_variable_is_read_as_matlab_shows_it(tmp_path: Path, write: Any) -> None:
    write(tmp_path / "a.mat", {"cjdata": {"image": PICTURE, "label": 2, "mask": PICTURE > 500},
                               "stack": VOLUME, "other": PICTURE, "words": "text"})  # fmt: skip
    image = formats.read(tmp_path / "a.mat", Reading(variable="cjdata.image"))
    assert image.planar and np.array_equal(image.voxels[0], PICTURE)
    mask = formats.read_labels(tmp_path / "a.mat", Reading(variable="cjdata.mask"))
    assert np.array_equal(mask.voxels[0], PICTURE > 500)
    stack = formats.read(tmp_path / "a.mat", Reading(variable="stack", spacing_mm=(2.0, 0.5, 0.4)))
    assert np.array_equal(stack.voxels, np.moveaxis(VOLUME, 2, 0)) and not stack.oriented
    assert stack.spacing_mm == pytest.approx((2.0, 0.5, 0.4))
    one = formats.read(tmp_path / "a.mat", Reading(variable="stack", part="3"))
    assert one.planar and np.array_equal(one.voxels[0], VOLUME[:, :, 3])
    for name, match in (
        ("", "name one in `variable`"), ("nothing", "no variable 'nothing'"), ("words", "not an array"),
        ("cjdata.nothing", "no variable"), ("cjdata", "not an array"),
    ):  # fmt: skip
        with pytest.raises(DataFault, match=match):
            formats.read(tmp_path / "a.mat", Reading(variable=name))


@pytest.mark.parametrize("write", WRITERS)
def test_the_only_array_needs_no_name(tmp_path: Path, write: Any) -> None:
    write(tmp_path / "a.mat", {"inst_map": OBJECTS, "count": 2})
    write(tmp_path / "rgb.mat", {"picture": np.repeat(VOLUME[:, :, :1], 3, axis=2)})
    assert np.array_equal(formats.read_labels(tmp_path / "a.mat").voxels[0], OBJECTS)
    assert formats.read(tmp_path / "rgb.mat").voxels.shape == (1, 30, 40, 3)
    assert formats.parts(tmp_path / "a.mat") == ["0"]


@pytest.mark.parametrize("write", WRITERS)
def test_labels_of_every_kind_of_mask(tmp_path: Path, write: Any) -> None:
    """The picture and its labels may be variables of one file."""
    write(tmp_path / "a.mat", {"image": PICTURE, "inst_map": OBJECTS, "type_map": OBJECTS * 3})
    image = formats.read(tmp_path / "a.mat", Reading(variable="image"))
    for entry, expected in (
        ({"kind": "instances", "label": "nucleus", "variable": "inst_map"}, {"nucleus"}),
        ({"kind": "volume", "names": {3: "a", 6: "b"}, "variable": "type_map"}, {"a", "b"}),
        ({"kind": "masks", "label": "x", "threshold": 2, "variable": "inst_map"}, {"x"}),
    ):
        found = read({"file": "a.mat", **entry}, tmp_path, image)
        assert {s.raw for lay in found.layers for s in lay.structures.values()} == expected
        marked = sum(int((lay.voxels > 0).sum()) for lay in found.layers)
        assert marked == (104 if entry["kind"] == "masks" else 144)


def test_a_cut_or_damaged_file_is_refused(tmp_path: Path) -> None:
    write_5(tmp_path / "a.mat", {"x": PICTURE}, do_compression=True)
    write_73(tmp_path / "b.mat", {"x": PICTURE})
    for name in "ab":
        data = (tmp_path / f"{name}.mat").read_bytes()
        (tmp_path / "cut.mat").write_bytes(data[: len(data) * 2 // 3])
        with pytest.raises(DataFault) as caught:
            formats.read(tmp_path / "cut.mat")
        assert caught.value.reason in ("truncated", "unreadable")
    data = bytearray((tmp_path / "a.mat").read_bytes())
    data[-3] ^= 255
    (tmp_path / "bad.mat").write_bytes(data)
    with pytest.raises(DataFault) as caught:
        formats.read(tmp_path / "bad.mat")
    assert caught.value.reason == "checksum"
    for text in (b"", b"<html>", b"MATLAB", b"x" * 500):
        (tmp_path / "no.mat").write_bytes(text)
        with pytest.raises(DataFault):
            formats.read(tmp_path / "no.mat")


def test_a_bomb_is_refused_before_it_is_inflated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_5(tmp_path / "a.mat", {"x": np.zeros((2000, 2000))}, do_compression=True)
    monkeypatch.setattr("benchsmith.imaging.byte_stream.MAX_INFLATED_BYTES", 1 << 20)
    with pytest.raises(DataFault, match="inflates to") as caught:
        formats.read(tmp_path / "a.mat")
    assert caught.value.reason == "too-large"
    assert len(zlib.compress(b"")) < 20 and (tmp_path / "a.mat").stat().st_size < 1 << 17
    write_73(tmp_path / "b.mat", {"x": np.zeros((2000, 2000))})
    with pytest.raises(DataFault, match="promises") as caught:
        formats.read(tmp_path / "b.mat")
    assert caught.value.reason == "too-large"


def test_what_lies_in_other_files_is_not_read(tmp_path: Path) -> None:
    """HDF5 can link to other files and keep its values in them."""
    write_73(tmp_path / "secret.mat", {"x": PICTURE})
    (tmp_path / "raw").write_bytes(PICTURE.tobytes())
    with h5py.File(tmp_path / "a.mat", "w") as file:
        file["linked"] = h5py.ExternalLink("secret.mat", "x")
        file["soft"] = h5py.SoftLink("/linked")
        file.create_dataset("outside", (40, 30), "i2", external=[(str(tmp_path / "raw"), 0, 2400)])
        layout = h5py.VirtualLayout((40, 30), "i2")
        layout[:] = h5py.VirtualSource(str(tmp_path / "secret.mat"), "x", (40, 30))
        file.create_virtual_dataset("virtual", layout)
    for name in ("linked", "soft", "outside", "virtual"):
        with pytest.raises(DataFault) as caught:
            formats.read(tmp_path / "a.mat", Reading(variable=name))
        assert caught.value.reason == "path-outside", name


def test_without_h5py_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_73(tmp_path / "a.mat", {"x": PICTURE})
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(DataFault, match=r"benchsmith\[hdf5\]") as caught:
        formats.read(tmp_path / "a.mat")
    assert caught.value.reason == "format-unknown"


SHIPPED = [
    path
    for path in sorted((Path(str(scipy.io.matlab.__file__)).parent / "tests/data").glob("*.mat"))
    if path.read_bytes()[:10] == b"MATLAB 5.0"
]


@pytest.mark.skipif(not SHIPPED, reason="this SciPy ships no test files")
def test_files_of_many_versions_of_matlab_have_the_values_that_scipy_reads() -> None:
    """SciPy's own test files: big-endian, compressed, structures, values stored in smaller types."""
    compared = 0
    for path in SHIPPED:
        try:
            theirs = scipy.io.loadmat(path)
        except Exception:  # noqa: BLE001, S112
            continue  # broken on purpose
        arrays = {k: v for k, v in theirs.items() if isinstance(v, np.ndarray) and v.size}
        for name, value in arrays.items():
            if name.startswith("__"):
                continue
            if value.dtype.kind in "iufb":
                ours = matlab.variable(path, name)
                stated = scipy.io.loadmat(path, mat_dtype=True)[name].dtype
                assert np.array_equal(ours, value) and ours.dtype.itemsize == stated.itemsize
                compared += 1
            else:
                with pytest.raises(DataFault):
                    matlab.variable(path, name)
    assert compared > 20
