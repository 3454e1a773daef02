"""The explorer's page: a wall of all questions, histograms that filter it, and each question in full."""

from __future__ import annotations

from collections.abc import Mapping

from benchsmith import __version__
from benchsmith.pages.page import page

SCRIPTS = ("gallery_data.js", "gallery_query.js", "gallery_filter.js", "gallery_wall.js", "zoom.js",
           "gallery_question.js", "gallery_map.js", "gallery.js")  # fmt: skip


def gallery_page(*, title: str, build: str, per_shard: Mapping[str, int]) -> str:
    """Return the page; its questions and pictures are in `shards/*.js` beside it.

    `per_shard` says how many values are in a file, by the kind of file.
    """
    return page(
        title=f"{title}: questions",
        body="gallery.html",
        styles=["gallery.css"],
        scripts=SCRIPTS,
        data={
            "title": title,
            "subtitle": "All questions of this release",
            "perShard": dict(per_shard),
        },
        footer=f"Benchsmith {__version__}. Build {build or 'unknown'}. This page loads only files beside "
        "it and makes no other requests. Its pictures are compressed; the exact ones are in data/.",
        shards=True,
    )
