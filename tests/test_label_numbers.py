"""The numbers of label pictures are those in the file, and those that mean nothing are not objects."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import tifffile
from scipy import ndimage

from benchsmith import formats
from benchsmith.core.absent_labels import Searched
from benchsmith.core.contracts import DataFault, Image, Reading
from benchsmith.stages.label_layers import LayerStack, SourceLayer
from tests.numbered_objects import HEIGHT, OBJECTS, WIDTH, image, marks
from tests.test_annotations import blocks, read, save

__all__ = ["image"]


def png(path: Path, rows: list[bytes], bits: int, kind: int, palette: bytes = b"") -> None:
    """Write a PNG by hand (PNG, 5 and 11.2)."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, bits, kind, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + (chunk(b"PLTE", palette) if palette else b"")
        + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
        + chunk(b"IEND", b"")
    )


def packed(values: np.ndarray, bits: int) -> list[bytes]:
    """Return rows of values of so many bits, the first one in the highest bits."""
    each = np.unpackbits(values[..., None], axis=2)[..., 8 - bits :]
    return [np.packbits(row.ravel()).tobytes() for row in each]


def tiff(path: Path, values: np.ndarray, bits: int) -> None:
    """Write a TIFF by hand (TIFF 6.0, section 2)."""
    data = b"".join(packed(values, bits))
    tags = ((256, WIDTH), (257, HEIGHT), (258, bits), (259, 1), (262, 1), (273, 122), (277, 1),
            (278, HEIGHT), (279, len(data)))  # fmt: skip
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    head = b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + b"\0" * 4
    path.write_bytes(head.ljust(122, b"\0") + data)


@pytest.mark.parametrize("bits", [2, 4])
@pytest.mark.parametrize("ending", ["png", "tif"])
def test_grey_of_few_bits(tmp_path: Path, image: Image, bits: int, ending: str) -> None:
    """Pillow stretches it to 255: labels 1 and 2 were 85 and 170, or 17 and 34."""
    path = tmp_path / f"m.{ending}"
    if ending == "png":
        png(path, packed(OBJECTS, bits), bits, 0)
    else:
        tiff(path, OBJECTS, bits)
    found = marks(read({"kind": "instances", "file": path.name, "label": "cell"}, tmp_path, image))
    for value in (1, 2):
        assert np.array_equal(found[f"{path.name} value {value}"], value == OBJECTS)
    assert formats.read(path).voxels.max() == round(2 * 255 / (2**bits - 1))


@pytest.mark.parametrize("index", [0, 1])
def test_a_palette_that_draws_the_only_mark_black(tmp_path: Path, index: int) -> None:
    """White is 0, black is 1: where all is black nothing is marked, and all was."""
    png(tmp_path / "m.png", [bytes([index]) * WIDTH] * HEIGHT, 8, 3, b"\xff\xff\xff\0\0\0")
    if index:
        with pytest.raises(DataFault, match="which is marked"):
            formats.read_labels(tmp_path / "m.png")
    else:
        assert not formats.read_labels(tmp_path / "m.png").voxels.any()


def test_a_palette_in_the_order_of_a_program_is_refused_by_its_numbers(
    tmp_path: Path, image: Image
) -> None:
    """Pillow's quantize numbers the colours: the ground became a label, and a label the ground."""
    drawn = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    drawn[:2, :2], drawn[4:6, 4:6] = (0, 255, 0), (255, 0, 0)
    PIL.Image.fromarray(drawn).quantize(8).save(tmp_path / "m.png")
    with PIL.Image.open(tmp_path / "m.png") as saved:
        assert np.asarray(saved)[3, 3] != 0, "the ground is not 0"
    entry = {"kind": "volume", "file": "m.png", "names": {1: "liver", 2: "spleen"}}
    with pytest.raises(DataFault, match="which is marked"):
        read(entry, tmp_path, image)
    names = {"#00ff00": "liver", "#ff0000": "spleen"}
    (layer,) = read({"kind": "colours", "file": "m.png", "names": names}, tmp_path, image).layers
    for value, structure in layer.structures.items():
        code = next(c for c, name in names.items() if name == structure.raw)
        colour = [int(code[n : n + 2], 16) for n in (1, 3, 5)]
        assert np.array_equal(layer.voxels[0] == value, (drawn == colour).all(axis=2))


@pytest.mark.parametrize(
    ("samples", "sound"),
    [((257, 514), True), ((256, 512), True), ((256, 511), False), ((1, 2), False)],
)
@pytest.mark.parametrize("ending", ["png", "tif"])
def test_masks_in_deep_colour(
    tmp_path: Path, image: Image, samples: tuple[int, int], sound: bool, ending: str
) -> None:
    """256 and 511 have one high byte: two classes became one."""
    deep = np.zeros((HEIGHT, WIDTH, 3), np.uint16)
    deep[..., 0] = np.array([0, *samples])[OBJECTS]
    path = tmp_path / f"m.{ending}"
    if ending == "png":
        png(path, [row.astype(">u2").tobytes() for row in deep], 16, 2)
    else:
        tifffile.imwrite(path, deep, photometric="rgb")
    names = {"#010000": "one", "#020000": "two"}
    entry = {"kind": "colours", "file": path.name, "names": names}
    if not sound:
        with pytest.raises(DataFault, match="16-bit colour"):
            read(entry, tmp_path, image)
        return
    (layer,) = read(entry, tmp_path, image).layers
    assert np.array_equal(layer.voxels[0], OBJECTS)


