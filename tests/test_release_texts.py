"""An identifier is found wherever in a release it lies: base64, bytes of tables, metadata, archives."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import sqlite3
import tarfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import PIL.Image
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tifffile

from benchsmith.audits.identifiers import Hit, scan
from benchsmith.audits.sought_identifiers import Sought
from benchsmith.audits.written_codes import of_token
from tests.test_identifiers_of_files import GREY, png_chunk, png_with

NAME = "Kowalska"
WANTED = {NAME: "PatientName", "19670402": "PatientBirthDate"}


def picture(kind: str, **how: object) -> bytes:
    file = io.BytesIO()
    PIL.Image.new("RGB", (3, 3)).save(file, kind, **how)
    return file.getvalue()


def exif(tag: int, value: object) -> PIL.Image.Exif:
    said = PIL.Image.Exif()
    said[tag] = value
    return said


def exif_of_camera() -> PIL.Image.Exif:
    said = PIL.Image.Exif()
    said.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + NAME.encode("utf-16-le")
    return said


XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>of {NAME}</a></x:xmpmeta>'.encode()
PROFILE = b"\0" * 128 + b"desc\0\0\0\0\0\0\0\x09Kowalska\0"
PICTURES: dict[str, bytes] = {
    "late.png": png_with(png_chunk(b"tEXt", b"Author\0Kowalska")),
    "packed.png": png_with(png_chunk(b"zTXt", b"Author\0\0" + zlib.compress(b"Kowalska"))),
    "unknown.png": png_with(png_chunk(b"prVt", b"\1\2Kowalska")),
    "exif.png": png_with(png_chunk(b"eXIf", exif(0x013B, NAME).tobytes())),
    "behind.png": png_with(after=NAME.encode()),
    "day.png": png_with(png_chunk(b"tEXt", b"Comment\0born 2.4.1967")),
    "profile.png": picture("PNG", icc_profile=PROFILE),
    "exif.jpg": picture("JPEG", exif=exif_of_camera()),
    "xp.jpg": picture("JPEG", exif=exif(0x9C9D, NAME.encode("utf-16-le"))),
    "xmp.jpg": picture("JPEG", xmp=XMP),
    "comment.jpg": picture("JPEG", comment=NAME.encode()),
    "profile.jpg": picture("JPEG", icc_profile=PROFILE),
    "behind.jpg": picture("JPEG") + NAME.encode(),
    "exif.webp": picture("WEBP", exif=exif(0x013B, NAME)),
    "xmp.webp": picture("WEBP", xmp=XMP),
    "profile.webp": picture("WEBP", icc_profile=PROFILE),
    "comment.gif": picture("GIF", comment=NAME.encode()),
    "exif.tif": picture("TIFF", tiffinfo={315: NAME}),
}


def tiff_of_pages() -> bytes:
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as pages:
        pages.write(GREY, metadata=None)
        pages.write(GREY, metadata=None, description=NAME)
    return file.getvalue()


PICTURES["page.tif"] = tiff_of_pages()


def found(folder: Path) -> list[Hit]:
    return scan(folder, Sought(WANTED, "public words"))


@pytest.mark.parametrize("name", PICTURES)
def test_what_is_around_the_pixels_of_a_picture_is_searched(tmp_path: Path, name: str) -> None:
    """In a file, in the cell of a table, as base64 in a text, and in an archive."""
    data = PICTURES[name]
    (tmp_path / name).write_bytes(data)
    table = pa.table({"image": [{"bytes": data, "path": "x"}], "raw": [[data]]})
    pq.write_table(table, tmp_path / "d.parquet")
    coded = base64.b64encode(data).decode()
    (tmp_path / "d.tsv").write_text(f"index\timage\n0\t{coded}\n")
    (tmp_path / "d.html").write_text(f'<img src="data:image/png;base64,{coded}">')
    with tarfile.open(tmp_path / "d.tar", "w") as tar:
        entry = tarfile.TarInfo("x.bin")
        entry.size = len(data)
        tar.addfile(entry, io.BytesIO(data))
    kind = "PatientBirthDate" if name.startswith("day") else "PatientName"
    files = ("d.html", "d.parquet", "d.tar", "d.tsv", name)
    assert found(tmp_path) == sorted(Hit(file, kind) for file in files)


def coded(text: bytes) -> str:
    return base64.b64encode(text).decode()


def named_gzip(name: str) -> bytes:
    file = io.BytesIO()
    with gzip.GzipFile(name, "wb", fileobj=file) as packed:
        packed.write(b"x")
    return file.getvalue()


def commented_zip(comment: bytes) -> bytes:
    file = io.BytesIO(zipped("x.txt", b"x"))
    with zipfile.ZipFile(file, "a") as members:
        members.comment = comment
    return file.getvalue()


def parquet(table: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


def feather(table: pa.Table) -> bytes:
    file = io.BytesIO()
    with pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    return file.getvalue()


def database(definition: str, *values: object) -> bytes:
    """Return an SQLite file; values follow each other in it without a space."""
    base = sqlite3.connect(":memory:")
    base.execute(definition)
    base.execute("CREATE TABLE cells (a, b)")
    base.execute("INSERT INTO cells VALUES (?, ?)", ("before", "after"))
    for value in values:
        base.execute("INSERT INTO cells VALUES (?, 'seen')", (value,))
    base.commit()
    return base.serialize()


def zipped(name: str, data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr(name, data)
    return file.getvalue()


TEXTS: dict[str, Callable[[], bytes]] = {
    "a.jsonl": lambda: json.dumps({"note": coded(NAME.encode())}).encode(),
    "b.jsonl": lambda: json.dumps({"note": coded(b'{"seen by": "Kowalska"}')}).encode(),
    "c.jsonl": lambda: json.dumps(
        {"note": coded(coded(b"made for Mrs Kowalska").encode())}
    ).encode(),
    "d.json": lambda: json.dumps(
        {"x": base64.urlsafe_b64encode(b"??>>Kowalska>>??").decode()}
    ).encode(),
    "e.html": f'<a href="data:text/plain;base64,{coded(b"by Kowalska")}">'.encode,
    "f.md": lambda: coded(b"born 1967-04-02").encode(),
    "g.tsv": lambda: coded(NAME.encode("utf-16-le")).encode(),
    "h.jsonl.gz": lambda: gzip.compress(b'{"by": "Kowalska"}'),
    "i.zip": lambda: zipped("x.txt", b"by Kowalska"),
    "j.zip": lambda: zipped("Kowalska.txt", b"x"),
    "k.json": lambda: json.dumps({"x": coded(gzip.compress(b"by Kowalska"))}).encode(),
    "l.bin": lambda: b"\0\1\2" + NAME.encode("utf-16-be"),
    "m.txt": lambda: "by Kowalska".encode("utf-16"),
    "n.html": lambda: b"by &amp;#75;owalska",
    "o.json": lambda: json.dumps(json.dumps({"x": "Kowalsk\u00e4"})).encode(),
    "p.md": lambda: base64.b32encode(b"by Kowalska"),
    "q.md": lambda: b"x " + base64.b32encode(NAME.encode("utf-16-le")).lower().rstrip(b"="),
    "p2.md": lambda: b"x " + base64.b32encode(NAME.encode()).rstrip(b"="),
    "p3.md": lambda: b"x " + base64.urlsafe_b64encode(NAME.encode()).rstrip(b"="),
    "p4.md": lambda: f"x.{coded(NAME.encode())}.y".replace("=", "").encode(),
    "p5.md": "\uff2b\uff2f\uff37\uff21\uff2c\uff33\uff2b\uff21".encode,
    "r.txt": lambda: b"by =4B=6Fwalska and =?utf-8?Q?M=C3=BCller?=",
    "s.txt": lambda: b"by Kowal=\nska",
    "t.txt": lambda: b"=?utf-8?B?" + base64.b64encode(b"Kowalska") + b"?=",
    "u.html": lambda: b'<a href="x?of=%4B%6Fwalsk%61">',
    "v.js": lambda: rb"'\u{4b}owalska'",
    "w.css": lambda: rb'content: "\4b owalska"',
    "x.txt": lambda: rb"\113\157walska",
    "y.txt": lambda: NAME.encode().hex().encode(),
    "z.txt": lambda: b"0x" + NAME.encode("utf-16-be").hex().upper().encode(),
    "aa.txt": lambda: NAME.encode().hex(":").encode(),
    "ab.txt": lambda: ", ".join(f"0x{byte:02x}" for byte in NAME.encode()).encode(),
    "ac.html": lambda: b"Ko<b>wal</b>ska",
    "ad.txt": lambda: base64.encodebytes(b"a" * 50 + b" by Kowalska, " + b"b" * 50),
    "ae.html": lambda: b'"' + coded(b"by Kowalska>?>?>?").replace("/", "\\/").encode() + b'"',
    "af.bin": lambda: b"\0" + NAME.encode("utf-32-le"),
    "ag.bz2": lambda: bz2.compress(b"by Kowalska"),
    "ah.xz": lambda: lzma.compress(b"by Kowalska"),
    "ai.zst": lambda: pa.compress(b"by Kowalska, at length", "zstd", asbytes=True),
    "aj.bin": lambda: zlib.compress(b"by Kowalska"),
    "ak.gz": lambda: gzip.compress(b"a") + gzip.compress(b"by Kowalska"),
    "al.gz": lambda: named_gzip("Kowalska.txt"),
    "am.zip": lambda: commented_zip(b"by Kowalska"),
    "an.zip": lambda: zipped("x.gz", gzip.compress(zipped("y", b"by Kowalska"))),
    "ao.zip": lambda: zipped("x.parquet", parquet(pa.table({"x": [NAME]}))),
    "ap.txt": lambda: coded(b"\0\1\2" * 20 + NAME.encode() + b"\0").encode(),
    "aq.txt": lambda: b"xn--mllerov-kva1j" + b" Kowalsk%C3%A1",
    "ar.db": lambda: database("CREATE TABLE t (x)", "Kowalska"),
    "as.db": lambda: database("CREATE TABLE Kowalska (x)"),
    "at.feather": lambda: feather(pa.table({"x": ["a", NAME, "b"]})),
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_coded_or_packed_is_searched(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(TEXTS[name]())
    assert [hit.file for hit in found(tmp_path)] == [name]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([NAME.encode()]),
        pa.array([NAME.encode("utf-16-le") + b"\0\0\1"]),
        pa.array([date(1967, 4, 2)]),
        pa.array([{"when": date(1967, 4, 2)}]),
        pa.array([b"x"], pa.binary(1)).cast(pa.binary()),
    ],
)
def test_every_cell_that_is_no_number_is_searched(tmp_path: Path, column: pa.Array) -> None:
    pq.write_table(pa.table({"x": column}), tmp_path / "d.parquet")
    says = column.to_pylist() != [b"x"]
    assert bool(found(tmp_path)) == says


def test_an_archive_that_inflates_without_end_is_searched_as_far_as_a_bound(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"0" * (80 << 20), 1))
    assert not found(tmp_path)


def test_a_word_of_many_digits_takes_little_memory() -> None:
    word = "41" * (1 << 19)
    tracemalloc.start()
    assert list(of_token(word)) == ["A" * (1 << 19)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 * len(word)
