"""Cache keys: each partition is named by the digest of all its inputs.

Every stage returns its facts from its own function `inputs`; this module calls them in order. The
facts are kept with the partition, so that a dry run can report which of them changed. Everything
after ingest reads only the part of the lexicon that the sources' words need, so it has no key
before all sources are ingested. Export has no key before the audit has its verdicts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchsmith import plugins
from benchsmith.audits import audit_key
from benchsmith.core.build_files import STAGES_FOLDER
from benchsmith.core.stage_names import ALL_SOURCES, AUDIT_STEP, NO_KEY, STEPS
from benchsmith.counterfactual import pairs_key
from benchsmith.documents.cache_key_context import KeyContext, SourceContext
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.lexicon_excerpt import excerpt
from benchsmith.documents.pools import Pool
from benchsmith.pipeline.context import Context
from benchsmith.pipeline.resolved_words import ResolvedWords, resolve_words
from benchsmith.pipeline.source_files import SourceFiles
from benchsmith.release import export_key
from benchsmith.skills import skills_key
from benchsmith.stages import ask_key, ingest_key, normalise, render_key, select_key, tag
from benchsmith.tables.facts import Facts
from benchsmith.tables.partition import Partition, fingerprint

INPUTS_OF_A_SOURCE: Mapping[str, Callable[[KeyContext, str], Facts]] = {
    ingest_key.NAME: ingest_key.inputs,
    normalise.NAME: normalise.inputs,
    tag.NAME: tag.inputs,
    render_key.NAME: render_key.inputs,
}
"""The stages that have one partition per source."""
INPUTS_OF_ALL: Mapping[str, Callable[[KeyContext], Facts]] = {
    select_key.NAME: select_key.inputs,
    ask_key.NAME: lambda context: {
        **ask_key.inputs(context),
        **pairs_key.inputs(context),
        **skills_key.inputs(context),
    },
    AUDIT_STEP: audit_key.inputs,
    export_key.NAME: export_key.inputs,
}
"""The stages that have one partition for all sources."""


@dataclass(slots=True)
class Partitions:
    """Every partition of a build, by stage and by source or ``all``."""

    lexicon: Lexicon
    """The excerpt of the lexicon that questions and releases may read."""
    pools: Mapping[str, Pool]
    """The question pools of the excerpt's tasks."""
    by_stage: dict[str, dict[str, Partition]]
    waiting: set[tuple[str, str]] = field(default_factory=set)
    """Stage and part of the partitions whose key is not known yet."""

    def __getitem__(self, stage: str) -> Mapping[str, Partition]:
        """Return the partitions of a stage, by source or ``all``."""
        return self.by_stage[stage]


def name_partitions(context: Context, sources: Sequence[SourceFiles]) -> Partitions:
    """Compute the cache key of every partition whose inputs are known."""
    named: dict[str, dict[str, Partition]] = {stage: {} for stage in STEPS}
    keys = _key_context(context, sources, named)
    for name in keys.sources:
        facts = ingest_key.inputs(keys, name)
        named[ingest_key.NAME][name] = _partition(context.folder, ingest_key.NAME, name, facts)
    keys = _with_words(context, keys)
    found = Partitions(lexicon=keys.lexicon, pools=keys.pools, by_stage=named)
    for stage in STEPS[1:]:
        for part in keys.sources if stage in INPUTS_OF_A_SOURCE else (ALL_SOURCES,):
            facts = _facts(stage, part, keys)
            waits = _waits(stage, part, keys)
            if waits:
                found.waiting.add((stage, part))
            named[stage][part] = _partition(context.folder, stage, part, facts, waits=waits)
    return found


def _key_context(
    context: Context,
    sources: Sequence[SourceFiles],
    named: Mapping[str, Mapping[str, Partition]],
) -> KeyContext:
    """Return what is known about a build before any word of its sources is resolved."""
    benchmark, lexicon = context.benchmark, context.library.lexicon
    return KeyContext(
        name=context.name,
        benchmark=benchmark,
        library=context.library,
        sources={
            s.source.id: SourceContext(s.source, s.digest, windows=_recipe_windows(s))
            for s in sources
        },
        digests=context.digests,
        query=context.query,
        tried=context.tried,
        solved=context.solved,
        retired=context.retired,
        secret=context.secret,
        lexicon=lexicon,
        pools=context.library.pools,
        windows=plugins.windows_of(benchmark.picture.intensity, lexicon.windows),
        partitions=named,
    )


def _recipe_windows(files: SourceFiles) -> frozenset[str]:
    """Return the intensity windows that a recipe names itself."""
    return frozenset(
        entry.window for entry in files.source.recipe.samples if entry.window is not None
    )


def _with_words(context: Context, keys: KeyContext) -> KeyContext:
    """Add the resolved words of the ingested sources, and the excerpt that they need."""
    lexicon = context.library.lexicon
    words: dict[str, ResolvedWords] = {
        name: resolve_words(partition.folder, name, context.normaliser, lexicon)
        for name, partition in keys.partitions[ingest_key.NAME].items()
        if partition.done
    }
    sources = {
        name: replace(
            one,
            ingested=True,
            words=words[name].words,
            places=words[name].places,
            windows=one.windows | words[name].windows,
        )
        if name in words
        else one
        for name, one in keys.sources.items()
    }
    needed = excerpt(
        lexicon,
        {label for one in words.values() for label in one.labels},
        {modality for one in words.values() for modality in one.modalities},
        {id_ for name in words for id_ in sources[name].windows},
        {one.source.recipe.licence for one in sources.values()},
    )
    pools = {task: pool for task, pool in keys.pools.items() if task in needed.tasks}
    return replace(keys, sources=sources, lexicon=needed, pools=pools)


def _facts(stage: str, part: str, keys: KeyContext) -> Facts:
    """Return a partition's inputs."""
    if stage in INPUTS_OF_A_SOURCE:
        return INPUTS_OF_A_SOURCE[stage](keys, part)
    return INPUTS_OF_ALL[stage](keys)


def _waits(stage: str, part: str, keys: KeyContext) -> bool:
    """Return whether some of a partition's inputs are not known yet."""
    if stage == export_key.NAME:
        return not keys.partitions[AUDIT_STEP][ALL_SOURCES].done
    if stage in (normalise.NAME, tag.NAME):
        return not keys.sources[part].ingested
    return not all(one.ingested for one in keys.sources.values())


def _partition(
    folder: Path, stage: str, part: str, facts: Facts, *, waits: bool = False
) -> Partition:
    """Return a partition under its cache key; one that waits has no key and no folder."""
    key = NO_KEY if waits else fingerprint(stage, part, facts)
    return Partition(folder / STAGES_FOLDER / stage / key, facts)
