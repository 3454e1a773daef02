"""The desk's server against clients that are slow, many, deep, or ask under another name."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.review.connections import HEAD_TIMEOUT_S, MAX_CONNECTIONS, UNREAD_TIMEOUT_S
from benchsmith.review.host_names import HostNames
from benchsmith.review.plain_json import MAX_DEPTH, parse
from benchsmith.review.request_body import BODY_TIMEOUT_S, MAX_BODY_BYTES
from tests.conftest import Project
from tests.desk import Client, Desk, copied

SLACK_S = 4.0
"""A busy machine is late."""
DRIP_S = 0.5


@pytest.fixture(scope="module")
def at(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    project = copied(built, tmp_path_factory.mktemp("server") / "project")
    started = Desk(project, "small", "--curator", "me", "--labels", "label=kidney|liver",
                   "--host-name", "desk.example.org, other.example").start()  # fmt: skip
    yield started
    started.stop()


@pytest.fixture(scope="module")
def ann(at: Desk) -> Client:
    return at.as_("ann")


def connect(at: Desk) -> socket.socket:
    return socket.create_connection(("127.0.0.1", at.port), timeout=30)


def status_of(reply: bytes) -> int:
    """Return the status of a response; 0 if there was none."""
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", reply)
    return int(found[1]) if found else 0


def raw(at: Desk, data: bytes) -> tuple[int, bytes]:
    """Send bytes, close that half, and return the status and the response."""
    with closing(connect(at)) as to:
        to.sendall(data)
        to.shutdown(socket.SHUT_WR)
        reply = b""
        while more := to.recv(1 << 16):
            reply += more
    return status_of(reply), reply


def drip(at: Desk, first: bytes, each: bytes, most: float) -> tuple[int, float]:
    """Send the first bytes and then a few at a time; return the status, and seconds to the end."""
    with closing(connect(at)) as to:
        start, reply = time.monotonic(), b""
        to.sendall(first)
        to.settimeout(DRIP_S)
        while time.monotonic() - start < most:
            try:
                more = to.recv(1 << 16)
                if not more:
                    break
                reply += more
            except TimeoutError:
                try:
                    to.sendall(each)
                except OSError:
                    break
            except OSError:
                break
        return status_of(reply), time.monotonic() - start


def head_of(ann: Client, *, length: int, form: str = "") -> bytes:
    lines = [
        "POST /tags/act HTTP/1.1",
        f"Host: 127.0.0.1:{ann.desk.port}",
        f"Origin: {ann.desk.base}",
        f"Cookie: {ann.cookie}",
        f"X-Form-Token: {form}",
        "Content-Type: application/json",
        f"Content-Length: {length}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def test_slow_clients_end_in_time_and_others_are_served_meanwhile(at: Desk, ann: Client) -> None:
    host = f"Host: 127.0.0.1:{at.port}\r\n".encode()
    form = ann.page("")["form"]
    most = max(HEAD_TIMEOUT_S, BODY_TIMEOUT_S) + UNREAD_TIMEOUT_S + 3 * SLACK_S
    clients = {
        "slow head": (b"GET / HTTP/1.1\r\n" + host, b"X-A: b\r\n"),
        "slow first line": (b"GE", b"T"),
        "slow head on a used connection": (
            b"GET /static/desk.js HTTP/1.1\r\n" + host + b"\r\nGET / HTTP/1.1\r\n",
            b"X-A: b\r\n",
        ),
        "silent": (b"", b""),
        "slow body": (head_of(ann, length=1000, form=form) + b"{", b" "),
        "slow body of a stranger": (head_of(ann, length=1000) + b"{", b" "),
        "slow body of a GET": (
            b"GET /static/desk.js HTTP/1.1\r\nContent-Length: 1000\r\n" + host + b"\r\n", b" "),
    }  # fmt: skip
    with ThreadPoolExecutor(len(clients) + 1) as pool:
        slow = {
            name: pool.submit(drip, at, first, each, most)
            for name, (first, each) in clients.items()
        }
        waits = []
        while not all(one.done() for one in slow.values()):
            start = time.monotonic()
            assert ann.ask("GET", "/tags/queue")[0] == 200
            waits.append(time.monotonic() - start)
            time.sleep(0.2)
    found = {name: one.result() for name, one in slow.items()}
    assert max(waits) < SLACK_S, "nobody else waits"
    assert {name: status for name, (status, _) in found.items()} == {
        "slow head": 408,
        "slow first line": 408,
        "slow head on a used connection": 200,
        "silent": 0,
        "slow body": 408,
        "slow body of a stranger": 403,
        "slow body of a GET": 200,
    }
    for name, (_, seconds) in found.items():
        limit = UNREAD_TIMEOUT_S if name.endswith(("stranger", "GET")) else HEAD_TIMEOUT_S
        limit = BODY_TIMEOUT_S if name == "slow body" else limit
        assert limit - DRIP_S <= seconds < limit + SLACK_S, (name, seconds)


def test_a_new_connection_takes_the_place_of_the_slowest(at: Desk, ann: Client) -> None:
    with ExitStack() as held:
        slow = [held.enter_context(closing(connect(at))) for _ in range(MAX_CONNECTIONS + 20)]
        for each in slow[-50:]:
            each.sendall(b"GET / HTTP/1.1\r\n")
        start = time.monotonic()
        for _ in range(5):
            assert ann.ask("GET", "/tags/queue")[0] == 200
        assert time.monotonic() - start < SLACK_S
        slow[0].settimeout(SLACK_S)
        assert slow[0].recv(100) == b"", "the first to come is the first to go"
    assert ann.ask("GET", "/tags/queue")[0] == 200


def test_a_client_that_reads_nothing_is_let_go(at: Desk, ann: Client) -> None:
    with closing(socket.socket()) as to:
        to.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        to.settimeout(1)
        to.connect(("127.0.0.1", at.port))
        one = f"GET /static/desk.js HTTP/1.1\r\nHost: localhost:{at.port}\r\n\r\n".encode()
        try:
            for _ in range(3000):
                to.sendall(one)
        except OSError:
            pass  # the server reads no more requests while its responses are not read
        for _ in range(3):
            assert ann.ask("GET", "/tags/queue")[0] == 200


def test_what_cannot_be_an_action_is_a_bad_request(at: Desk, ann: Client) -> None:
    own = {"Origin": at.base, "X_Form_Token": ann.page("")["form"], "Content_Type": "application/json"}  # fmt: skip
    before = at.acts()
    item = ann.page("tags")["queue"][0]
    for value, said in (
        ("[" * 30_000 + "]" * 30_000, "too many levels"),
        ("[" * 60_000, "too many levels|Expecting"),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, "too many levels"),
        ("[" * MAX_DEPTH + "]" * MAX_DEPTH, "too many levels"),
        ('"\\ud800"', "half a character"),
        ('{"\\udfff": 1}', "half a character"),
        ("NaN", "not finite"),
        ("-Infinity", "not finite"),
        ("1e999", "not finite"),
        ("9" * 5000, "digits"),
        ("{", "Expecting"),
    ):
        body = f'{{"key": "some-key-9", "item": {json.dumps(item)}, "seen": "", "value": {value}}}'
        status, _, text = ann.ask("POST", "/tags/act", body.encode(), **own)
        assert status == 400 and re.search(said, json.loads(text)["wrong"]), (value[:20], text)
    for field in ("key", "item", "seen"):
        body = json.dumps({"key": "some-key-9", "item": item, "seen": "", "value": {}, field: "\ud800" * 9})  # fmt: skip
        assert ann.ask("POST", "/tags/act", body.encode(), **own)[0] == 400
    status, _, _ = ann.ask("POST", "/tags/act", b'"' + b"x" * MAX_BODY_BYTES, **own)
    assert status == 400
    for origin in ("http://[", "http://127.0.0.1:x", f"ftp://127.0.0.1:{at.port}"):
        assert ann.ask("POST", "/tags/act", b"{}", **{**own, "Origin": origin})[0] == 403
    status, _ = raw(at, head_of(ann, length=50, form=own["X_Form_Token"]) + b"{")
    assert status in (0, 400), "a body that breaks off is not an action"
    assert at.acts() == before
    log = (at.project.folder / f"desk-{at.port}.log").read_text()
    assert "Traceback" not in log


@given(st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8,
))  # fmt: skip
def test_a_sound_body_is_read_as_it_was_meant(value: object) -> None:
    assert parse(json.dumps({"value": value}).encode()) == {"value": value}


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:{port}", 403), ("localhost:{port}", 403), ("LocalHost", 403),
        ("[::1]:{port}", 403), ("desk.example.org", 403), ("Other.Example:443", 403),
        ("evil.example:{port}", 400), ("evil.example", 400), ("127.0.0.1.evil.example", 400),
        ("localhost.evil.example:{port}", 400), ("192.0.2.1:{port}", 400), ("", 400),
        ("evil.example@127.0.0.1", 400), ("127.0.0.1:{port},evil.example", 400),
        ("desk.example.org.evil.example", 400), ("0.0.0.0:{port}", 400), ("[::1", 400),
    ],
)  # fmt: skip
def test_only_the_desk_s_own_names_are_answered(at: Desk, host: str, status: int) -> None:
    named = host.format(port=at.port)
    for path in ("/", "/tags/queue"):
        found, reply = raw(at, f"GET {path} HTTP/1.1\r\nHost: {named}\r\n\r\n".encode())
        assert found == status, reply
    asset, _ = raw(at, f"GET /static/desk.js HTTP/1.1\r\nHost: {named}\r\n\r\n".encode())
    assert asset == (200 if status == 403 else 400)


def test_a_request_names_the_desk_once(at: Desk) -> None:
    for head in (b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"):  # fmt: skip
        assert raw(at, head)[0] == 400


def test_a_shared_desk_answers_to_addresses_and_its_own_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "Desk-7")
    shared, own = HostNames(share=True), HostNames()
    for host, with_share in (("192.0.2.1:8420", True), ("[2001:db8::1]:8420", True), ("desk-7:8420", True),
                             ("desk-7.local", True), ("evil.example", False), ("7.example", False)):  # fmt: skip
        assert (shared.accept(host), own.accept(host)) == (with_share, False)
