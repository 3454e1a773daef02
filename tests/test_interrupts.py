"""Ctrl-C under a terminal, and kills of the parent: one line, no traceback, and nobody is left."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import re
import signal
import time
from multiprocessing import context, spawn
from pathlib import Path

import pytest

from benchsmith.core import interrupts, random_order
from benchsmith.engine import fork_server
from benchsmith.engine.processes import Processes
from tests import work, world
from tests.conftest import Project
from tests.terminal import HAS_PROC, Ended, Terminal

pytestmark = pytest.mark.skipif(
    not HAS_PROC, reason="processes are found in /proc, which is not here"
)
SOON_S = 8.0
"""A busy machine is late."""
LONGEST_S = 9.0
"""Moments are drawn up to here; a build of the small benchmark takes about as long."""


def hold(ended: Ended, terminal: Terminal) -> None:
    """Hold that a command has ended as it must after Ctrl-C."""
    assert ended.printed.count(interrupts.LINE) == 1, ended.printed
    assert not re.search(r"Traceback|Error|Exception|KeyboardInterrupt", ended.printed), (
        ended.printed
    )
    assert ended.code == interrupts.EXIT_CODE == 130
    assert ended.seconds < interrupts.GRACE_S + SOON_S
    assert terminal.wait_for_end_of_all(SOON_S) < SOON_S, "a process is left"


def interrupted(folder: Path, workers: int, moment: float, name: str) -> None:
    """Press Ctrl-C at a moment of a build, or later if Python itself has not started by then."""
    while True:
        with Terminal("build", "small", "--workers", str(workers), folder=folder, mark=name) as at:
            at.read(moment)
            at.press()
            ended = at.end()
            if ended.code == 0:
                return  # it was finished
            if interrupts.LINE not in ended.printed and "cli" not in ended.printed:
                moment += 0.1  # no line of ours was run yet
                continue
            hold(ended, at)
            return


@pytest.mark.parametrize("workers", [1, 2])
def test_a_build_is_stopped_with_one_line(project: Project, workers: int) -> None:
    for number, moment in enumerate((0.3, 1.5, 4.0)):
        interrupted(project.folder, workers, moment, f"{project.folder}-{workers}-{number}")


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_build_is_stopped_with_one_line_at_any_moment(tmp_path: Path, workers: int) -> None:
    for number in range(20):
        folder = world.write(tmp_path / str(number))
        share = random_order.rank(0, "interrupts", str(workers), str(number)) / 2**64
        interrupted(folder, workers, 0.1 + share * LONGEST_S, f"{folder}-{workers}")


def test_finished_work_is_kept_and_the_next_build_has_the_same_bytes(
    project: Project, built: Project
) -> None:
    words = ("build", "small", "--workers", "2")
    with Terminal(*words, folder=project.folder, mark=str(project.folder)) as at:
        at.read(60, until="ingest abdomen:")
        at.press()
        hold(at.end(), at)
    kept = list((project.folder / "output").glob("**/ingest/**/manifest.json"))
    assert kept, "the stage that was finished"
    before = {path: path.stat().st_mtime_ns for path in kept}
    project.run("build", "small", "--workers", "1")
    assert {path: path.stat().st_mtime_ns for path in kept} == before
    assert project.bytes_of_release() == built.bytes_of_release()


def test_a_desk_is_stopped_with_one_line(project: Project) -> None:
    with Terminal("review", "--port", "0", "--each", "2", folder=project.folder, mark=str(project.folder)) as at:  # fmt: skip
        at.read(60, until="open: ")
        at.press()
        hold(at.end(), at)


def test_a_second_press_does_not_wait(project: Project) -> None:
    with Terminal("build", "small", "--workers", "2", folder=project.folder, mark=str(project.folder)) as at:  # fmt: skip
        at.read(60, until="ingest")
        for _ in range(3):
            at.press()
        hold(at.end(), at)


@pytest.mark.parametrize("count", [2, 5], ids=["at the start", "at work"])
def test_no_worker_outlives_a_parent_that_is_killed(project: Project, count: int) -> None:
    words = ("build", "small", "--workers", "2")
    with Terminal(*words, folder=project.folder, mark=f"{project.folder}-{count}") as at:
        end = time.monotonic() + 60
        while len(at.processes()) < count:  # build, fork server, resource tracker, two workers
            assert time.monotonic() < end
            at.read(0.02)
        os.kill(at.pid, signal.SIGKILL)
        ended = at.end()
        assert ended.code == -signal.SIGKILL
        assert at.wait_for_end_of_all(SOON_S) < SOON_S, "a process is left"
        assert "Traceback" not in at.read(0)


def test_a_build_in_the_background_of_a_script_ignores_ctrl_c(project: Project) -> None:
    """A shell starts `command &` of a script with SIGINT ignored; the command leaves it so."""
    with Terminal("check", folder=project.folder, mark=str(project.folder), deaf=True) as at:
        for _ in range(5):
            at.read(0.2)
            at.press()
        ended = at.end()
    assert ended.code == 0
    assert interrupts.LINE not in ended.printed


def test_units_that_nobody_waits_for_are_stopped_at_once() -> None:
    engine = Processes(2)
    results = engine.map(work.nap, [0.0, 0.0, 60.0, 60.0])
    for _ in range(2):
        next(results)
    start = time.monotonic()
    engine.close()
    assert time.monotonic() - start < SOON_S


def test_a_block_that_defers_is_finished_before_the_interrupt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = interrupts._Interrupts()  # noqa: SLF001  that of this process stays as it is
    monkeypatch.setattr(interrupts, "_STATE", state)
    monkeypatch.setattr(interrupts, "_print_no_more_exceptions", lambda: None)
    monkeypatch.setattr(interrupts, "_after", lambda *_: None)
    done: list[str] = []
    monkeypatch.setattr(state, "leave", lambda: done.append("left at once"))

    def work_that_is_interrupted() -> None:
        with interrupts.Deferred():
            with interrupts.Deferred():
                state.stop()
                done.append("inner")
            done.append("outer")
        done.append("after")

    with pytest.raises(KeyboardInterrupt):
        work_that_is_interrupted()
    assert done == ["inner", "outer"]
    with pytest.raises(KeyboardInterrupt):
        state.stop()
    assert done.pop() == "left at once", "a second one"


def test_a_worker_whose_pool_has_gone_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """A lock is pickled as for a worker that starts, and removed before the worker reads it."""
    lock = multiprocessing.get_context("forkserver").Lock()
    context.set_spawning_popen(lock)
    try:
        sent = pickle.dumps({}) + pickle.dumps(lock)
    finally:
        context.set_spawning_popen(None)
    del lock  # which removes the semaphore
    for data in (sent, sent[:-9], b""):
        reads, writes = os.pipe()
        os.write(writes, data)
        os.close(writes)
        with pytest.raises((OSError, EOFError, pickle.UnpicklingError)) as told:
            spawn._main(reads, None)  # noqa: SLF001  what a worker runs first
        fork_server.print_unless_gone(told.type, told.value, told.tb)
    assert capsys.readouterr().err == ""
    for own in (FileNotFoundError("of a plug-in"), EOFError("of a plug-in")):
        with pytest.raises(type(own)) as told:
            raise own
        fork_server.print_unless_gone(told.type, told.value, told.tb)
        assert "of a plug-in" in capsys.readouterr().err
