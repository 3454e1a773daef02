"""Finding a distribution's archive on the package indexes that pip is configured to use.

pip itself is not asked to download: for a source distribution it would run the archive's build
file. Only its settings are read, and the index is queried through the simple repository API
(https://packaging.python.org/en/latest/specifications/simple-repository-api/).
"""

from __future__ import annotations

import ast
import json
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit
from urllib.request import url2pathname

from packaging import tags
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename
from packaging.version import Version

from benchsmith.fetch.html_links import TooManyLinks, absolute, anchors
from benchsmith.fetch.index_http import HttpSettings, PackageIndexError, read_page

DEFAULT_INDEX = "https://pypi.org/simple"
PAGE_TYPES = "application/vnd.pypi.simple.v1+json, text/html;q=0.1"
PIP_SECTIONS = (":env:", "download", "global")
"""Sections of pip's settings, the strongest first."""
MAX_NAME = 255
"""Maximum length of an archive's name: its tags are multiplied, so a long name could mean billions."""


@dataclass(frozen=True, slots=True)
class Archive:
    """A file that an index offers."""

    filename: str
    url: str
    """`https:`, `http:` or `file:`, without a fragment."""
    sha256: str
    """As the index states it; empty if it does not."""
    requires_python: str = ""
    yanked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PipSettings:
    """Where pip looks for packages, and how it connects."""

    indexes: tuple[str, ...]
    """Base URLs of the simple API."""
    find_links: tuple[str, ...]
    """Folders, and URLs of pages with links to archives."""
    http: HttpSettings = field(default_factory=HttpSettings)


def pip_settings(scratch: Path) -> PipSettings:
    """Return pip's settings, from its files and the environment.

    pip runs in the empty folder `scratch` and without the working directory on its path, so that
    files of a project cannot stand in for pip's modules. Raises PackageIndexError if pip does not run.
    """
    command = [sys.executable, "-P", "-m", "pip", "config", "list"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=scratch, timeout=120
    )
    if done.returncode:
        raise PackageIndexError(f"pip's settings cannot be read: {done.stderr.strip()[-200:]}")
    found: dict[str, str] = {}
    for line in done.stdout.splitlines():
        key, _, value = line.partition("=")
        try:
            found[key.strip()] = str(ast.literal_eval(value))
        except (ValueError, SyntaxError):
            continue
    return read_settings(found)


def read_settings(found: Mapping[str, str]) -> PipSettings:
    """Return the settings in the output of `pip config list`.

    >>> read_settings({"global.index-url": "https://a/simple", ":env:.no-index": "1"}).indexes
    ()
    """

    def value(name: str) -> str:
        return next((found[f"{s}.{name}"] for s in PIP_SECTIONS if f"{s}.{name}" in found), "")

    indexes = (value("index-url") or DEFAULT_INDEX, *value("extra-index-url").split())
    if value("no-index").lower() in ("1", "true", "yes", "on"):
        indexes = ()
    return PipSettings(
        indexes=indexes,
        find_links=tuple(value("find-links").split()),
        http=HttpSettings(
            ca_file=value("cert"),
            proxy=value("proxy"),
            trusted_hosts=frozenset(value("trusted-host").split()),
        ),
    )


def find(requirement: Requirement, *, source: bool, settings: PipSettings) -> Archive:
    """Return the archive to use: a source distribution, or the best wheel for this interpreter.

    Without a version the newest release that is neither a pre-release nor yanked is used. Raises
    PackageIndexError if no index offers such an archive.
    """
    ranked = []
    for archive in _offered(requirement, settings):
        rank = _rank(archive, requirement, source=source)
        if rank is not None:
            ranked.append((rank, archive))
    if not ranked:
        kind = "source distribution" if source else "wheel for this Python"
        raise PackageIndexError(f"no package index offers {requirement} as a {kind}")
    return max(ranked, key=lambda pair: pair[0])[1]


