"""Small files whose chunks become large: refused before a library inflates them."""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path
from typing import Any

import google_crc32c
import h5py
import nibabel as nib
import numpy as np
import pytest
import zarr
from numcodecs import LZ4, Blosc, Zstd
from zarr.codecs import BytesCodec, GzipCodec, ZstdCodec

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Reading
from benchsmith.formats import chunk_sizes

PICTURE = (np.arange(64 * 80) % 251).astype(np.uint8).reshape(64, 80)
LARGE = bytes(1 << 20)
ABSENT = struct.pack("<QQ", 2**64 - 1, 2**64 - 1)


def refused(path: Path, how: Reading | None = None) -> str:
    with pytest.raises(DataFault) as caught:
        formats.read(path, how or Reading())
    return caught.value.reason


def sharded(path: Path, **more: Any) -> Path:
    """Write PICTURE as one shard of four chunks of 32 x 40 pixels."""
    made: Any = {"compressors": GzipCodec(), **more}
    zarr.create_array(
        str(path), data=PICTURE, chunks=(32, 40), shards=(64, 80), zarr_format=3, **made
    )
    return path


def test_shards_are_read_as_they_were_written(tmp_path: Path) -> None:
    for name, more in {
        "gzip": {}, "zstd": {"compressors": ZstdCodec()}, "plain": {"compressors": None},
        "big": {"serializer": BytesCodec(endian="big")},
    }.items():  # fmt: skip
        image = formats.read(sharded(tmp_path / f"{name}.zarr", **more))
        assert np.array_equal(image.voxels[0], PICTURE), name


@pytest.mark.parametrize("form", ["large", "beyond", "cut", "checksum"])
def test_a_shard_with_a_chunk_that_cannot_be_is_refused(tmp_path: Path, form: str) -> None:
    path = sharded(tmp_path / "a.zarr")
    shard = path / "c" / "0" / "0"
    one = gzip.compress(LARGE if form == "large" else bytes(32 * 40))
    start = 1 << 40 if form == "beyond" else 0
    index = struct.pack("<QQ", start, len(one)) + ABSENT * 3
    crc = struct.pack("<I", google_crc32c.value(index))
    shard.write_bytes((one + index + crc)[-20:] if form == "cut" else one + index + crc)
    if form == "checksum":
        shard.write_bytes(one[:-8] + bytes(8) + index + crc)
    wanted = {
        "large": "too-large",
        "beyond": "truncated",
        "cut": "truncated",
        "checksum": "checksum",
    }
    assert refused(path) == wanted[form]


def test_an_array_of_too_many_chunks_is_refused(tmp_path: Path) -> None:
    """81 million chunks of a byte need no byte on the disk."""
    zarr.create_array(str(tmp_path / "a.zarr"), shape=(9000, 9000), chunks=(1, 1), dtype="u1", zarr_format=2)  # fmt: skip
    zarr.create_array(str(tmp_path / "b.zarr"), shape=(600, 600), chunks=(1, 1), shards=(600, 600), dtype="u1")  # fmt: skip
    assert refused(tmp_path / "a.zarr") == refused(tmp_path / "b.zarr") == "too-large"


def test_chunks_far_larger_than_their_array_are_refused(tmp_path: Path) -> None:
    made = zarr.create_array(str(tmp_path / "a.zarr"), shape=(64, 80), chunks=(1, 60_000_000), dtype="u1", zarr_format=2)  # fmt: skip
    (tmp_path / "a.zarr" / "0.0").write_bytes(b"x")
    assert made.shape == (64, 80)
    assert refused(tmp_path / "a.zarr") in ("truncated", "header", "too-large")
    large = zarr.create_array(str(tmp_path / "b.zarr"), shape=(30_000, 30_000), chunks=(3000, 3000), dtype="u1", zarr_format=2)  # fmt: skip
    large[0, 0] = 1
    assert refused(tmp_path / "b.zarr") == "too-large"


def test_what_is_compressed_twice_is_refused(tmp_path: Path) -> None:
    zarr.create_array(str(tmp_path / "a.zarr"), data=PICTURE, chunks=(64, 80), zarr_format=3,
                      compressors=[GzipCodec(), ZstdCodec()])  # fmt: skip
    assert refused(tmp_path / "a.zarr") == "format-unknown"


def zstd_block(size: int, kind: int, *, last: bool) -> bytes:
    return (size << 3 | kind << 1 | last).to_bytes(3, "little")


