"""A model server that misbehaves ends one question, within its time and a little memory."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.models.completions import _joined, _usage
from benchsmith.net.response_limits import (
    ResponseLimits,
    ResponseMeter,
    ResponseRefused,
    check_json_depth,
)
from tests.conftest import PROJECT
from tests.paths import PYTHONPATH

TIMEOUT_S = 3
TRIES = 3
KEY = "sk-secret-0123456789"
MODES = ("big", "big-stream", "endless", "endless-stream", "drip", "deep", "bomb", "redirect",
         "echo", "control")  # fmt: skip
CLIENT = f"""
import json, sys, time
from pathlib import Path
import openai
from benchsmith.models.address import Address
from benchsmith.models.contract import ModelError, Question
from benchsmith.models.endpoint import replies
# not ru_maxrss, in which a child has the peak of the process that started it
status = lambda key: int(Path("/proc/self/status").read_text().split(key + ":")[1].split()[0]) / 1024
def ask(mode):
    at = Address(model="m", base_url=f"{{sys.argv[1]}}/{{mode}}", key={KEY!r}, timeout_s={TIMEOUT_S},
                 stream=mode.endswith("stream"))
    Path("/proc/self/clear_refs").write_text("5")  # the peak is that from here on
    before, start, fault, text = status("VmRSS"), time.monotonic(), "", ""
    try:
        for _, reply in replies(at, [Question(None, "q", [{{"role": "user", "content": "?"}}])]):
            fault, text = reply.fault, reply.text
    except ModelError as error:
        fault = str(error)
    return mode, time.monotonic() - start, status("VmHWM") - before, fault, text
# the first question imports most of openai, which takes seconds on a busy machine and no server's time
ask("control")
for mode in sys.argv[2:]:
    # a busy machine delays one answer or another, a client without a limit every one: the best of three
    tries = []
    while len(tries) < {TRIES}:
        tries.append(ask(mode))
        seconds, fault = tries[-1][1], tries[-1][3]
        if seconds < {2 * TIMEOUT_S} and (mode == "drip" or "no answer" not in fault):
            break
    print(json.dumps([*min(tries, key=lambda row: row[1]), len(tries)]))
