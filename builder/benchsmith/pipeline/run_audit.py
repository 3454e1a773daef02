"""The audit of a build: the verdicts of all checks, kept as a partition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchsmith import __version__
from benchsmith.audits.audit import SYNONYMS, audit
from benchsmith.audits.audit_key import REVISION
from benchsmith.audits.seen_pictures import SeenPictures
from benchsmith.audits.seen_pictures import as_json as as_looks
from benchsmith.audits.seen_pictures import from_json as looks_from
from benchsmith.audits.table_from_release import audit_table
from benchsmith.core.build_files import AUDIT, LOOKS, MANIFEST, VERDICTS
from benchsmith.core.model import Choice, Question
from benchsmith.core.stage_names import ALL_SOURCES, AUDIT_STEP
from benchsmith.core.verdict_json import as_json, from_json, suspects_json
from benchsmith.core.verdicts import Audit, Verdict
from benchsmith.documents.cache_key_context import library_versions
from benchsmith.documents.lexicon_excerpt import synonyms
from benchsmith.pipeline.cache_keys import Partitions
from benchsmith.pipeline.context import Context
from benchsmith.pipeline.gather_release import gather
from benchsmith.pipeline.published_text import published_text
from benchsmith.pipeline.source_files import SourceFiles
from benchsmith.release.model import Release
from benchsmith.stages import ask
from benchsmith.stages.content_ids import ContentIds
from benchsmith.tables.atomic_files import json_bytes, read_json, replace_file, write_json
from benchsmith.tables.manifest import Manifest, RowCounts
from benchsmith.tables.partition import Partition, fingerprint
from benchsmith.tables.stage_tables import read_rows

LOOKS_READ = 3
"""Earlier audits whose measurements of pictures are read."""


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
    # an earlier audit of the same pictures has measured what this one need not
    seen = _looks_of(before) if earlier else SeenPictures(before=looks_before(context))
    verdicts = audit_release(context, sources, partitions, release, earlier, seen)
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
        write_json(folder / LOOKS, {"key": _looks_key(), **as_looks(seen)})
        write_json(folder / MANIFEST, manifest.as_json())


def looks_before(context: Context) -> SeenPictures:
    """Return the measurements of pictures of the last audits; nothing if the code has changed."""
    found = SeenPictures()
    for before in context.previous.of(AUDIT_STEP, ALL_SOURCES)[:LOOKS_READ]:
        one = _looks_of(before)
        found.marks |= one.marks
        found.measures |= one.measures
    return found


def _looks_of(audited: Partition) -> SeenPictures:
    try:
        value = read_json(audited.folder / LOOKS)
        return looks_from(value) if value["key"] == _looks_key() else SeenPictures()
    except (OSError, ValueError, KeyError, TypeError):
        return SeenPictures()  # of another version, or damaged: pictures are measured again


def _looks_key() -> str:
    """Return the digest of everything that measurements of pictures depend on, besides the pictures."""
    return fingerprint(__version__, REVISION, library_versions())


def read_verdicts(partitions: Partitions) -> Audit:
    """Return the verdicts on a build whose audit is finished."""
    return from_json(read_json(partitions[AUDIT_STEP][ALL_SOURCES].folder / VERDICTS))


def audit_release(
    context: Context,
    sources: Sequence[SourceFiles],
    partitions: Partitions,
    release: Release,
    earlier: Audit | None = None,
    seen: SeenPictures | None = None,
    published: Verdict | None = None,
) -> Audit:
    """Run the checks on a release, and on the options that the published rule would have drawn.

    With `earlier` verdicts only the checks that read synonyms run again. Measurements of pictures
    are added to `seen`. `published` is an earlier audit's verdict on the published rule for the
    same choices; then its options are not drawn again.
    """
    thresholds = context.benchmark.audit
    if earlier is not None:
        again = audit(audit_table(release, looked_at=False), thresholds, SYNONYMS).verdicts
        new = {v.check: v for v in again}
        return replace(earlier, verdicts=tuple(new.get(v.check, v) for v in earlier.verdicts))
    uniform = [] if published else _by_published_rule(context, partitions)
    texts = published_text(context, sources, release)
    table = audit_table(
        release, uniform, context.tried, texts=texts, seen=seen, published_verdict=published
    )
    return audit(table, thresholds)


def _by_published_rule(context: Context, partitions: Partitions) -> list[Question]:
    """Return the questions that the published rule would have made of the choices."""
    choices = read_rows(partitions["select"][ALL_SOURCES], Choice)
    rule = {"rule": "paper-observed", "draw": "uniform", "prefer": "any"}
    options = context.benchmark.options.model_copy(update=rule)
    published = context.benchmark.model_copy(update={"options": options, "answers": ("one",)})
    names = ContentIds(choices)
    asked = ask.ask(
        names.choices, published, partitions.lexicon, partitions.pools, query=context.query
    )
    return [q for q in names.back(asked) if isinstance(q, Question)]


def write_audit(name: str, build: str, found: Audit, folder: Path) -> None:
    """Write the verdicts to ``audit.json``, whether or not they allow publication."""
    about = {"benchmark": name, "build": build, "version": __version__, **suspects_json(found)}
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / AUDIT, json_bytes(as_json(found, about)))