def _offered(requirement: Requirement, settings: PipSettings) -> Iterator[Archive]:
    """Yield everything that indexes and link pages offer; the first of equals counts later."""
    pages = [f"{i.rstrip('/')}/{canonicalize_name(requirement.name)}/" for i in settings.indexes]
    for place in (*settings.find_links, *pages):
        folder = _folder(place)
        if folder is not None and (folder / "index.html").is_file():
            yield from _links((folder / "index.html").read_text("utf-8"), f"{folder.as_uri()}/")
        elif folder is not None and folder.is_dir():
            for path in sorted(p for p in folder.iterdir() if p.is_file()):
                yield Archive(path.name, path.as_uri(), "")
        elif folder is None:
            page = read_page(place, PAGE_TYPES, settings.http)
            if page is not None and page.content_type.endswith("json"):
                yield from _entries(page.text, page.url)
            elif page is not None:
                yield from _links(page.text, page.url)


def _folder(place: str) -> Path | None:
    """Return the folder of a path or `file:` URL; None for an address on the network."""
    parts = urlsplit(place)
    if parts.scheme == "file":
        return Path(url2pathname(unquote(parts.path)))
    return None if parts.scheme in ("http", "https") else Path(place)


def _entries(text: str, base: str) -> Iterator[Archive]:
    """Yield the files of a JSON page (PEP 691)."""
    try:
        files = json.loads(text)["files"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return
    for entry in files if isinstance(files, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("url"), str):
            hashes = entry.get("hashes")
            sha256 = hashes.get("sha256") if isinstance(hashes, dict) else ""
            link = {"href": entry["url"], "data-requires-python": entry.get("requires-python")}
            archive = _archive(link, base, sha256=sha256, yanked=bool(entry.get("yanked")))
            if archive is not None:
                yield archive


def _links(text: str, base: str) -> Iterator[Archive]:
    """Yield the files of an HTML page (PEP 503). Raises PackageIndexError."""
    try:
        found = anchors(text)
    except TooManyLinks as error:
        raise PackageIndexError(f"{base}: {error}") from error
    for link in found:
        archive = _archive(link, base, sha256="", yanked="data-yanked" in link)
        if archive is not None:
            yield archive


def _archive(link: Mapping[str, Any], base: str, *, sha256: Any, yanked: bool) -> Archive | None:
    """Return the archive of a link; None if the link leaves the schemes of its page."""
    url, fragment = urldefrag(absolute(base, str(link.get("href") or "")))
    scheme = urlsplit(url).scheme
    if scheme not in ({"file"} if base.startswith("file:") else {"http", "https"}):
        return None
    digest = sha256 if isinstance(sha256, str) and sha256 else ""
    if not digest and fragment.startswith("sha256="):
        digest = fragment.removeprefix("sha256=").partition("&")[0]
    name = unquote(urlsplit(url).path.rpartition("/")[2])
    return Archive(name, url, digest, str(link.get("data-requires-python") or ""), yanked)


def _rank(archive: Archive, requirement: Requirement, *, source: bool) -> Any:
    """Return a key by which a better archive is greater; None for one that does not fit."""
    if len(archive.filename) > MAX_NAME:
        return None
    try:
        if source:
            if not archive.filename.endswith(".tar.gz"):
                return None
            name, version = parse_sdist_filename(archive.filename)
            fit: tuple[Any, ...] = ()
        else:
            name, version, build, kinds = parse_wheel_filename(archive.filename)
            order = _tag_order()
            if not kinds & order.keys():
                return None
            fit = (-min(order[kind] for kind in kinds & order.keys()), build)
        pinned = bool(requirement.specifier)
        if name != canonicalize_name(requirement.name):
            return None
        if not requirement.specifier.contains(version, prereleases=True):
            return None
        python = SpecifierSet(archive.requires_python)
        fits_python = python.contains(Version(platform.python_version()), prereleases=True)
    except ValueError:  # all that packaging raises, also for versions of thousands of digits
        return None
    if not pinned and (version.is_prerelease or archive.yanked or not fits_python):
        return None
    return (version, *fit)


@cache
def _tag_order() -> dict[tags.Tag, int]:
    """Return the wheel tags that this interpreter accepts, the best with the lowest number."""
    return {tag: number for number, tag in enumerate(tags.sys_tags())}
