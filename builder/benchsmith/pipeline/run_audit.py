"""What the checks find of a build, kept so that it is found once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchsmith import __version__
from benchsmith.audits.audit import SYNONYMS, audit
from benchsmith.audits.exam_from_release import exam_of
from benchsmith.core.build_files import AUDIT
from benchsmith.core.model import Choice, Question
from benchsmith.core.stage_names import JUDGE, WHOLE
from benchsmith.core.verdicts import Audit, as_json, from_json
from benchsmith.documents.excerpt import synonyms
from benchsmith.pipeline.cache_keys import Parts
from benchsmith.pipeline.context import Setting
from benchsmith.pipeline.gather_release import gather
from benchsmith.pipeline.source_files import Prepared
from benchsmith.release.model import Release
from benchsmith.stages import ask
from benchsmith.tables import partition as store
from benchsmith.tables.partition import Partition, fingerprint, read_json, write_json
from benchsmith.tables.stage_tables import rows

VERDICTS = "verdicts.json"


def judge(
    setting: Setting, prepared: Sequence[Prepared], parts: Parts, partition: Partition
) -> None:
    """Check what was made; a check that reads no synonym is not asked again for one."""
    bare = fingerprint(
        {k: v for k, v in partition.inputs.items() if k not in synonyms(parts.lexicon)}
    )
    known: Audit | None = None
    for before in setting.earlier.of(JUDGE, WHOLE):
        if before.manifest()["bare"] == bare:
            known = from_json(read_json(before.folder / VERDICTS))
            break
    release = gather(setting, prepared, parts)
    found = as_json(audited(setting, parts, release, known), {})
    count = len(release.order)
    counts = {"in": count, "variants": 0, "out": count, "rejected": 0}
    manifest = {"stage": JUDGE, "part": WHOLE, "rows": counts, "reasons": {}, "bare": bare,
                "digest": fingerprint(found), "taken": count if known else 0}  # fmt: skip
    with partition.writing() as folder:
        write_json(folder / VERDICTS, found)
        write_json(folder / "manifest.json", manifest)


def verdicts(parts: Parts) -> Audit:
    """Return what was found of a finished build."""
    return from_json(read_json(parts[JUDGE][WHOLE].folder / VERDICTS))


def audited(setting: Setting, parts: Parts, release: Release, known: Audit | None = None) -> Audit:
    """Check a release, and beside it what the published rule would have drawn.

    With `known` verdicts only the checks that read synonyms are asked.
    """
    marks = setting.benchmark.audit
    if known is not None:
        again = audit(exam_of(release, looked_at=False), marks, SYNONYMS).verdicts
        new = {v.check: v for v in again}
        return Audit(tuple(new.get(v.check, v) for v in known.verdicts))
    choices = rows(parts["select"][WHOLE], Choice)
    rule = {"rule": "paper-observed", "draw": "uniform", "prefer": "any"}
    drawn = setting.benchmark.options.model_copy(update=rule)
    other = setting.benchmark.model_copy(update={"options": drawn, "answers": ("one",)})
    asked = ask.ask(choices, other, parts.lexicon, parts.pools, setting.query)
    uniform = [q for q in asked if isinstance(q, Question)]
    return audit(exam_of(release, uniform, setting.tried), marks)


def write_audit(name: str, build: str, found: Audit, folder: Path) -> None:
    """Write the verdicts for whoever builds, whether or not anything is published."""
    about = {"benchmark": name, "build": build, "version": __version__}
    folder.mkdir(parents=True, exist_ok=True)
    store.replace_file(folder / AUDIT, store.json_bytes(as_json(found, about)))
