"""The facts in the cache key of the audit."""

from __future__ import annotations

from benchsmith.documents.cache_key_context import KeyContext
from benchsmith.documents.lexicon_excerpt import synonyms
from benchsmith.imaging.picture_text import text_reader
from benchsmith.tables.facts import Facts

REVISION = 9
"""Must be raised when a check's outcome or figures change."""


def inputs(context: KeyContext) -> Facts:
    """Return the facts that the verdicts depend on."""
    return {
        **context.program(REVISION),
        **context.rendered_questions(),
        **text_reader(asked=context.benchmark.audit.burned_in_text == "search"),
        **synonyms(context.lexicon),
    }
