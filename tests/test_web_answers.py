"""Answers of web servers that are no list of a folder or no whole file: refused, and nothing is removed."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from benchsmith.core.retry import RetryPolicy
from benchsmith.fetch import storage_errors
from benchsmith.fetch.storage_errors import StorageError
from tests.remote_sources import fetch, here

BYTES = b"0123456789" * 30
HTML = "text/html"


@dataclass
class Answer:
    """What a path is answered with."""

    body: bytes = BYTES
    status: int = 200
    kind: str = "application/octet-stream"
    heads: dict[str, str] = field(default_factory=dict)


def page(*links: str, kind: str = HTML, head: str = "") -> Answer:
    text = head + "".join(f'<a href="{link}">x</a>\n' for link in links)
    return Answer(text.encode(), kind=kind)


def sent_on(to: str) -> Answer:
    return Answer(b"", 302, HTML, {"Location": to})


class Handler(BaseHTTPRequestHandler):
    """Answers from a table."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *words: object, site: dict[str, Answer]) -> None:
        self.site = site
        super().__init__(*words)  # type: ignore[arg-type]

    def log_message(self, *words: object) -> None:
        """Print nothing."""

    def do_HEAD(self) -> None:
        """Answer without a body."""
        self.do_GET(body=False)

    def do_GET(self, *, body: bool = True) -> None:
        """Answer; 404 for what is not in the table."""
        found = self.site.get(self.path) or Answer(b"", 404, HTML)
        self.send_response(found.status)
        stated = {"Content-Type": found.kind, "Content-Length": str(len(found.body))}
        for name, value in {**stated, **found.heads}.items():
            self.send_header(name, value)
        self.end_headers()
        if body and found.status not in (204, 304):
            self.wfile.write(found.body)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[dict[str, Answer], str]]:
    """Return the table of a server, and the URL of its root."""
    site: dict[str, Answer] = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, site=site))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield site, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def site(
    served: tuple[dict[str, Answer], str], monkeypatch: pytest.MonkeyPatch
) -> tuple[dict[str, Answer], str]:
    """Return the server with an empty table."""
    monkeypatch.setattr(storage_errors, "RETRY", RetryPolicy(tries=1))
    served[0].clear()
    return served


Site = tuple[dict[str, Answer], str]
NO_LIST = {
    "204": (Answer(b"", 204, HTML), "answered 204"),
    "text": (Answer(b"a list", kind="text/plain"), "text/plain, and no page"),
    "json": (Answer(b"[]", kind="application/json"), "application/json, and no page"),
    "login": (sent_on("/login/"), "sends on to .*/login/"),
    "query": (sent_on("/sub/?login"), "sends on to"),
    "bare": (Answer(b"<p>Come back later", kind=HTML), "has no link to a file"),
    "form": (page("/", head="<input name=x type='password'>"), "asks for a password"),
    "wait": (Answer(b"<a href=b.bin>", 202, HTML), "answered 202"),
    "more": (page("b.bin", "?page=2"), r"goes on at \?page=2"),
}


@pytest.mark.parametrize("case", NO_LIST)
def test_nothing_is_removed_after_an_answer_that_is_no_list(
    case: str, site: Site, tmp_path: Path
) -> None:
    table, url = site
    table |= {"/": page("a.bin", "sub/"), "/a.bin": Answer(), "/sub/b.bin": Answer(b"B")}
    table |= {"/sub/?login": page("b.bin"), "/sub/": page("b.bin"), "/login/": page("/login/help")}
    fetch(tmp_path, url)
    table["/sub/"], why = NO_LIST[case]
    with pytest.raises(StorageError, match=why):
        fetch(tmp_path, url)
    assert here(tmp_path, url) == {"a.bin": BYTES, "sub/b.bin": b"B"}
    table["/sub/"] = page("../")
    fetch(tmp_path, url)
    assert here(tmp_path, url) == {"a.bin": BYTES}, "a folder that is empty now"