"""


def answer(text: str) -> bytes:
    """Return an ordinary answer."""
    choice = {"index": 0, "message": {"content": text}, "finish_reason": "stop"}
    return json.dumps({"choices": [choice]}).encode()


BODIES: dict[str, bytes] = {}
"""Made before a client waits for them."""


def make_bodies() -> None:
    """Fill BODIES; compression takes a second."""
    big = answer("A" * 50_000_000)
    BODIES.update({"big": big, "big-stream": big, "control": answer("A\x1b[2J")})
    BODIES.update(deep=b"[" * 200_000, bomb=gzip.compress(b" " * 100_000_000))


class Hostile(BaseHTTPRequestHandler):
    """Answers as the first folder of the path says."""

    asked: list[str] = []  # noqa: RUF012  one list for the server

    def log_message(self, *words: object) -> None:
        """Print nothing."""

    def do_POST(self) -> None:
        """Misbehave."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        mode = self.path.split("/")[1]
        self.asked.append(mode)
        with suppress(OSError):
            self._answer(mode)

    def _answer(self, mode: str) -> None:
        if mode == "redirect":
            self._head(307, Location=f"http://{self.headers['Host']}/stolen/v1")
            return
        stream = mode.endswith("stream")
        kind = {"Content-Type": "text/event-stream" if stream else "application/json"}
        self._head(200, **kind, **({"Content-Encoding": "gzip"} if mode == "bomb" else {}))
        if mode.startswith(("drip", "endless")):
            start = time.monotonic()
            while time.monotonic() - start < 60:
                self.wfile.write(b" " if mode == "drip" else b" " * 1_000_000)
                time.sleep(0.2 if mode == "drip" else 0)
            return
        self.wfile.write(BODIES.get(mode) or answer(f"A {self.headers['Authorization']}"))

    def _head(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()


@contextmanager
def hostile() -> Iterator[str]:
    make_bodies()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Hostile.asked.clear()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        BODIES.clear()


def test_every_mode_ends_in_time_and_within_memory() -> None:
    with hostile() as url:
        done = subprocess.run([sys.executable, "-c", CLIENT, url, *MODES], capture_output=True,
                              text=True, check=True, timeout=240, cwd=PROJECT,
                              env={"PYTHONPATH": PYTHONPATH})  # fmt: skip
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    faults = {mode: fault for mode, _, _, fault, *_ in rows}
    assert {mode: s for mode, s, *_ in rows if s >= 2 * TIMEOUT_S} == {}
    assert {mode: mb for mode, _, mb, *_ in rows if mb > 60} == {}, "MB beside what was there"
    texts = {mode: text for mode, *_, text, _ in rows if text}
    assert texts == {"echo": "A Bearer [key]", "control": "A\x1b[2J"}
    assert "4 MiB" in faults["big"] and "4 MiB" in faults["endless"]
    assert "4 MiB" in faults["big-stream"] and "4 MiB" in faults["endless-stream"]
    assert faults["drip"] == f"no response within {TIMEOUT_S} s"
    assert "64 levels" in faults["deep"] and "compressed" in faults["bomb"]
    assert "redirects are not followed" in faults["redirect"]
    tries = {mode: count for mode, *_, count in rows}
    assert "stolen" not in Hostile.asked and Hostile.asked.count("redirect") == tries["redirect"]
    assert KEY not in done.stdout


@given(st.lists(st.sampled_from([b"[", b"]", b'"[["', b"{", b"}", b'"\\"["', b"1"]), max_size=60))
def test_depth_is_that_of_brackets_outside_strings(pieces: list[bytes]) -> None:
    depth = deepest = 0
    for piece in pieces:
        depth += (piece in (b"[", b"{")) - (piece in (b"]", b"}"))
        deepest = max(deepest, depth)
    body = b",".join(pieces)
    check_json_depth(body, deepest)
    if deepest:
        with pytest.raises(ResponseRefused, match="nested deeper"):
            check_json_depth(body, deepest - 1)


def test_a_stream_may_be_long_but_not_one_event_of_it() -> None:
    limits = ResponseLimits(body_bytes=10, stream_bytes=100, seconds=5)
    meter = ResponseMeter(limits, events=True)
    for _ in range(8):
        meter.take(b"data: 1\n\n")
    with pytest.raises(ResponseRefused, match="10 B"):
        meter.take(b"data: 12345")
    meter = ResponseMeter(limits, events=True)
    for _ in range(11):
        meter.take(b"data: 1\n\n")
    with pytest.raises(ResponseRefused, match="100 B"):
        meter.take(b"data: 1\n\n")


def test_the_clock_ends_a_response_that_drips() -> None:
    now = [0.0]
    meter = ResponseMeter(ResponseLimits(seconds=5), events=False, clock=lambda: now[0])
    meter.take(b" ")
    now[0] = 6.0
    with pytest.raises(ResponseRefused, match="5 s"):
        meter.take(b" ")


@pytest.mark.parametrize("stated", [float("inf"), float("nan"), 10**400, -1000, "many"])
def test_a_count_of_tokens_that_is_none_is_no_answer(stated: object) -> None:
    """Infinity crashed, and fewer than none lowered the cost that `--max-cost` limits."""
    usage = SimpleNamespace(prompt_tokens=stated, completion_tokens=1)
    with pytest.raises((TypeError, ValueError)):
        _usage(usage)
    usage.prompt_tokens = None
    assert _usage(usage) == (0, 1)


@pytest.mark.parametrize("choices", [{"0": 1}, [5], 5])
def test_a_stream_with_an_odd_event_is_read_to_its_end(choices: object) -> None:
    """One that is left half-read prints a traceback when it is thrown away."""
    seen = []

    async def chunks() -> AsyncIterator[SimpleNamespace]:
        for number in range(3):
            seen.append(number)
            yield SimpleNamespace(usage=None, choices=choices)

    # a browser of another test may have a loop in this thread
    with ThreadPoolExecutor(1) as alone, pytest.raises((AttributeError, TypeError, LookupError)):
        alone.submit(asyncio.run, _joined(chunks())).result()
    assert seen == [0, 1, 2]
