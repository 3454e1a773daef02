"""Retries: which failures are transient, how long to wait between tries, when to give up.

Model endpoints, the Hub and object storage all follow this policy. Waits double and carry a jitter
derived from names, so that many clients do not return at the same moment (exponential backoff with
jitter). A server's `Retry-After` (RFC 9110, section 10.2.3) takes precedence.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TypeVar

from benchsmith.core.random_order import RANK_SPAN, rank

T = TypeVar("T")
TRANSIENT_STATUSES = frozenset({408, 409, 425, 429})
"""HTTP statuses below 500 after which the same request may succeed later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and how long a call is retried."""

    tries: int
    first_wait_s: float = 0.5
    factor: float = 2.0
    """Each wait is this many times the one before."""
    longest_wait_s: float = 60.0
    """Limit of a wait that the policy chooses."""
    longest_retry_after_s: float = 900.0
    """Longest `Retry-After` that is honoured; a longer one ends the retries."""
    deadline_s: float = math.inf
    """Seconds after the first try within which another try may begin."""

    def wait_s(self, attempt: int, name: str = "", retry_after_s: float | None = None) -> float:
        """Return the seconds to wait after a failed attempt, counted from 0.

        The jitter takes off up to half of the wait. With `retry_after_s` the wait is that long, and
        up to an eighth of the policy's own wait longer.

        >>> policy = RetryPolicy(tries=3)
        >>> 0.5 <= policy.wait_s(1, "a") <= 1.0, policy.wait_s(900, "a") <= 60
        (True, True)
        """
        try:
            full = min(self.first_wait_s * self.factor**attempt, self.longest_wait_s)
        except OverflowError:
            full = self.longest_wait_s
        jitter = rank(0, "wait", name, str(attempt)) / RANK_SPAN
        wait = full * (1 - jitter / 2)
        return wait if retry_after_s is None else retry_after_s + wait * jitter / 8


@dataclass(frozen=True, slots=True)
class Failure:
    """How one failed try is judged."""

    transient: bool
    retry_after_s: float | None = None
    """Seconds that the server asked to wait; None if it did not."""


def is_transient_status(status: int) -> bool:
    """Return whether a request that got this HTTP status may succeed later.

    >>> is_transient_status(503), is_transient_status(404)
    (True, False)
    """
    return status in TRANSIENT_STATUSES or status >= 500


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds that a server asks to wait; None if it does not ask, or if the header cannot be parsed.

    Header names are in lower case unless the mapping ignores case. `Retry-After` is a number of
    seconds or a date (RFC 9110, section 10.2.3); `retry-after-ms` is OpenAI's addition.

    >>> retry_after({"retry-after": "7"}, 0.0), retry_after({"retry-after": "nan"}, 0.0)
    (7.0, None)
    """
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        text = headers.get(name)
        if text is None:
            continue
        try:
            seconds = float(text) / unit
        except ValueError:
            try:
                seconds = parsedate_to_datetime(text).timestamp() - now
            except (ValueError, OverflowError, OSError):
                continue
        if not math.isnan(seconds):
            return max(seconds, 0.0)
    return None


def call(
    policy: RetryPolicy,
    work: Callable[[], T],
    judge: Callable[[Exception], Failure],
    *,
    name: str = "",
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> T:
    """Return what `work` returns; retry it after transient failures.

    `judge` decides for each exception. `name` only spreads the waits. Raises the last exception of
    `work` once it is not transient, the tries are used up, or the deadline or the longest
    `Retry-After` would be exceeded.
    """
    start = clock()
    for attempt in range(policy.tries):
        try:
            return work()
        except Exception as error:
            failure = judge(error)
            asked = failure.retry_after_s
            wait = policy.wait_s(attempt, name, asked)
            late = clock() - start + wait > policy.deadline_s
            too_long = asked is not None and asked > policy.longest_retry_after_s
            if not failure.transient or attempt + 1 >= policy.tries or late or too_long:
                raise
        sleep(wait)
    raise ValueError("a policy needs at least one try")
