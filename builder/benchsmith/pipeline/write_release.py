"""The release of a build: written where it is kept, then put in its place."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from benchsmith import plugins
from benchsmith.audits import identifiers
from benchsmith.core.errors import GateFailed
from benchsmith.core.reasons import REASONS
from benchsmith.core.stage_names import WHOLE
from benchsmith.core.validation import Validation
from benchsmith.exporters import private
from benchsmith.pipeline.cache_keys import Parts
from benchsmith.pipeline.context import Setting
from benchsmith.pipeline.gather_release import gather
from benchsmith.pipeline.run_audit import verdicts
from benchsmith.pipeline.source_files import Prepared
from benchsmith.pipeline.validate_release import validate
from benchsmith.release import export
from benchsmith.release.model import Release
from benchsmith.tables import partition as store
from benchsmith.tables.partition import Partition, write_json
from benchsmith.tables.stage_tables import Rejections


def export_all(
    setting: Setting, prepared: Sequence[Prepared], parts: Parts, partition: Partition
) -> None:
    """Write the release, what of it stays private, and what was left out, where they are kept."""
    release = gather(setting, prepared, parts)
    release.audit = verdicts(parts)
    with partition.writing() as folder:
        files = write(setting, prepared, release, folder / "release")
        if setting.benchmark.hidden:
            private.write(release, folder / "private")
        count = len(release.order)
        counts = {"in": count, "variants": 0, "out": count, "rejected": 0}
        manifest = {"stage": "export", "part": WHOLE, "files": files, "rows": counts,
                    "reasons": {}, "rejected_in_all": len(release.rejected)}  # fmt: skip
        _write_left_out(release.rejected, folder / "left_out.tsv")
        write_json(folder / "manifest.json", manifest)


def write(
    setting: Setting, prepared: Sequence[Prepared], release: Release, folder: Path
) -> dict[str, str]:
    """Write every export, and stop where an identifier that was seen stands in one.

    Returns the SHA-256 of every file. Raises GateFailed.
    """
    exporters = {name: plugins.EXPORTS[name] for name in setting.benchmark.exports}
    release.validation = validated(setting, release)
    files = export.export(release.public(), exporters, folder)
    used = {release.choices[q.target].sample for q in release.asked()}
    units = [unit for p in prepared for unit in p.units if unit.sample in used]
    public = identifiers.public_text(setting.library.home, [p.source.path for p in prepared])
    hits = identifiers.look(folder, units, setting.readers.identifiers, public)
    if hits:
        raise GateFailed([f"{hit.file} holds what a source has as {hit.kind}" for hit in hits])
    return files


def validated(setting: Setting, release: Release) -> Validation:
    """Return what people found, of the cases of a release."""
    return validate(release, setting.library.reviewed, setting.library.votes)


def publish(setting: Setting, final: Partition, place: Path) -> None:
    """Put a copy of what was exported in its place."""
    scratch = store.scratch_folder(place)
    shutil.copytree(final.folder / "release", scratch, dirs_exist_ok=True)
    if setting.benchmark.hidden:  # first: a release without its answers would look finished
        shutil.copytree(final.folder / "private", setting.folder / "private", dirs_exist_ok=True)
    store.replace_folder(scratch, place)
    store.replace_file(setting.folder / "left_out.tsv", final.folder / "left_out.tsv")


def released(setting: Setting, parts: Parts) -> bool:
    """Say whether the release is this build's, every file of it."""
    final, place = parts["export"][WHOLE], setting.folder / "release"
    if not final.done or not place.is_dir():
        return False
    if setting.benchmark.hidden and not (setting.folder / "private" / "answers.parquet").is_file():
        return False
    wanted = final.manifest()["files"]
    there = {p.relative_to(place).as_posix(): p for p in place.rglob("*") if p.is_file()}
    same = there.keys() == wanted.keys() and all(
        setting.digests.of(there[name]) == sha256 for name, sha256 in wanted.items()
    )
    setting.digests.save()
    return same


def _write_left_out(rejected: Rejections, path: Path) -> None:
    """Write what was left out, with the sources' own names: for whoever builds, not published."""
    columns = ("source", "stage", "reason", "subject", "detail")
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("\t".join((*columns, "what")) + "\n")
        for table in rejected.tables():
            of = [table[name].to_pylist() for name in columns]
            for cells in zip(*of, strict=True):
                words = (*cells, REASONS[cells[2]].sentence)
                file.write("\t".join(" ".join(cell.split()) for cell in words) + "\n")
