"""The host names that the desk accepts.

A foreign web page can point its own host name at this machine (DNS rebinding). Its requests then
come from the stranger's origin, but carry the stranger's name in the header `Host`. Addresses in
numbers, `localhost` and this machine's own name cannot be pointed elsewhere by a stranger.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOCAL_NAMES = frozenset({"localhost", "localhost.localdomain"})
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")


class HostNames:
    """The accepted names: the loopback; with `share` this machine and any address; and `others`."""

    def __init__(self, others: Iterable[str] = (), *, share: bool = False) -> None:
        own = socket.gethostname().casefold()
        self._names = LOCAL_NAMES | {n.casefold().rstrip(".") for n in others}
        if share:
            self._names |= {own, f"{own}.local"}
        self._share = share

    def accept(self, host: str) -> bool:
        """Return whether a header `Host` names this desk.

        >>> names = HostNames(["desk.example.org"])
        >>> [names.accept(h) for h in ("127.0.0.1:8420", "[::1]:8420", "localhost", "Desk.Example.org")]
        [True, True, True, True]
        >>> [names.accept(h) for h in ("evil.example:8420", "192.0.2.1:8420", "", "localhost@evil")]
        [False, False, False, False]
        """
        if not _HOST.fullmatch(host):
            return False
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return name in self._names
        return self._share or address.is_loopback


class CheckedHost:
    """ASGI middleware that answers 400 to a request under another name."""

    def __init__(self, app: ASGIApp, names: HostNames) -> None:
        self._app, self._names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) == 1 and self._names.accept(hosts[0].decode("latin-1")):
            await self._app(scope, receive, send)
            return
        said = (
            "the desk does not accept this host name; open your link, "
            "or start the desk with --host-name"
        )
        await JSONResponse({"wrong": said}, 400)(scope, receive, send)
