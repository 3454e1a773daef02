"""The links of an HTML page from a server; everything else in the page is ignored."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit


def anchors(text: str) -> list[dict[str, str | None]]:
    """Return the attributes of each link; those before a place where the page is not HTML.

    >>> anchors('<a href="x">y</a> <![z[')
    [{'href': 'x'}]
    """
    parser = _Anchors()
    try:
        parser.feed(text)
        parser.close()
    except (AssertionError, ValueError):  # html.parser's, at a damaged declaration
        pass
    return parser.found


def absolute(base: str, link: str) -> str:
    """Return the URL of a link on a page; empty for a link that is not a URL.

    >>> absolute("https://a/b/", "c"), absolute("https://a/b/", "http://[")
    ('https://a/b/c', '')
    """
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
            self.found.append(dict(attrs))
