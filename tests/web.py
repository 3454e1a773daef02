"""Storages for tests: a web server of pages of links that can be made to fail, and an S3."""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote


@dataclass
class Web:
    """A server that runs."""

    folder: Path
    url: str = ""
    asked: list[str] = field(default_factory=list)
    """Paths of the files whose bytes were asked for."""
    requests: int = 0
    sent: int = 0
    """Bytes of files."""
    faults: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    """How often the line breaks in the middle of a file, by its path."""
    links: list[str] = field(default_factory=list)
    """More links on every page, as they stand in it."""
    sizes: bool = True
    """Whether the server says how long files are, and when they changed."""
    asked_for: Callable[[str], None] = lambda _: None
    """Called before a file is sent."""


class Handler(BaseHTTPRequestHandler):
    """Answers as a server of static files does."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *words: object, web: Web) -> None:
        self.web = web
        super().__init__(*words)  # type: ignore[arg-type]

    def log_message(self, *words: object) -> None:
        """Print nothing."""

    def do_HEAD(self) -> None:
        """Describe a file."""
        self._answer(body=False)

    def do_GET(self) -> None:
        """Send a file or a page."""
        with suppress(
            BrokenPipeError, ConnectionResetError
        ):  # a client that was killed, or had enough
            self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        self.web.requests += 1
        name = unquote(self.path.partition("?")[0])
        place = self.web.folder / name.lstrip("/")
        if place.is_dir():
            here = sorted(p.name + "/" * p.is_dir() for p in place.iterdir())
            links = [*self.web.links, *(quote(n) for n in here)]
            page = "".join(f'<a href="{link}">x</a>\n' for link in links).encode()
            self._head(len(page), "text/html")
            self.wfile.write(page if body else b"")
        elif not place.is_file():
            self.send_error(404)
        else:
            if body:
                self.web.asked.append(name)
                self.web.asked_for(name)
            data, state = place.read_bytes(), place.stat()
            if self.web.sizes:
                changed = formatdate(state.st_mtime, usegmt=True)
                tag = f'"{state.st_mtime_ns:x}-{state.st_size:x}"'
                self._head(len(data), "application/octet-stream", changed, tag)
            else:
                self.close_connection = True
                self.send_response(200)
                self.send_header("Connection", "close")
                self.end_headers()
            if body and self.web.faults[name] > 0:
                self.web.faults[name] -= 1
                self.wfile.write(data[: len(data) // 2])
                self.close_connection = True
            elif body:
                for at in range(0, len(data), 1 << 20):
                    self.wfile.write(data[at : at + (1 << 20)])
                    self.web.sent += len(data[at : at + (1 << 20)])

    def _head(self, size: int, kind: str, changed: str = "", tag: str = "") -> None:
        self.send_response(200)
        for name, value in (("Content-Type", kind), ("Last-Modified", changed), ("ETag", tag)):
            if value:
                self.send_header(name, value)
        self.send_header("Content-Length", str(size))
        self.end_headers()


@contextmanager
def web(folder: Path) -> Iterator[Web]:
    """Serve a folder while the block runs."""
    found = Web(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, web=found))
    server.daemon_threads = True
    found.url = f"http://127.0.0.1:{server.server_port}/"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def s3() -> Iterator[dict[str, str]]:
    """Run an S3 with the bucket `bucket`; gives the environment that leads to it."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    env = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "tests",
        "AWS_SECRET_ACCESS_KEY": "tests",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    before = {name: os.environ.get(name) for name in env}
    os.environ.update(env)
    try:
        boto3.client("s3").create_bucket(Bucket="bucket")
        yield env
    finally:
        server.stop()
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder, by its name there."""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }
