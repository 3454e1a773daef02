"""Jinja templates of the exporters; HTML templates escape all values."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import jinja2


def fill(template: str, folder: Path = Path(__file__).parent, /, **values: Any) -> str:
    """Render a template of a folder, by default this one. Raises UndefinedError for a missing value."""
    found = environment(str(folder), escaped=template.endswith(".html.jinja"))
    return found.get_template(template).render(**values)


@cache
def environment(folder: str, *, escaped: bool) -> jinja2.Environment:
    """Return the compiler of a folder's templates; each template is compiled once per process."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=escaped,  # noqa: S701  HTML is; Markdown and YAML are not
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
