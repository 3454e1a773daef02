"""The desk's pages and static files, all read at startup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
from markupsafe import Markup

from benchsmith import pages
from benchsmith.pages.page import embedded

FOLDER = Path(__file__).parent
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
STYLES = ("tokens.css", "page.css", "desk.css")
SHARED_SCRIPTS = ("page.js", "desk.js")


class StaticFile(NamedTuple):
    """A file that is served as it is."""

    data: bytes
    media_type: str


class PageFrame:
    """Renders pages; `title` is the project or benchmark in their heading."""

    def __init__(self, title: str) -> None:
        self._title = title
        folders = (Path(pages.__file__).parent, FOLDER / "static")
        files = [p for f in folders for p in sorted(f.iterdir()) if p.suffix in MEDIA_TYPES]
        self.files = {p.name: StaticFile(p.read_bytes(), MEDIA_TYPES[p.suffix]) for p in files}
        self._versions = {n: sha256(f.data).hexdigest()[:12] for n, f in self.files.items()}
        templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(FOLDER / "pages"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._frame = templates.get_template("frame.html.jinja")
        self._waiting = templates.get_template("opening.html.jinja")

    def waiting_page(self) -> str:
        """Return the page that polls until the desks are open."""
        return self._waiting.render(
            heading=self._title,
            styles=self._urls(STYLES),
            script=self._url("opening.js"),
            icon=self._url("icon.svg"),
        )

    def page(
        self,
        *,
        name: str,
        title: str,
        scripts: Sequence[str],
        data: Mapping[str, Any],
        desks: Sequence[tuple[str, str]],
    ) -> str:
        """Return a page. `desks` are names and titles for the navigation.

        `data` is embedded as JSON for the scripts, and contains `who` and `curator`.
        """
        return self._frame.render(
            title=title,
            heading=self._title,
            name=name,
            who=data["who"],
            curator=data["curator"],
            desks=desks,
            styles=self._urls(STYLES),
            scripts=self._urls((*SHARED_SCRIPTS, *scripts)),
            icon=self._url("icon.svg"),
            # JSON that cannot end its script block
            data=Markup(embedded(data)),  # noqa: S704
        )

    def _urls(self, names: Sequence[str]) -> list[str]:
        return [self._url(name) for name in names]

    def _url(self, name: str) -> str:
        """Return the URL of a static file; it changes with the content, so that it can be cached."""
        return f"/static/{name}?{self._versions[name]}"