def test_sizes_of_codecs(tmp_path: Path) -> None:
    """A chunk as large as its array passes, one byte more does not."""
    plain = bytes(range(250)) * 16
    stored = {
        "gzip": gzip.compress(plain), "zlib": zlib.compress(plain), "lz4": LZ4().encode(plain),
        "blosc": Blosc().encode(plain), "zstd": Zstd().encode(plain),
    }  # fmt: skip
    for codec, data in stored.items():
        chunk_sizes.check(bytes(data), codec, len(plain), tmp_path)
        with pytest.raises(DataFault, match="a chunk has"):
            chunk_sizes.check(bytes(data), codec, len(plain) - 1, tmp_path)
    two = bytes(stored["zstd"]) * 2
    with pytest.raises(DataFault, match="a chunk has"):
        chunk_sizes.check(two, "zstd", len(plain), tmp_path)


def test_a_frame_of_zstandard_without_a_size_is_measured_by_its_blocks(tmp_path: Path) -> None:
    head = chunk_sizes.ZSTD_MAGIC + bytes([0, 0x58])
    small = head + zstd_block(4, 0, last=True) + b"abcd"
    assert Zstd().decode(small) == b"abcd"
    chunk_sizes.check(small, "zstd", 4, tmp_path)
    runs = 1 + chunk_sizes.SPARE_BYTES // chunk_sizes.ZSTD_BLOCK_BYTES
    block = zstd_block(chunk_sizes.ZSTD_BLOCK_BYTES, 1, last=False) + b"\0"
    bomb = head + block * runs + zstd_block(0, 0, last=True)
    with pytest.raises(DataFault, match="states no size") as caught:
        chunk_sizes.check(bomb, "zstd", 4, tmp_path)
    assert caught.value.reason == "too-large"
    with pytest.raises(DataFault, match="ends within"):
        chunk_sizes.check(small[:-6], "zstd", 4, tmp_path)


def matlab(path: Path, **made: Any) -> Any:
    with h5py.File(path, "w", userblock_size=512) as file:
        data = file.create_dataset("m", (80, 64), "u1", **made)
        data.attrs["MATLAB_class"] = np.bytes_(b"uint8")
        if not made:
            data[:] = PICTURE.T
        elif made.get("chunks") == (80, 64):
            data.id.write_direct_chunk((0, 0), zlib.compress(LARGE))
    with path.open("r+b") as raw:
        raw.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM")
    return path


def test_a_chunk_of_hdf5_that_inflates_to_more_is_refused(tmp_path: Path) -> None:
    assert np.array_equal(formats.read(matlab(tmp_path / "a.mat")).voxels[0], PICTURE)
    for more in ({}, {"shuffle": True}, {"fletcher32": True}):
        made = matlab(tmp_path / "b.mat", chunks=(80, 64), compression="gzip", **more)
        assert refused(made) in ("too-large", "checksum")


@pytest.mark.parametrize("more", [{}, {"shuffle": True}, {"fletcher32": True}])
def test_compressed_chunks_of_hdf5_are_read(tmp_path: Path, more: Any) -> None:
    path = matlab(tmp_path / "a.mat", chunks=(16, 16), compression="gzip", **more)
    with h5py.File(path, "r+") as file:
        file["m"][:] = PICTURE.T
    assert np.array_equal(formats.read(path).voxels[0], PICTURE)


def test_pictures_of_too_many_pixels_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.mat"
    with h5py.File(path, "w", userblock_size=512) as file:
        file.create_dataset("m", (60_000, 60_000), "u1", chunks=(1000, 1000), compression="gzip")
        file.create_dataset("n", (600, 600), "u1", chunks=(1, 1), compression="gzip")
    with path.open("r+b") as raw:
        raw.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM")
    for name in ("m", "n"):
        assert refused(path, Reading(variable=name)) == "too-large"


def test_hdf5_that_matlab_did_not_write_is_refused(tmp_path: Path) -> None:
    """MATLAB shows its axes in reverse, and h5py does not."""
    with h5py.File(tmp_path / "a.mat", "w") as file:
        file["m"] = PICTURE
    assert refused(tmp_path / "a.mat") == "format-unknown"


def test_pictures_of_volume_formats_have_the_same_limit(tmp_path: Path) -> None:
    """A header that promises 900 million pixels is refused before the data are looked at."""
    made = nib.Nifti1Header()
    made.set_data_dtype(np.uint8)
    made.set_data_shape((30_000, 30_000))
    made["vox_offset"], made["magic"] = 352, b"n+1"
    (tmp_path / "a.nii").write_bytes(made.binaryblock + bytes(4) + bytes(99))
    (tmp_path / "a.mha").write_bytes(
        b"ObjectType = Image\nNDims = 2\nDimSize = 30000 30000\nElementType = MET_UCHAR\n"
        b"ElementSpacing = 1 1\nElementDataFile = LOCAL\n" + bytes(99)
    )
    for name in ("a.nii", "a.mha"):
        assert refused(tmp_path / name) == "too-large"
