"""The facts in the cache key of export."""

from __future__ import annotations

from benchsmith.core.stage_names import ALL_SOURCES, AUDIT_STEP
from benchsmith.documents.cache_key_context import KeyContext
from benchsmith.documents.lexicon_excerpt import for_release
from benchsmith.documents.votes import VOTED
from benchsmith.tables.facts import Facts, flatten
from benchsmith.tables.partition import fingerprint

NAME = "export"
REVISION = 19
HUMAN_VALIDATION_EXPORTS = frozenset({"card", "report", "validity"})
"""Exports that report how people reviewed cases and voted on labels."""


def inputs(context: KeyContext) -> Facts:
    """Return the facts that a release depends on; of the audit, the verdicts and not its inputs."""
    verdicts = context.partitions[AUDIT_STEP][ALL_SOURCES]
    recipes = {
        fact: value
        for name, one in context.sources.items()
        for fact, value in flatten(
            f"raw_sources/{name}/recipe.yaml", one.source.recipe.model_dump(mode="json")
        ).items()
    }
    return {
        **context.rendered_questions(),
        **context.program(REVISION),
        **context.settings(),
        "name": context.name,
        **recipes,
        **for_release(context.lexicon),
        **_human_validation(context),
        "verdicts": verdicts.manifest().digest if verdicts.done else "",
    }


def _human_validation(context: KeyContext) -> Facts:
    """Return people's decisions and votes, if the benchmark exports a summary of them."""
    if HUMAN_VALIDATION_EXPORTS.isdisjoint(context.benchmark.exports):
        return {}
    decided = {
        f"reviews/{context.name}.tsv: {r.question}, {r.who}": [
            r.decision,
            r.reason,
            r.answered,
            r.seen,
        ]
        for r in context.library.reviewed
    }
    library = context.library
    verified = {
        f"reviews/{context.name}.verified.tsv: {r.question}, {r.seen}, {r.who}": [
            r.verdict,
            r.reason,
            r.time[:10],
        ]
        for r in library.verified
    }
    if verified:
        rows = [[r.place, r.wave, r.stratum, r.question, r.seen] for r in library.frame]
        verified[f"reviews/{context.name}.frame.tsv"] = [fingerprint(rows)]
    voted = {
        f"lexicon/votes/{round_}.tsv: {v.label} in {v.modality}, {v.annotator}": [
            v.of(a) for a in VOTED
        ]
        for round_, votes in context.library.votes.items()
        for v in votes
        if v.label in context.lexicon.labels
    }
    return {**decided, **verified, **voted}
