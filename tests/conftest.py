"""Fixtures: a small project on disk, built once for all tests that only read it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from tests import world
from tests.browser import browser, visit
from tests.paths import PYTHONPATH

__all__ = ["browser", "visit"]

settings.register_profile("untimed", deadline=None)  # no test depends on how busy a machine is
settings.load_profile("untimed")
PROJECT = Path(__file__).resolve().parent.parent


class Project:
    """A project folder and the command line run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *words: str, code: int = 0, **env: str) -> str:
        """Run `benchsmith` with some words; return all it printed, after checking the exit code."""
        done = subprocess.run(
            [sys.executable, "-m", "benchsmith", *words],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": PYTHONPATH, **env},
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, f"exit {done.returncode} instead of {code}:\n{said}"
        return said

    @property
    def release(self) -> Path:
        """Folder of the small benchmark's release."""
        return self.folder / "output/small/release"

    def bytes_of_release(self) -> dict[str, bytes]:
        """Return every file of the release by its relative name."""
        return {
            p.relative_to(self.release).as_posix(): p.read_bytes()
            for p in sorted(self.release.rglob("*"))
            if p.is_file()
        }


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a project that is written, but not built."""
    return Project(world.write(tmp_path / "project"))


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project that is built; tests must not change it."""
    built = Project(world.write(tmp_path_factory.mktemp("built") / "project"))
    built.run("build", "small", "--workers", "1")
    return built
