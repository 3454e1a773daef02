"""Put a page together: one file with its styles, scripts and data, that asks the network nothing."""

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

HERE = Path(__file__).parent
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
    """Return a page. `body`, `styles` and `scripts` are files of this folder.

    Data is text until a script reads it: it stands in a block that no browser runs, and the
    policy runs and styles nothing but the very files of this folder, by their SHA-256. Strings
    reach the page as text nodes only, which the policy holds scripts to.
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
    # not escaped are files of this folder, and data that cannot leave its block
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
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def embedded(data: Mapping[str, Any]) -> str:
    r"""Return JSON that stays inside a script block, whatever its strings say.

    >>> embedded({"name": "</script><!--"})
    '{"name":"\\u003c/script\\u003e\\u003c!--"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _file(name: str) -> str:
    return (HERE / name).read_text("utf-8")


def _source(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
