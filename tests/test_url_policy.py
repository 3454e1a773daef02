"""Restrictions on the URLs of a recipe: schemes, local addresses, redirects."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.core.retry import RetryPolicy
from benchsmith.core.silent_progress import Silent
from benchsmith.documents.recipe import Data
from benchsmith.fetch import storage_errors, url_cache, web_server
from benchsmith.fetch.storage_errors import StorageError
from benchsmith.fetch.url_policy import local_reason
from benchsmith.net.addresses import is_public
from tests.conftest import Project

LOCAL = "--allow-local-urls"


class Server(ThreadingHTTPServer):
    """Serves one file, or redirects to somewhere else; remembers what it was asked."""

    daemon_threads = True
    asked: list[str]
    location = ""
    page = b""
    """What `/endless/` repeats until the client leaves."""


class Handler(BaseHTTPRequestHandler):
    """Answers."""

    server: Server

    def do_HEAD(self) -> None:
        """Describe."""
        self._answer(body=False)

    def do_GET(self) -> None:
        """Send."""
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        self.server.asked.append(self.path)
        if self.path.startswith("/away"):
            self.send_response(302)
            self.send_header("Location", self.server.location)
            self.end_headers()
            return
        self.send_response(200)
        if self.path == "/endless/":
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            try:
                while body:
                    self.wfile.write(self.server.page)
            except OSError:
                return
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"secret" if body else b"")

    def log_message(self, *words: object) -> None:
        """Print nothing."""


@contextmanager
def server() -> Iterator[tuple[Server, str]]:
    found = Server(("127.0.0.1", 0), Handler)
    found.asked = []
    threading.Thread(target=found.serve_forever, daemon=True).start()
    try:
        yield found, f"http://127.0.0.1:{found.server_port}"
    finally:
        found.shutdown()
        found.server_close()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage_errors, "RETRY", RetryPolicy(tries=2, first_wait_s=0.0))


def with_url(project: Project, url: str) -> None:
    recipe = project.folder / "raw_sources/skin/recipe.yaml"
    text = recipe.read_text()
    assert "{path: data}" in text
    recipe.write_text(text.replace("{path: data}", f'{{path: ., url: "{url}"}}'))


@pytest.mark.parametrize(
    "url",
    ["shell://x", "dir:///srv", "reference://::file:///etc/passwd", "ssh://h/a", "ftp://h/a",
     "memory://a", "simplecache::https://h/a", "filecache://::https://h/a", "github://o:r@/",
     "zip://::zip://::https://h/a", "zip://a", "local:///srv", "https://[::1"],
)  # fmt: skip
def test_other_schemes_are_no_url_of_a_recipe(url: str) -> None:
    with pytest.raises(pydantic.ValidationError):
        Data(url=url, path=".")


@pytest.mark.parametrize(
    "url",
    ["file:///srv/elsewhere/", "http://127.0.0.1:8499/a", "http://localhost/a", "http://127.1/",
     "http://2130706433/", "http://0x7f000001/", "http://[0:0:0:0:0:0:0:1]/",
     "http://169.254.169.254/latest/meta-data", "http://10.1.2.3/", "https://192.168.0.1/",
     "http://metadata.google.internal/", "http://0.0.0.0/", "zip://::http://127.0.0.1/a.zip",
     "http://[0:0:0:0:0:ffff:a00:1]/", "http://LOCALHOST./", "http://100.64.0.1/"],
)  # fmt: skip
def test_local_urls_are_recognised(url: str) -> None:
    assert local_reason(url)


@pytest.mark.parametrize(
    "url",
    ["https://example.org/a/", "s3://bucket/a", "gs://b/a", "hf://datasets/a/b", "http://8.8.8.8/a",
     "zip://::https://example.org/a.zip", "http://[2606:4700:0:0:0:0:0:1111]/"],
)  # fmt: skip
def test_public_urls_are_not_local(url: str) -> None:
    assert Data(url=url, path=".").url == url and not local_reason(url)


@given(st.ip_addresses(v=4))
def test_an_embedded_ipv4_address_counts_as_itself(address: Any) -> None:
    assert (
        is_public(f"::ffff:{address}")
        == is_public(f"64:ff9b::{address}")
        == is_public(str(address))
    )


def test_check_and_fetch_refuse_a_local_url_by_line_and_ask_it_nothing(project: Project) -> None:
    with server() as (found, url):
        with_url(project, f"{url}/a.txt")
        for words in (("check",), ("fetch", "small"), ("plan", "small", "--fetch"),
                      ("build", "small", "--fetch")):  # fmt: skip
            said = project.run(*words, code=2)
            assert "raw_sources/skin/recipe.yaml:" in said and LOCAL in said
        assert not found.asked and not (project.folder / ".cache/remote").exists()
        project.run("check", LOCAL)
        project.run("fetch", "small", LOCAL)
        assert found.asked


def test_a_name_that_resolves_to_a_private_address_is_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo

    def resolved(host: Any, *words: Any, **more: Any) -> Any:
        name = "127.0.0.1" if host in ("example.org", b"example.org") else host
        return real(name, *words, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    with server() as (found, url):
        port = url.rpartition(":")[2]
        with pytest.raises(StorageError, match="private network"):
            url_cache.fetch(tmp_path, f"http://example.org:{port}/a.txt", 1 << 30, Silent())
        assert not found.asked
        url_cache.fetch(
            tmp_path, f"http://example.org:{port}/a.txt", 1 << 30, Silent(), allow_local=True
        )
        assert found.asked


def test_a_redirect_to_a_private_address_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first server counts as public here; the second one does not."""
    monkeypatch.setattr(web_server, "is_public", lambda address: address == "127.0.0.1")
    with server() as (first, url), server() as (second, other):
        first.location = other.replace("127.0.0.1", "127.0.0.2") + "/secret.txt"
        with pytest.raises(StorageError, match="private network"):
            url_cache.fetch(tmp_path, f"{url}/away.txt", 1 << 30, Silent())
        assert first.asked and not second.asked
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and b"secret" in p.read_bytes()]


def test_a_page_without_end_is_given_up(tmp_path: Path) -> None:
    with server() as (found, url):
        found.page = b"<a href=x>" * 100_000
        with pytest.raises(StorageError, match="larger than 32 MiB"):
            url_cache.fetch(tmp_path, f"{url}/endless/", 1 << 30, Silent(), allow_local=True)
