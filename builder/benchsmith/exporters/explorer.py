"""explorer/: pages with all questions of a release, which a browser opens without a server."""

from __future__ import annotations

from pathlib import Path

from benchsmith.gallery.kept_copies import EXPLORER as FOLDER
from benchsmith.gallery.write_explorer import write_explorer
from benchsmith.release.model import Release

PAGE = f"{FOLDER}/index.html"


def lies_in(release: Release, folder: Path) -> bool:
    """Return whether a release that is being written into `folder` gets an explorer.

    A stopped build writes only its report, and there is nothing to show if every question is withheld.
    """
    return "explorer" in release.benchmark.exports and any((folder / "data").glob("*.parquet"))


def write(release: Release, folder: Path) -> None:
    """Write `explorer/index.html` and `explorer/shards/*.js` from the Parquet files beside them."""
    if not lies_in(release, folder):
        return
    write_explorer(
        folder,
        folder / FOLDER,
        release.lexicon,
        title=f"{release.benchmark.title} {release.benchmark.version}",
        build=release.build,
        earlier=release.earlier,
        beside=release.beside,
    )
