"""Which URLs of a recipe may be fetched: public ones, and local ones only if the user allows it.

A recipe comes from other people. A URL in it must not make this machine read its own files
(`file:`), or ask servers that only it can reach: itself, a private network, a cloud's metadata
service. The text of a URL is judged here; the addresses that names and redirects lead to are judged
when a connection is made (`web_server.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from benchsmith.documents import recipe
from benchsmith.documents.problems import Problems
from benchsmith.documents.recipe import Source
from benchsmith.net.addresses import is_public_host

ALLOW = "--allow-local-urls"
"""The option that allows them."""


def local_reason(url: str) -> str:
    """Return why a URL is local, or an empty string.

    >>> local_reason("s3://bucket/a"), local_reason("file:///srv/a")
    ('', 'is a file of this machine')
    >>> local_reason("zip://::http://10.0.0.1/a.zip")
    'resolves to this machine or a private network'
    """
    for part in url.split("::"):
        try:
            parts = urlsplit(part)
            host = parts.hostname or ""
        except ValueError:
            return "is not a valid URL"
        if parts.scheme in ("file", "local"):
            return "is a file of this machine"
        if parts.scheme in ("http", "https") and not is_public_host(host):
            return "resolves to this machine or a private network"
    return ""


def find_local(sources: Iterable[Source], problems: Problems) -> None:
    """Note a problem for each local URL in the recipes of sources, with its line."""
    for source in sources:
        for prefix, data in source.recipe.roots.items():
            if data.url and (reason := local_reason(data.url)):
                line = recipe.line_of_root(source, prefix)
                hint = f"if you trust the recipe, add {ALLOW}"
                problems.add(source.path, line, f"{data.url!r} {reason}", hint)


def refuse_local(home: Path, sources: Iterable[Source]) -> None:
    """Raise DocumentError if recipes of sources have local URLs."""
    problems = Problems(home)
    find_local(sources, problems)
    problems.raise_any()
