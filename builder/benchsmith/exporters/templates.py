"""Jinja templates of the exporters; HTML and Markdown templates escape all values."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from markupsafe import Markup, escape

from benchsmith import pages

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_CELL = re.compile(r"\](?=[(\[:])|\|")
PAGES = str(Path(pages.__file__).parent)
"""Where the templates are that several documents share."""


def fill(template: str, folder: Path = Path(__file__).parent, /, **values: Any) -> str:
    """Render a template of a folder, by default this one. Raises UndefinedError for a missing value."""
    found = environment(str(folder), template.partition(".")[2])
    return found.get_template(template).render(**values)


@cache
def environment(folder: str, kind: str) -> jinja2.Environment:
    """Return the compiler of a folder's templates; each template is compiled once per process.

    `kind` is how the templates' names end, such as ``html.jinja``.
    """
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([folder, PAGES]),
        autoescape=kind == "html.jinja",  # noqa: S701  Markdown has rules of its own, YAML is quoted
        finalize=_in_markdown if kind == "md.jinja" else None,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"code": code, "markdown": markdown, "address": address}
    return made


def _in_markdown(value: Any) -> Any:
    """Return a value escaped for Markdown; values that a filter has marked safe are unchanged."""
    return markdown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def markdown(text: str) -> Markup:
    r"""Return a text that Markdown shows literally: no tag, link, picture or cell begins in it.

    >>> str(markdown("p < 0.05 & <b onclick=x> [a](javascript:b) | &lt;"))
    'p < 0.05 & &lt;b onclick=x> [a\\](javascript:b) \\| &amp;lt;'
    """
    return Markup(_CELL.sub(r"\\\g<0>", _TAG.sub("&lt;", _ENTITY.sub("&amp;", text))))  # noqa: S704


def address(url: str) -> Markup:
    """Return a URL without characters that would end it early, also between angle brackets.

    >>> str(address('https://example.org/"><script>x'))
    'https://example.org/%22%3E%3Cscript%3Ex'
    """
    return Markup(quote(url, safe="%/:=&?~#+!$,;'@()*[]"))  # noqa: S704


def code(text: str) -> Markup:
    """Return a text as HTML, with words between backticks as code.

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
