"""The facts of questions of skills in the cache key of ask."""

from __future__ import annotations

from dataclasses import asdict, replace

from benchsmith.documents.cache_key_context import KeyContext, library_versions
from benchsmith.documents.lexicon import Lexicon
from benchsmith.tables.facts import Facts

REVISION = 8


def inputs(context: KeyContext) -> Facts:
    """Return the facts that questions of skills depend on; none if there are none."""
    if not context.benchmark.skilled:
        return {}
    return {
        "program of skills": REVISION,
        **(rules_of(context.lexicon) if "reasoning" in context.benchmark.skills else {}),
        **context.settings("skills", "margins", "per_skill", "chains"),
        **context.after("ingest", *context.sources),
        **library_versions(),
        **{
            f"{stem.at} ({skill}, {kind}, {i})": stem.text
            for skill, kinds in context.library.skills.items()
            for kind, pool in kinds.items()
            for i, stem in enumerate(pool.stems)
        },
        **{
            f"question_pools/skills/{skill}: {kind}, {id_}": text
            for skill, kinds in context.library.skills.items()
            for kind, pool in kinds.items()
            for id_, text in pool.options.items()
        },
    }


def rules_of(lexicon: Lexicon) -> Facts:
    """Return the criteria of a lexicon, by place."""
    return {f"lexicon/rules.tsv: {rule.id}": asdict(replace(rule, at="")) for rule in lexicon.rules}
