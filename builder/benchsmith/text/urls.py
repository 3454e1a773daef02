"""Checks and joins URLs of files, as in documents and on the command line."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from urllib.parse import parse_qsl, urlsplit

SCHEMES = frozenset(
    {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "hf", "http", "https", "file"}
)
"""Schemes that a recipe may name; others of fsspec run commands or read references to files."""
ARCHIVES = frozenset({"zip", "tar"})
"""Schemes of an archive at another URL: `zip://::https://host/a.zip`."""
_BEGIN = re.compile(r"[a-z][a-z0-9+.-]*://")
_SCHEME = re.compile(r"(?:^|(?<=::))[A-Za-z][A-Za-z0-9+.-]*(?=://)")
_ADDRESS = re.compile(r"(?<=://)\[([^\]/]*)(\]?)")
_KEY = re.compile(r"(?i)key|token|secret|passw|credential|signature|^(?:sig|auth)$")


def problem(url: str) -> str:
    """Return what is wrong with a URL, or an empty string.

    URLs must not contain keys: they are recorded with the build and stay in a release's history.

    >>> problem("s3://bucket/organs"), problem("s3://me:key@bucket/organs")
    ('', 'has a name or key before the host')
    """
    if not _BEGIN.match(url):
        return "is not a URL"
    if any(c.isspace() or ord(c) < 32 for c in url):
        return "contains a space"
    for part in url.split("::"):
        rest = part.partition("://")[2]
        if "@" in rest.partition("/")[0]:
            return "has a name or key before the host"
        if any(_KEY.search(name) for name, _ in parse_qsl(rest.partition("?")[2])):
            return "has a key in its query"
    return ""


def scheme_problem(url: str) -> str:
    """Return why a recipe may not name a URL's scheme, or an empty string.

    >>> scheme_problem("https://host/a"), scheme_problem("zip://::https://host/a.zip")
    ('', '')
    >>> scheme_problem("shell://x")
    "has the scheme 'shell', which a recipe may not use"
    """
    *outer, last = url.split("::")
    for part, allowed in (*((part, ARCHIVES) for part in outer), (last, SCHEMES)):
        scheme, slashes, _ = part.partition("://")
        if not slashes or scheme not in allowed:
            return f"has the scheme {scheme!r}, which a recipe may not use"
    if len(outer) > 1:
        return "nests more than one archive"
    try:
        urlsplit(last)
    except ValueError as error:
        return f"is not a valid URL: {error}"
    return ""


def spelt_out(url: str) -> str:
    """Return a URL with schemes in small letters and IPv6 addresses without `::`.

    `::` stands before another URL (`zip://::https://host/a.zip`), so an address must not have it.
    Raises ValueError for a host in brackets that is no IPv6 address.

    >>> spelt_out("HTTP://[2606:4700::1111]/A"), spelt_out("zip://::HTTPS://host/a.zip")
    ('http://[2606:4700:0:0:0:0:0:1111]/A', 'zip://::https://host/a.zip')
    """

    def full(found: re.Match[str]) -> str:
        try:
            address = IPv6Address(found[1])
        except ValueError:
            address = None
        if address is None or address.scope_id or not found[2]:
            raise ValueError(f"has the host {found[0]!r}, which is no IPv6 address in brackets")
        groups = address.exploded.split(":")
        return f"[{':'.join(format(int(group, 16), 'x') for group in groups)}]"

    return _ADDRESS.sub(full, _SCHEME.sub(lambda found: found[0].lower(), url))


def below(url: str, path: str) -> str:
    """Return the URL of a folder below another one; nested URLs are extended inside the inner one.

    >>> below("s3://bucket/a/", "train/x"), below("zip://::https://host/a.zip", "train")
    ('s3://bucket/a/train/x', 'zip://train::https://host/a.zip')
    >>> below("s3://bucket/a", ".")
    's3://bucket/a'
    """
    parts = [p for p in path.split("/") if p not in ("", ".")]
    if not parts:
        return url
    inner, also, outer = url.partition("::")
    slash = "" if inner.endswith("/") else "/"
    return f"{inner}{slash}{'/'.join(parts)}{also}{outer}"
