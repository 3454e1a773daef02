"""Bad files: read or refused by name, never a crash, a hang, or a look at anything else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

from benchsmith import formats
from benchsmith.core.contracts import DataFault
from benchsmith.imaging import appearance
from benchsmith.stages.measure import MIN_SPREAD
from tests import bad_file_cases, bad_file_readers, bad_file_worker, badfiles
from tests.bad_file_cases import CORPUS, CRASH, ESCAPE, HANG, PWNED, READ, REJECTED, SEG
from tests.bad_file_readers import READERS

collected = pytest.mark.skipif(not CORPUS.is_dir(), reason="the collected bad files are not here")


def measured(corpus: Path) -> dict[str, list[bad_file_cases.Outcome]]:
    """Read a corpus in one child; return the outcomes by the kind of file."""
    found: dict[str, list[bad_file_cases.Outcome]] = {kind: [] for kind in READERS}
    for one in bad_file_worker.measure(
        [c for c in bad_file_cases.cases(corpus) if c.kind in READERS], corpus
    ):
        found[one.case.kind].append(one)
    return found


PILLOW = 13
"""The page was written with this version; older ones refuse a few more pictures."""


def hold(outcomes: list[bad_file_cases.Outcome], kind: str, which: str) -> None:
    """Hold that files end as they must, and as the page says."""
    wrong = badfiles.wrong(outcomes)
    assert not wrong, f"{len(wrong)} of {len(outcomes)}:\n" + "\n".join(wrong)
    if int(version("pillow").partition(".")[0]) < PILLOW:
        return
    line = badfiles.row(kind, outcomes)
    assert line in badfiles.published(which).splitlines(), (
        f"`python -m tests.badfiles` writes {line}"
    )


@pytest.fixture(scope="module")
def from_elsewhere() -> dict[str, list[bad_file_cases.Outcome]]:
    return measured(CORPUS)


@collected
@pytest.mark.parametrize("kind", [k for k in READERS if k not in bad_file_cases.NONE_COLLECTED])
def test_bad_files_are_read_or_refused_as_they_must_be(
    from_elsewhere: dict[str, list[bad_file_cases.Outcome]], kind: str
) -> None:
    hold(from_elsewhere[kind], kind, bad_file_cases.COLLECTED)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests import bad_file_maker

    return bad_file_maker.write(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def generated(corpus: Path) -> dict[str, list[bad_file_cases.Outcome]]:
    return measured(corpus)


@pytest.mark.parametrize("kind", [kind for kind in READERS if kind != SEG])
def test_generated_bad_files_are_read_or_refused_as_they_must_be(
    generated: dict[str, list[bad_file_cases.Outcome]], kind: str
) -> None:
    assert len(generated[kind]) > 1
    hold(generated[kind], kind, bad_file_cases.GENERATED)


def test_the_generated_files_are_the_same_each_time(corpus: Path, tmp_path: Path) -> None:
    from tests import bad_file_maker

    again = bad_file_maker.write(tmp_path)
    names = {p.relative_to(corpus) for p in corpus.rglob("*") if p.is_file()}
    assert names == {p.relative_to(again) for p in again.rglob("*") if p.is_file()}
    assert not [n for n in names if (corpus / n).read_bytes() != (again / n).read_bytes()]


@collected
def test_the_page_counts_every_file_of_the_manifest() -> None:
    lines = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in badfiles.published(bad_file_cases.COLLECTED).splitlines()
    ][2:]
    *kinds, everything, not_read = lines
    assert [line[0] for line in kinds] == [
        k for k in READERS if k not in bad_file_cases.NONE_COLLECTED
    ]
    for column in range(1, len(everything) - 1):
        assert int(everything[column]) == sum(int(line[column]) for line in kinds)
    cases = bad_file_cases.cases()
    assert int(everything[1]) + int(not_read[1]) == len(cases)


@collected
def test_the_expected_result_of_a_file_is_stated_where_the_manifest_requires_a_refusal() -> None:
    cases = {case.path: case for case in bad_file_cases.cases()}
    assert set(bad_file_cases.SETTLED) <= set(cases)
    made = [c for c in cases.values() if c.path.startswith("made/") and c.kind in READERS]
    unsaid = [c.path for c in made if "reject" in c.expect and not c.must]
    assert not unsaid
    assert sum(c.must == REJECTED for c in made) > 80
    assert sum(c.must == READ for c in made) > 40


@collected
@pytest.mark.parametrize("path", bad_file_cases.SHOWS_NOTHING)
def test_a_picture_of_one_value_is_left_out_when_it_is_measured(path: str) -> None:
    image = formats.read(CORPUS / path)
    assert max(appearance.describe(plane).spread for plane in image.voxels) < MIN_SPREAD


@collected
@pytest.mark.parametrize("path", bad_file_cases.SAME)
def test_one_picture_stored_in_several_ways_is_the_same(path: str) -> None:
    first = formats.read(CORPUS / path)
    for other in bad_file_cases.SAME[path]:
        image = formats.read(CORPUS / other)
        assert np.array_equal(image.voxels, first.voxels), other
        assert image.affine is None or np.allclose(image.affine, first.affine), other


# The harness itself: a check that was never seen to fail proves nothing.


@pytest.fixture(scope="module")
def worker() -> Iterator[bad_file_worker.Worker]:
    with bad_file_worker.Worker(seconds=3) as one:
        yield one


def reads(path: Path) -> None:
    path.read_bytes()


def refuses(path: Path) -> None:
    raise DataFault("truncated", path, "3 of 9 bytes")


def refuses_without_a_known_reason(path: Path) -> None:
    raise DataFault("dislike", path, "")


def raises(path: Path) -> None:
    raise KeyError(path.name)


def dies(path: Path) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def leaves(path: Path) -> None:
    sys.exit(0)


def asks_for_much_memory(path: Path) -> None:
    bytearray(bad_file_cases.MEMORY_BYTES)


def sleeps(path: Path) -> None:
    time.sleep(60)


def looks_elsewhere(path: Path) -> None:
    Path("/etc/passwd").read_bytes()


def looks_above(path: Path) -> None:
    (path.parent / ".." / ".." / "elsewhere").exists()
    (path.parent / ".." / "elsewhere").write_text("", "utf-8")


def writes_beside(path: Path) -> None:
    path.with_suffix(".bak").write_text("", "utf-8")


def begins_a_program(path: Path) -> None:
    subprocess.run([sys.executable, "-c", ""], check=False)


OWN_MARKER = "HARNESS_RAN_CODE_*"
"""Not the corpus's own: another worker of the test run may be looking for that."""


def runs_code(path: Path) -> None:
    (Path(tempfile.gettempdir()) / OWN_MARKER.replace("*", path.name)).touch()


@pytest.mark.parametrize(
    ("reader", "outcome"),
    [
        (reads, READ),
        (refuses, REJECTED),
        (refuses_without_a_known_reason, CRASH),
        (raises, CRASH),
        (asks_for_much_memory, CRASH),
        (looks_elsewhere, ESCAPE),
        (looks_above, ESCAPE),
        (writes_beside, ESCAPE),
        (begins_a_program, ESCAPE),
        (runs_code, PWNED),
        (leaves, CRASH),
        (dies, CRASH),
        (sleeps, HANG),
    ],
)
def test_the_harness_sees_what_it_looks_for(
    worker: bad_file_worker.Worker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    reader: bad_file_readers.Reader,
    outcome: str,
) -> None:
    monkeypatch.setattr(bad_file_worker, "MARKER", OWN_MARKER)
    (tmp_path / "file").write_bytes(b"data")
    assert worker.read(reader, tmp_path / "file")[0] == outcome
