"""HTML that a notebook shows for an object: escaped text, tables, pictures, whole pages in a frame."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from html import escape

FRAME_HEIGHT = 600


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; all cells are escaped.

    >>> table(["a"], [["<b>"]])
    '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>&lt;b&gt;</td></tr></tbody></table>'
    """
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def picture(data: bytes, about: str) -> str:
    """Return the picture of a PNG or JPEG file; `about` is its alternative text."""
    kind = "png" if data.startswith(b"\x89PNG") else "jpeg"
    text = base64.b64encode(data).decode("ascii")
    return f'<img alt="{escape(about)}" src="data:image/{kind};base64,{text}">'


def framed(page: str) -> str:
    """Return a whole page in a frame, which its scripts and styles cannot leave."""
    return (
        f'<iframe sandbox="allow-scripts" width="100%" height="{FRAME_HEIGHT}" '
        f'srcdoc="{escape(page)}"></iframe>'
    )
