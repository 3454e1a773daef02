"""The facts in the cache key of render."""

from __future__ import annotations

from collections.abc import Collection

from benchsmith.core.model import Case
from benchsmith.core.stage_names import ALL_SOURCES
from benchsmith.documents.cache_key_context import KeyContext, library_versions
from benchsmith.documents.lexicon import Window
from benchsmith.tables.facts import Facts

NAME = "render"
REVISION = 12
MASKED = "coco"
"""The export with the masks of regions."""


def inputs(context: KeyContext, source: str) -> Facts:
    """Return the facts that a source's pictures depend on."""
    used = sorted(context.sources[source].windows & context.windows.keys())
    return {
        **context.program(REVISION, Case),
        **context.settings("seed", "picture"),
        **(
            {f"benchmarks/{context.name}.yaml: exports": MASKED}
            if needs_regions(context.benchmark.exports)
            else {}
        ),
        **library_versions(),
        **{f"lexicon/windows.tsv: {id_}": _bounds(context.windows[id_]) for id_ in used},
        **context.after("ask", ALL_SOURCES),
        **context.after("ingest", source),
    }


def needs_regions(exports: Collection[str]) -> bool:
    """Return whether cases need the regions of their pictures."""
    return MASKED in exports


def _bounds(window: Window) -> list[str | float | None]:
    """Return the parts of a window that decide a pixel's value."""
    return [
        window.id, window.kind, window.level, window.width, window.low, window.high,
        window.least_median, window.most_mm, window.otherwise, window.else_level, window.else_width,
    ]  # fmt: skip
