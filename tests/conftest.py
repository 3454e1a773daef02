"""Fixtures: a small project on disk, built once for all tests that only read it."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import settings

from benchsmith.cli import COLLECTED_AFTER
from benchsmith.engine.machine import cores
from tests import doctest_files, temporary_folder, world
from tests.browser import browser, visit
from tests.command import benchsmith
from tests.paths import PROJECT
from tests.remembered import once_for_bytes

__all__ = ["PROJECT", "browser", "visit"]

# as a command does: looking through what is imported and collected took a sixth of the time until the first test
gc.set_threshold(COLLECTED_AFTER)
settings.register_profile("untimed", deadline=None)  # no test depends on how busy a machine is
settings.load_profile("untimed")


class Project:
    """A project folder and the command line run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *words: str, code: int = 0, process: bool = False, **env: str) -> str:
        """Run `benchsmith` in the folder; return all it printed, after checking the exit code.

        With `process` it runs in a process of its own, otherwise in the test's.
        """
        return benchsmith(*words, code=code, folder=self.folder, process=process, **env)

    @property
    def release(self) -> Path:
        """Folder of the small benchmark's release."""
        return self.folder / "output/small/release"

    def published(self, name: str) -> list[dict[str, Any]]:
        """Return the cases of a benchmark's release with their provenance, in the order of its files."""
        release = self.folder / f"output/{name}/release"
        origin = {r["id"]: r for r in pq.read_table(release / "provenance.parquet").to_pylist()}
        files = sorted((release / "data").glob("*"))
        return [{**origin[r["id"]], **r} for f in files for r in pq.read_table(f).to_pylist()]

    def bytes_of_release(self) -> dict[str, bytes]:
        """Return every file of the release by its relative name."""
        return {
            p.relative_to(self.release).as_posix(): p.read_bytes()
            for p in sorted(self.release.rglob("*"))
            if p.is_file()
        }

    def copy(self, to: Path) -> Project:
        """Return a copy with every file of its own; what is built stays built."""
        return Project(Path(shutil.copytree(self.folder, to)))


LONGEST = (
    "faults", "incremental", "skills_real", "audits", "skill_cohort", "page_looks", "value_fuzz",
    "bad_input", "review_desks", "shipped", "build", "killed_builds", "desk_looks", "tutorial",
    "word_guesses", "rules_end_to_end", "hidden_keys", "wheel", "contradicting_looks", "reply_turns",
    "facts_real", "counterfactuals_real", "release_texts", "answer_key", "report_page", "interrupts",
    "badfiles", "time_limit", "tree_page", "editions", "engine", "names_are_no_keys", "review_desk_safety",
    "select", "start_sites", "publishing", "skills_together", "key_error", "skills", "item_command",
    "remote_services", "verify", "relations", "identifiers", "options", "several_answers", "replies",
    "blind", "copies",
)  # fmt: skip
"""Modules that take longest, in the order in which they are begun: a long one that begins last
leaves one processor to work alone."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Return how many workers `-n auto` has: two for each processor.

    For two fifths of their time the tests wait: for a browser, a retry, a time limit, a killed process.
    Three workers kept two processors busy for 79 % of the time.
    """
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    return 2 * cores()


def pytest_configure(config: pytest.Config) -> None:
    """Look for doctests where some are, in all folders and not in this one alone."""
    temporary_folder.choose()
    config.pluginmanager.register(doctest_files)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest modules first; within a module the order stays."""
    order = {f"test_{name}": number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(order)))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let the collector of garbage leave alone what was imported and collected: it all stays."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def unsynced() -> Iterator[None]:
    """Wait for no disk in the tests' own process: only a machine that loses power would show it.

    What is flushed, and when, is tested in processes of their own, by their system calls.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _file: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def remembered() -> Iterator[None]:
    """Let builds in the tests' own process find out once what depends on the same bytes alone."""
    with pytest.MonkeyPatch.context() as patch:
        once_for_bytes(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def user_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give the run a user's cache folder of its own, which all its processes share."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(_of_run(tmp_path_factory) / "user-cache"))
        yield


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project that is built; tests must not change it.

    The first process of a run that needs it builds it. Each has a copy, so that a test that
    changes it after all disturbs no other process.
    """

    def build(folder: Path) -> None:
        Project(world.write(folder)).run("build", "small", "--workers", "1")

    return Project(once(tmp_path_factory, "built", build)).copy(
        tmp_path_factory.mktemp("built") / "project"
    )


@pytest.fixture
def copy(built: Project, tmp_path: Path) -> Project:
    """Return a copy of the built project, for a test that changes it."""
    return built.copy(tmp_path / "project")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a project that is written, but not built."""
    return Project(world.write(tmp_path / "project"))


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder that is made once for all processes of a run, by the first that asks."""
    base = _of_run(factory)
    folder = base / f"shared-{name}"
    with (base / f"shared-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            scratch = base / f"shared-{name}.scratch"
            shutil.rmtree(scratch, ignore_errors=True)  # left by one that failed
            make(scratch)
            scratch.rename(folder)
    return folder


def _of_run(factory: pytest.TempPathFactory) -> Path:
    """Return the temporary folder that all processes of a run share."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
