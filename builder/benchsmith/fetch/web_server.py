"""Web servers: an HTTP session with limits for fsspec, and the files that pages of folders link to."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from benchsmith.fetch import file_names, web_page
from benchsmith.fetch.storage_errors import (
    AnswerError,
    LocalAddressError,
    StorageError,
    retried,
)
from benchsmith.net.addresses import is_public

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

WHOLE = (200, 203)
"""Statuses of an answer that is what was asked for, whole (RFC 9110, 15.3)."""
IDLE_S = 60.0
"""Longest wait for a connection, and for the next bytes."""
MAX_PAGES = 100_000
"""Folders of a web server; a server may invent folders without end."""
MAX_LINKS = 2_000_000
LISTING_S = 3600.0


def session_options(*, allow_local: bool) -> dict[str, Any]:
    """Return fsspec's options for `http:` and `https:`.

    Without `allow_local`, connections to addresses that are not public fail, also after a redirect
    and whatever a name resolves to. An answer that is neither whole nor an error, such as 202, 204
    or 206, raises AnswerError. Nothing is asked for compressed.
    """

    async def whole(response: ClientResponse) -> None:
        asked = response.method in ("GET", "HEAD")
        if asked and response.status < 400 and response.status not in WHOLE:
            raise AnswerError(
                f"the server answered {response.status} ({response.reason}), so this is no whole "
                f"file or page; try again later"
            )

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
            raise_for_status=whole,
            headers={"Accept-Encoding": "identity"},
            timeout=aiohttp.ClientTimeout(total=None, connect=IDLE_S, sock_read=IDLE_S),
            **settings,
        )

    return {"get_client": client}


def files(system: Any, root: str) -> Iterator[tuple[str, str]]:
    """Yield the relative name and URL of each file that pages link to, below the page `root`.

    `root` ends with a slash. fsspec would follow links to anywhere on the server; these stay below
    `root`. If the server sends `root` to the same path of another scheme or to `www.`, that is the
    root. Raises StorageError, also for a link below that cannot be followed.
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
        found = retried(page, lambda page=page: web_page.read(system, page))  # type: ignore[misc]
        if pages == 1:
            root = found.url
            seen.add(root)
        for url in web_page.below(found, root):
            if url in seen:
                continue
            seen.add(url)
            name = unquote(url[len(root) :])
            if not url.endswith("/"):
                yield name, url
            elif wrong := file_names.problem(name.rstrip("/")):
                raise StorageError(f"{web_page.shown(page)}: the folder {name!r} {wrong}")
            else:
                todo.append(url)


def info(system: Any, url: str) -> dict[str, Any]:
    """Return what a web server states about a URL. Raises StorageError."""
    return retried(url, lambda: dict(system.info(url, timeout=web_page.PAGE.seconds)))


def file_info(system: Any, url: str) -> dict[str, Any]:
    """Return what a web server states about a file.

    Raises StorageError, also if the server sends the file's address on to a page.
    """
    found = info(system, url)
    end, name = str(found.get("url") or url), unquote(url.rpartition("/")[2])
    page = web_page.media_type(found.get("mimetype")) in web_page.HTML
    if page and not name.lower().endswith(web_page.ENDINGS) and not web_page.same_path(url, end):
        raise StorageError(
            f"{web_page.shown(url)}: the server sends on to {web_page.shown(end)}, which is a page "
            f"and not this file; links to folders must end with /, and files must need no sign-in"
        )
    return found
