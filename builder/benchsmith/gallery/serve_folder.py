"""Serve a folder of pages to this machine alone."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"


class _Handler(SimpleHTTPRequestHandler):
    """Serves files; refuses other names of this machine, which a foreign page could make up."""

    timeout = 30

    def send_head(self) -> Any:
        """Answer a request if it names the address that is served."""
        host = self.headers.get("Host", "").rpartition(":")[0]
        if host not in (LOOPBACK, "localhost"):
            self.send_error(421, "this server answers to 127.0.0.1 alone")
            return None
        return super().send_head()

    def log_message(self, *_: Any) -> None:
        """Write no line for each request."""


def server_of(folder: Path, port: int) -> ThreadingHTTPServer:
    """Return a server of the files in a folder on this machine; port 0 takes a free one.

    Raises OSError if the port is taken. `serve_forever` starts it.
    """
    return ThreadingHTTPServer((LOOPBACK, port), partial(_Handler, directory=str(folder)))
