"""Jinja templates of the exporters; HTML templates escape all values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2


def fill(template: str, folder: Path = Path(__file__).parent, /, **values: Any) -> str:
    """Render a template of a folder, by default this one. Raises UndefinedError for a missing value."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=template.endswith(".html.jinja"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(template).render(**values)
