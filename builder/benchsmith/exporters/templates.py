"""Jinja templates of the exporters; HTML templates escape all values."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from benchsmith import pages

PAGES = str(Path(pages.__file__).parent)
"""Where the templates are that several documents share."""


def fill(template: str, folder: Path = Path(__file__).parent, /, **values: Any) -> str:
    """Render a template of a folder, by default this one. Raises UndefinedError for a missing value."""
    found = environment(str(folder), escaped=template.endswith(".html.jinja"))
    return found.get_template(template).render(**values)


@cache
def environment(folder: str, *, escaped: bool) -> jinja2.Environment:
    """Return the compiler of a folder's templates; each template is compiled once per process."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([folder, PAGES]),
        autoescape=escaped,  # noqa: S701  HTML is; Markdown and YAML are not
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["code"] = code
    return made


def code(text: str) -> Markup:
    """Return a text as HTML, in which words between backticks are code.

    >>> code("set `a<b`")
    Markup('set <code>a&lt;b</code>')
    >>> code("a lone ` stays")
    Markup('a lone ` stays')
    """
    parts = str(text).split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    marked = [
        Markup("<code>{}</code>").format(p) if n % 2 else escape(p) for n, p in enumerate(parts)
    ]
    return Markup("").join(marked)
