"""A client of plain HTTP whose server can neither keep it waiting nor fill its memory.

urllib reads the body of a redirect as a whole, and restarts its time limit with each byte of a
header.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

HEAD_S = 120.0
"""Longest time from the request to the end of a response's head, with all redirects."""


@contextmanager
def opened(
    request: urllib.request.Request,
    context: ssl.SSLContext,
    proxies: Mapping[str, str] | None,
    idle_s: float,
) -> Iterator[Any]:
    """Open a request; `idle_s` is the longest wait for the next bytes.

    Raises OSError, also if the head takes longer than `HEAD_S`.
    """
    connections: list[http.client.HTTPConnection] = []
    opener = urllib.request.OpenerDirector()
    for handler in (  # no handler of file:, ftp: or data:, redirects included
        urllib.request.ProxyHandler(None if proxies is None else dict(proxies)),
        _http_handler(connections),
        _https_handler(connections, context),
        _UnreadRedirects(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    timer = threading.Timer(HEAD_S, _shut, (connections,))
    timer.daemon = True
    timer.start()
    try:
        response = opener.open(request, timeout=idle_s)
    finally:
        timer.cancel()
    with response:
        yield response


class _Unread:
    """A body that is not read."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def read(self) -> bytes:
        return b""

    def close(self) -> None:
        self._body.close()


class _UnreadRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects without reading their bodies."""

    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        return super().http_error_302(req, _Unread(fp), code, msg, headers)  # type: ignore[arg-type]

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _http_handler(connections: list[http.client.HTTPConnection]) -> urllib.request.HTTPHandler:
    class Handler(urllib.request.HTTPHandler):
        def http_open(self, req: Any) -> Any:
            def connect(host: str, **settings: Any) -> http.client.HTTPConnection:
                connections.append(http.client.HTTPConnection(host, **settings))
                return connections[-1]

            return self.do_open(connect, req)

    return Handler()


def _https_handler(
    connections: list[http.client.HTTPConnection], context: ssl.SSLContext
) -> urllib.request.HTTPSHandler:
    class Handler(urllib.request.HTTPSHandler):
        def https_open(self, req: Any) -> Any:
            def connect(host: str, **settings: Any) -> http.client.HTTPSConnection:
                own = http.client.HTTPSConnection(host, context=context, **settings)
                connections.append(own)
                return own

            return self.do_open(connect, req)

    return Handler()


def _shut(connections: list[http.client.HTTPConnection]) -> None:
    """End the connections, so that pending reads fail."""
    for connection in connections:
        if connection.sock is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)
