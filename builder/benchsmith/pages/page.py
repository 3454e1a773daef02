"""Assemble a page: one HTML file with embedded styles, scripts and data, without network requests."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

FOLDER = Path(__file__).parent
SHARED_STYLES = ("tokens.css", "page.css")
SHARED_SCRIPTS = ("page.js",)


def page(
    *,
    title: str,
    body: str,
    styles: Sequence[str],
    scripts: Sequence[str],
    data: Mapping[str, Any],
    footer: str,
) -> str:
    """Return a page. `body`, `styles` and `scripts` are names of files in this folder.

    The data is in a script block of type JSON, which browsers do not execute. The content security
    policy allows only the scripts and styles of this folder, by SHA-256, and requires trusted types,
    so that scripts can insert strings only as text.
    """
    css = [_file(name) for name in (*SHARED_STYLES, *styles)]
    js = [_file(name) for name in (*SHARED_SCRIPTS, *scripts)]
    policy = [
        "default-src 'none'",
        "img-src data:",
        f"style-src {' '.join(map(_source, css))}",
        f"script-src {' '.join(map(_source, js))}",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
    # unescaped: files of this folder, and data that cannot end its block
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            title=title,
            policy="; ".join(policy),
            styles=[Markup(s) for s in css],  # noqa: S704
            body=Markup(_file(body)),  # noqa: S704
            scripts=[Markup(s) for s in js],  # noqa: S704
            data=Markup(embedded(data)),  # noqa: S704
            footer=footer,
        )
    )


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def embedded(data: Mapping[str, Any]) -> str:
    r"""Return JSON that cannot end a script block, whatever its strings contain.

    >>> embedded({"name": "</script><!--"})
    '{"name":"\\u003c/script\\u003e\\u003c!--"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _file(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def _source(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
