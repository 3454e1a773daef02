"""Jinja templates beside the exporters; HTML is escaped, whatever a label says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2


def fill(template: str, folder: Path = Path(__file__).parent, /, **values: Any) -> str:
    """Fill a template of a folder, by default of this one; an undefined name is an error."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=template.endswith(".html.jinja"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(template).render(**values)
