"""What commands import, and how often a build opens, hashes and inflates a file: counts, not times."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import deflate
import pytest
from typer.main import get_command

from benchsmith import cli
from benchsmith.documents import parse_cache
from tests.conftest import Project
from tests.paths import PYTHONPATH

HEAVY = {
    "PIL", "asyncio", "cv2", "datasets", "deflate.deflate", "duckdb", "http.client", "jinja2", "nibabel", "numba",
    "multiprocessing", "openai", "pandas", "pyarrow.compute", "pyarrow.dataset", "pydicom", "rapidfuzz", "requests",
    "rich", "ruamel.yaml", "scipy", "sklearn", "SimpleITK", "urllib3",
}  # fmt: skip
"""Libraries that take a tenth of a second or more, or that only work on pictures or a network needs."""
OF_WORK = {
    "benchsmith.annotations.series_frame", "benchsmith.audits.identifiers", "benchsmith.exporters.parquet",
    "benchsmith.counterfactual.write_pairs", "benchsmith.fetch.object_storage",
    "benchsmith.fetch.package_index", "benchsmith.formats.dicom_series", "benchsmith.pipeline.gather_release",
    "benchsmith.pipeline.run_audit", "benchsmith.pipeline.stage_work", "benchsmith.pipeline.write_release",
    "benchsmith.release.model", "benchsmith.skills.write_questions", "benchsmith.stages.ask",
    "benchsmith.stages.ingest", "benchsmith.stages.render", "benchsmith.stages.select",
    "packaging.requirements",
}  # fmt: skip
"""Modules that do the work of stages, and import much."""
SCRIPT = """
import json, sys
from benchsmith.cli import main

found = []
for words in json.loads(sys.argv[1]):
    sys.argv = ["benchsmith", *words]
    try:
        main()
    except SystemExit as end:
        assert not end.code, (words, end.code)
    found.append(sorted(sys.modules))
print("\\n" + json.dumps(found))
"""
COMMANDS = [["--help"], ["explain", "liver"], ["plan", "small"], ["build", "small"], ["check"]]


@pytest.fixture(scope="module")
def modules(built: Project, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Return what is imported after each of `COMMANDS`, run one after another in a new process."""
    copy = built.copy(tmp_path_factory.mktemp("imports") / "project")
    # more than one worker, since a build on one needs no processes at all
    words = [[*w, *(["--workers", "2"] if w[0] == "build" else [])] for w in COMMANDS]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(words)],
        capture_output=True, text=True, check=True, cwd=copy.folder,
        env={**os.environ, "PYTHONPATH": PYTHONPATH},
    )  # fmt: skip
    assert "small: nothing to do" in done.stdout
    found = json.loads(done.stdout.splitlines()[-1])
    return {words[0]: set(each) for words, each in zip(COMMANDS, found, strict=True)}


@pytest.mark.parametrize("command", [words[0] for words in COMMANDS])
def test_a_command_without_work_imports_nothing_heavy(
    modules: dict[str, set[str]], command: str
) -> None:
    assert not sorted((HEAVY | OF_WORK) & modules[command])


def test_show_imports_nothing_that_reads_replies_or_writes_releases(built: Project) -> None:
    """It shows questions with their pictures: no model's reply is read, and no export is written."""
    words = [["show", "small", "modality=ct", "--pictures", "none"]]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(words)],
        capture_output=True, text=True, check=True, cwd=built.folder,
        env={**os.environ, "PYTHONPATH": PYTHONPATH},
    )  # fmt: skip
    ((*found,),) = json.loads(done.stdout.splitlines()[-1])
    assert "benchsmith.evaluate.release_reader" in found
    unwanted = {"benchsmith.evaluate.submission", "benchsmith.replies.reader", "benchsmith.adopt.release_folder",
                "benchsmith.exporters.card", "jinja2", "scipy", "sklearn", "pydicom"}  # fmt: skip
    assert not unwanted & set(found)


def test_a_command_is_the_same_alone_as_among_all() -> None:
    whole = get_command(cli.app)
    assert len(whole.commands) > 30
    for name, command in whole.commands.items():
        alone = get_command(cli.named([name]))
        assert alone.commands.keys() == {name}
        found = alone.commands[name]
        assert [p.name for p in found.params] == [p.name for p in command.params]
        assert getattr(found, "commands", {}).keys() == getattr(command, "commands", {}).keys()
    assert get_command(cli.named(["pla"])).commands.keys() == whole.commands.keys()
    assert get_command(cli.named([])).commands.keys() == whole.commands.keys()


def test_checked_documents_are_remembered(built: Project, tmp_path: Path) -> None:
    """The second check of documents that did not change parses none, adopted sets and benchmarks too."""
    copy = built.copy(tmp_path / "project")
    parse_cache.of.cache_clear()
    copy.run("check")
    found = json.loads((copy.folder / parse_cache.FILE).read_bytes())["found"]["yaml"]
    assert {p.relative_to(copy.folder).as_posix() for p in copy.folder.rglob("*.yaml")
            if p.parent.name in ("benchmarks", "adopted_sets")} <= found.keys()  # fmt: skip


def test_help_reads_no_document(modules: dict[str, set[str]]) -> None:
    kinds = {"numpy", "pyarrow", "pydantic", "benchsmith.documents", "benchsmith.pipeline"}
    assert not kinds & modules["--help"]


