"""Picture files of very many frames are refused before their frames are counted one by one."""

from __future__ import annotations

import io
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import PIL.Image
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchsmith.core.contracts import DataFault, Reading
from benchsmith.formats import frame_counts, parquet_rows, part_choice, raster, video

FRAME = b"!\xf9\x04\0\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2\x4c\1\0"


def gif(count: int) -> bytes:
    head = b"GIF89a" + struct.pack("<HHBBB", 8, 8, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    return head + FRAME * count + b";"


def tiff(count: int) -> bytes:
    out, at = [b"II*\0" + struct.pack("<I", 8)], 8
    for number in range(count):
        at += 6
        out.append(struct.pack("<HI", 0, at if number < count - 1 else 0))
    return b"".join(out)


def animated_png(count: int) -> bytes:
    plain = io.BytesIO()
    PIL.Image.new("L", (8, 8)).save(plain, "PNG")
    body = b"acTL" + struct.pack(">II", count, 0)
    chunk = struct.pack(">I", 8) + body + struct.pack(">I", zlib.crc32(body))
    return plain.getvalue()[:33] + chunk + plain.getvalue()[33:]


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.gif", gif(300_000)), ("a.tif", tiff(300_000)), ("a.png", animated_png(2**31 - 1))],
)
def test_too_many_frames_are_refused_at_once(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    start = time.process_time()
    for use in (lambda: raster.parts([path]), lambda: raster.read([path], Reading())):
        with pytest.raises(DataFault, match="more than 20000 frames") as raised:
            use()
        assert raised.value.reason == "too-large"
    assert time.process_time() - start < 5


@pytest.mark.parametrize("kind", ["gif", "tif", "big.tif", "local.gif"])
def test_a_file_of_some_frames_is_counted_as_by_pillow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    grey = (np.arange(7 * 40 * 40) * 7919 % 251).reshape(7, 40, 40).astype(np.uint8)
    frames = [PIL.Image.fromarray(one) for one in grey]
    if kind == "local.gif":  # with colour tables of their own
        frames = [one.quantize(17 + n) for n, one in enumerate(frames)]
    path = tmp_path / f"a.{kind}"
    more = {"big_tiff": True} if kind == "big.tif" else {}
    frames[0].save(path, save_all=True, append_images=frames[1:], **more)
    with PIL.Image.open(path) as picture:
        assert picture.n_frames == 7
    assert raster.parts([path]) == list("0123456")
    monkeypatch.setattr(frame_counts, "MAX_FRAMES", 6)
    with pytest.raises(DataFault, match="more than 6 frames"), path.open("rb") as file:
        frame_counts.check_open(file, path)
    monkeypatch.setattr(frame_counts, "MAX_FRAMES", 7)
    with path.open("rb") as file:
        frame_counts.check_open(file, path)
        assert file.tell() == 0


def test_a_table_of_too_many_rows_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pq.write_table(pa.table({"image": [b"x"] * 9}), tmp_path / "a.parquet")
    assert len(parquet_rows.parts([tmp_path / "a.parquet"])) == 9
    monkeypatch.setattr(part_choice, "MAX_PARTS", 8)
    with pytest.raises(DataFault, match="holds 9 pictures, more than 8"):
        parquet_rows.parts([tmp_path / "a.parquet"])


@pytest.mark.parametrize("text", [b"ffconcat version 1.0\nfile 'b.avi'\n", b"#EXTM3U\n#EXTINF:1,\nb.ts\n",
                                  b"\xef\xbb\xbf#EXTM3U\n#EXTINF:1,\nb.ts\n",
                                  "#EXTM3U\n#\u00e9\n#EXTINF:1,\nb.ts\n".encode()])  # fmt: skip
def test_a_playlist_is_no_video(tmp_path: Path, text: bytes) -> None:
    """FFmpeg reads the files that it names."""
    (tmp_path / "a.avi").write_bytes(text)
    with pytest.raises(DataFault, match="is a text, such as a playlist"):
        video.parts([tmp_path / "a.avi"])
