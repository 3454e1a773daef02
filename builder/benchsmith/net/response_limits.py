"""Limits on an HTTP response: its size, its duration, and the depth of its JSON.

A server must not be able to exhaust memory or to keep a client waiting for ever. Standard library
only; `bounded_clients.py` applies the limits to an HTTP library.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_JSON_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
_EVENT_END = re.compile(rb"\r?\n\r?\n")
SLOW_AFTER_S = 60.0


class ResponseRefused(Exception):
    """A response exceeds a limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseLimits:
    """Limits on one response."""

    body_bytes: int = 4 << 20
    """Of a response that is read as a whole; of one event in a stream of server-sent events."""
    stream_bytes: int = 32 << 20
    """Of a whole stream of server-sent events."""
    json_depth: int = 64
    """Nested arrays and objects; Python's JSON decoder fails at about a thousand."""
    seconds: float = 120.0
    """From the request to the last byte of the body."""
    slowest_bytes_per_s: float = 0.0
    """A response that is slower on average, after its first minute, is given up; 0 for no limit."""


@dataclass(slots=True)
class ResponseBudget:
    """Limits on several responses together, such as the pages of one listing."""

    left: int
    """Bytes."""

    def take(self, count: int) -> None:
        """Count some bytes. Raises ResponseRefused when nothing is left."""
        self.left -= count
        if self.left < 0:
            raise ResponseRefused("its responses are too large in total: the list does not end")


@dataclass(slots=True)
class ResponseMeter:
    """Checks the chunks of one response as they arrive."""

    limits: ResponseLimits
    events: bool
    """The response is a stream of server-sent events."""
    budget: ResponseBudget | None = None
    """What this response shares with others."""
    clock: Callable[[], float] = time.monotonic
    _start: float = field(init=False)
    _total: int = 0
    _unfinished: int = 0
    """Bytes since the end of the last event."""

    def __post_init__(self) -> None:
        self._start = self.clock()

    def take(self, chunk: bytes) -> None:
        """Count a chunk. Raises ResponseRefused when a limit is exceeded."""
        limits = self.limits
        passed = self.clock() - self._start
        if passed > limits.seconds:
            raise ResponseRefused(f"no complete response within {limits.seconds:g} s")
        if self.budget is not None:
            self.budget.take(len(chunk))
        self._total += len(chunk)
        if passed > SLOW_AFTER_S and self._total < passed * limits.slowest_bytes_per_s:
            raise ResponseRefused("the response is sent too slowly")
        self._unfinished += len(chunk)
        if self.events:
            for end in _EVENT_END.finditer(chunk):
                self._unfinished = len(chunk) - end.end()
            if self._total > limits.stream_bytes:
                raise ResponseRefused(f"the response is larger than {size(limits.stream_bytes)}")
        if self._unfinished > limits.body_bytes:
            raise ResponseRefused(f"the response is larger than {size(limits.body_bytes)}")


def check_json_depth(body: bytes, limit: int) -> None:
    """Raise ResponseRefused for JSON that nests deeper than `limit`; the body is not decoded.

    >>> check_json_depth(b'{"a": ["[[[["]}', 2)
    """
    depth = 0
    for bracket in _BRACKET.finditer(_JSON_STRING.sub(b"", body)):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > limit:
            raise ResponseRefused(f"the response is JSON nested deeper than {limit} levels")


def size(count: int) -> str:
    """Return a number of bytes in binary units.

    >>> size(4 << 20), size(100)
    ('4 MiB', '100 B')
    """
    for unit, bits in (("GiB", 30), ("MiB", 20), ("KiB", 10)):
        if count >= 1 << bits:
            return f"{count / (1 << bits):.1f}".removesuffix(".0") + f" {unit}"
    return f"{count} B"
