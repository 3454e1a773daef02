"""A tag that Pillow loses is no tag that the page does not have: its directory is compared."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import tifffile

from benchsmith import formats
from benchsmith.core.contracts import DataFault
from benchsmith.formats.tiff_entries import MEANT
from benchsmith.formats.unread_tiff import why_unread
from tests import tiff_pages

SIGNED = (np.indices((20, 24)).sum(axis=0) - 15).astype(np.int16)
BITS, RESOLUTION, SOFTWARE, SAMPLE_FORMAT, UNKNOWN_TYPE = 258, 282, 305, 339, 77


def written(folder: Path, *, big: bool = False, order: str = "<") -> tuple[Path, dict[int, int]]:
    """Write a signed picture; return where the entries of its tags are."""
    path = folder / "a.tif"
    with tifffile.TiffWriter(path, bigtiff=big, byteorder=order) as file:
        file.write(SIGNED, photometric="minisblack", metadata=None, resolution=(3, 7))
    with tifffile.TiffFile(path) as found:
        return path, {tag.code: tag.offset for tag in found.pages[0].tags}


def changed(path: Path, at: int, form: str, number: int) -> None:
    data = bytearray(path.read_bytes())
    struct.pack_into(form, data, at, number)
    path.write_bytes(data)


@pytest.mark.parametrize("big", [False, True])
def test_tags_behind_one_whose_value_is_outside_of_the_file(tmp_path: Path, big: bool) -> None:
    path, entries = written(tmp_path, big=big)
    assert np.array_equal(formats.read(path).voxels[0], SIGNED)
    if big:  # its value lies in the entry: make it one of many
        changed(path, entries[RESOLUTION] + 4, "<Q", 2)
        changed(path, entries[RESOLUTION] + 12, "<Q", path.stat().st_size - 4)
    else:
        changed(path, entries[RESOLUTION] + 8, "<I", path.stat().st_size - 4)
    with pytest.raises(DataFault, match="SampleFormat cannot be read"):
        formats.read(path)


@pytest.mark.parametrize("order", ["<", ">"])
def test_tags_of_an_unknown_type(tmp_path: Path, order: str) -> None:
    path, entries = written(tmp_path, order=order)
    whole = path.read_bytes()
    tried = sorted(MEANT.keys() & entries.keys())
    assert SAMPLE_FORMAT in tried
    for tag in tried:
        path.write_bytes(whole)
        changed(path, entries[tag] + 2, f"{order}H", UNKNOWN_TYPE)
        with pytest.raises(DataFault):
            formats.read(path)


def test_a_directory_that_leaves_the_file(tmp_path: Path) -> None:
    path, entries = written(tmp_path)
    changed(path, min(entries.values()) - 2, "<H", 1000)
    with pytest.raises(DataFault, match="directory of its page ends outside"):
        formats.read(path)


def test_a_lost_tag_that_the_pixels_do_not_depend_on(tmp_path: Path) -> None:
    path, entries = written(tmp_path)
    changed(path, entries[SOFTWARE] + 2, "<H", UNKNOWN_TYPE)
    assert np.array_equal(formats.read(path).voxels[0], SIGNED)


def test_a_tag_that_is_listed_twice(tmp_path: Path) -> None:
    path, entries = written(tmp_path)
    changed(path, entries[SOFTWARE], "<H", BITS)
    with pytest.raises(DataFault, match="BitsPerSample twice"):
        formats.read(path)
    # older Pillows do not open it: the reason is the same
    assert (
        why_unread(path) == "begins as a TIFF, and its first page has the tag BitsPerSample twice"
    )


def test_a_palette_that_does_not_fit_the_bits_of_its_indices(tmp_path: Path) -> None:
    """Without its tag, BitsPerSample is 1, and four bits were read as four pixels."""
    page = tiff_pages.Page("palette", bits=4, colours=tuple(range(0, 48_000, 1000)))
    indices = (np.indices((6, 9, 1)).sum(axis=0) % 16).astype(np.uint8)
    path = tiff_pages.write(tmp_path / "a.tif", [indices], page)
    assert formats.read(path).voxels[0].shape == (6, 9, 3)
    with tifffile.TiffFile(path) as file:
        at = file.pages[0].tags[258].offset
    changed(path, at, "<H", 254)
    with pytest.raises(DataFault, match="palette has 48 numbers"):
        formats.read(path)


def test_a_deflated_strip_whose_end_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, SIGNED, compression="zlib", photometric="minisblack", metadata=None)
    with tifffile.TiffFile(path) as file:
        tag = file.pages[0].tags[279]
        at, count = tag.valueoffset, tag.value[0]
    assert np.array_equal(formats.read(path).voxels[0], SIGNED)
    changed(path, at, "<H" if tag.dtype == 3 else "<I", count - 2)
    with pytest.raises(DataFault, match="does not end"):
        formats.read(path)
