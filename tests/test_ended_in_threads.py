"""Ends of blocks run in threads: each is reported in order, and no error is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchsmith.core import interrupts
from benchsmith.pipeline.ended_in_threads import EndedInThreads


@contextmanager
def opened(name: str, seen: list[str], error: Exception | None = None) -> Iterator[str]:
    try:
        yield name
        if error is not None:
            raise error
        seen.append(f"{name} kept, {threading.current_thread() is threading.main_thread()}")
    except BaseException:
        seen.append(f"{name} removed")
        raise


def test_ends_run_in_threads_and_are_reported_in_their_order() -> None:
    seen: list[str] = []
    reported: list[str] = []
    with EndedInThreads() as ends:
        for name in "abcde":
            with ends.block(opened(name, seen)) as own:
                assert own == name
            ends.then(lambda _, name=name: reported.append(name))  # type: ignore[misc]
    assert sorted(seen) == [f"{name} kept, False" for name in "abcde"]
    assert reported == list("abcde")


def test_what_an_end_raises_is_raised_and_the_others_are_reported() -> None:
    seen: list[str] = []
    reported: list[str] = []

    def build() -> None:
        with EndedInThreads() as ends:
            for name in "ab":
                full = OSError("no space left") if name == "a" else None
                with ends.block(opened(name, seen, full)):
                    pass
                ends.then(lambda _, name=name: reported.append(name))  # type: ignore[misc]

    with pytest.raises(OSError, match="no space left"):
        build()
    assert min(seen) == "a removed"
    assert "a" not in reported and ("b" in reported) == ("b kept, False" in seen)


def test_a_block_that_raises_is_left_here_and_the_one_before_is_kept() -> None:
    seen: list[str] = []
    reported: list[float] = []

    def build() -> None:
        with EndedInThreads() as ends:
            with ends.block(opened("a", seen)):
                pass
            ends.then(reported.append)
            with ends.block(opened("b", seen)):
                raise KeyError

    with pytest.raises(KeyError):
        build()
    assert sorted(seen) == ["a kept, False", "b removed"] and len(reported) == 1


def test_after_ctrl_c_an_end_that_begins_removes_its_files(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(interrupts, "check", _interrupt)

    def build() -> None:
        with EndedInThreads() as ends, ends.block(opened("a", seen)):
            pass

    with pytest.raises(KeyboardInterrupt):
        build()
    assert seen == ["a removed"]


def _interrupt() -> None:
    raise KeyboardInterrupt
