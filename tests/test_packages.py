"""Data that a package carries, downloaded from folders and indexes made here."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from benchsmith.documents.recipe import Data
from benchsmith.fetch import archives, package_index
from benchsmith.fetch.index_http import PackageIndexError
from benchsmith.fetch.package_index import PipSettings
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


def test_a_package_that_no_index_offers_is_reported(tmp_path: Path, index: Path) -> None:
    with pytest.raises(FetchError, match=r"no package index offers atlas==1\.0 as a wheel"):
        fetch(tmp_path, Data(package="atlas==1.0", path="atlas"))


EVIL = """
from pathlib import Path
Path({place!r}).write_text("ran")
def get_requires_for_build_wheel(config=None): return []
def prepare_metadata_for_build_wheel(folder, config=None): raise SystemExit(1)
def build_wheel(folder, config=None, metadata=None): raise SystemExit(1)
from setuptools import setup
setup(name="atlas", version="1.0")
"""


@pytest.mark.parametrize("wrong_sha256", [False, True])
def test_no_code_of_a_source_distribution_runs(
    tmp_path: Path, index: Path, wrong_sha256: bool
) -> None:
    trace = tmp_path / "ran"
    code = EVIL.format(place=str(trace))
    path = sdist(index, **{"setup.py": code, "backend.py": code, "data/one.txt": "1"})
    sha256 = "0" * 64 if wrong_sha256 else hashlib.sha256(path.read_bytes()).hexdigest()
    data = Data(sdist="atlas==1.0", sha256=sha256, path="data")
    if wrong_sha256:
        with pytest.raises(FetchError, match="the recipe says 0000"):
            fetch(tmp_path, data)
        assert not list((tmp_path / CACHE).iterdir()), "not unpacked"
    else:
        place = fetch(tmp_path, data)
        assert place and (place / "setup.py").read_text() == code, "kept as bytes"
    assert not trace.exists()


def test_modules_beside_the_project_are_not_run_as_pip(
    tmp_path: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace, project = tmp_path / "ran", tmp_path / "project"
    (project / "pip").mkdir(parents=True)
    for name in ("pip/__init__.py", "pip/__main__.py", "json.py"):
        (project / name).write_text(f"open({str(trace)!r}, 'w')")
    monkeypatch.chdir(project)
    wheel(index, **{"atlas/labels.txt": "1 liver"})
    assert fetch(project, Data(package="atlas==1.0", path="atlas"))
    assert not trace.exists()


@pytest.mark.parametrize(
    "name",
    [".evil", "-rreqs.txt", "evil-1.0.tar.gz", "evil.whl", "evil.zip", "./evil", "evil@file:///x",
     "evil[extra]", "evil; python_version>'3'", "evil==1.*", "evil>=1", "evil==1,==2", "--help", "",
     "evil==1.0 ", "evil\n==1.0", "https://example.org/evil.whl", "git+https://example.org/x"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["package", "sdist"])
def test_what_is_no_plain_name_is_refused(name: str, kind: str) -> None:
    with pytest.raises(pydantic.ValidationError):
        Data(**{kind: name, "sha256": "0" * 64, "path": "."})  # type: ignore[arg-type]


@given(
    st.one_of(
        st.text(max_size=20),
        st.text(alphabet="aZ0.-_=/@[];!+* \\\n~:", max_size=20),
        st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,9}(==[0-9][0-9a-z.!+]{0,6})?", fullmatch=True),
    )
)
def test_an_accepted_name_is_a_name_and_a_version_and_a_folder_of_its_own(name: str) -> None:
    try:
        data = Data(package=name, path=".")
    except pydantic.ValidationError:
        return
    assert data.package == name
    found = Requirement(name)
    assert found.url is None and not found.extras and found.marker is None
    assert not name.startswith(("-", ".")) and not set(name) & set("/\\:@ \n[];*~<>")
    assert all(s.operator == "==" for s in found.specifier) and len(found.specifier) <= 1
    assert (Path("/cache") / name).parent == Path("/cache")


def test_the_best_archive_is_chosen(tmp_path: Path) -> None:
    folder = tmp_path / "links"
    folder.mkdir()
    for name in ("atlas-1.0-py3-none-any.whl", "atlas-2.0-py3-none-any.whl",
                 "atlas-3.0rc1-py3-none-any.whl", "atlas-9.0-py2-none-any.whl",
                 "atlas-2.0.tar.gz", "other-5.0-py3-none-any.whl", "atlas-x.whl"):  # fmt: skip
        (folder / name).write_bytes(b"")
    settings = PipSettings(indexes=(), find_links=(str(folder),))

    def chosen(text: str, *, source: bool = False) -> str:
        return package_index.find(Requirement(text), source=source, settings=settings).filename

    assert chosen("atlas") == "atlas-2.0-py3-none-any.whl"
    assert chosen("Atlas==1.0") == "atlas-1.0-py3-none-any.whl"
    assert chosen("atlas==3.0rc1") == "atlas-3.0rc1-py3-none-any.whl"
    assert chosen("atlas==2.0", source=True) == "atlas-2.0.tar.gz"
    with pytest.raises(PackageIndexError):
        chosen("atlas==9.0")


@pytest.mark.parametrize("form", ["html", "json"])
def test_an_index_is_read_over_http(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    archive = wheel(tmp_path, **{"atlas/labels.txt": "1 liver"}).read_bytes()
    sha256, name = hashlib.sha256(archive).hexdigest(), "atlas-1.0-py3-none-any.whl"
    html = f'<a href="../../files/{name}#sha256={sha256}" data-requires-python="&gt;=3">x</a>'
    entry = {"filename": name, "url": f"../../files/{name}", "hashes": {"sha256": sha256}}
    pages = {
        "/simple/atlas/": html if form == "html" else json.dumps({"files": [entry]}),
        f"/files/{name}": archive,
    }
    kind = "text/html" if form == "html" else "application/vnd.pypi.simple.v1+json"
    with served(pages, kind) as url:
        monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
        monkeypatch.setenv("PIP_FIND_LINKS", "")
        monkeypatch.setenv("PIP_INDEX_URL", f"{url.replace('//', '//me:secret@')}/simple")
        place = fetch(tmp_path, Data(package="atlas==1.0", path="atlas"))
        assert place and (place / "atlas/labels.txt").read_text() == "1 liver"
        pages[f"/files/{name}"] = archive + b"x"
        with pytest.raises(FetchError, match="but the index says"):
            fetch(tmp_path, Data(package="atlas", path="atlas"))
        pages["/simple/atlas/"] = html.replace("../../files", "file:///etc")
        with pytest.raises(FetchError, match="no package index offers"):
            fetch(tmp_path, Data(package="atlas==1.0", path="atlas"))


def test_an_archive_that_unpacks_to_too_much_leaves_nothing(
    tmp_path: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 1 << 20)
    path = index / "atlas-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("atlas/zeros.bin", bytes(50 << 20))
    with pytest.raises(FetchError, match="unpacks to more than"):
        fetch(tmp_path, Data(package="atlas==1.0", path="atlas"))
    assert not list((tmp_path / CACHE).iterdir())


@contextmanager
def served(pages: Mapping[str, str | bytes], kind: str) -> Iterator[str]:
    """Serve pages by their paths."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = pages.get(self.path)
            if found is None:
                self.send_error(404)
                return
            data = found.encode() if isinstance(found, str) else found
            self.send_response(200)
            self.send_header("Content-Type", kind if isinstance(found, str) else "x/y")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *words: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
