"""A build with a fault reports it or works anyway, and the next one has the same result."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchsmith.tables import atomic_files
from tests import faults
from tests.faults import Tried, World

FEW: dict[str, Callable[[World], Tried]] = {
    "killed": lambda w: faults.kills(w, 6),
    "quota": lambda w: faults.files_cannot_grow(w, [80_000]),
    "at once": lambda w: faults.at_once(w, 2),
    "read-only": faults.read_only_source,
    "unreadable": lambda w: faults.unreadable(w, ["abdomen/data/labels/b.nii.gz"]),
    "changing": lambda w: faults.changing_source(w, [2]),
}


@pytest.fixture(scope="module")
def place() -> Iterator[World]:
    with faults.small_world() as one:
        yield one


@pytest.mark.parametrize("fault", FEW)
def test_a_build_survives(place: World, fault: str) -> None:
    tried = FEW[fault](place)
    assert not tried.wrong, "\n".join(tried.wrong)
    assert tried.equal == tried.tried > 0


def test_what_a_name_points_at_is_on_the_disk_before_the_name(place: World) -> None:
    if not faults.may_trace():
        pytest.skip("there is no strace, or it may not trace")
    tried = faults.order_of_writes(place)
    assert not tried.wrong, "\n".join(tried.wrong)
    assert tried.tried > 15


@pytest.mark.slow
def test_a_build_survives_everything(place: World) -> None:
    """Two hundred kills and all the rest; `python -m tests.faults` also writes the table."""
    for tried in faults.measure(place, 200):
        assert not tried.wrong, "\n".join(tried.wrong)
        assert tried.equal == tried.tried > 0


def test_the_page_lists_every_fault_and_none_that_was_not_survived() -> None:
    head, _, *rows = faults.published().splitlines()
    assert head.startswith("| fault ")
    cells = [[cell.strip() for cell in row.split("|")[1:-1]] for row in rows]
    assert len(cells) == 10
    for fault, tried, _, survived, equal in cells:
        assert int(tried) == int(survived) == int(equal) > 0, fault
    assert int(cells[0][1]) >= 200


def test_a_folder_that_was_left_by_a_dead_process_alone_is_swept(tmp_path: Path) -> None:
    mine = atomic_files.scratch_folder(tmp_path / "a")
    dead = mine.with_name(mine.name.replace(str(os.getpid()), "4194304"))
    dead.mkdir()
    (tmp_path / ".other-folder-x").mkdir()
    atomic_files.remove_abandoned(tmp_path)
    assert mine.is_dir() and not dead.exists() and (tmp_path / ".other-folder-x").is_dir()
