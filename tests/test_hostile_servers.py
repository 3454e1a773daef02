"""Servers of packages, files and releases that send without end, or too slowly, end one command."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import huggingface_hub
import huggingface_hub.utils
import pytest

from benchsmith.core.retry import RetryPolicy
from benchsmith.fetch import http_opener, hub_limits, index_http, storage_errors, web_server
from benchsmith.fetch.index_http import HttpSettings, PackageIndexError, read_page
from benchsmith.fetch.object_storage import Place
from benchsmith.fetch.storage_errors import StorageError
from benchsmith.fetch.storage_listing import listing
from benchsmith.net.bounded_clients import ClientLimits, bound, httpx_of
from benchsmith.net.response_limits import (
    ResponseBudget,
    ResponseLimits,
    ResponseMeter,
    ResponseRefused,
)

REPO = {"id": "a/b", "sha": "c" * 40, "siblings": [], "tags": [], "private": False}


class Server(ThreadingHTTPServer):
    """Counts what it could send."""

    sent = 0
    asked = 0
    daemon_threads = True


class Handler(BaseHTTPRequestHandler):
    """Misbehaves as the path says."""

    server: Server

    def log_message(self, *words: object) -> None:
        """Print nothing."""

    def do_GET(self) -> None:
        """Answer."""
        self.server.asked += 1
        with suppress(OSError):
            if "/api/" in self.path:
                self._hub()
            elif self.path.startswith("/redirect"):
                self.send_response(302)
                self.send_header("Location", "/simple/")
                self.end_headers()
                self._endless()
            elif self.path.startswith("/head"):
                for _ in range(600):
                    self.wfile.write(b"H")
                    time.sleep(0.05)
            else:
                body = b"<a href=x>x</a>"
                if self.path.startswith("/tree"):
                    body = b"<a href=a/>a</a><a href=b/>b</a>"
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

    def _endless(self) -> None:
        while self.server.sent < 1 << 30:
            self.wfile.write(b"x" * (1 << 16))
            self.server.sent += 1 << 16

    def _hub(self) -> None:
        """Describe a data set whose list of files has always another page."""
        page = [{"type": "file", "path": f"{self.server.asked}/{i}", "size": 1, "oid": "o"}
                for i in range(100)]  # fmt: skip
        body = json.dumps(page if "/tree/" in self.path else REPO).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        next_page = f"http://{self.headers['Host']}/api/datasets/a/b/tree/main?{self.server.asked}"
        self.send_header("Link", f'<{next_page}>; rel="next"')
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def server() -> Iterator[tuple[Server, str]]:
    found = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=found.serve_forever, daemon=True).start()
    try:
        yield found, f"http://127.0.0.1:{found.server_port}"
    finally:
        found.shutdown()
        found.server_close()


@pytest.fixture(autouse=True)
def _once(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (storage_errors, index_http):
        monkeypatch.setattr(module, "RETRY", RetryPolicy(tries=1))


def test_an_index_is_read_after_a_redirect_whose_body_has_no_end() -> None:
    with server() as (found, url):
        page = read_page(f"{url}/redirect", "*/*", HttpSettings())
        assert page is not None
        assert (page.url, page.text) == (f"{url}/simple/", "<a href=x>x</a>")
        assert found.sent < 64 << 20, "what fits into the buffers of two sockets"


def test_an_index_whose_head_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_opener, "HEAD_S", 0.4)
    start = time.monotonic()
    with server() as (_, url), pytest.raises(PackageIndexError):
        read_page(f"{url}/head", "*/*", HttpSettings())
    assert time.monotonic() - start < 10


def hub_client() -> Any:
    """Return a new client of the kind that the Hub's library uses."""
    httpx = httpx_of(type(huggingface_hub.utils.get_session()), "Client")
    return httpx.Client(follow_redirects=True)


def test_the_hub_s_redirects_are_limited_and_its_downloads_are_not() -> None:
    small = ResponseLimits(body_bytes=1 << 20)
    with server() as (found, url), hub_client() as client:
        bound(client, ClientLimits(small, ResponseLimits(body_bytes=8 << 20)), 10.0)
        for stream in (False, True):
            found.sent = 0
            request = client.build_request("GET", f"{url}/redirect")
            with pytest.raises(ResponseRefused, match="larger than 1 MiB"):
                client.send(request, stream=stream)
            assert found.sent < 64 << 20
        assert client.get(f"{url}/simple/").text == "<a href=x>x</a>"
        with client.stream("GET", f"{url}/simple/") as response:
            assert response.read() == b"<a href=x>x</a>"
        bound(client, ClientLimits(ResponseLimits(body_bytes=3), small), 10.0)
        with pytest.raises(ResponseRefused, match="larger than 3 B"):
            client.get(f"{url}/simple/")
        with client.stream("GET", f"{url}/simple/") as response:
            assert response.read() == b"<a href=x>x</a>"


def test_a_list_of_the_hub_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_limits, "LISTING_BYTES", 200_000)
    huggingface_hub.close_session()
    with server() as (found, url):
        system = huggingface_hub.HfFileSystem(endpoint=url, token=False, skip_instance_cache=True)
        hub_limits.bound_hub()
        place = Place("hf://datasets/a/b", system, "datasets/a/b")
        with pytest.raises(StorageError, match="list does not end"):
            listing(place)
        assert 10 < found.asked < 60
    huggingface_hub.close_session()


def test_folders_of_a_web_server_without_end_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from benchsmith.fetch.object_storage import opened

    monkeypatch.setattr(web_server, "MAX_PAGES", 20)
    with server() as (found, url), pytest.raises(StorageError, match="after 21 pages"):
        listing(opened(f"{url}/tree/", allow_local=True))
    assert found.asked <= 21


def test_a_download_that_drips_is_given_up_after_a_minute() -> None:
    now = [0.0]
    limits = ResponseLimits(seconds=float("inf"), slowest_bytes_per_s=1024)
    meter = ResponseMeter(limits, events=False, clock=lambda: now[0])
    now[0] = 59.0
    meter.take(b"x")
    now[0] = 61.0
    with pytest.raises(ResponseRefused, match="too slowly"):
        meter.take(b"x")
    fast = ResponseMeter(limits, events=False, budget=ResponseBudget(100_000), clock=lambda: now[0])
    now[0] += 61.0
    fast.take(b"x" * 70_000)
    with pytest.raises(ResponseRefused, match="does not end"):
        fast.take(b"x" * 70_000)
