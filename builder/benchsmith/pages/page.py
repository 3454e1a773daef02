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
    shards: bool = False,
) -> str:
    """Return a page. `body`, `styles` and `scripts` are names of files in this folder.

    The data is in a script block of type JSON, which browsers do not execute. The content security
    policy allows only the scripts and styles of this folder, by SHA-256, and requires trusted types,
    so that scripts can insert strings only as text. With `shards` the page may also load script files
    that lie beside it, by addresses that its policy `shards` accepts: a browser lets a page that was
    opened by a double click read no other files.
    """
    css, js = sheets(styles), [_file(name) for name in (*SHARED_SCRIPTS, *scripts)]
    beside, trusted = (" 'self'", "shards") if shards else ("", "'none'")
    policy = [
        f"default-src 'none'; img-src data:; style-src {_sources(css)}; script-src {_sources(js)}{beside}",
        "base-uri 'none'; form-action 'none'",
        f"require-trusted-types-for 'script'; trusted-types {trusted}",
    ]
    # unescaped: files of this folder, and data that cannot end its block
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            title=title,
            policy="; ".join(policy),
            styles=css,
            body=Markup(_file(body)),  # noqa: S704
            scripts=[Markup(s) for s in js],  # noqa: S704
            data=Markup(embedded(data)),  # noqa: S704
            footer=footer,
        )
    )


def sheets(styles: Sequence[str]) -> list[Markup]:
    """Return the style sheets of a page: the shared ones, and files of this folder by name."""
    return [Markup(_file(name)) for name in (*SHARED_STYLES, *styles)]  # noqa: S704


def policy_of_document(styles: Sequence[str], scripts: Sequence[str] = ()) -> str:
    """Return the content security policy of a page that a template writes as elements.

    It allows these styles and scripts by SHA-256, and style attributes, which hold numbers only.
    """
    allowed = _sources(scripts) or "'none'"
    return (
        f"default-src 'none'; img-src data:; style-src-elem {_sources(styles)}; "
        f"style-src-attr 'unsafe-inline'; script-src {allowed}; base-uri 'none'; form-action 'none'"
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


def _sources(texts: Sequence[str]) -> str:
    """Return the texts as sources of a policy, by their SHA-256."""
    digests = [hashlib.sha256(text.encode()).digest() for text in texts]
    return " ".join(f"'sha256-{base64.b64encode(d).decode()}'" for d in digests)
