"""URLs of recipes whose host is an IPv6 address, or whose scheme has capitals."""

from __future__ import annotations

import pydantic
import pytest
from fsspec.core import url_to_fs

from benchsmith.documents.recipe import Data
from benchsmith.fetch.url_policy import local_reason


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("http://[2606:4700::1111]/a/", "http://[2606:4700:0:0:0:0:0:1111]/a/"),
        ("https://[2606:4700::1111]:8443/a", "https://[2606:4700:0:0:0:0:0:1111]:8443/a"),
        ("zip://::HTTPS://[2606:4700::1111]/a.zip", "zip://::https://[2606:4700:0:0:0:0:0:1111]/a.zip"),
        ("HTTPS://Example.org/A", "https://Example.org/A"),
        ("S3://Bucket/A", "s3://Bucket/A"),
    ],
)  # fmt: skip
def test_a_public_address_is_read_as_it_is_meant(url: str, read: str) -> None:
    assert Data(url=url, path=".").url == read
    assert local_reason(read) == ""


def test_the_storage_library_reads_the_same_host() -> None:
    """It takes `::` for the start of another URL."""
    url = Data(url="http://[2606:4700::1111]/a", path=".").url
    assert url is not None
    system, root = url_to_fs(url)
    assert ("http" in system.protocol, root) == (True, url)


@pytest.mark.parametrize(
    "host",
    ["::1", "::", "::ffff:7f00:1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::a00:1", "fd00::1",
     "fe80::1", "fec0::1", "2002:7f00:1::", "2001:db8::1", "64:ff9b:1::a00:1", "::ffff:0:7f00:1", "ff02::1", "::FFFF:A9FE:A9FE"],
)  # fmt: skip
@pytest.mark.parametrize("form", ["http://[{}]/", "HTTPS://[{}]:9/x", "zip://::http://[{}]/a.zip"])
def test_a_local_address_is_refused_as_local(form: str, host: str) -> None:
    url = Data(url=form.format(host), path=".").url
    assert url is not None
    assert local_reason(url) == "resolves to this machine or a private network"


def test_a_file_in_capitals_is_a_file() -> None:
    url = Data(url="File:///etc/", path=".").url
    assert url == "file:///etc/" and local_reason(url) == "is a file of this machine"


@pytest.mark.parametrize("host", ["[fd00::1%25eth0]", "[::1", "[]", "[example.org]", "[1::2::3]"])
def test_a_host_in_brackets_that_is_no_address_is_named(host: str) -> None:
    with pytest.raises(pydantic.ValidationError, match="which is no IPv6 address in brackets"):
        Data(url=f"http://{host}/", path=".")
