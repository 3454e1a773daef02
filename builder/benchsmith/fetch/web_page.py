"""A page of a web server that lists a folder: whether an answer is one, and what it links to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urldefrag, urlsplit, urlunsplit

from benchsmith.fetch.html_links import TooManyLinks, absolute, anchors, base_of
from benchsmith.fetch.storage_errors import AnswerError, StorageError
from benchsmith.net.response_limits import ResponseLimits, ResponseMeter

PAGE = ResponseLimits(body_bytes=32 << 20, seconds=120.0)
"""Of a page that lists files."""
HTML = ("text/html", "application/xhtml+xml")
ENDINGS = (".html", ".htm", ".xhtml", ".shtml")
_BARE_URL = re.compile(r"https?://[-a-zA-Z0-9@:%_+.~#?&/=]+")
_SORTS = {"c", "o", "f", "v", "s", "sort", "order", "sortby", "by", "dir", "direction", "layout", "view"}  # fmt: skip
"""Keys of links that sort or lay out a page anew, in lists of Apache, Caddy, lighttpd and others."""
_PAGES = {"page", "pg", "start", "offset", "skip", "from", "after", "next", "cursor", "marker",
          "token", "continuation-token", "start-after"}  # fmt: skip
"""Keys of links to further pages; a number under another key is one too."""
_LISTING = re.compile(r"<(title|h1)[^>]{0,200}>\s{0,9}(index of|directory listing)", re.IGNORECASE)
_SIGN_IN = re.compile(r"<input[^>]{0,500}type\s{0,9}=\s{0,9}[\"']?password", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page of a folder."""

    url: str
    """Where it is: the URL that was asked for, or the same path where the server sent it on to."""
    links: list[str]
    """Absolute URLs without fragments, in their order."""
    text: str


def read(system: Any, url: str) -> WebPage:
    """Return the page of a folder.

    Raises StorageError or AnswerError for an answer that is no page of a folder: it would look
    like an empty folder, and what was fetched of it would be removed.
    """
    from fsspec.asyn import sync

    end, text = sync(system.loop, _page, system, url, timeout=2 * PAGE.seconds)
    here = _sent_on(url, end)
    if _SIGN_IN.search(text):
        raise AnswerError("it asks for a password; give a URL that needs no sign-in")
    try:
        stated = [anchor.get("href") or "" for anchor in anchors(text)]
    except TooManyLinks as error:
        raise StorageError(f"{shown(url)}: {error}; give a folder further down") from error
    base = absolute(here, base_of(text)) or here
    found = [absolute(base, link) for link in stated if link] + _BARE_URL.findall(text)
    # an anchor is a place in a page or file
    links = [link if "#" not in link else urldefrag(link).url for link in found]
    return WebPage(here, [link for link in dict.fromkeys(links) if link], text)


def below(page: WebPage, root: str) -> Iterator[str]:
    """Yield the URLs of files and folders below `root` that a page links to.

    Raises StorageError if the list goes on at another page, if a file has an address with a query,
    or if a page without any such link has nothing else of a list of files.
    """
    plain = [link for link in page.links if link.startswith(root) and "?" not in link]
    for link in page.links:
        if "?" in link:
            _passed_over(page.url, root, link, plain)
    listed = any(link.startswith(page.url) and link != page.url for link in plain)
    parent = page.url.rstrip("/").rpartition("/")[0] + "/"
    if page.url != root and not (listed or parent in page.links or _LISTING.search(page.text)):
        raise StorageError(
            f"{shown(page.url)} has no link to a file, and is no list of files either: an empty "
            f"folder would say *Index of* or link to its parent; look at it in a browser"
        )
    yield from (link for link in plain if not page.url.startswith(link))


def _passed_over(page: str, root: str, link: str, plain: list[str]) -> None:
    """Raise StorageError for a link with a query unless nothing is lost without it."""
    path, _, query = link.partition("?")
    if page in (path, f"{path}/"):
        stated = [(k.lower(), v) for k, v in parse_qsl(query.replace(";", "&")) if k]
        if any(k in _PAGES or v.isdigit() for k, v in stated if k not in _SORTS):
            raise StorageError(
                f"{shown(page)}: its list goes on at ?{query}, and lists in several pages are not "
                f"read; give a URL whose page lists all files"
            )
    elif path.startswith(root) and path not in plain and not page.startswith(path):
        raise StorageError(
            f"{shown(page)}: the address of {unquote(path[len(root) :])!r} has a query (?{query}), "
            f"and such files are not fetched; give a URL whose links have none"
        )


def media_type(stated: str | None) -> str:
    """Return a media type without its parameters, in lower case (RFC 9110, 8.3.1).

    >>> media_type("Text/HTML ; charset=utf-8"), media_type(None)
    ('text/html', '')
    """
    return (stated or "").partition(";")[0].strip().lower()


def same_path(one: str, other: str) -> bool:
    """Return whether two URLs have the same path and query; clients encode them differently."""
    a, b = urlsplit(one), urlsplit(other)
    return (unquote(a.path), unquote(a.query)) == (unquote(b.path), unquote(b.query))


def shown(url: str) -> str:
    """Return a URL without what may be secret: name, password and query."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=host, query="", fragment=""))


def _sent_on(url: str, end: str) -> str:
    """Return where a page is after redirects. Raises AnswerError if that is another folder.

    A sign-in page is reached so, and so is a newer version of a set.
    """
    asked, got = urlsplit(url), urlsplit(end)
    hosts = {(parts.hostname or "").removeprefix("www.") for parts in (asked, got)}
    if not same_path(url, end) or len(hosts) > 1:
        raise AnswerError(
            f"the server sends on to {shown(end)}; if the files are there, give that URL"
        )
    if (asked.scheme, asked.hostname, asked.port) == (got.scheme, got.hostname, got.port):
        return url
    return urlunsplit(asked._replace(scheme=got.scheme, netloc=got.netloc))


async def _page(system: Any, url: str) -> tuple[str, str]:
    """Return where an HTML page was after redirects, and its text."""
    session = await system.set_session()
    async with session.get(url, headers={"Accept-Encoding": "identity"}) as response:
        if response.status == 404:
            raise FileNotFoundError(url)
        response.raise_for_status()
        kind = media_type(response.headers.get("Content-Type", HTML[0]))
        if kind not in HTML:
            raise AnswerError(
                f"it is {kind or 'of no type'}, and no page with links to files; look at it in a browser"
            )
        meter, data = ResponseMeter(PAGE, events=False), bytearray()
        async for chunk in response.content.iter_any():
            meter.take(chunk)
            data += chunk
        try:
            text = data.decode(response.charset or "utf-8", "ignore")
        except LookupError:  # an encoding of the server's own
            text = data.decode("utf-8", "ignore")
        return str(response.url), text