def test_labels_in_frames_of_a_gif_are_refused(tmp_path: Path) -> None:
    """Pillow gives the first frame as indices and the others as colours."""
    frames = [PIL.Image.fromarray(np.roll(OBJECTS, k, 0)) for k in range(2)]
    for frame in frames:
        frame.putpalette(bytes([0] * 3 + [100] * 3 + [200] * 3))
    frames[0].save(tmp_path / "m.gif", save_all=True, append_images=frames[1:], optimize=False)
    for part in "01":
        with pytest.raises(DataFault, match="GIF of several frames"):
            formats.read_labels(tmp_path / "m.gif", Reading(part=part))


def rims(mask: np.ndarray) -> np.ndarray:
    """Return a mask with rims of 255 around its objects, as data sets of cells mark void."""
    grown = ndimage.grey_dilation(mask, (5, 5))
    return np.where((grown > 0) & (mask == 0), 255, mask).astype(np.uint8)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (rims(OBJECTS), "255 stands apart"),
        (rims(OBJECTS * 20), "255 stands apart"),
        (np.where(OBJECTS == 2, 255, OBJECTS), "255 stands apart"),
        (np.array([0, 1, -1], np.int16)[OBJECTS], "the value -1"),
        (
            rims(OBJECTS).astype(np.uint16) + np.uint16(65280) * (rims(OBJECTS) == 255),
            "65535 stands apart",
        ),
    ],
)
@pytest.mark.parametrize("kind", ["instances", "count"])
def test_values_that_mark_no_object(
    tmp_path: Path, image: Image, values: np.ndarray, word: str, kind: str
) -> None:
    """Void was an object, and -1 was background."""
    tifffile.imwrite(tmp_path / "m.tif", values)
    own: dict[str, Any] = {"label": "cell"} if kind == "instances" else {"tiles": (1, 1)}
    entry = {"kind": kind, "file": "m.tif", **own}
    with pytest.raises(DataFault, match=word) as fault:
        read(entry, tmp_path, image)
    assert fault.value.reason == "value-without-name"
    void = int(values.min()) if values.min() < 0 else int(values.max())
    answer = read({**entry, "background": (0, void)}, tmp_path, image)
    count = len(set(np.unique(values).tolist()) - {0, void})
    if kind == "count":
        assert [one.raw for one in answer.stated] == [f"count {count}"]
    else:
        assert len(marks(answer)) == count


@pytest.mark.parametrize(
    "values",
    [
        OBJECTS.astype(int) * 100 + 55 * (OBJECTS == 2),  # 100 and 255: levels of grey, two objects
        np.where(OBJECTS, OBJECTS.astype(int) + 253, 0),  # 254 and 255
    ],
)
def test_255_may_be_an_object(tmp_path: Path, image: Image, values: np.ndarray) -> None:
    PIL.Image.fromarray(values.astype(np.uint8)).save(tmp_path / "m.png")
    answer = read({"kind": "instances", "file": "m.png", "label": "cell"}, tmp_path, image)
    assert sorted(int(m.sum()) for m in marks(answer).values()) == [100, 168]


@pytest.mark.parametrize("kind", ["instances", "volume"])
def test_ids_of_32_bits_take_no_memory_for_the_gaps(
    tmp_path: Path, image: Image, kind: str
) -> None:
    """A table of all numbers up to three thousand million was asked for."""
    values = np.array([0, 70_000, 3_000_000_000], np.uint32)[OBJECTS]
    tifffile.imwrite(tmp_path / "m.tif", values)
    own = {"label": "cell"} if kind == "instances" else {"names": {3_000_000_000: "cell"}}
    answer = read({"kind": kind, "file": "m.tif", **own}, tmp_path, image)
    found = marks(answer)
    assert np.array_equal(found["m.tif value 3000000000"], OBJECTS == 2)
    assert [f.subject for f in answer.faults] == ["m.tif value 70000"] * (kind == "volume")
    source = SourceLayer(answer.layers[0], Searched(labels=(), unknown=()))
    stack = LayerStack([source], ("planar",))
    assert [int(a["planar"].sum()) for a in stack.areas] == [100 + 168]


def test_what_was_not_annotated_is_unknown(tmp_path: Path) -> None:
    """nnU-Net's value `ignore` was a label of that name, and the others were absent."""
    labels = blocks()
    labels[1:3, 8:, 4:] = 3  # not annotated, away from the marks
    save(tmp_path / "image.nii.gz", np.zeros(labels.shape, np.int16))
    names = {"background": 0, "liver": 1, "spleen": 2, "ignore": 3}
    (tmp_path / "dataset.json").write_text(json.dumps({"labels": names}))
    entry = {
        "kind": "volume",
        "file": "seg.nii.gz",
        "names_file": "dataset.json",
        "exhaustive": True,
    }
    image = formats.read(tmp_path / "image.nii.gz")
    save(tmp_path / "seg.nii.gz", labels)
    answer = read(entry, tmp_path, image)
    (layer,) = answer.layers
    assert {s.raw for s in layer.structures.values()} == {"liver", "spleen"}
    assert {v: int((layer.voxels == v).sum()) for v in (1, 2, 3)} == {1: 27, 2: 16, 3: 0}
    assert answer.is_unknown("spleen")
    assert f"{int((labels == 3).sum())} pixels were not annotated" in answer.note
    labels[4, 3, 4] = 3  # beside the liver
    save(tmp_path / "seg.nii.gz", labels)
    answer = read(entry, tmp_path, image)
    assert [s.raw for s in answer.layers[0].structures.values()] == ["spleen"]
    assert [(f.reason, f.raw) for f in answer.faults] == [("extent-unknown", "liver")]
    save(tmp_path / "seg.nii.gz", blocks())
    assert not read(entry, tmp_path, image).is_unknown("spleen")
