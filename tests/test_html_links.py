"""Links of pages that servers send: joined as the library joins them, and not more than a page may have."""

from __future__ import annotations

from urllib.parse import urljoin

import fsspec.asyn
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.fetch import html_links, package_index, web_server
from benchsmith.fetch.index_http import PackageIndexError
from benchsmith.fetch.storage_errors import StorageError

FOLDERS = (
    "https://a/b/", "http://a/", "https://a/b", "https://a/b/?c/", "https://a/b/;x/", "https://a/b/../",
    "https://a/b/./c/", "https://a//b//", "https://a/%20/", "https://a.b:80/c d/", "file:///a/",
)  # fmt: skip
PAGE = "".join(f'<a href="{n}.png">{n}</a>' for n in range(5))


@given(st.sampled_from(FOLDERS), st.text("ab1._~%!$&'()*+,=@-/:;?# ", max_size=7))
def test_names_are_joined_as_by_the_library(folder: str, link: str) -> None:
    """Plain names take a tenth of the time: a list of half a million files took most of a minute."""
    try:
        expected = urljoin(folder, link)
    except ValueError:
        expected = ""
    assert html_links.absolute(folder, link) == expected


class System:
    """A server without one."""

    loop = None


def test_a_page_with_too_many_links_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    root = "https://example.org/data/"
    monkeypatch.setattr(fsspec.asyn, "sync", lambda *_, **__: (root, PAGE))
    names = [name for name, _ in web_server.files(System(), root)]
    assert names == [f"{n}.png" for n in range(5)]
    monkeypatch.setattr(html_links, "MAX_ANCHORS", 4)
    with pytest.raises(StorageError, match=f"{root}: a page has more than 4 links; give a folder"):
        list(web_server.files(System(), root))
    with pytest.raises(PackageIndexError, match="more than 4 links"):
        list(package_index._links(PAGE, root))  # noqa: SLF001
