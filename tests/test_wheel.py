"""The wheel is complete and contains nothing superfluous: it is built, unpacked, and used elsewhere."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchsmith.documents import shipped
from tests import world
from tests.paths import PROJECT

COPIED = (
    "LICENSE", "MANIFEST.in", "README.md", "CHANGELOG.md", "builder", "pyproject.toml", "setup.py",
    *shipped.FOLDERS,
)  # fmt: skip
SECRET = (
    "raw_sources/mni-aal/data/patient.csv",
    "raw_sources/mni-aal/notes.txt",
    "lexicon/votes/round.tsv",
    "question_pools/drafts/bone.yaml",
    "benchmarks/own.key",
    "output/demo/private/key",
)
"""Files of a working copy that nobody else should get."""
SCRIPT = """\
import sys
from benchsmith.__main__ import main
if __name__ == "__main__":
    sys.exit(main())
"""


def run(words: Sequence[str], folder: Path, **env: str) -> str:
    """Run a command in a folder and return what it printed; it must succeed."""
    done = subprocess.run(
        words, cwd=folder, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a wheel and a source distribution of a copy with secret files."""
    copy, target = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("dist")
    for name in COPIED:
        if (PROJECT / name).is_dir():
            ignored = shutil.ignore_patterns("data", "__pycache__", "*.egg-info", "shipped")
            shutil.copytree(PROJECT / name, copy / name, ignore=ignored)
        else:
            shutil.copyfile(PROJECT / name, copy / name)
    for name in SECRET:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text("SECRET-7f3a")
    code = "from setuptools import build_meta as b; b.build_sdist({0!r}); b.build_wheel({0!r})"
    run([sys.executable, "-c", code.format(str(target))], copy)
    return target


def test_no_file_of_a_working_copy_gets_out(archives: Path) -> None:
    wheel = zipfile.ZipFile(next(archives.glob("*.whl")))
    found = {name: wheel.read(name) for name in wheel.namelist()}
    with tarfile.open(next(archives.glob("*.tar.gz"))) as sdist:
        for member in sdist.getmembers():
            file = sdist.extractfile(member) if member.isfile() else None
            if file is not None:
                found[member.name] = file.read()
    assert any(name.endswith("raw_sources/mni-aal/recipe.yaml") for name in found)
    assert [name for name, data in found.items() if b"SECRET-7f3a" in data] == []
    assert [name for name in found if name.endswith(SECRET)] == []


@pytest.mark.skipif(not (PROJECT / ".git").exists(), reason="no list of tracked files")
def test_a_wheel_has_every_document_byte_for_byte(archives: Path) -> None:
    wheel = zipfile.ZipFile(next(archives.glob("*.whl")))
    inside = "benchsmith/shipped/"
    packed = {
        name.removeprefix(inside): wheel.read(name)
        for name in wheel.namelist()
        if name.startswith(inside)
    }
    listed = run(["git", "ls-files", *shipped.FOLDERS], PROJECT).splitlines()
    assert packed == {name: (PROJECT / name).read_bytes() for name in listed}


def test_a_source_distribution_makes_the_same_wheel(archives: Path, tmp_path: Path) -> None:
    with tarfile.open(next(archives.glob("*.tar.gz"))) as sdist:
        sdist.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    run(
        [sys.executable, "-c", "from setuptools import build_meta as b; b.build_wheel('.')"], folder
    )
    again, first = (zipfile.ZipFile(next(where.glob("*.whl"))) for where in (folder, archives))
    assert sorted(again.namelist()) == sorted(first.namelist())


def test_an_installed_wheel_works_in_an_empty_folder(archives: Path, tmp_path: Path) -> None:
    """Also where that folder has one named like the package's source folder."""
    installed, home = tmp_path / "site", tmp_path / "home"
    shutil.unpack_archive(next(archives.glob("*.whl")), installed, "zip")
    for name in ("builder", "benchmarks"):
        (home / name).mkdir(parents=True)
    (home / "builder/__init__.py").write_text("raise SystemExit('the wrong builder')")
    command = [sys.executable, "-m", "benchsmith"]
    said = run([*command, "init", "."], home, PYTHONPATH=str(installed))
    assert "lexicon/curators.tsv" in said
    where = run(
        [sys.executable, "-c", "from benchsmith.documents import shipped; print(shipped.root())"],
        home,
        PYTHONPATH=str(installed),
    )
    assert where.strip() == str(installed / "benchsmith/shipped")
    said = run([*command, "check"], home, PYTHONPATH=str(installed))
    assert said.startswith("no problem in 0 benchmarks, ")
    assert ", 0 recipes" not in said


def test_files_of_the_working_folder_never_stand_in_for_the_package(
    archives: Path, tmp_path: Path
) -> None:
    """Neither for the command nor for its workers: the command is the script that pip makes."""
    installed = tmp_path / "site"
    shutil.unpack_archive(next(archives.glob("*.whl")), installed, "zip")
    home = world.write(tmp_path / "home")
    for name in ("builder", "benchsmith", "tests"):
        (home / name).mkdir()
        (home / name / "__init__.py").write_text(f"raise SystemExit('the wrong {name}')")
    for name in ("benchsmith.py", "builder.py", "numpy.py"):
        (home / name).write_text(f"raise RuntimeError('the wrong {name}')")
    script = tmp_path / "bin/benchsmith"
    script.parent.mkdir()
    script.write_text(SCRIPT)
    command = [sys.executable, str(script)]
    said = run([*command, "check"], home, PYTHONPATH=str(installed))
    assert said.startswith("no problem in 1 benchmark")
    said = run([*command, "build", "small", "--workers", "2"], home, PYTHONPATH=str(installed))
    record = json.loads((home / "output/small/build.json").read_text("utf-8"))
    assert record["finished"] and (home / "output/small/release/manifest.json").is_file()