LINKS = {
    "dot": page("./a.bin", "./sub/"),
    "up": page("../set/a.bin", "x/../sub/", "../other/c.bin", "../"),
    "anchor": page("#top", "a.bin#x", "sub/#x"),
    "sorted": page("?C=N;O=D", "?sort=name&order=desc", "/set/?C=M", "a.bin", "sub/"),
    "twice": page("a.bin?download", "a.bin", "sub/"),
    "base": page("a.bin", "sub/", head='<head><BASE href="/set/"></head>'),
    "away": page("set/a.bin", "set/sub/", head="<base href='/'>"),
    "capitals": page("a.bin", "sub/", kind="Text/HTML ; charset=utf-8"),
    "xhtml": page("a.bin", "sub/", kind="application/xhtml+xml"),
}


@pytest.mark.parametrize("case", LINKS)
def test_links_to_files_are_followed_as_a_browser_does(
    case: str, site: Site, tmp_path: Path
) -> None:
    table, url = site
    table |= {"/set/": LINKS[case], "/set/sub/": page("b.bin", "../"), "/set/a.bin": Answer()}
    table |= {"/set/sub/b.bin": Answer(b"B"), "/other/c.bin": Answer(b"C"), "/a.bin": Answer(b"W")}
    fetch(tmp_path, f"{url}set/")
    assert here(tmp_path, f"{url}set/") == {"a.bin": BYTES, "sub/b.bin": b"B"}


@pytest.mark.parametrize(
    ("links", "why"),
    [
        (("a.bin", "?start=100"), "goes on at"),
        (("a.bin", "/set?p=2"), "goes on at"),
        (("a.bin", "b.bin?dl=1"), "'b.bin' has a query"),
        (("a.bin", "deep/?x=y"), "'deep/' has a query"),
        (("a.bin", "sub"), "sends on to .*/set/sub/, which is a page"),
        (("a.bin", "%2e%2e/"), "leads out of its folder"),
        (("a.bin", "x" * 255 + ".bin"), "has a name of 259 bytes"),
    ],
)
def test_links_that_cannot_be_followed_are_refused(
    links: tuple[str, ...], why: str, site: Site, tmp_path: Path
) -> None:
    table, url = site
    table |= {"/set/": page(*links), "/set/a.bin": Answer(), "/set/b.bin": Answer()}
    table |= {"/set/sub": sent_on("/set/sub/"), "/set/sub/": page("b.bin")}
    with pytest.raises(StorageError, match=why):
        fetch(tmp_path, f"{url}set/")


def test_a_folder_that_moved_is_named(site: Site, tmp_path: Path) -> None:
    table, url = site
    table |= {"/set/": sent_on("/set/v2/"), "/set/v2/": page("a.bin"), "/set/a.bin": Answer(b"OLD")}
    table |= {"/set/v2/a.bin": Answer(), "/bare": sent_on("/bare/")}
    with pytest.raises(StorageError, match=r"sends on to .*/set/v2/; if the files are there"):
        fetch(tmp_path, f"{url}set/")
    fetch(tmp_path, f"{url}set/v2/")
    assert here(tmp_path, f"{url}set/v2/") == {"a.bin": BYTES}
    table |= {"/bare/": page("a.bin"), "/bare/a.bin": Answer(b"X")}
    fetch(tmp_path, f"{url}bare")
    assert here(tmp_path, f"{url}bare") == {"a.bin": b"X"}, "a URL without a slash at its end"


@pytest.mark.parametrize("status", [202, 204, 206, 300, 304])
def test_an_answer_that_is_no_whole_file_is_no_file(
    status: int, site: Site, tmp_path: Path
) -> None:
    table, url = site
    ranged = {"Content-Range": "bytes 0-299/900"} if status == 206 else {}
    table |= {"/": page("a.bin"), "/a.bin": Answer(status=203)}
    fetch(tmp_path, url)
    table["/a.bin"] = Answer(BYTES[::-1], status, heads=ranged)
    with pytest.raises(StorageError, match=f"answered {status}"):
        fetch(tmp_path, url)
    assert here(tmp_path, url) == {"a.bin": BYTES}


def test_a_compressed_file_stays_compressed(site: Site, tmp_path: Path) -> None:
    table, url = site
    packed = gzip.compress(BYTES, mtime=0)
    encoded = Answer(packed, heads={"Content-Encoding": "gzip"})
    table |= {"/": page("a.nii.gz", "b.csv"), "/a.nii.gz": encoded, "/b.csv": encoded}
    fetch(tmp_path, url)
    assert here(tmp_path, url) == {"a.nii.gz": packed, "b.csv": BYTES}
