"""The audit of a build: the verdicts of all checks, kept as a partition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchsmith import __version__
from benchsmith.audits.audit import SYNONYMS, audit
from benchsmith.audits.table_from_release import audit_table
from benchsmith.core.build_files import AUDIT, MANIFEST, VERDICTS
from benchsmith.core.model import Choice, Question
from benchsmith.core.stage_names import ALL_SOURCES, AUDIT_STEP
from benchsmith.core.verdict_json import as_json, from_json, suspects_json
from benchsmith.core.verdicts import Audit
from benchsmith.documents.excerpt import synonyms
from benchsmith.pipeline.cache_keys import Partitions
from benchsmith.pipeline.context import Context
from benchsmith.pipeline.gather_release import gather
from benchsmith.pipeline.published_text import published_text
from benchsmith.pipeline.source_files import SourceFiles
from benchsmith.release.model import Release
from benchsmith.stages import ask
from benchsmith.tables.atomic_files import json_bytes, read_json, replace_file, write_json
from benchsmith.tables.manifest import Manifest, RowCounts
from benchsmith.tables.partition import Partition, fingerprint
from benchsmith.tables.stage_tables import read_rows


def audit_build(
    context: Context,
    sources: Sequence[SourceFiles],
    partitions: Partitions,
    partition: Partition,
) -> None:
    """Run the checks. If only synonyms changed, run only the checks that read synonyms."""
    read_by_few = synonyms(partitions.lexicon)
    digest = fingerprint({k: v for k, v in partition.inputs.items() if k not in read_by_few})
    earlier: Audit | None = None
    for before in context.previous.of(AUDIT_STEP, ALL_SOURCES):
        if before.manifest().digest_without_synonyms == digest:
            earlier = from_json(read_json(before.folder / VERDICTS))
            break
    release = gather(context, sources, partitions)
    verdicts = audit_release(context, sources, partitions, release, earlier)
    found = as_json(verdicts, suspects_json(verdicts))
    manifest = Manifest(
        stage=AUDIT_STEP,
        part=ALL_SOURCES,
        rows=RowCounts.unchanged(len(release.order)),
        reused=len(release.order) if earlier else 0,
        digest=fingerprint(found),
        digest_without_synonyms=digest,
    )
    with partition.writing() as folder:
        write_json(folder / VERDICTS, found)
        write_json(folder / MANIFEST, manifest.as_json())


def read_verdicts(partitions: Partitions) -> Audit:
    """Return the verdicts on a build whose audit is finished."""
    return from_json(read_json(partitions[AUDIT_STEP][ALL_SOURCES].folder / VERDICTS))


def audit_release(
    context: Context,
    sources: Sequence[SourceFiles],
    partitions: Partitions,
    release: Release,
    earlier: Audit | None = None,
) -> Audit:
    """Run the checks on a release, and on the options that the published rule would have drawn.

    With `earlier` verdicts only the checks that read synonyms run again.
    """
    thresholds = context.benchmark.audit
    if earlier is not None:
        again = audit(audit_table(release, looked_at=False), thresholds, SYNONYMS).verdicts
        new = {v.check: v for v in again}
        return replace(earlier, verdicts=tuple(new.get(v.check, v) for v in earlier.verdicts))
    choices = read_rows(partitions["select"][ALL_SOURCES], Choice)
    rule = {"rule": "paper-observed", "draw": "uniform", "prefer": "any"}
    options = context.benchmark.options.model_copy(update=rule)
    published = context.benchmark.model_copy(update={"options": options, "answers": ("one",)})
    asked = ask.ask(choices, published, partitions.lexicon, partitions.pools, query=context.query)
    uniform = [q for q in asked if isinstance(q, Question)]
    texts = published_text(context, sources, release)
    return audit(audit_table(release, uniform, context.tried, texts=texts), thresholds)


def write_audit(name: str, build: str, found: Audit, folder: Path) -> None:
    """Write the verdicts to ``audit.json``, whether or not they allow publication."""
    about = {"benchmark": name, "build": build, "version": __version__, **suspects_json(found)}
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / AUDIT, json_bytes(as_json(found, about)))
