"""Reading pages and archives of a package index over HTTP, with limits and retries."""

from __future__ import annotations

import base64
import hashlib
import http.client
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote, urlsplit, urlunsplit

from benchsmith.core import retry
from benchsmith.core.retry import Failure, RetryPolicy, is_transient_status, retry_after
from benchsmith.fetch import http_opener

T = TypeVar("T")
MAX_PAGE_BYTES = 64 << 20
MAX_ARCHIVE_BYTES = 16 << 30
IDLE_S = 60.0
"""Longest wait for the next bytes."""
PAGE_S = 300.0
"""Longest time for one page."""
SLOWEST_BYTES_PER_S = 1024
"""A download that is slower on average, after its first minute, is given up."""
RETRY = RetryPolicy(tries=4, deadline_s=600)


class PackageIndexError(Exception):
    """A package index does not answer, or does not have what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """How to connect; empty values leave the environment's own."""

    ca_file: str = ""
    proxy: str = ""
    trusted_hosts: frozenset[str] = frozenset()
    """Hosts whose certificates are not verified, as pip's `trusted-host`."""


class Page(NamedTuple):
    """A page of an index."""

    url: str
    """Where it was after redirects."""
    content_type: str
    text: str


def read_page(url: str, accept: str, settings: HttpSettings) -> Page | None:
    """Return a page; None if there is none (404). Raises PackageIndexError."""

    def read() -> Page | None:
        try:
            with _opened(url, settings, accept) as response:
                data = b"".join(_chunks(response, MAX_PAGE_BYTES, PAGE_S))
                kind = response.headers.get_content_type()
                return Page(response.url, kind, data.decode("utf-8", "replace"))
        except urllib.error.HTTPError as error:
            if error.code in (404, 410):
                return None
            raise

    return _retried(url, read)


def download(url: str, path: Path, settings: HttpSettings) -> str:
    """Write an archive to `path` and return its SHA-256 in hexadecimal. Raises PackageIndexError."""

    def write() -> str:
        digest = hashlib.sha256()
        with _opened(url, settings, "*/*") as response, path.open("wb") as out:
            for chunk in _chunks(response, MAX_ARCHIVE_BYTES, None):
                digest.update(chunk)
                out.write(chunk)
        return digest.hexdigest()

    return _retried(url, write)


def _retried(url: str, work: Callable[[], T]) -> T:
    try:
        return retry.call(RETRY, work, _judged, name=url)
    except PackageIndexError:
        raise
    except (OSError, http.client.HTTPException, ValueError) as error:
        text = " ".join(str(error).split())[:300] or type(error).__name__
        raise PackageIndexError(f"{_public(url)}: {text}") from error


def _judged(error: Exception) -> Failure:
    if isinstance(error, urllib.error.HTTPError):
        wait = retry_after({k.lower(): v for k, v in error.headers.items()}, time.time())
        return Failure(is_transient_status(error.code), wait)
    return Failure(isinstance(error, OSError | http.client.HTTPException))


@contextmanager
def _opened(url: str, settings: HttpSettings, accept: str) -> Iterator[Any]:
    """Open a URL; its name and password, if any, go to its own host only."""
    parts = urlsplit(url)
    context = ssl.create_default_context(cafile=settings.ca_file or None)
    if parts.hostname in settings.trusted_hosts or parts.netloc in settings.trusted_hosts:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    proxies = {"http": settings.proxy, "https": settings.proxy} if settings.proxy else None
    request = urllib.request.Request(_public(url), headers={"Accept": accept})  # noqa: S310
    if parts.username is not None:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        word = base64.b64encode(login.encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {word}")
    if urlsplit(request.full_url).scheme not in ("http", "https"):
        raise PackageIndexError(f"{_public(url)} is not an HTTP address")
    with http_opener.opened(request, context, proxies, IDLE_S) as response:
        yield response


def _chunks(response: Any, most: int, seconds: float | None) -> Iterator[bytes]:
    """Yield the body in chunks. Raises PackageIndexError for one that is too large or too slow."""
    start, count = time.monotonic(), 0
    while chunk := response.read1(1 << 20):
        count += len(chunk)
        passed = time.monotonic() - start
        if count > most:
            raise PackageIndexError(f"{_public(response.url)} is larger than {most} bytes")
        slow = passed > IDLE_S and count < passed * SLOWEST_BYTES_PER_S
        if slow or (seconds is not None and passed > seconds):
            raise PackageIndexError(f"{_public(response.url)} is sent too slowly")
        yield chunk
    length = response.headers.get("Content-Length", "")
    if length.isdigit() and int(length) != count:
        raise ConnectionError(f"{count} of {length} bytes arrived")


def _public(url: str) -> str:
    """Return a URL without name and password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
