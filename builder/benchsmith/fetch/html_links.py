"""The links of an HTML page from a server; everything else in the page is ignored."""

from __future__ import annotations

import re
from contextlib import suppress
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

MAX_ANCHORS = 1_000_000
"""Links of a page, of which 32 MiB may hold more than two million."""
PLAIN_NAME = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~%!$'()*+,=@-]*/?")
"""Names of files and folders that are joined to their folder as they are."""
PLAIN_FOLDER = re.compile(r"https?://(?!.*/[./])[^?#;\s]*/")
_BASE = re.compile(r"<base\b", re.IGNORECASE)


class TooManyLinks(ValueError):
    """A page with more links than are read."""


def anchors(text: str) -> list[dict[str, str | None]]:
    """Return the attributes of each link; those before a place where the page is not HTML.

    Raises TooManyLinks.

    >>> anchors('<a href="x">y</a> <![z[')
    [{'href': 'x'}]
    """
    parser = _Anchors()
    try:
        parser.feed(text)
        parser.close()
    except TooManyLinks:
        raise
    except (AssertionError, ValueError):  # html.parser's, at a damaged declaration
        pass
    return parser.found


def base_of(text: str) -> str:
    """Return the address that a page's links are relative to, as it states it; empty if it does not.

    >>> base_of('<head><base href="/a/"><base href="/b/"></head>'), base_of("<a href=x>")
    ('/a/', '')
    """
    if not _BASE.search(text):
        return ""
    parser = _Anchors("base")
    with suppress(AssertionError, ValueError):
        parser.feed(text)
        parser.close()
    return next((href for found in parser.found if (href := found.get("href"))), "")


def absolute(base: str, link: str) -> str:
    """Return the URL of a link on a page; empty for a link that is not a URL.

    >>> absolute("https://a/b/", "c"), absolute("https://a/b/", "http://[")
    ('https://a/b/c', '')
    """
    if PLAIN_NAME.fullmatch(link) and PLAIN_FOLDER.fullmatch(base):
        return base + link  # most links of a list of files: the library takes ten times as long
    try:
        url = urljoin(base, link)
        urlsplit(urldefrag(url).url)
    except ValueError:
        return ""
    return url


class _Anchors(HTMLParser):
    """Collects the attributes of links."""

    def __init__(self, tag: str = "a") -> None:
        super().__init__()
        self.tag = tag
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == self.tag:
            if len(self.found) >= MAX_ANCHORS:
                raise TooManyLinks(f"a page has more than {MAX_ANCHORS} links")
            self.found.append(dict(attrs))
