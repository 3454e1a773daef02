"""A preview of a source as a page: pictures with what a recipe reads, and what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchsmith import __version__
from benchsmith.pages.page import page


def preview_page(preview: Mapping[str, Any]) -> str:
    """Return the page for the values of a preview, with its pictures as PNG in base64."""
    title = f"Preview of {preview['source']}"
    total = sum(entry["pictures"] for entry in preview["entries"])
    read = len(preview["read"])
    data = {
        "title": title,
        "subtitle": f"{total} pictures of {preview['patients']} patients; {read} were read",
        **preview,
    }
    return page(
        title=title,
        body="preview.html",
        styles=("preview.css",),
        scripts=("preview.js",),
        data=data,
        footer=f"Benchsmith {__version__}. This page makes no network requests.",
    )
