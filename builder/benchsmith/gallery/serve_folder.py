"""Serve a folder of pages to this machine only.

Pages of strangers run in the same browser: they must neither read an answer, as a script or picture
of theirs, nor block the person's own page by connections that they leave open.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"
REQUEST_S = 60.0
"""From the start of a connection to the end of its answer."""
SILENT_S = 10.0
"""Longest wait for the next bytes of a client."""
MAX_CONNECTIONS = 64
"""At once; of more, the oldest is closed. A browser makes up to six."""
HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Of every answer."""


class _Handler(SimpleHTTPRequestHandler):
    """Serves files; refuses other names of this machine, which a foreign page could invent."""

    timeout = SILENT_S

    def send_head(self) -> Any:
        """Answer a request if it names the address that is served."""
        host = self.headers.get("Host", "").rpartition(":")[0]
        if host not in (LOOPBACK, "localhost"):
            self.send_error(421, "this server answers to 127.0.0.1 alone")
            return None
        try:
            return super().send_head()
        except ValueError:  # a path that no file can have, such as one with a null character
            self.send_error(HTTPStatus.NOT_FOUND)
            return None

    def end_headers(self) -> None:
        """Add the headers that keep other pages out."""
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Write no line for each request."""


class _Server(ThreadingHTTPServer):
    """A server with a time limit for each client and a limit on concurrent clients."""

    request_queue_size = MAX_CONNECTIONS

    def __init__(self, folder: Path, port: int) -> None:
        self._open: dict[socket.socket, threading.Timer] = {}
        self._lock = threading.Lock()
        super().__init__((LOOPBACK, port), partial(_Handler, directory=str(folder)))

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread, for a limited time."""
        timer = threading.Timer(REQUEST_S, _shut, (request,))
        timer.daemon = True
        with self._lock:
            oldest = list(self._open)[: max(0, len(self._open) - MAX_CONNECTIONS + 1)]
            self._open[request] = timer
        for other in oldest:
            _shut(other)
        timer.start()
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection, and stop its clock."""
        with self._lock:
            timer = self._open.pop(request, None)
        if timer is not None:
            timer.cancel()
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Write nothing about a client that left, or was closed."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def _shut(connection: socket.socket) -> None:
    """End a connection, so that the thread that serves it ends."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def server_of(folder: Path, port: int) -> ThreadingHTTPServer:
    """Return a server of the files in a folder on this machine; port 0 takes a free one.

    Raises OSError if the port is taken. `serve_forever` starts it.
    """
    return _Server(folder, port)
