"""The retry policy: its waits, what it retries, and when it gives up."""

from __future__ import annotations

import math
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.core.retry import (
    Failure,
    RetryPolicy,
    call,
    is_transient_status,
    retry_after,
)


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        """Move the clock."""
        self.waits.append(seconds)
        self.now += seconds


def run(
    policy: RetryPolicy, failures: list[Failure], *, each_try_s: float = 0.0
) -> tuple[str, Clock]:
    """Call work that fails with the given judgements, one after the other, then succeeds."""
    clock, left = Clock(), iter(failures)
    judged: list[Failure] = []

    def work() -> str:
        clock.now += each_try_s
        failure = next(left, None)
        if failure is None:
            return "done"
        judged.append(failure)
        raise ConnectionError("failed")

    try:
        found = call(
            policy, work, lambda _: judged[-1], name="x", sleep=clock.sleep, clock=lambda: clock.now
        )
    except ConnectionError:
        return "gave up", clock
    return found, clock


TRANSIENT, PERMANENT = Failure(transient=True), Failure(transient=False)


def test_transient_failures_are_retried_with_doubling_waits() -> None:
    found, clock = run(RetryPolicy(tries=5), [TRANSIENT] * 4)
    assert found == "done" and len(clock.waits) == 4
    for attempt, wait in enumerate(clock.waits):
        assert 0.25 * 2**attempt <= wait <= 0.5 * 2**attempt


def test_a_permanent_failure_is_raised_at_once() -> None:
    assert run(RetryPolicy(tries=5), [TRANSIENT, PERMANENT])[0] == "gave up"
    assert not run(RetryPolicy(tries=5), [PERMANENT])[1].waits


def test_the_tries_are_counted() -> None:
    found, clock = run(RetryPolicy(tries=3), [TRANSIENT] * 3)
    assert found == "gave up" and len(clock.waits) == 2, "no wait after the last try"


def test_no_try_begins_after_the_deadline() -> None:
    policy = RetryPolicy(tries=99, deadline_s=10)
    found, clock = run(policy, [TRANSIENT] * 99, each_try_s=3)
    assert found == "gave up" and clock.now <= 13


def test_retry_after_is_waited_for_and_a_long_one_ends_the_retries() -> None:
    found, clock = run(RetryPolicy(tries=3), [Failure(transient=True, retry_after_s=7)])
    assert found == "done" and 7 <= clock.waits[0] <= 7.1
    found, clock = run(RetryPolicy(tries=3), [Failure(transient=True, retry_after_s=901)])
    assert found == "gave up" and not clock.waits


def test_retry_after_is_read_as_seconds_and_as_a_date() -> None:
    at = 1_700_000_000.0
    assert retry_after({"retry-after": formatdate(at + 30, usegmt=True)}, at) == 30
    assert retry_after({"retry-after": formatdate(at - 30, usegmt=True)}, at) == 0
    assert retry_after({"retry-after-ms": "1500"}, at) == 1.5
    assert retry_after({"retry-after": "-5"}, at) == 0
    assert retry_after({"retry-after": "soon"}, at) is None
    assert retry_after({}, at) is None


@given(st.text(max_size=40))
def test_any_header_gives_a_wait_or_none(text: str) -> None:
    found = retry_after({"retry-after": text}, 0.0)
    assert found is None or (found >= 0 and not math.isnan(found))


@given(st.integers(0, 10_000), st.text(max_size=9))
def test_a_wait_stays_within_its_limits(attempt: int, name: str) -> None:
    assert 0 < RetryPolicy(tries=1).wait_s(attempt, name) <= 60


@pytest.mark.parametrize(
    ("status", "transient"),
    [(400, False), (401, False), (404, False), (408, True), (409, True), (425, True), (429, True),
     (500, True), (502, True), (503, True), (504, True)],
)  # fmt: skip
def test_which_statuses_are_transient(status: int, transient: bool) -> None:
    assert is_transient_status(status) is transient
