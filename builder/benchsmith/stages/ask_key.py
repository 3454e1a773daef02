"""The facts in the cache key of ask."""

from __future__ import annotations

from benchsmith.core.model import Question
from benchsmith.core.stage_names import ALL_SOURCES
from benchsmith.documents.cache_key_context import KeyContext
from benchsmith.documents.lexicon_excerpt import facts
from benchsmith.documents.pools import Pool
from benchsmith.tables.facts import Facts

NAME = "ask"
REVISION = 7


def inputs(context: KeyContext) -> Facts:
    """Return the facts that all questions depend on."""
    return {
        **context.program(REVISION, Question),
        **context.settings("answers", "several", "slices", "split"),
        **context.settings("language", "seed", "views", "options", "truth", "prominence", "subset"),
        **context.after("select", ALL_SOURCES),
        **facts(context.lexicon, context.benchmark.language),
        **context.subset_terms(),
        **{at: text for pool in context.pools.values() for at, text in _stems(pool).items()},
    }


def _stems(pool: Pool) -> Facts:
    """Return a task's stems, each under the line where it is written."""
    return {
        f"{stem.at} ({block}, {view}, {i})": stem.text
        for block, views in (("stems", pool.stems), ("several", pool.several))
        for view, stems in views.items()
        for i, stem in enumerate(stems)
    }
