"""Archives and index pages of strangers: refused in words, in little memory, and never a crash."""

from __future__ import annotations

import gzip
import io
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from benchsmith.fetch import package_index, web_page
from benchsmith.fetch.archives import CHUNK_BYTES, ArchiveError, unpack
from benchsmith.fetch.package_index import PipSettings

WHEEL = "evil-1.0-py3-none-any.whl"


def wheel(how: int = zipfile.ZIP_STORED, name: str = "evil/a.txt") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as bundle:
        bundle.writestr(name, b"text " * 1000)
    return out.getvalue()


def damaged(data: bytes, after: bytes, skip: int) -> bytes:
    at = data.index(after) + len(after) + skip
    return data[:at] + b"\xff" * 8 + data[at + 8 :]


def long_name(kind: bytes) -> bytes:
    """A source distribution whose first name (or head of names) has 64 MiB."""
    head = tarfile.TarInfo("evil-1.0/a")
    head.type, head.size = kind, 64 << 20
    return gzip.compress(head.tobuf(tarfile.GNU_FORMAT) + b"a" * head.size, 1)


BAD = {
    "a name that is not UTF-8": (
        WHEEL, lambda: wheel(name="evil/é.txt").replace("é".encode(), b"\xff\xfe")
    ),
    "damaged LZMA": (WHEEL, lambda: damaged(wheel(zipfile.ZIP_LZMA), b"evil/a.txt", 9)),
    "damaged bzip2": (WHEEL, lambda: damaged(wheel(zipfile.ZIP_BZIP2), b"evil/a.txt", 4)),
    "a name too long for the disk": (WHEEL, lambda: wheel(name="evil/" + "a" * 300)),
    "a long GNU name": ("evil-1.0.tar.gz", lambda: long_name(tarfile.GNUTYPE_LONGNAME)),
    "a long pax head": ("evil-1.0.tar.gz", lambda: long_name(tarfile.XHDTYPE)),
    "xz under the name of gzip": ("evil-1.0.tar.gz", lambda: b"\xfd7zXZ\0" + b"\0" * 99),
}  # fmt: skip


@pytest.mark.parametrize(("name", "make"), BAD.values(), ids=BAD)
def test_a_bad_archive_is_refused_in_words_and_in_little_memory(
    tmp_path: Path, name: str, make: Callable[[], bytes]
) -> None:
    archive = tmp_path / name
    archive.write_bytes(make())
    tracemalloc.start()
    try:
        with pytest.raises(ArchiveError, match=f"{name} cannot be unpacked: "):
            unpack(archive, tmp_path / "unpacked")
        assert tracemalloc.get_traced_memory()[1] < 16 * CHUNK_BYTES
    finally:
        tracemalloc.stop()


def test_a_name_of_more_letters_than_a_head_has_is_still_unpacked(tmp_path: Path) -> None:
    name = "evil-1.0/" + "/".join(["part" * 20] * 5) + "/é.txt"
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        archive, folder = tmp_path / f"{form}-1.0.tar.gz", tmp_path / f"to-{form}"
        with tarfile.open(archive, "w:gz", format=form) as tar:
            info = tarfile.TarInfo(name)
            info.size = 4
            tar.addfile(info, io.BytesIO(b"text"))
        unpack(archive, folder)
        assert (folder / name.partition("/")[2]).read_bytes() == b"text"


DIGITS = "9" * 6000
ODD_LINKS = {
    "no URL": '<a href="http://[::1">x</a>',
    "a version of 6000 digits": f'<a href="evil-{DIGITS}-py3-none-any.whl">x</a>',
    "a Python of 6000 digits": f'<a data-requires-python="&gt;={DIGITS}" href="{WHEEL}?">x</a>',
    "a billion tags": f'<a href="evil-1.0-{".".join(["a"] * 999)}-{".".join(["b"] * 999)}-any.whl">',
}


@pytest.mark.parametrize("link", ODD_LINKS.values(), ids=ODD_LINKS)
def test_an_odd_link_of_an_index_is_passed_over(tmp_path: Path, link: str) -> None:
    (tmp_path / "index.html").write_text(f'{link}<a href="{WHEEL}">x</a>', "utf-8")
    settings = PipSettings(indexes=(), find_links=(str(tmp_path),))
    found = package_index.find(Requirement("evil==1.0"), source=False, settings=settings)
    assert (found.filename, found.url) == (WHEEL, (tmp_path / WHEEL).as_uri())


def test_links_before_a_damaged_declaration_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = f'<a href="{WHEEL}">x</a><![foo[x]]>'
    (tmp_path / "index.html").write_text(page, "utf-8")
    settings = PipSettings(indexes=(), find_links=(str(tmp_path),))
    assert (
        package_index.find(Requirement("evil"), source=False, settings=settings).filename == WHEEL
    )
    text = '<a href="a.png">x</a><a href="http://[">x</a><![foo[x]]>'
    monkeypatch.setattr("fsspec.asyn.sync", lambda *_, **__: ("https://example.org/x/", text))
    links = web_page.read(type("System", (), {"loop": None})(), "https://example.org/x/").links
    assert [link for link in links if link] == ["https://example.org/x/a.png"]
