"""The links of an HTML page from a server; everything else in the page is ignored."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

MAX_ANCHORS = 1_000_000
"""Links of a page, of which 32 MiB may hold more than two million."""
PLAIN_NAME = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~%!$'()*+,=@-]*/?")
"""Names of files and folders that are joined to their folder as they are."""
PLAIN_FOLDER = re.compile(r"https?://(?!.*/[./])[^?#;\s]*/")


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

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            if len(self.found) >= MAX_ANCHORS:
                raise TooManyLinks(f"a page has more than {MAX_ANCHORS} links")
            self.found.append(dict(attrs))
