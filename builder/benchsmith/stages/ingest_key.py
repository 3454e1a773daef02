"""The facts in the cache key of ingest."""

from __future__ import annotations

from benchsmith.core.model import Finding, Rejection, Sample
from benchsmith.core.structures import StructureFacts, StructureShape
from benchsmith.documents.cache_key_context import KeyContext, library_versions
from benchsmith.imaging.picture_text import text_reader
from benchsmith.stages.units import STAGE
from benchsmith.tables import record_tables
from benchsmith.tables.facts import Facts, flatten

NAME = STAGE
REVISION = 24
FACTS_REVISION = 3
"""Of the facts of structures, which are measured only if a skill needs them."""
DESCRIPTIVE_KEYS = {
    "title",
    "citation",
    "obtain",
    "note",
    "homepage",
    "verified",
    "version",
    "licence",
    "labels_are",
    "id_space",
}
"""Keys of a recipe that describe a source but do not decide what is read from it."""


def inputs(context: KeyContext, source: str) -> Facts:
    """Return the facts that a source's rows depend on; they name no benchmark."""
    one = context.sources[source]
    recipe = f"raw_sources/{source}/recipe.yaml"
    return {
        **context.program(REVISION, Sample, Finding, Rejection),
        **context.shared_settings("slices"),
        **_measured_facts(context),
        **flatten(recipe, one.source.recipe.model_dump(mode="json", exclude=DESCRIPTIVE_KEYS)),
        f"{recipe}: licence": one.source.recipe.licence,
        f"images of {source}": one.files_digest,
        **library_versions(),
        **text_reader(asked=any(s.burned_in == "search" for s in one.source.recipe.samples)),
    }


def _measured_facts(context: KeyContext) -> Facts:
    """Return the facts for measurements of structures, if the benchmark needs them."""
    if not context.benchmark.needs_facts:
        return {}
    return {
        "the benchmark: facts": [
            FACTS_REVISION,
            record_tables.digest(StructureFacts, StructureShape),
        ]
    }
