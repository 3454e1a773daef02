"""Web servers: an HTTP session with limits for fsspec, and the pages that list a folder's files."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from benchsmith.fetch.html_links import TooManyLinks, absolute, anchors
from benchsmith.fetch.storage_errors import LocalAddressError, StorageError, retried
from benchsmith.net.addresses import is_public
from benchsmith.net.response_limits import ResponseLimits, ResponseMeter

if TYPE_CHECKING:
    from aiohttp import ClientSession

PAGE = ResponseLimits(body_bytes=32 << 20, seconds=120.0)
"""Of a page that lists files."""
IDLE_S = 60.0
"""Longest wait for a connection, and for the next bytes."""
MAX_PAGES = 100_000
"""Folders of a web server; a server may invent folders without end."""
MAX_LINKS = 2_000_000
LISTING_S = 3600.0
_BARE_URL = re.compile(r"https?://[-a-zA-Z0-9@:%_+.~#?&/=]+")
_DOTS = re.compile(r"(^|/)\.\.?(/|$)")
_NOT_A_FILE = re.compile(r"[?#]|(^|/)\.\.?(/|$)")
"""Sort orders of a page's columns, anchors, and links that leave the folder."""


def session_options(*, allow_local: bool) -> dict[str, Any]:
    """Return fsspec's options for `http:` and `https:`.

    Without `allow_local`, connections to addresses that are not public fail, also after a redirect
    and whatever a name resolves to.
    """

    async def client(**settings: Any) -> ClientSession:
        import aiohttp

        def opened(info: Any) -> socket.socket:
            family, kind, protocol, _, address = info
            if not allow_local and not is_public(str(address[0])):
                raise LocalAddressError(
                    f"{address[0]} is this machine, or is in a private network; --allow-local-urls "
                    f"allows it"
                )
            return socket.socket(family, kind, protocol)

        settings.pop("loop", None)
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(socket_factory=opened),
            timeout=aiohttp.ClientTimeout(total=None, connect=IDLE_S, sock_read=IDLE_S),
            **settings,
        )

    return {"get_client": client}


def files(system: Any, root: str) -> Iterator[tuple[str, str]]:
    """Yield the relative name and URL of each file that pages link to, below the page `root`.

    `root` ends with a slash. fsspec would follow links to anywhere on the server; these stay below
    `root`. Raises StorageError.
    """
    todo, seen, pages, start = [root], {root}, 0, time.monotonic()
    while todo:
        page = todo.pop()
        pages += 1
        if pages > MAX_PAGES or len(seen) > MAX_LINKS or time.monotonic() - start > LISTING_S:
            raise StorageError(
                f"{root}: after {pages} pages with {len(seen)} links its list of files does not "
                f"end; give a subfolder"
            )
        for url in retried(page, lambda page=page: _links(system, page)):  # type: ignore[misc]
            below = url[len(root) :]
            if not url.startswith(root) or not below or _NOT_A_FILE.search(below) or url in seen:
                continue
            seen.add(url)
            if url.endswith("/"):
                todo.append(url)
            else:
                yield unquote(below), url


def info(system: Any, url: str) -> dict[str, Any]:
    """Return what a web server states about a file. Raises StorageError."""
    return retried(url, lambda: dict(system.info(url, timeout=PAGE.seconds)))


def _links(system: Any, page: str) -> list[str]:
    """Return the absolute URLs that a page links to, in their order."""
    from fsspec.asyn import sync

    text = sync(system.loop, _page, system, page, timeout=2 * PAGE.seconds)
    try:
        stated = [anchor.get("href") or "" for anchor in anchors(text)]
    except TooManyLinks as error:
        raise StorageError(f"{page}: {error}; give a folder further down") from error
    links = [link for link in stated if link and not _DOTS.search(link)]  # they climb: not below
    found = [absolute(page, link) for link in links] + _BARE_URL.findall(text)
    return list(dict.fromkeys(found))


async def _page(system: Any, url: str) -> str:
    """Return an HTML page's text; empty for anything else."""
    session = await system.set_session()
    async with session.get(url, headers={"Accept-Encoding": "identity"}) as response:
        if response.status == 404:
            raise FileNotFoundError(url)
        response.raise_for_status()
        if response.headers.get("Content-Type", "text/html").partition(";")[0] != "text/html":
            return ""
        meter, data = ResponseMeter(PAGE, events=False), bytearray()
        async for chunk in response.content.iter_any():
            meter.take(chunk)
            data += chunk
        try:
            return data.decode(response.charset or "utf-8", "ignore")
        except LookupError:  # an encoding of the server's own
            return data.decode("utf-8", "ignore")