def test_the_names_of_heavy_modules_are_right() -> None:
    """A misspelt name would never be found among the imported ones."""
    from importlib.util import find_spec

    for name in OF_WORK:
        assert find_spec(name), name
    ours = {"PIL", "cv2", "jinja2", "nibabel", "pandas", "pyarrow.compute", "pydicom", "rapidfuzz",
            "ruamel.yaml", "scipy", "duckdb", "openai"}  # fmt: skip
    assert ours <= HEAVY
    for name in ours:
        assert find_spec(name), name


class Work:
    """Counts of what was done to the files below a folder, by relative name."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.active = str(folder), False
        self.opened: Counter[str] = Counter()
        self.hashed: Counter[str] = Counter()
        self.inflated = 0

    def clear(self) -> None:
        """Restart the count."""
        self.opened.clear()
        self.hashed.clear()
        self.inflated = 0

    def note(self, counts: Counter[str], path: object) -> None:
        """Count a file, if it lies below the folder and the block has not ended."""
        # `io.open` says the path as it was given
        text = os.fspath(path) if isinstance(path, str | os.PathLike) else ""
        if self.active and isinstance(text, str) and text.startswith(self.folder):
            counts[os.path.relpath(text, self.folder)] += 1

    def of_data(self, counts: Counter[str]) -> dict[str, int]:
        """Return the counts of the sources' files."""
        return {n: k for n, k in counts.items() if n.startswith("raw_sources") and "/data/" in n}


@contextmanager
def counting(folder: Path) -> Iterator[Work]:
    work = Work(folder)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if work.active and event == "open" and "r" in str(args[1] or "r"):
            work.note(work.opened, args[0])

    def file_digest(file: Any, *args: Any, **options: Any) -> Any:
        work.note(work.hashed, file.name)
        return digest(file, *args, **options)

    def inflate(*args: Any, **options: Any) -> Any:
        work.inflated += work.active
        return gunzip(*args, **options)

    digest, gunzip = hashlib.file_digest, deflate.gzip_decompress
    sys.addaudithook(hook)  # cannot be removed: it does nothing once the block has ended
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashlib, "file_digest", file_digest)
        patch.setattr(deflate, "gzip_decompress", inflate)
        work.active = True
        yield work
        work.active = False


def test_a_build_reads_each_file_a_fixed_number_of_times(project: Project) -> None:
    """An image is hashed for the plan, and read by ingest and by render, which hash what they read.

    Its header is read for its size, twice, and for identifiers once. One that looks like a copy of
    another is read and hashed once more, to compare them.
    """
    build = ("build", "small", "--workers", "1")
    with counting(project.folder) as work:
        project.run(*build)
        data = work.of_data(work.opened)
        volumes = {n: k for n, k in data.items() if n.endswith(".nii.gz")}
        pictures = {n: k for n, k in data.items() if n.endswith((".png", ".jpg"))}
        assert (len(volumes), len(pictures)) == (6, 12)
        assert all(1 < k <= 8 for k in volumes.values()), volumes
        assert all(1 < k <= 12 for k in pictures.values()), pictures
        assert sum(k > 10 for k in pictures.values()) <= 2, pictures
        assert data["raw_sources/skin/data/labels.csv"] == 1
        # a volume and its labels, by ingest and by render, and the beginning of one for a header
        assert len(volumes) <= work.inflated <= 20
        assert set(work.of_data(work.hashed).values()) == {1}
        # a table is no file of an image: its rows are part of the images' digests
        assert len(work.of_data(work.hashed)) == len(volumes) + len(pictures)

        work.clear()
        project.run(*build)
        assert work.inflated == 0
        # files that are younger than a clock's step are hashed again, and nothing else is read
        again = work.of_data(work.opened)
        assert set(again.values()) == {1}
        assert set(work.hashed.values()) == {1}

        work.clear()
        benchmark = project.folder / "benchmarks/small.yaml"
        benchmark.write_text(benchmark.read_text().replace("per_answer: 12", "per_answer: 9"))
        project.run(*build)
        assert work.inflated == 0  # questions are drawn again, and no picture
        reread = {n: k for n, k in work.of_data(work.opened).items() if not n.endswith(".csv")}
        counts = sorted(reread.values())
        assert counts[-2] <= 4, "hash of a young file; the header for size, identifiers"
        assert counts[-1] <= 7, "the only one that looks like another is compared with it again"


def test_a_release_is_hashed_once(project: Project) -> None:
    """Each file of a release is hashed once when it is written, in any number of exports."""
    with counting(project.folder) as work:
        project.run("build", "small", "--workers", "1")
        made = {n.partition("/release/")[2]: k for n, k in work.hashed.items() if "/release/" in n}
    assert made.keys() == project.bytes_of_release().keys()
    assert set(made.values()) == {1}


def test_check_opens_no_picture_and_a_table_of_the_lexicon_twice(copy: Project) -> None:
    """Once for its rows, once for the version that it prints."""
    with counting(copy.folder) as work:
        copy.run("check")
    data = work.of_data(work.opened)
    assert data == {"raw_sources/skin/data/labels.csv": 1}
    tables = {n: k for n, k in work.opened.items() if n.startswith("lexicon/")}
    assert len(tables) >= 10
    assert set(tables.values()) == {2}
    assert not work.hashed
    assert not work.inflated
